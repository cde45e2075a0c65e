//! Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
//!
//! In: an envelope. Out: one JSON object of the type `application/problem+json`. Servers offer it by `with_dialect(Problem)`.
//!
//! 1. The members that RFC 9457 §3.1 names are written, and the extensions `code` and `errors`.
//! 2. The members of the envelope follow. [`place`] decides where each is written, so that no name occurs twice.

use bytes::Bytes;
use http::Response;
use serde_json::{json, Value};

use super::json::{Object, Place};
use super::problem_members::place;
use super::{response, ErrorWriter};
use crate::envelope::{Envelope, ErrorType};
use crate::http::{json_pointer, status};

/// Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), as `application/problem+json`.
///
/// | part of the envelope | place in the JSON |
/// | --- | --- |
/// | reason phrase of the status | `title` |
/// | status | `status` |
/// | message, if one was given | `detail` |
/// | type that is a URI | `type` |
/// | any other type | the extension `code` |
/// | parameters | the extension `errors`, as in the example of the RFC: a `detail` and a JSON `pointer` each |
/// | [members](Envelope::members) | extension members ([§3.2](https://www.rfc-editor.org/rfc/rfc9457#section-3.2)) |
/// | members `title` and `instance` that are texts | the `title` and the `instance` of the problem |
/// | members with the name of another member of the problem, or of the error in other formats (`message`, `error`, `data`, …), and `null` | in `_error_details` |
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::{ErrorWriter, Problem}, Envelope};
///
/// let error = Envelope::new(StatusCode::FORBIDDEN, "Your balance is 30, but that costs 50")
///     .with_error_type("https://example.com/probs/out-of-credit");
/// assert_eq!(
///     Problem.write(&error).body(),
///     concat!(
///         r#"{"type":"https://example.com/probs/out-of-credit","title":"Forbidden","status":403,"#,
///         r#""detail":"Your balance is 30, but that costs 50"}"#,
///     ),
/// );
/// ```
///
/// Parameters become JSON pointers in a URI fragment ([RFC 6901 §6](https://www.rfc-editor.org/rfc/rfc6901#section-6)). The dots of a
/// name become slashes:
///
/// ```
/// use tower_error_envelope::{write::{ErrorWriter, Problem}, Envelope};
///
/// let error = Envelope::validation([("items.0.name", "is empty")]).with_member("balance", 30);
/// assert_eq!(
///     Problem.write(&error).body(),
///     concat!(
///         r##"{"title":"Bad Request","status":400,"errors":[{"detail":"is empty","pointer":"#/items/0/name"}],"##,
///         r#""balance":30}"#,
///     ),
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Problem;

impl ErrorWriter for Problem {
    fn media_type(&self) -> &'static str {
        "application/problem+json"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        response(envelope, self.media_type(), object(envelope, None, place))
    }

    /// The status of an event is the member `status` of problem details, which is written once. An event always has a
    /// `type` (`about:blank` by default), because readers recognise an error by it.
    fn write_event(&self, envelope: &Envelope) -> Bytes {
        let place = |name: &str, json: &str| match name {
            "status" if json == envelope.status().as_str() => Place::Own,
            _ => place(name, json),
        };
        object(envelope, Some("about:blank"), place).into()
    }

    fn schema(&self) -> Value {
        json!({
            "title": "ProblemDetails",
            "description": "Problem details (RFC 9457).",
            "type": "object",
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "title": {"type": "string"},
                "status": {"type": "integer", "minimum": 100, "maximum": 999},
                "detail": {"type": "string"},
                "instance": {"type": "string", "format": "uri-reference"},
                "code": {"type": "string", "description": "What went wrong, for programs, if it is no URI."},
                "errors": {
                    "type": "array",
                    "description": "What is wrong with parameters.",
                    "items": {
                        "type": "object",
                        "properties": {
                            "detail": {"type": "string"},
                            "pointer": {"type": "string", "description": "A JSON pointer in a URI fragment."},
                        },
                        "required": ["detail", "pointer"],
                    },
                },
            },
            "required": ["title", "status"],
            "additionalProperties": true,
        })
    }
}

/// The problem. `untyped` is the `type` of an error that has no URI.
fn object(
    envelope: &Envelope,
    untyped: Option<&str>,
    place: impl Fn(&str, &str) -> Place,
) -> Vec<u8> {
    let name = envelope.shown_error_type().map(ErrorType::as_str);
    let (uri, code) = match name.is_some_and(is_uri) {
        true => (name, None),
        false => (untyped, name),
    };
    let title = envelope.members().get_as::<String>("title");
    let instance = envelope.members().get_as::<String>("instance");
    let title = title.as_deref();
    let detail = envelope.sent_message();
    let reason = status::reason(envelope.status());
    let mut object = Object::for_texts_of(envelope);
    object.optional("type", uri);
    object.text("title", title.unwrap_or(reason));
    object.json("status", envelope.status().as_str());
    object.optional("detail", detail.filter(|_| detail != title));
    object.optional("instance", instance.as_deref());
    object.optional("code", code);
    if !envelope.field_errors().is_empty() {
        object.objects("errors", errors(envelope));
    }
    object.members(envelope, place);
    object.into_json()
}

/// The extension `errors`: one object for each message of each parameter.
fn errors(envelope: &Envelope) -> impl Iterator<Item = Object> + '_ {
    let fields = envelope.field_errors().iter();
    fields.flat_map(|(name, messages)| {
        messages.map(move |detail| {
            let mut error = Object::with_capacity(0);
            error.text("detail", detail);
            error.text("pointer", &json_pointer::from_name(name));
            error
        })
    })
}

/// Whether a type can be the member `type`: a URI reference that is absolute or has an absolute path. RFC 9457 §3.1.1
/// allows any reference, but a relative one cannot be distinguished from a code such as `not_found`.
fn is_uri(name: &str) -> bool {
    let scheme = name.split_once(':').map_or("", |(scheme, _)| scheme);
    let absolute = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (absolute || name.starts_with('/')) && !name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::FieldErrors;
    use http::StatusCode;

    fn written(envelope: &Envelope) -> String {
        String::from_utf8(Problem.write(envelope).into_body().to_vec()).unwrap()
    }

    #[test]
    fn parameters_are_pointers() {
        let fields = FieldErrors::from_iter([
            ("items.0.name", "is empty"),
            ("age", "too low"),
            ("age", "no number"),
        ]);
        let want = r##"{"title":"Bad Request","status":400,"errors":[{"detail":"is empty","pointer":"#/items/0/name"},{"detail":"too low","pointer":"#/age"},{"detail":"no number","pointer":"#/age"}]}"##;
        assert_eq!(written(&Envelope::validation(fields)), want);
    }

    #[test]
    fn members_are_extensions_and_shadow_nothing() {
        let error = Envelope::new(StatusCode::FORBIDDEN, "Your balance is 30")
            .with_error_type("/probs/credit")
            .with_member("title", "You do not have enough credit.")
            .with_member("status", "<closed>")
            .with_member("balance", 30)
            .with_member("instance", "/account/12345");
        let want = r#"{"type":"/probs/credit","title":"You do not have enough credit.","status":403,"detail":"Your balance is 30","instance":"/account/12345","balance":30,"_error_details":{"status":"\u003cclosed\u003e"}}"#;
        assert_eq!(written(&error), want);
        let odd = error.with_member("title", 7).with_member("instance", "");
        let want = r#"{"type":"/probs/credit","title":"Forbidden","status":403,"detail":"Your balance is 30","instance":"","balance":30,"_error_details":{"title":7,"status":"\u003cclosed\u003e"}}"#;
        assert_eq!(written(&odd), want);
    }

    #[test]
    fn an_instance_that_is_no_text_is_a_detail_and_a_sentence_is_none() {
        let error = Envelope::new(StatusCode::FORBIDDEN, "No").with_member("instance", 7);
        let json = written(&error.with_member("hint", "Ask Bob"));
        let want = r#""hint":"Ask Bob","_error_details":{"instance":7}}"#;
        assert!(json.ends_with(want), "{json}");
    }

    #[test]
    fn a_message_equal_to_the_title_is_not_written_as_detail() {
        let title = "You do not have enough credit.";
        let error = Envelope::new(StatusCode::FORBIDDEN, title).with_error_type("about:blank");
        let want =
            r#"{"type":"about:blank","title":"You do not have enough credit.","status":403}"#;
        assert_eq!(written(&error.with_member("title", title)), want);
    }

    #[test]
    fn a_type_that_is_not_a_uri_is_a_code() {
        let want = r#"{"title":"Not Found","status":404,"code":"clustr.exceptions.NotFound"}"#;
        assert_eq!(written(&Envelope::from_status(StatusCode::NOT_FOUND)), want);
    }

    #[test]
    fn distinguishes_uris_from_codes() {
        assert!([
            "https://a.example/x",
            "urn:ietf:params:acme:error:badNonce",
            "/probs/credit",
            "about:blank"
        ]
        .into_iter()
        .all(is_uri));
        assert!(![
            "not_found",
            "a.b.C",
            "Error: text",
            "",
            ":x",
            "1:2",
            "com.x::Y Z"
        ]
        .into_iter()
        .any(is_uri));
    }
}

//! Judges a response as python-copr does, whatever its status.
//!
//! In: a whole response. Out: a [`Judgement`]. `config` asks, if the layer was made by
//! [`copr`](super::RaiseErrorsLayer::copr).
//!
//! ```json
//! {"error": "Cannot cancel build 123"}
//! ```
//!
//! The source is `copr/v3/requests.py` of [python-copr](https://pypi.org/project/copr/) 2.7, the function `handle_errors`. The
//! texts of the constants are its texts.

use std::fmt;

use bytes::Bytes;
use http::{Method, Response};
use hyper::ext::ReasonPhrase;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::judgement::{Judgement, SentRequest};
use crate::envelope::ErrorKind;
use crate::exchange::Cut;
use crate::http::status;

/// The text of an error whose member `error` is empty.
const UNSPECIFIED: &str = "Unspecified error";
/// The text of an error whose body is not JSON.
const NO_JSON: &str = "Response is not in JSON format, there is probably a bug in the API code.";
/// It follows the reason phrase of a 504, if the request was a GET.
const PAGE_HINT: &str = "\nConsider using pagination for large queries.";

/// Judges a response as python-copr 2.7 does:
///
/// - A JSON object with the member `error` is an error.
/// - Any other JSON is data.
/// - A body that is not JSON is an error as well.
pub(super) fn judge(
    request: &SentRequest,
    response: &Response<Bytes>,
    cut: Option<Cut>,
) -> Judgement {
    // The answer to HEAD has no body to be judged by.
    if request.is_head() {
        return judge_head(response);
    }
    let text = String::from_utf8_lossy(response.body());
    match Document::parse(&text).filter(|_| cut.is_none()) {
        Some(Document { error: None }) => Judgement::Data,
        Some(Document { error: Some(error) }) => {
            Judgement::Copr(ErrorKind::of(response.status(), false), message(error))
        }
        None => without_json(request, response),
    }
}

/// The answer to HEAD: its status decides, and its reason phrase is the text.
fn judge_head(response: &Response<Bytes>) -> Judgement {
    if status::is_error(response.status()) {
        Judgement::Copr(ErrorKind::of(response.status(), false), reason(response))
    } else {
        Judgement::Data
    }
}

/// An error without JSON. A 504 is a [`Timeout`](ErrorKind::Timeout), and any other status a kind of
/// [`Request`](ErrorKind::Request). It is never an [`Auth`](ErrorKind::Auth) or a [`NoResult`](ErrorKind::NoResult).
fn without_json(request: &SentRequest, response: &Response<Bytes>) -> Judgement {
    let kind = ErrorKind::of(response.status(), false);
    if kind == ErrorKind::Timeout {
        let hint = Some(PAGE_HINT).filter(|_| request.method == Some(Method::GET));
        let text = reason(response) + hint.unwrap_or_default();
        return Judgement::Copr(kind, specified(text));
    }
    let kind = Some(kind).filter(|kind| kind.is_a(ErrorKind::Request));
    Judgement::Copr(kind.unwrap_or(ErrorKind::Request), NO_JSON.into())
}

/// The reason phrase as it was sent; HTTP/1.1 allows any text
/// ([RFC 9112 §4](https://www.rfc-editor.org/rfc/rfc9112#section-4)). If none was sent, it is that of the status.
fn reason(response: &Response<Bytes>) -> String {
    match response.extensions().get::<ReasonPhrase>() {
        Some(sent) => String::from_utf8_lossy(sent.as_bytes()).into_owned(),
        None => status::reason(response.status()).into(),
    }
}

/// The text of a member `error`. python-copr expects a string. Several strings are taken as several lines.
fn message(error: Value) -> String {
    let text = match error {
        Value::String(text) => text,
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let lines: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            lines.join("\n")
        }
        Value::Null | Value::Bool(false) => String::new(),
        Value::Number(number) if number.as_f64() == Some(0.0) => String::new(),
        Value::Object(members) if members.is_empty() => String::new(),
        other => other.to_string(),
    };
    specified(text)
}

/// The text, or [`UNSPECIFIED`] for none.
fn specified(text: String) -> String {
    if text.is_empty() {
        return UNSPECIFIED.into();
    }
    text
}

/// A JSON document. Only the member `error` is kept, so a large document of data takes no memory of its own.
#[derive(Default)]
struct Document {
    error: Option<Value>,
}

impl Document {
    /// `None` if the text is not JSON. A document that is not an object has no `error`.
    fn parse(text: &str) -> Option<Self> {
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).ok();
        }
        let other: Option<IgnoredAny> = serde_json::from_str(text).ok();
        other.map(|_| Self::default())
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// Takes the members of the object.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    /// If there are several members `error`, the last counts, as in Python.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        while let Some(Name { is_error }) = map.next_key()? {
            if is_error {
                document.error = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(document)
    }
}

/// The name of a member, which is only compared.
struct Name {
    is_error: bool,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name {
                    is_error: name == "error",
                })
            }
        }
        deserializer.deserialize_identifier(NameVisitor)
    }
}

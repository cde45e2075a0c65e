//! The documented envelope as JSON.
//!
//! In: an envelope. Out: one JSON object. It is the default dialect, and the form of errors on clients.
//!
//! 1. The bytes of all texts are counted, so that the buffer is allocated once.
//! 2. `_error_message` and `_error_type` are written, then the parameters, then `_error_details`.

use bytes::Bytes;
use http::Response;
use serde_json::{json, Value};

use super::json::{Object, Place};
use super::{json, respond, ErrorWriter, JSON};
use crate::envelope::{is_reserved, Envelope, ErrorType, DETAILS_KEY, MESSAGE_KEY, TYPE_KEY};

/// The documented envelope: the default dialect.
///
/// | part of the envelope | place in the JSON |
/// | --- | --- |
/// | message | `_error_message` |
/// | type | `_error_type` |
/// | parameters | one list of messages for each name |
/// | [members](Envelope::members) | in the object `_error_details`, if there are any |
///
/// A validation error has `_error_message` and `_error_type` only if they were given. A parameter with one of the three
/// reserved names becomes lines `name: message` of the message.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::{Clustr, ErrorWriter}, Envelope};
///
/// let gone = Clustr.write(&Envelope::from_status(StatusCode::GONE));
/// assert_eq!(gone.body(), r#"{"_error_message":"Gone","_error_type":"clustr.exceptions.Gone"}"#);
///
/// let invalid = Envelope::validation([("email", "is taken"), ("age", "must be positive")]);
/// let invalid = Clustr.write(&invalid);
/// assert_eq!(invalid.status(), 400);
/// assert_eq!(invalid.body(), r#"{"email":["is taken"],"age":["must be positive"]}"#);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clustr;

impl Clustr {
    /// The documented JSON without a response: for an event of a stream, a message of a WebSocket, or a framework without
    /// tower. It is at least as long as all texts, and longer if characters are escaped.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::{write::Clustr, Envelope};
    ///
    /// let error = Envelope::new(StatusCode::CONFLICT, "<b> is taken").with_member("item", 7);
    /// let json = r#"{"_error_message":"\u003cb\u003e is taken","_error_type":"clustr.exceptions.Conflict","_error_details":{"item":7}}"#;
    /// assert_eq!(Clustr::to_json(&error), json);
    /// ```
    #[must_use]
    pub fn to_json(envelope: &Envelope) -> Bytes {
        let message = envelope.shown_message();
        let error_type = envelope.shown_error_type().map(ErrorType::as_str);
        let len =
            |name: &str, text: Option<&str>| text.map_or(0, |text| json::text_len(name, text));
        let texts = len(MESSAGE_KEY, message.as_deref()) + len(TYPE_KEY, error_type);
        let fields = envelope.field_errors().iter();
        let lists = fields.filter(|(name, _)| !is_reserved(name));
        let fields = lists.clone();
        let fields: usize = fields.map(|(name, list)| json::list_len(name, list)).sum();
        let details = json::details_len(envelope.members().iter_json());

        let mut object = Object::with_capacity(json::EMPTY + texts + fields + details);
        object.optional(MESSAGE_KEY, message.as_deref());
        object.optional(TYPE_KEY, error_type);
        lists.for_each(|(name, list)| object.list(name, list));
        object.members(envelope, |_, _| Place::Details);
        object.into_json().into()
    }
}

impl ErrorWriter for Clustr {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        respond(envelope, JSON, Self::to_json(envelope))
    }

    fn schema(&self) -> Value {
        json!({
            "title": "Envelope",
            "description": "An error: a message and a type, or what is wrong with each parameter.",
            "type": "object",
            "properties": {
                MESSAGE_KEY: {"type": "string", "description": "What went wrong, for people."},
                TYPE_KEY: {"type": "string", "description": "What went wrong, for programs."},
                DETAILS_KEY: {"type": "object", "description": "What else there is to say.", "additionalProperties": true},
            },
            "additionalProperties": {
                "type": "array",
                "description": "What is wrong with the parameter of this name.",
                "items": {"type": "string"},
                "minItems": 1,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_json_equals_the_json_of_serde() {
        let texts = [
            "",
            "plain",
            "a text that is longer than one chunk",
            "\"",
            "é",
            "tab\t\u{1}",
        ];
        let generic = || Envelope::from_status(http::StatusCode::NOT_FOUND);
        let filled = texts.map(|text| {
            let named = generic().with_message(text).with_error_type(text);
            let fields = named.with_field("_error_type", text).with_field(text, text);
            fields.with_field("b", "x").with_field(text, "y")
        });
        let validation = Envelope::validation([("a", "1"), ("b", "2"), ("a", "3")]);
        let members = texts.map(|text| {
            let nested = serde_json::json!({"list": [1, text, null], text: 1.5});
            generic().with_member("a", text).with_member(text, nested)
        });
        let filled = filled.into_iter().chain(members);
        for envelope in filled.into_iter().chain([generic(), validation]) {
            let serde = serde_json::to_string(&envelope).unwrap();
            assert_eq!(Clustr::to_json(&envelope), serde, "{envelope}");
        }
    }
}

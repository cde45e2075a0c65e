//! The errors of OpenAI's API.
//!
//! In: an envelope. Out: `{"error": {…}}`. Servers whose clients use OpenAI's libraries offer it by `with_dialect(OpenAi)`.
//!
//! The source is the object `Error` in
//! [OpenAI's description of its API](https://github.com/openai/openai-openapi): all four members are required, and `param` and
//! `code` may be `null`. The libraries choose the class of their exception by the status, not by `type`.

use bytes::Bytes;
use http::Response;
use serde_json::{json, Value};

use super::json::{Object, Place};
use super::{response, ErrorWriter};
use crate::envelope::{is_reserved, Envelope, ErrorType};
use crate::http::status;

/// The errors of OpenAI's API: `{"error": {"message", "type", "param", "code"}}`. Clients of that API read this form in answers
/// and in streams.
///
/// | member | value |
/// | --- | --- |
/// | `message` | the message, then a line `name: message` for each message of a parameter; without message and with one parameter its messages |
/// | `type` | by the status: 401 `authentication_error`, 403 `permission_error`, 404 `not_found_error`, 429 `rate_limit_error`, 5xx `server_error`, any other `invalid_request_error` |
/// | `param` | the name of the parameter, if there is one only and no message; else `null` |
/// | `code` | the type that was given to the error, else `null` |
///
/// The [members](Envelope::members) are in `_error_details`, beside `error`.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::{ErrorWriter, OpenAi}, Envelope};
///
/// let error = Envelope::new(StatusCode::TOO_MANY_REQUESTS, "Slow down").with_error_type("rate_limit_exceeded");
/// let body = r#"{"error":{"message":"Slow down","type":"rate_limit_error","param":null,"code":"rate_limit_exceeded"}}"#;
/// assert_eq!(OpenAi.write(&error).body(), body);
/// assert_eq!(OpenAi.write_event(&error), body);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenAi;

impl ErrorWriter for OpenAi {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        response(envelope, self.media_type(), object(envelope))
    }

    fn schema(&self) -> Value {
        let text = || json!({"type": "string"});
        let text_or_null = || json!({"type": ["string", "null"]});
        json!({
            "title": "OpenAiError",
            "description": "An error as OpenAI's API has it.",
            "type": "object",
            "properties": {
                "error": {
                    "type": "object",
                    "properties": {
                        "message": text(),
                        "type": text(),
                        "param": text_or_null(),
                        "code": text_or_null(),
                    },
                    "required": ["message", "type", "param", "code"],
                },
            },
            "required": ["error"],
            "additionalProperties": true,
        })
    }
}

/// The member `type`: the word that OpenAI's API has for the status. The table of [`OpenAi`] lists them.
fn kind(envelope: &Envelope) -> &'static str {
    match envelope.status().as_u16() {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        _ if status::is_server_error(envelope.status()) => "server_error",
        _ => "invalid_request_error",
    }
}

/// The whole object: one member, `error`, and the members of the envelope. The object `error` always has all four members, because
/// libraries expect them.
fn object(envelope: &Envelope) -> Vec<u8> {
    let mut fields = envelope.field_errors().iter();
    // One error has one parameter. If there are more, each line of the message names its own.
    let only = fields.next().filter(|_| fields.next().is_none());
    let only = only.filter(|(name, _)| !is_reserved(name) && envelope.sent_message().is_none());
    let message = match only.clone() {
        Some((_, messages)) => messages.collect::<Vec<_>>().join("\n").into(),
        None => envelope.plain_text(),
    };
    let param = only.map(|(name, _)| name);
    let code = envelope.sent_error_type().map(ErrorType::as_str);
    let mut error = Object::for_texts_of(envelope);
    error.text("message", &message);
    error.text("type", kind(envelope));
    for (name, text) in [("param", param), ("code", code)] {
        match text {
            Some(text) => error.text(name, text),
            None => error.json(name, "null"),
        }
    }
    let mut object = Object::with_capacity(0);
    object.object("error", error);
    object.members(envelope, |_, _| Place::Details);
    object.into_json()
}

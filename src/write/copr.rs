//! The errors of Copr's API v3.
//!
//! In: an envelope. Out: `{"error": "…"}`. Servers offer it by `with_dialect(Copr)`, and a client such as python-copr shows the
//! text of `error` to its user.
//!
//! 1. The message and the messages of the parameters become the lines of one text.
//! 2. The members of the envelope follow `error` in the same object. Members whose names other APIs use for errors are in
//!    `_error_details`, so that clients do not take one of them for the message.

use bytes::Bytes;
use http::Response;
use serde_json::{json, Value};

use super::foreign_names;
use super::json::{Object, Place};
use super::{response, ErrorWriter};
use crate::envelope::Envelope;

/// The errors of the API v3 of Fedora's Copr: `{"error": "<message>"}`.
///
/// | part of the envelope | place in the JSON |
/// | --- | --- |
/// | message | `error` |
/// | parameters | lines `name: message` of `error`, after the message |
/// | [members](Envelope::members) | beside `error`; in `_error_details` if other APIs use the name for errors (`error`, `message`, `code`, …) |
/// | type | left out |
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::{Copr, ErrorWriter}, Envelope};
///
/// let error = Envelope::new(StatusCode::INTERNAL_SERVER_ERROR, "Cannot cancel build 123");
/// assert_eq!(Copr.write(&error).body(), r#"{"error":"Cannot cancel build 123"}"#);
///
/// let invalid = Envelope::validation([("name", "is taken"), ("chroots", "select one")]);
/// assert_eq!(Copr.write(&invalid).body(), r#"{"error":"name: is taken\nchroots: select one"}"#);
/// ```
///
/// The status is the one of the envelope. Copr itself answers invalid parameters with 400.
///
/// Reading it back gives the message, and the parameters if every line has the form `name: message`. The type is lost; the
/// reader gets the class of the status.
///
/// ```
/// use tower_error_envelope::{read, write::{Copr, ErrorWriter}, Envelope};
///
/// let invalid = Copr.write(&Envelope::validation([("name", "is taken"), ("chroots", "select one")]));
/// let read = read::read(&invalid);
/// assert_eq!(read.message_for(&["name", "chroots"]), "name - is taken\nchroots - select one");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copr;

impl ErrorWriter for Copr {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        response(envelope, self.media_type(), object(envelope, place))
    }

    /// Writes members into `_error_details`: with members beside `error`, clients take the line for data.
    fn write_event(&self, envelope: &Envelope) -> Bytes {
        object(envelope, |_, _| Place::Details).into()
    }

    fn schema(&self) -> Value {
        json!({
            "title": "CoprError",
            "description": "An error of Copr's API v3.",
            "type": "object",
            "properties": {
                "error": {"type": "string", "description": "What went wrong, for people."},
            },
            "required": ["error"],
            "additionalProperties": true,
        })
    }
}

/// The object that is written: one member, `error`, and the members of the envelope.
fn object(envelope: &Envelope, place: impl Fn(&str, &str) -> Place) -> Vec<u8> {
    let mut object = Object::for_texts_of(envelope);
    object.text("error", &envelope.plain_text());
    object.members(envelope, place);
    object.into_json()
}

fn place(name: &str, _: &str) -> Place {
    match foreign_names::is_foreign(name) {
        true => Place::Details,
        false => Place::Beside,
    }
}

//! The errors of Copr's API v3.
//!
//! In: an envelope. Out: `{"error": "…"}`. Servers offer it by `with_dialect(Copr)`.

use bytes::Bytes;
use http::Response;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{json, Value};

use super::json::{self, Place};
use super::{response, ErrorWriter};
use crate::envelope::Envelope;

/// The errors of the API v3 of Fedora's Copr: `{"error": "<message>"}`.
///
/// | part of the envelope | place in the JSON |
/// | --- | --- |
/// | message | `error` |
/// | parameters | lines `name: message` of `error`, after the message |
/// | [members](Envelope::members) | beside `error`; a member called `error` stands in `_error_details` |
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copr;

impl ErrorWriter for Copr {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        response(
            envelope,
            self.media_type(),
            json::with_members(&Body(envelope), envelope, place),
        )
    }

    /// Members stand in `_error_details`: beside them, a line would be data for its readers.
    fn write_event(&self, envelope: &Envelope) -> Bytes {
        json::with_members(&Body(envelope), envelope, |_, _| Place::Details).into()
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

fn place(name: &str, _: &str) -> Place {
    match name {
        "error" => Place::Details,
        _ => Place::Beside,
    }
}

struct Body<'e>(&'e Envelope);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("error", &self.0.plain_text())?;
        map.end()
    }
}

//! The errors of Copr's API v3.

use bytes::Bytes;
use http::Response;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{json, response, ErrorWriter};
use crate::envelope::Envelope;

/// The errors of Copr's API v3: `{"error": "<message>"}`.
///
/// Several messages stand on lines of their own, those of parameters as `name: message`.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::{Copr, ErrorWriter}, Envelope};
///
/// let error = Envelope::new(StatusCode::INTERNAL_SERVER_ERROR, "Cannot cancel build 123");
/// assert_eq!(Copr.write(&error).body(), r#"{"error":"Cannot cancel build 123"}"#);
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
            json::to_vec(&Body(envelope), envelope),
        )
    }
}

struct Body<'e>(&'e Envelope);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("error", &lines(self.0).join("\n"))?;
        map.end()
    }
}

fn lines(envelope: &Envelope) -> Vec<String> {
    let fields = envelope.field_errors();
    let whole = if fields.is_empty() {
        Some(envelope.message())
    } else {
        envelope.sent_message()
    };
    let fields = fields
        .iter()
        .flat_map(|(name, messages)| messages.map(move |message| format!("{name}: {message}")));
    whole.map(str::to_owned).into_iter().chain(fields).collect()
}

//! The documented JSON of an [`Envelope`], read and written by serde.
//!
//! In: an envelope, or an object. Out: the other one. Programs call it by `serde_json`. The layer writes the same JSON with
//! [`Clustr`](crate::write::Clustr), and reads it with [`read`](crate::read).

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{Envelope, FieldErrors, Origin};

/// The key of the message about the whole.
pub(crate) const MESSAGE_KEY: &str = "_error_message";
/// The key of the machine-readable type.
pub(crate) const TYPE_KEY: &str = "_error_type";

/// The key of the object with the members.
pub(crate) const DETAILS_KEY: &str = "_error_details";

/// Whether a parameter with this name would look like a part of the envelope.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

const RESERVED: [&str; 3] = [MESSAGE_KEY, TYPE_KEY, DETAILS_KEY];

/// The message, and then a line `name: message` for each message of a parameter with a reserved name.
pub(crate) fn with_reserved_names<'a>(
    message: Option<&'a str>,
    fields: &'a FieldErrors,
) -> Option<Cow<'a, str>> {
    let mut all = message.map(Cow::Borrowed);
    if !fields.iter().any(|(name, _)| is_reserved(name)) {
        return all;
    }
    for name in RESERVED {
        for message in fields.get(name) {
            let before = all.map(|text| text.into_owned() + "\n").unwrap_or_default();
            all = Some(format!("{before}{name}: {message}").into());
        }
    }
    all
}

/// Written as `{"_error_message": …, "_error_type": …}`, then one list of messages for each parameter, then the members in
/// `_error_details` if there are any.
///
/// A validation error has `_error_message` and `_error_type` only if they were given.
impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(message) = self.shown_message() {
            map.serialize_entry(MESSAGE_KEY, &message)?;
        }
        if let Some(error_type) = self.shown_error_type() {
            map.serialize_entry(TYPE_KEY, error_type.as_str())?;
        }
        for (name, messages) in self
            .field_errors()
            .iter()
            .filter(|(name, _)| !is_reserved(name))
        {
            map.serialize_entry(name, &List(messages))?;
        }
        if !self.members().is_empty() {
            map.serialize_entry(DETAILS_KEY, self.members())?;
        }
        map.end()
    }
}

/// The messages of one parameter as a list.
pub(super) struct List<'a>(pub(super) super::Messages<'a>);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.clone())
    }
}

/// Read from the documented JSON, which has no status. So the status is that of the documented class in `_error_type`. If there
/// is none, it is 400 with parameters, and 500 without. [`with_status`](Envelope::with_status) sets the real status.
///
/// Values that are neither documented nor a list of strings are ignored.
///
/// ```
/// use tower_error_envelope::Envelope;
///
/// let error: Envelope = serde_json::from_str(r#"{"_error_message": "Sold", "_error_type": "clustr.exceptions.Gone"}"#)?;
/// assert_eq!((error.status().as_u16(), error.message()), (410, "Sold"));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EnvelopeVisitor)
    }
}

struct EnvelopeVisitor;

impl<'de> Visitor<'de> for EnvelopeVisitor {
    type Value = Envelope;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error envelope: an object with `_error_message`, `_error_type` or lists of messages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
        let mut envelope = Envelope::from_status(StatusCode::INTERNAL_SERVER_ERROR);
        envelope.set_origin(Origin::Wire("clustr"));
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            match (name.as_str(), value) {
                (MESSAGE_KEY, Value::String(message)) if envelope.sent_message().is_none() => {
                    envelope.set_message(message.into());
                }
                (TYPE_KEY, Value::String(name)) if envelope.sent_error_type().is_none() => {
                    envelope.set_error_type(name.into());
                }
                (DETAILS_KEY, Value::Object(members)) => {
                    let members = members.iter();
                    members
                        .for_each(|(name, value)| envelope.set_member(name.as_str().into(), value));
                }
                (_, Value::Array(messages)) => push_all(envelope.fields_mut(), &name, messages),
                _ => {}
            }
        }
        envelope.set_status(status_of(&envelope));
        Ok(envelope)
    }
}

fn push_all(fields: &mut FieldErrors, name: &str, messages: Vec<Value>) {
    for message in messages {
        if let Value::String(message) = message {
            fields.push(name.to_owned(), message);
        }
    }
}

fn status_of(envelope: &Envelope) -> StatusCode {
    let class = envelope
        .sent_error_type()
        .and_then(super::ErrorType::documented_status);
    let validation = Some(StatusCode::BAD_REQUEST).filter(|_| !envelope.field_errors().is_empty());
    class
        .or(validation)
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

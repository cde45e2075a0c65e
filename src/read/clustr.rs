//! The documented envelope, the format of [`write::Clustr`](crate::write::Clustr).
//!
//! ```json
//! {"_error_message": "The item is gone", "_error_type": "clustr.exceptions.NotFound"}
//! ```

use super::fields::{is_messages, push_messages};
use super::json::Value;
use super::source::Source;
use crate::envelope::{is_reserved, Envelope, Form, MESSAGE_KEY, TYPE_KEY};

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    let message = json.get(MESSAGE_KEY).and_then(Value::as_text);
    let error_type = json.get(TYPE_KEY).and_then(Value::as_text);
    message.or(error_type)?;

    let mut envelope = source.envelope();
    envelope.set_message(source.own(message.unwrap_or_default()));
    envelope.set_error_type(source.own(error_type.unwrap_or_default()));
    for (name, value) in json.as_object()?.filter(|(name, _)| !is_reserved(name)) {
        push_messages(source, &mut envelope, name, value);
    }
    if json.as_object()?.all(is_documented) {
        envelope.set_form(Form::Documented);
    }
    Some(envelope)
}

fn is_documented((name, value): (&str, Value<'_>)) -> bool {
    if is_reserved(name) {
        value.as_text().is_some()
    } else {
        is_messages(value)
    }
}

//! A bare map of parameters to their messages, as Django REST framework, Rails and many others send it.
//!
//! ```json
//! {"email": ["Enter a valid email address."], "age": ["A valid integer is required."]}
//! ```

use http::StatusCode;

use super::json::{Items, Value};
use super::source::Source;
use crate::envelope::{Envelope, Form};

/// Names that stand for no parameter: what is said under them is about the whole.
const WHOLE: [&str; 6] = [
    "",
    "__all__",
    "_schema",
    "base",
    "general",
    "non_field_errors",
];

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let members = source.json()?.as_object()?;
    let is_list = |(_, value): (&str, Value<'_>)| value.as_list().is_some();
    if members.clone().next().is_none() || !members.clone().all(is_list) {
        return None;
    }
    let mut envelope = source.envelope();
    for (name, value) in members.clone() {
        push_messages(source, &mut envelope, name, value);
    }
    let documented =
        |(name, value): (&str, Value<'_>)| !WHOLE.contains(&name) && is_messages(value);
    if source.status == StatusCode::BAD_REQUEST && members.clone().all(documented) {
        envelope.set_form(Form::Documented);
    }
    Some(envelope)
}

/// Whether this is a list of messages as documented.
pub(super) fn is_messages(value: Value<'_>) -> bool {
    let texts = |mut items: Items<'_>| items.all(|item| item.as_text().is_some());
    value
        .as_list()
        .is_some_and(|items| items.clone().next().is_some() && texts(items))
}

/// Adds the messages in `value`, one string or a list of them, to the parameter `name`.
pub(super) fn push_messages(
    source: &Source<'_>,
    envelope: &mut Envelope,
    name: &str,
    value: Value<'_>,
) {
    let one = value.as_text().into_iter();
    let several = value
        .as_list()
        .into_iter()
        .flatten()
        .filter_map(Value::as_text);
    for message in one
        .chain(several)
        .filter(|message| !message.trim().is_empty())
    {
        if WHOLE.contains(&name) {
            let before = envelope
                .sent_message()
                .map(|text| format!("{text}\n"))
                .unwrap_or_default();
            envelope.set_message((before + message.trim()).into());
        } else {
            envelope
                .fields_mut()
                .push_text(source.own(name), source.own(message));
        }
    }
}

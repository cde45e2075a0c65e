//! An object with a message under one of the usual names.
//!
//! ```json
//! {"detail": "Not found.", "code": "not_found"}
//! ```

use super::fields::push_messages;
use super::json::Value;
use super::source::Source;
use crate::envelope::Envelope;

/// Members that hold the message, the most specific first.
const MESSAGES: [&str; 7] = [
    "detail",
    "message",
    "error_description",
    "description",
    "msg",
    "title",
    "error",
];
/// Members that hold the type, the most specific first.
const TYPES: [&str; 4] = ["code", "error_code", "type", "error"];

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    // `{"error": {…}}` says the same one level down.
    let said = json
        .get("error")
        .filter(|error| error.as_object().is_some())
        .unwrap_or(json);
    let (message_name, message) = find(said, &MESSAGES, |_| true)?;
    let other_name = |name: &str| name != message_name;

    let mut envelope = source.envelope();
    envelope.set_message(source.own(message));
    if let Some((_, error_type)) =
        find(said, &TYPES, |name| other_name(name)).filter(|(_, text)| is_identifier(text))
    {
        envelope.set_error_type(source.own(error_type));
    }
    for (name, value) in said
        .get("errors")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        push_messages(source, &mut envelope, name, value);
    }
    Some(envelope)
}

fn find<'v>(
    json: Value<'v>,
    names: &[&'static str],
    wanted: impl Fn(&str) -> bool,
) -> Option<(&'static str, &'v str)> {
    let text = |name: &&'static str| {
        Some((*name, json.get(name)?.as_text()?)).filter(|(_, text)| !text.is_empty())
    };
    names.iter().filter(|name| wanted(name)).find_map(text)
}

/// Whether a text names something for machines: one word, no sentence.
fn is_identifier(text: &str) -> bool {
    !text.contains(char::is_whitespace)
}

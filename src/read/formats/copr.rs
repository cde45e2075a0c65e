//! The validation errors of Copr's API v3, the format of [`write::Copr`](crate::write::Copr).
//!
//! ```json
//! {"error": "name: Name must contain only letters.\nchroots: At least one chroot must be selected."}
//! ```
//!
//! A single line may be a sentence with a colon, so it is not split. Other members are kept, unless other APIs use the key of one
//! of them for errors.
//!
//! Beside `_error_details`, which only this crate writes, `error` is a text of [`write::Copr`](crate::write::Copr) or an object of
//! [`write::OpenAi`](crate::write::OpenAi). Then any text is the message, also a single word.

use crate::envelope::{Envelope, DETAILS_KEY};
use crate::read::any_json;
use crate::read::document::Value;
use crate::read::members;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "copr",
    signs: Signs::text("error").or(Signs::object(DETAILS_KEY)),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    if let Some(envelope) = read_own(source, json) {
        return Some(envelope.into());
    }
    let mut members = json.as_object()?;
    let Some(("error", value)) = members.next() else {
        return None;
    };
    let text = value.as_text()?.trim();
    let has_others = members.clone().next().is_some();
    if !members.all(|(key, _)| any_json::is_unknown(key)) {
        return None;
    }
    let mut envelope = source.envelope();
    if !add_lines(source, &mut envelope, text) {
        // An object with this one member may come from any API.
        if !has_others || !any_json::is_sentence(text, source.status) {
            return None;
        }
        envelope.set_message(source.trimmed(text));
    }
    for (name, value) in json.members().skip(1) {
        members::add_extension(source, &mut envelope, name, value);
    }
    Some(envelope.into())
}

/// An error that a dialect of this crate wrote with members.
fn read_own(source: &Source<'_>, json: Value<'_>) -> Option<Envelope> {
    json.get(DETAILS_KEY)
        .filter(|details| details.is_object())?;
    let error = json.get("error")?;
    let text = error.as_text().or_else(|| error.text("message"))?;
    let param = error.text("param").filter(|param| !param.is_empty());
    let mut envelope = source.envelope();
    match param {
        Some(param) => source.add_field(&mut envelope, param, text),
        None if add_lines(source, &mut envelope, text) => {}
        None => envelope.set_message(source.verbatim(text)),
    }
    if let Some(code) = error.text("code") {
        envelope.set_error_type(source.verbatim(code));
    }
    for (name, value) in json.members().filter(|(name, _)| *name != "error") {
        members::add_extension(source, &mut envelope, name, value);
    }
    Some(envelope)
}

/// Adds the parameters of a validation error, if each of several lines names one. Returns whether they do.
fn add_lines(source: &Source<'_>, envelope: &mut Envelope, text: &str) -> bool {
    let lines: Option<Vec<_>> = text.lines().map(field).collect();
    let lines = lines.filter(|lines| lines.len() > 1 && source.status.as_u16() == 400);
    let are_parameters = lines.is_some();
    for (name, message) in lines.into_iter().flatten() {
        let (name, message) = (source.trimmed(name), source.trimmed(message));
        envelope.fields_mut().push_read(name, message);
    }
    are_parameters
}

/// The parameter and the message in `<parameter>: <message>`.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, message) = line.split_once(": ")?;
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-.[]".contains(c));
    let lower = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    (plain && lower && !message.trim().is_empty()).then_some((name, message))
}

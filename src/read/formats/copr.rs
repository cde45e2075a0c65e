//! The validation errors of Copr's API v3, the format of [`write::Copr`](crate::write::Copr).
//!
//! ```json
//! {"error": "name: Name must contain only letters.\nchroots: At least one chroot must be selected."}
//! ```
//!
//! One line alone may be a sentence with a colon, and is left as it is. Members beside `error` are kept, if none of them has a
//! name by which other APIs say what went wrong.

use crate::read::any_json;
use crate::read::members;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "copr",
    signs: Signs::text("error"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    let mut members = json.as_object()?;
    let Some(("error", value)) = members.next() else {
        return None;
    };
    let text = value.as_text()?.trim();
    let others = members.clone().count();
    if others > 0 && !members.all(|(key, _)| any_json::is_unknown(key)) {
        return None;
    }
    let mut envelope = source.envelope();
    let lines: Option<Vec<_>> = text.lines().map(field).collect();
    match lines.filter(|lines| lines.len() > 1 && source.status.as_u16() == 400) {
        Some(lines) => {
            for (name, message) in lines {
                let (name, message) = (source.own(name), source.own(message));
                envelope.fields_mut().push_read(name, message);
            }
        }
        // Any API may send an object with this one member.
        None if others > 0 && any_json::is_sentence(text, source.status) => {
            envelope.set_message(source.own(text));
        }
        None => return None,
    }
    for (name, value) in json.members().skip(1) {
        members::add_extension(source, &mut envelope, name, value);
    }
    Some(envelope.into())
}

/// `<parameter>: <message>`.
fn field(line: &str) -> Option<(&str, &str)> {
    let (name, message) = line.split_once(": ")?;
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-.[]".contains(c));
    let lower = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    (plain && lower && !message.trim().is_empty()).then_some((name, message))
}

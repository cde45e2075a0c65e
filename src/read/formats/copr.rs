//! The validation errors of Copr's API v3, the format of [`write::Copr`](crate::write::Copr).
//!
//! ```json
//! {"error": "name: Name must contain only letters.\nchroots: At least one chroot must be selected."}
//! ```
//!
//! A single line may be a sentence with a colon, so it is not split. Other members are kept, unless other APIs use the key of one
//! of them for errors.

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
    let has_others = members.clone().next().is_some();
    if !members.all(|(key, _)| any_json::is_unknown(key)) {
        return None;
    }
    let mut envelope = source.envelope();
    let lines: Option<Vec<_>> = text.lines().map(field).collect();
    match lines.filter(|lines| lines.len() > 1 && source.status.as_u16() == 400) {
        Some(lines) => {
            for (name, message) in lines {
                let (name, message) = (source.trimmed(name), source.trimmed(message));
                envelope.fields_mut().push_read(name, message);
            }
        }
        // An object with this one member may come from any API.
        None if has_others && any_json::is_sentence(text, source.status) => {
            envelope.set_message(source.trimmed(text));
        }
        None => return None,
    }
    for (name, value) in json.members().skip(1) {
        members::add_extension(source, &mut envelope, name, value);
    }
    Some(envelope.into())
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

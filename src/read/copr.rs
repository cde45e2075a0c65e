//! The errors of Copr's API v3, the format of [`write::Copr`](crate::write::Copr).
//!
//! ```json
//! {"error": "name: Name must contain only letters.\nchroots: At least one chroot must be selected."}
//! ```

use super::source::Source;
use crate::envelope::Envelope;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    let mut members = json.as_object()?;
    let (Some(("error", value)), None) = (members.next(), members.next()) else {
        return None;
    };
    let error = value
        .as_text()
        .map(str::trim)
        .filter(|error| !error.is_empty())?;

    let mut envelope = source.envelope();
    let fields: Option<Vec<_>> = error.lines().map(field).collect();
    match fields.filter(|_| source.status.as_u16() == 400) {
        Some(fields) => {
            for (name, message) in fields {
                envelope
                    .fields_mut()
                    .push_text(source.own(name), source.own(message));
            }
        }
        None => envelope.set_message(source.own(error)),
    }
    Some(envelope)
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

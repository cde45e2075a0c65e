//! The validation errors of Copr's API v3, the format of [`write::Copr`](crate::write::Copr).
//!
//! ```json
//! {"error": "name: Name must contain only letters.\nchroots: At least one chroot must be selected."}
//! ```
//!
//! One line alone may be a sentence with a colon, and is left as it is.

use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "copr",
    signs: Signs::text("error"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let mut members = source.document()?.as_object()?;
    let (Some(("error", value)), None) = (members.next(), members.next()) else {
        return None;
    };
    let lines: Vec<_> = value
        .as_text()?
        .trim()
        .lines()
        .map(field)
        .collect::<Option<_>>()?;
    if lines.len() < 2 || source.status.as_u16() != 400 {
        return None;
    }
    let mut envelope = source.envelope();
    for (name, message) in lines {
        envelope
            .fields_mut()
            .push_read(source.own(name), source.own(message));
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

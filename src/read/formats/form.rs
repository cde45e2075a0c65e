//! OAuth errors in a form, as GitHub's token endpoint sends them by default.
//!
//! ```text
//! error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.
//! ```

use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "form",
    signs: Signs::LABEL,
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    if !is_form(source) {
        return None;
    }
    let mut pairs = form_urlencoded::parse(source.text.as_bytes());
    let (_, error) = pairs.clone().find(|(name, _)| name == "error")?;
    let description = pairs.find(|(name, _)| name == "error_description");
    let description = description.as_ref().map(|(_, text)| &**text);
    Some(source.envelope_of(description, Some(&error)).into())
}

/// Whether `Content-Type` names a form.
pub(super) fn is_form(source: &Source<'_>) -> bool {
    source.has_label(|media| media.ty == "application" && media.subty == "x-www-form-urlencoded")
}

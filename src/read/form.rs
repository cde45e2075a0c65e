//! OAuth errors in a form, as GitHub's token endpoint sends them by default.
//!
//! ```text
//! error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.
//! ```

use http::header::CONTENT_TYPE;

use super::source::Source;
use crate::envelope::{media, Envelope};

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    if !is_form(source) {
        return None;
    }
    let mut pairs = form_urlencoded::parse(source.text.as_bytes());
    let error = pairs.clone().find(|(name, _)| name == "error")?.1;
    let mut envelope = source.envelope();
    envelope.set_error_type(source.own(&error));
    if let Some((_, description)) = pairs.find(|(name, _)| name == "error_description") {
        envelope.set_message(source.own(&description));
    }
    Some(envelope)
}

pub(super) fn is_form(source: &Source<'_>) -> bool {
    let label = source.headers.get(CONTENT_TYPE);
    // Most texts say so, and need no closer look.
    if label.is_some_and(|label| label.as_bytes().starts_with(b"text/")) {
        return false;
    }
    media::of(source.headers)
        .is_some_and(|media| media.ty == "application" && media.subty == "x-www-form-urlencoded")
}

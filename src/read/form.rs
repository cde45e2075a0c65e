//! OAuth errors in a form, as GitHub's token endpoint sends them by default.
//!
//! ```text
//! error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.
//! ```

use super::source::Source;
use crate::envelope::{media, Envelope};

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let media = media::of(source.headers)?;
    if media.ty != "application" || media.subty != "x-www-form-urlencoded" {
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

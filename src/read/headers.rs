//! What only the headers say: the type of an error whose body has none, or that has no body.

use http::HeaderName;

use super::marks::Marks;
use super::source::Source;
use super::{aws, challenge};
use crate::envelope::Envelope;

/// Headers that hold a type.
pub(super) static TYPES: [HeaderName; 4] = [
    HeaderName::from_static("x-ms-error-code"),
    aws::TYPE_HEADER,
    HeaderName::from_static("x-clickhouse-exception-code"),
    HeaderName::from_static("mediawiki-api-error"),
];

/// Adds what the headers say to what the body said; whether that was anything.
pub(super) fn add(source: &Source<'_>, envelope: &mut Envelope) -> bool {
    if !source.marks.have(Marks::TYPE_HEADER.or(Marks::CHALLENGE)) {
        return false;
    }
    let mut said = false;
    if envelope.sent_error_type().is_none() {
        if let Some(name) = error_type(source) {
            envelope.set_error_type(source.own(aws::shape(name)));
            said = true;
        }
    }
    if envelope.sent_error_type().is_none() || envelope.sent_message().is_none() {
        if let Some((code, description)) = challenge::read(source) {
            said = true;
            if envelope.sent_error_type().is_none() {
                envelope.set_error_type(code.into());
            }
            if let Some(description) = description.filter(|_| envelope.sent_message().is_none()) {
                envelope.set_message(description.into());
            }
        }
    }
    said
}

/// The type that a header holds.
pub(super) fn error_type<'r>(source: &Source<'r>) -> Option<&'r str> {
    let text = |name| source.headers.get(name)?.to_str().ok();
    TYPES.iter().find_map(text)
}

//! The forms in which the dialects of this crate write the error of an event: the documented envelope, problem details, and an
//! `error` with its other members in one object.
//!
//! In: the JSON of an event. Out: the same, if it has one of these forms.

use http::header::RETRY_AFTER;

use super::error_object::says;
use super::status::{self, ERROR};
use crate::envelope::{Envelope, DETAILS_KEY, MESSAGE_KEY, TYPE_KEY};
use crate::read::document::Value;
use crate::read::in_success;

/// The documented envelope: all other members are errors of parameters.
pub(super) fn documented(root: Value<'_>) -> Option<Value<'_>> {
    let belongs = |(name, value): (&str, Value<'_>)| {
        crate::envelope::is_reserved(name)
            || value
                .as_list()
                .is_some_and(|mut list| list.all(|text| text.as_text().is_some()))
    };
    // A validation error has no message and no type.
    let has_status = || status::documented(root).is_some();
    let is_told = says(root, MESSAGE_KEY) || says(root, TYPE_KEY) || has_status();
    let is_envelope = is_told && root.members().all(belongs);
    is_envelope.then_some(root)
}

/// An error in another dialect of this crate: `{"error": …, "_error_details": {"status": 409}}`.
pub(super) fn detailed(root: Value<'_>) -> Option<Value<'_>> {
    let error = root.get(ERROR)?;
    // The status makes it an error, so any text counts, also "none".
    let is_told = in_success::tells(error) || says(root, ERROR);
    let is_whole = root
        .members()
        .all(|(name, _)| [ERROR, DETAILS_KEY].contains(&name));
    (is_told && is_whole && status::documented(root).is_some()).then_some(root)
}

/// Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457#section-3.1)) that name their type: a URI, a title, and the
/// status of an error. A page with a title and a status may be data.
pub(super) fn problem(root: Value<'_>) -> Option<Value<'_>> {
    let names_type = root.text("type").is_some_and(is_uri);
    let status = root.get("status").and_then(Value::as_integer);
    let is_error = status.is_some_and(|status| (400..600).contains(&status));
    (names_type && says(root, "title") && is_error).then_some(root)
}

/// A URI, or an absolute path.
fn is_uri(text: &str) -> bool {
    let is_of_scheme =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_absolute = scheme.len() > 1 && scheme.bytes().all(is_of_scheme);
    (is_absolute || text.starts_with('/')) && !text.contains(char::is_whitespace)
}

/// Removes the members that stand for the head of a response in an event of this crate: the status, and the delay, which is a
/// header now.
pub(super) fn forget_head(envelope: &mut Envelope) {
    let status = envelope.status().as_u16();
    if envelope.members().get_as("status") == Some(status) {
        envelope.remove_member("status");
    }
    if envelope.headers().contains_key(RETRY_AFTER) {
        envelope.remove_member("retry_after");
    }
}

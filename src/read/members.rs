//! Members that an error carries beside message, type and parameters: what clients want of any format.
//!
//! In: a document and an envelope that was read from it. Out: the envelope with the request id, the address of the
//! documentation and the delay before another try, under one name each. Formats that have members of their own add them
//! with [`add`].

use super::document::Value;
use super::source::Source;
use crate::envelope::Envelope;

/// The name of the id of the request, under which it is kept.
pub(super) const REQUEST_ID: &str = "request_id";
const HELP: &str = "help";
const RETRY_AFTER: &str = "retry_after";

/// Keys as they are compared, and the name under which such a member is kept.
const KEPT: [(&str, &[&str]); 3] = [
    (
        REQUEST_ID,
        &[
            "request_id",
            "x_request_id",
            "req_id",
            "correlation_id",
            "trace_id",
            "log_id",
            "error_id",
            "instance_id",
        ],
    ),
    (
        HELP,
        &[
            "documentation_url",
            "doc_url",
            "docs_url",
            "documentation",
            "help_url",
            "help_link",
            "more_info",
            "error_uri",
            "info_url",
        ],
    ),
    (RETRY_AFTER, &["retry_after", "retry_after_seconds"]),
];

/// Keys of objects in which such members stand.
const HOLDERS: [&str; 5] = ["error", "meta", "status", "parameters", "response"];

/// Longer values are none of these.
const MAX_VALUE: usize = 512;

/// Adds the members that clients want, if the document has them at its top or one object below.
pub(super) fn add_wanted(source: &Source<'_>, envelope: &mut Envelope) {
    let Some(root) = source.document().filter(|root| root.is_object()) else {
        return;
    };
    add_from(source, envelope, root);
    for (_, holder) in root
        .members()
        .filter(|(key, value)| HOLDERS.contains(key) && value.is_object())
    {
        add_from(source, envelope, holder);
    }
}

fn add_from(source: &Source<'_>, envelope: &mut Envelope, object: Value<'_>) {
    for (key, value) in object.members() {
        // The last letters rule out most keys at once.
        let last = key.as_bytes().last().map(u8::to_ascii_lowercase);
        if !matches!(
            last,
            Some(b'd' | b'i' | b'k' | b'l' | b'n' | b'o' | b'r' | b's')
        ) {
            continue;
        }
        let kept = KEPT
            .iter()
            .find(|(_, keys)| keys.iter().any(|known| is_spelled(key, known)));
        let Some((name, _)) = kept.filter(|(name, _)| is_wanted(name, value)) else {
            continue;
        };
        add(source, envelope, name, value);
    }
}

fn is_wanted(name: &str, value: Value<'_>) -> bool {
    match (value.as_text(), value.as_number()) {
        (Some(text), _) => {
            let is_address = || text.starts_with("https://") || text.starts_with("http://");
            let is_short =
                !text.trim().is_empty() && text.len() <= MAX_VALUE && !text.contains(' ');
            is_short && (name != HELP || is_address())
        }
        (None, Some(_)) => name == RETRY_AFTER,
        _ => false,
    }
}

/// Whether a key is this one without case, `_` and `-`.
fn is_spelled(key: &str, known: &str) -> bool {
    fn letters(key: &str) -> impl Iterator<Item = u8> + '_ {
        let bytes = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
        bytes.map(|byte| byte.to_ascii_lowercase())
    }
    letters(key).eq(letters(known))
}

/// Adds a member under this name, within the bounds of members that are read.
pub(super) fn add(source: &Source<'_>, envelope: &mut Envelope, name: &str, value: Value<'_>) {
    envelope.set_member(source.verbatim(name), &value);
}

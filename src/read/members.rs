//! Members that an error carries beside message, type and parameters: what clients want of any format.
//!
//! In: a document and an envelope that was read from it. Out: the envelope with the request id, the address of the
//! documentation and the delay before another try, under one name each. Formats that have members of their own add them
//! with [`add`].

use smallvec::SmallVec;

use super::document::Value;
use super::source::Source;
use crate::envelope::Envelope;

/// The name of the id of the request, under which it is kept.
const REQUEST_ID: &str = "request_id";
const HELP: &str = "help";
const RETRY_AFTER: &str = "retry_after";

/// The name under which a member with this key is kept, if it is one that clients want.
fn kept_name(key: &str) -> Option<&'static str> {
    // The last letters rule out most keys at once.
    let end = key
        .as_bytes()
        .last_chunk::<2>()
        .map(|end| end.map(|byte| byte.to_ascii_lowercase()));
    let may_be = matches!(&end?, b"id" | b"rl" | b"er" | b"ds" | b"ri" | b"nk" | b"fo")
        || key.len() == "documentation".len();
    if !may_be || key.len() < "req_id".len() - 1 || key.len() > MAX_KEY {
        return None;
    }
    let letters = key.bytes().filter(|byte| !matches!(byte, b'_' | b'-'));
    let key: SmallVec<[u8; MAX_KEY]> = letters.map(|byte| byte.to_ascii_lowercase()).collect();
    match &*key {
        b"requestid" | b"xrequestid" | b"reqid" | b"correlationid" | b"traceid" | b"logid" => {
            Some(REQUEST_ID)
        }
        b"documentationurl" | b"docurl" | b"docsurl" | b"documentation" | b"helpurl"
        | b"helplink" | b"moreinfo" | b"erroruri" | b"infourl" => Some(HELP),
        b"retryafter" | b"retryafterseconds" => Some(RETRY_AFTER),
        _ => None,
    }
}

/// Longer keys are none of these.
const MAX_KEY: usize = 24;

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
        let Some(name) = kept_name(key).filter(|name| is_wanted(name, value)) else {
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

/// Adds a member under this name, within the bounds of members that are read.
pub(super) fn add(source: &Source<'_>, envelope: &mut Envelope, name: &str, value: Value<'_>) {
    envelope.set_member(source.verbatim(name), &value);
}

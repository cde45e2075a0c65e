//! Further members of an error: the request id, the address of the documentation and the delay before a retry.
//!
//! In: a document, and the envelope that was read from it. Out: the envelope with these members. Each has one name, whatever its
//! key in the document is. `read` calls [`add_wanted`] for all formats. A format with other members adds them with [`add`].

use bytestring::ByteString;
use http::{HeaderMap, HeaderName};

use super::any_json::Normalised;
use super::document::Value;
use super::source::Source;
use crate::envelope::{Envelope, DETAILS_KEY};
use crate::http::bytes::{any, trim};

/// The names of these members in an envelope.
const REQUEST_ID: &str = "request_id";
const HELP: &str = "help";
const INSTANCE: &str = "instance";
const TITLE: &str = "title";
const RETRY_AFTER: &str = "retry_after";

/// The name in the envelope for a member with this key. `None` if clients do not want the member.
fn kept_name(key: &str) -> Option<&'static str> {
    match Normalised::new(key)?.as_bytes() {
        b"requestid" | b"xrequestid" | b"reqid" | b"correlationid" | b"traceid" | b"logid" => {
            Some(REQUEST_ID)
        }
        b"documentationurl" | b"docurl" | b"docsurl" | b"documentation" | b"helpurl"
        | b"helplink" | b"moreinfo" | b"erroruri" | b"infourl" => Some(HELP),
        b"retryafter" | b"retryafterseconds" => Some(RETRY_AFTER),
        _ => None,
    }
}

/// Whether the length and the last two letters of a key allow that it is one of these. They rule out most keys.
#[inline]
fn may_be_kept(key: &[u8]) -> bool {
    let [.., before, last] = key else {
        return false;
    };
    // In lower case.
    let end = [before | 0x20, last | 0x20];
    key.len() >= MIN_KEY
        && matches!(
            &end,
            b"ds" | b"er" | b"fo" | b"id" | b"nk" | b"on" | b"ri" | b"rl"
        )
}

/// Bytes of such a key at least.
const MIN_KEY: usize = "logid".len();

/// Keys of objects that may hold such members.
const HOLDERS: [&str; 5] = ["error", "meta", "status", "parameters", "response"];

/// Bytes of a value at most. A longer value is left out.
const MAX_VALUE: usize = 512;

/// Adds the members that clients want. They stand at the top of the document, or in one of the [`HOLDERS`].
pub(super) fn add_wanted(source: &Source<'_>, envelope: &mut Envelope) {
    let Some(root) = source.document().filter(|root| root.is_object()) else {
        return;
    };
    if add_wanted_of(source, envelope, root) {
        let is_holder =
            |(key, value): &(&str, Value<'_>)| value.is_object() && HOLDERS.contains(key);
        for (_, holder) in root.members().filter(is_holder) {
            add_wanted_of(source, envelope, holder);
        }
    }
}

/// Adds those in `object` itself. Returns whether there are objects in it.
fn add_wanted_of(source: &Source<'_>, envelope: &mut Envelope, object: Value<'_>) -> bool {
    let mut has_objects = false;
    for (key, value) in object.members() {
        if value.holds_values() {
            has_objects |= value.is_object();
        } else if may_be_kept(key.as_bytes()) {
            if let Some(name) = kept_name(key).filter(|name| is_wanted(name, value)) {
                add_value(source, envelope, ByteString::from_static(name), value);
            }
        }
    }
    has_objects
}

/// Headers with the id of the request.
static ID_HEADERS: [HeaderName; 6] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-correlation-id"),
    HeaderName::from_static("x-amzn-requestid"),
    HeaderName::from_static("x-amz-request-id"),
    HeaderName::from_static("x-ms-request-id"),
];

/// Adds what the headers of a response say of its error: when to retry, and the request id. The documented JSON stays as it is.
pub(crate) fn add_facts(headers: &HeaderMap, is_documented: bool, envelope: &mut Envelope) {
    envelope.add_retry_hints(headers);
    if !is_documented && !envelope.members().contains(REQUEST_ID) {
        if let Some(id) = id_in_headers(headers) {
            envelope.set_member(ByteString::from_static(REQUEST_ID), &id);
        }
    }
}

/// The request id in the error, else the one in the headers of its response.
#[cfg(feature = "layer")]
pub(crate) fn request_id(headers: &HeaderMap, envelope: &Envelope) -> Option<String> {
    let in_body = envelope.members().get_as(REQUEST_ID);
    in_body.or_else(|| id_in_headers(headers).map(str::to_owned))
}

fn id_in_headers(headers: &HeaderMap) -> Option<&str> {
    let mut ids = headers.iter().filter(|(name, _)| ID_HEADERS.contains(name));
    ids.find_map(|(_, value)| value.to_str().ok().filter(|text| is_word(text)))
}

/// Whether a text is short, and has no blanks or controls.
fn is_word(text: &str) -> bool {
    !trim(text).is_empty() && text.len() <= MAX_VALUE && !any(text, |byte| byte <= b' ')
}

fn is_wanted(name: &str, value: Value<'_>) -> bool {
    match value.as_text() {
        Some(text) => {
            let is_address = || text.starts_with("https://") || text.starts_with("http://");
            is_word(text) && (name != HELP || is_address())
        }
        None => name == RETRY_AFTER && value.as_number().is_some(),
    }
}

/// Adds a member that stands beside message and type. Of `_error_details` its members are added.
pub(super) fn add_extension(
    source: &Source<'_>,
    envelope: &mut Envelope,
    name: &str,
    value: Value<'_>,
) {
    if name == DETAILS_KEY && value.is_object() {
        for (name, value) in value.members() {
            add(source, envelope, name, value);
        }
    } else {
        add(source, envelope, name, value);
    }
}

/// Adds a member under this name, within the bounds of members that are read.
pub(super) fn add(source: &Source<'_>, envelope: &mut Envelope, name: &str, value: Value<'_>) {
    let name = match name {
        // Problems of all kinds have these members.
        INSTANCE => ByteString::from_static(INSTANCE),
        TITLE => ByteString::from_static(TITLE),
        name => source.verbatim(name),
    };
    add_value(source, envelope, name, value);
}

fn add_value(source: &Source<'_>, envelope: &mut Envelope, name: ByteString, value: Value<'_>) {
    match value.as_text().and_then(|text| source.quoted(text)) {
        Some(json) => envelope.set_member_json(name, json),
        None => envelope.set_member(name, &value),
    }
}

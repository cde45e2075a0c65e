//! The head of an error's response: what falls of the old one, what stays, what is added.

use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, LINK, PROXY_AUTHENTICATE, SET_COOKIE, VARY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use hyper::ext::ReasonPhrase;

use crate::envelope::Envelope;
use crate::http::header_lookup;
use crate::write::JSON;

const ACCEPT: HeaderValue = HeaderValue::from_static("accept");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Makes the head of an old response that of a new one.
///
/// `verbatim` says whether the new body carries the old one's words.
pub(super) fn replace(parts: &mut Parts, status: StatusCode, new: HeaderMap, verbatim: bool) {
    remove_entity_headers(&mut parts.headers, status, verbatim);
    parts.headers.remove(CONTENT_TYPE);
    merge(&mut parts.headers, new);
    set_status_line(parts, status);
}

/// As [`replace`], for the documented JSON of `envelope`.
pub(super) fn replace_documented(parts: &mut Parts, envelope: &Envelope, verbatim: bool) {
    remove_entity_headers(&mut parts.headers, envelope.status(), verbatim);
    if !envelope.headers().is_empty() {
        merge(&mut parts.headers, envelope.headers().clone());
    }
    header_lookup::set(&mut parts.headers, CONTENT_TYPE, JSON);
    set_status_line(parts, envelope.status());
}

fn set_status_line(parts: &mut Parts, status: StatusCode) {
    set_status(parts, status);
    // What an upstream spoke is not what this response will be sent with.
    parts.version = Version::default();
}

/// Sets the status, and drops the reason phrase that an upstream sent for another one.
pub(super) fn set_status(parts: &mut Parts, status: StatusCode) {
    if parts.status != status {
        parts.extensions.remove::<ReasonPhrase>();
        parts.status = status;
    }
}

/// Adds `Vary: Accept`, once.
pub(super) fn add_vary(headers: &mut HeaderMap) {
    let names = |line: &HeaderValue| {
        let tokens = line
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii);
        tokens
            .into_iter()
            .any(|token| token == b"*" || token.eq_ignore_ascii_case(b"accept"))
    };
    if !headers.get_all(VARY).iter().any(names) {
        append(headers, VARY, ACCEPT);
    }
}

/// Keeps browsers from guessing another type, which made messages run as scripts.
pub(super) fn add_nosniff(headers: &mut HeaderMap) {
    set_default(headers, X_CONTENT_TYPE_OPTIONS, NOSNIFF);
}

/// Keeps caches from answering later requests with a failure of this one.
pub(super) fn add_no_store(headers: &mut HeaderMap) {
    set_default(headers, CACHE_CONTROL, NO_STORE);
}

/// The length of what is sent is for the server to say, from the body.
pub(super) fn remove_framing(headers: &mut HeaderMap) {
    remove_all(headers, |name| {
        matches!(name, "content-length" | "transfer-encoding" | "trailer")
    });
}

fn remove_entity_headers(headers: &mut HeaderMap, status: StatusCode, verbatim: bool) {
    let unsatisfied = status == StatusCode::RANGE_NOT_SATISFIABLE && has_unsatisfied_range(headers);
    remove_all(headers, |name| {
        falls(name, status, verbatim) && !(unsatisfied && name == "content-range")
    });
}

/// Whether a header described the body that is no longer sent.
///
/// A deny-list: whatever is not known to describe a body stays
/// ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)).
fn falls(name: &str, status: StatusCode, verbatim: bool) -> bool {
    match name {
        // RFC 9110 §8, RFC 9112 §6, RFC 6266
        "content-length" | "content-encoding" | "content-location" | "content-disposition" => true,
        "content-range" | "accept-ranges" | "transfer-encoding" | "trailer" => true,
        // RFC 9530 and what it replaces
        "content-digest" | "repr-digest" | "digest" | "content-md5" => true,
        // RFC 9421 §7.2.8: a signature over what was changed
        "signature" | "signature-input" => true,
        // What the old answer was in gRPC
        "grpc-status" | "grpc-message" | "grpc-status-details-bin" => true,
        "content-language" => !verbatim,
        // With these statuses they speak of the resource, not of the body: RFC 9110 §15.5.10 and §15.5.13, RFC 6585 §3
        "etag" | "last-modified" => !matches!(status.as_u16(), 409 | 412 | 428),
        _ => false,
    }
}

/// `Content-Range: bytes */1234`, which a 416 should have
/// ([RFC 9110 §15.5.17](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.17)).
fn has_unsatisfied_range(headers: &HeaderMap) -> bool {
    headers
        .get("content-range")
        .is_some_and(|range| range.as_bytes().starts_with(b"bytes */"))
}

fn remove_all(headers: &mut HeaderMap, falls: impl Fn(&str) -> bool) {
    while let Some(name) = headers.keys().find(|name| falls(name.as_str())).cloned() {
        headers.remove(name);
    }
}

/// Each new header takes the place of the old one, or of several; those that mean something each are added to them.
fn merge(headers: &mut HeaderMap, new: HeaderMap) {
    let mut last = None;
    for (name, value) in new {
        let first = name.is_some();
        last = name.or(last);
        let Some(name) = &last else { continue };
        if is_list(name) {
            if !headers.get_all(name).iter().any(|old| *old == value) {
                append(headers, name.clone(), value);
            }
        } else if first {
            headers.remove(name);
            append(headers, name.clone(), value);
        } else {
            append(headers, name.clone(), value);
        }
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !header_lookup::has(headers, &name) {
        append(headers, name, value);
    }
}

/// A map that a peer filled to its last place takes no more: better one header less than a panic.
fn append(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _ = headers.try_append(name, value);
}

fn is_list(name: &HeaderName) -> bool {
    [SET_COOKIE, WWW_AUTHENTICATE, PROXY_AUTHENTICATE, LINK, VARY].contains(name)
}

/// Whether an intermediary must leave the body alone
/// ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)).
pub(super) fn is_no_transform(headers: &HeaderMap) -> bool {
    let directives = |line: &HeaderValue| {
        let mut tokens = line
            .as_bytes()
            .split(|byte| *byte == b',')
            .map(<[u8]>::trim_ascii);
        tokens.any(|token| token.eq_ignore_ascii_case(b"no-transform"))
    };
    header_lookup::has(headers, &CACHE_CONTROL)
        && headers.get_all(CACHE_CONTROL).iter().any(directives)
}

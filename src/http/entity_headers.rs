//! Removes the headers that described the old body.
//!
//! In: the headers of an old response. Out: those that stay. `response_head` calls it.
//!
//! A response may have a hundred headers, so each name is compared once, by its first letter and then by the names that begin so.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use smallvec::SmallVec;

/// Removes what described the old body. `keeps_words` says whether the new body has the text of the old one.
pub(crate) fn remove_entity_headers(
    headers: &mut HeaderMap,
    status: StatusCode,
    keeps_words: bool,
) {
    let unsatisfied = status == StatusCode::RANGE_NOT_SATISFIABLE && has_unsatisfied_range(headers);
    remove_all(headers, |name| {
        describes_body(name, status, keeps_words) && !(unsatisfied && name == "content-range")
    });
}

/// Whether a header described the old body.
///
/// This is a deny-list: a header that is not known to describe a body stays
/// ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)).
fn describes_body(name: &str, status: StatusCode, keeps_words: bool) -> bool {
    // With these statuses, a validator describes the resource, not the body: RFC 9110 §15.5.10 and §15.5.13, RFC 6585 §3
    let drops_validators = !matches!(status.as_u16(), 409 | 412 | 428);
    match name.as_bytes().first() {
        Some(b'c') => match name.strip_prefix("content-") {
            // RFC 9110 §8, RFC 9112 §6, RFC 6266, RFC 9530 and its predecessors
            Some("length" | "encoding" | "location" | "disposition" | "range") => true,
            Some("digest" | "md5") => true,
            Some("language") => !keeps_words,
            _ => false,
        },
        Some(b'a') => name == "accept-ranges",
        Some(b'd') => name == "digest",
        Some(b'e') => name == "etag" && drops_validators,
        // The status of the old answer in gRPC
        Some(b'g') => matches!(
            name,
            "grpc-status" | "grpc-message" | "grpc-status-details-bin"
        ),
        Some(b'l') => name == "last-modified" && drops_validators,
        Some(b'r') => name == "repr-digest",
        Some(b's') => is_signature(name),
        Some(b't') => matches!(name, "trailer" | "transfer-encoding"),
        _ => false,
    }
}

/// Whether a header is a signature. It covers headers or a body that have changed
/// ([RFC 9421 §7.2.8](https://www.rfc-editor.org/rfc/rfc9421#section-7.2.8)).
pub(crate) fn is_signature(name: &str) -> bool {
    matches!(name, "signature" | "signature-input")
}

/// `Content-Range: bytes */1234`, which a 416 should have
/// ([RFC 9110 §15.5.17](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.17)).
fn has_unsatisfied_range(headers: &HeaderMap) -> bool {
    headers
        .get("content-range")
        .is_some_and(|range| range.as_bytes().starts_with(b"bytes */"))
}

/// Removes headers, in linear time. If most headers go, the others are moved into a new map: to remove one header takes 350
/// instructions, and to clone its name may allocate.
pub(crate) fn remove_all(headers: &mut HeaderMap, goes: impl Fn(&str) -> bool) {
    let mut going = SmallVec::<[usize; 16]>::new();
    // `collect` is not inlined, and takes twice as many instructions.
    for (position, name) in headers.keys().enumerate() {
        if goes(name.as_str()) {
            going.push(position);
        }
    }
    if going.is_empty() {
        return;
    }
    if going.len() > 4 && 2 * going.len() > headers.keys_len() {
        return move_those_that_stay(headers, &going);
    }
    let mut names = headers.keys();
    let mut next = 0;
    let mut gone = SmallVec::<[HeaderName; 4]>::new();
    for position in &going {
        if let Some(name) = names.nth(position - next) {
            gone.push(name.clone());
        }
        next = position + 1;
    }
    for name in gone {
        headers.remove(name);
    }
}

/// Moves all headers into a new map, but the names at these positions.
fn move_those_that_stay(headers: &mut HeaderMap, going: &[usize]) {
    let has_repeated = headers.keys_len() < headers.len();
    let mut going = going.iter().peekable();
    let mut names = 0..;
    let mut stays = |name: HeaderName| {
        let position = names.next()?;
        let goes = going.next_if(|next| **next == position).is_some();
        (!goes).then_some(name)
    };
    let old = std::mem::take(headers);
    if has_repeated {
        return move_repeated(headers, old, stays);
    }
    for (name, value) in old {
        if let Some(name) = name.and_then(&mut stays) {
            append(headers, name, value);
        }
    }
}

/// The same as [`move_those_that_stay`], if some names have several values.
fn move_repeated(
    headers: &mut HeaderMap,
    old: HeaderMap,
    mut stays: impl FnMut(HeaderName) -> Option<HeaderName>,
) {
    let mut current = None;
    let mut old = old.into_iter().peekable();
    while let Some((name, value)) = old.next() {
        // The iterator gives further values of a name without the name.
        if let Some(name) = name {
            current = stays(name);
        }
        let has_more = matches!(old.peek(), Some((None, _)));
        let name = if has_more {
            current.clone()
        } else {
            current.take()
        };
        if let Some(name) = name {
            append(headers, name, value);
        }
    }
}

/// Sets these headers, with all their values, unless they have the same values already. They replace others of their names.
#[cfg(any(feature = "layer", feature = "tonic"))]
pub(crate) fn set_all(headers: &mut HeaderMap, new: &HeaderMap) {
    for name in new.keys() {
        if headers.get_all(name) == new.get_all(name) {
            continue;
        }
        headers.remove(name);
        for value in new.get_all(name) {
            append(headers, name.clone(), value.clone());
        }
    }
}

/// Adds a header, unless a peer filled the map to its limit. A lost header is better than a panic.
pub(crate) fn append(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _ = headers.try_append(name, value);
}

//! Changes the head of a response: which of the old headers stay, and which are added.
//!
//! In: the head of the old response, and the headers of the new one. Out: one head. `exchange/` calls it for each error.
//!
//! Headers that describe the old body are removed, and all others stay
//! ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)). A full header map of a peer causes no panic.

use http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, LINK, PROXY_AUTHENTICATE, SET_COOKIE, VARY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use http::response::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
#[cfg(feature = "layer")]
use hyper::ext::ReasonPhrase;

use super::entity_headers::{append, is_signature, remove_all, remove_entity_headers};
use super::{header_list, header_lookup};

const ACCEPT: HeaderValue = HeaderValue::from_static("accept");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
/// The value prevents caches from sending this error again.
pub(crate) const NO_STORE: (HeaderName, HeaderValue) =
    (CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Replaces the head of an old response by that of a new one.
///
/// `keeps_words` says whether the new body has the text of the old one. Then `Content-Language` stays. The old `Content-Type`
/// stays as well, and the new one replaces it later: this saves 250 instructions.
pub(crate) fn replace(parts: &mut Parts, status: StatusCode, new: &HeaderMap, keeps_words: bool) {
    remove_entity_headers(&mut parts.headers, status, keeps_words);
    merge(&mut parts.headers, new);
    set_status_line(parts, status);
}

/// Sets the one `Content-Type`. If a peer filled the map to its limit, another header makes room for it.
pub(crate) fn set_content_type(headers: &mut HeaderMap, value: HeaderValue) {
    if header_lookup::set(headers, CONTENT_TYPE, value.clone()) {
        return;
    }
    if let Some(name) = headers.keys().next().cloned() {
        headers.remove(name);
    }
    header_lookup::set(headers, CONTENT_TYPE, value);
}

/// Adapts a head to a body that was read and is sent as it is.
///
/// The body was read as text, so a `Content-Encoding` was wrong and is removed. Signatures of changed parts are removed.
pub(crate) fn keep_body(parts: &mut Parts, status: StatusCode) {
    let is_coded = header_lookup::has(&parts.headers, &CONTENT_ENCODING);
    remove_framing(&mut parts.headers);
    if is_coded || parts.status != status {
        remove_all(&mut parts.headers, is_signature);
    }
    set_status_line(parts, status);
}

/// The same as [`keep_body`], for a body in the coding that its head names.
pub(crate) fn keep_coded_body(parts: &mut Parts, status: StatusCode) {
    let coding = parts.headers.get_all(CONTENT_ENCODING).into_iter();
    let coding: Vec<_> = coding.cloned().collect();
    parts.headers.remove(CONTENT_ENCODING);
    keep_body(parts, status);
    for line in coding {
        append(&mut parts.headers, CONTENT_ENCODING, line);
    }
}

/// Sets the status. The version becomes the default, because the version of an upstream does not fit the next connection.
pub(crate) fn set_status_line(parts: &mut Parts, status: StatusCode) {
    set_status(parts, status);
    parts.version = Version::default();
}

/// Sets the status, and removes the reason phrase that an upstream sent for another status.
pub(crate) fn set_status(parts: &mut Parts, status: StatusCode) {
    if parts.status != status {
        forget_reason(parts);
        parts.status = status;
    }
}

/// Removes the status that tonic puts into the extensions of an answer without a body.
pub(crate) fn forget_status(extensions: &mut Extensions) {
    #[cfg(feature = "tonic")]
    extensions.remove::<tonic::Status>();
    #[cfg(not(feature = "tonic"))]
    let _ = extensions;
}

/// Removes the reason phrase of an upstream. hyper would send it with another status.
pub(crate) fn forget_reason(parts: &mut Parts) {
    #[cfg(feature = "layer")]
    parts.extensions.remove::<ReasonPhrase>();
    #[cfg(not(feature = "layer"))]
    let _ = parts;
}

/// Adds `Vary: Accept`, once.
pub(crate) fn add_vary(headers: &mut HeaderMap) {
    let is_there = |name: &str| name == "*" || name.eq_ignore_ascii_case("accept");
    if !header_list::elements(headers, VARY).any(is_there) {
        remove_all(headers, is_signature);
        append(headers, VARY, ACCEPT);
    }
}

/// Adds `X-Content-Type-Options: nosniff`. It prevents browsers from running a message as a script.
pub(crate) fn add_nosniff(headers: &mut HeaderMap) {
    set_default(headers, X_CONTENT_TYPE_OPTIONS, NOSNIFF);
}

/// Sets `Cache-Control: no-store` in place of any other: the answer to a call of an RPC is for one caller only.
pub(crate) fn set_no_store(headers: &mut HeaderMap) {
    headers.remove(CACHE_CONTROL);
    append(headers, NO_STORE.0, NO_STORE.1);
}

/// Prevents caches from sending this failure again.
pub(crate) fn add_no_store(headers: &mut HeaderMap) {
    set_default(headers, NO_STORE.0, NO_STORE.1);
}

/// Removes the framing and the coding of a body. The server takes the length from the body that is sent.
pub(crate) fn remove_framing(headers: &mut HeaderMap) {
    let is_framing = |name: &str| {
        matches!(
            name,
            "content-length" | "transfer-encoding" | "trailer" | "content-encoding"
        )
    };
    remove_all(headers, is_framing);
}

/// Adds the new headers. Each replaces old ones of the same name. Only headers that are lists are added to the old ones.
fn merge(headers: &mut HeaderMap, new: &HeaderMap) {
    let mut last = None;
    for (name, value) in new {
        let is_first = last.replace(name) != Some(name);
        if is_list(name) {
            if headers.get_all(name).iter().any(|old| old == value) {
                continue;
            }
        } else if is_first {
            headers.remove(name);
        }
        append(headers, name.clone(), value.clone());
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if !header_lookup::has(headers, &name) {
        append(headers, name, value);
    }
}

fn is_list(name: &HeaderName) -> bool {
    [SET_COOKIE, WWW_AUTHENTICATE, PROXY_AUTHENTICATE, LINK, VARY].contains(name)
}

/// Whether an intermediary must leave the body alone
/// ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)).
pub(crate) fn is_no_transform(headers: &HeaderMap) -> bool {
    let is_directive = |directive: &str| directive.eq_ignore_ascii_case("no-transform");
    header_lookup::has(headers, &CACHE_CONTROL)
        && header_list::elements(headers, CACHE_CONTROL).any(is_directive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_that_stay_are_the_same_however_many_go() {
        let entity = [
            "content-length",
            "content-location",
            "content-disposition",
            "accept-ranges",
            "content-digest",
            "digest",
            "signature",
            "etag",
        ];
        let own = [
            ("set-cookie", "a=1"),
            ("x-shop", "7"),
            ("set-cookie", "b=2"),
        ];
        for going in 0..=entity.len() {
            let mut headers = HeaderMap::new();
            for name in &entity[..going] {
                headers.append(*name, HeaderValue::from_static("old"));
                headers.append(*name, HeaderValue::from_static("older"));
            }
            for (name, value) in own {
                headers.append(name, HeaderValue::from_static(value));
            }
            remove_entity_headers(&mut headers, StatusCode::NOT_FOUND, false);
            let left: Vec<_> = headers
                .iter()
                .map(|(name, value)| (name.as_str(), value))
                .collect();
            assert_eq!(left.len(), own.len(), "{left:?}");
            let cookies: Vec<_> = headers.get_all("set-cookie").into_iter().collect();
            assert_eq!(cookies, ["a=1", "b=2"]);
            assert_eq!(headers["x-shop"], "7");
        }
    }
}

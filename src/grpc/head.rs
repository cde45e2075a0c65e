//! A gRPC answer that is nothing but its head (Trailers-Only).
//!
//! ```text
//! HTTP/2 200
//! content-type: application/grpc
//! grpc-status: 5
//! grpc-message: there is no printer 8
//! ```
//!
//! [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)

use std::borrow::Cow;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{percent_decode, utf8_percent_encode, AsciiSet, CONTROLS};

use super::content_type::GrpcType;
use super::status::{is_metadata, GrpcStatus, DETAILS, MESSAGE, STATUS};
use super::{base64, details};

/// Bytes of a whole head: what the specification suggests, and half of what tonic and gRPC's C core take.
const MAX_HEAD: usize = 8 * 1024;

/// Bytes of an error's other headers.
const MAX_METADATA: usize = MAX_HEAD / 2;

/// Bytes that servers add: `:status` and `date`.
const ADDED: usize = 2 * OVERHEAD + ":status200dateSun, 06 Nov 1994 08:49:37 GMT".len();

/// Bytes that each header counts beside its name and its value
/// ([RFC 9113 §10.5.1](https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1)).
const OVERHEAD: usize = 32;

/// What may not stand in `grpc-message` as it is, beside what is not ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');
const ESCAPED_AT_ENDS: &AsciiSet = &ESCAPED.add(b' ');

/// Writes `status` into `headers`, of which those stay that can be metadata, beside one of the layer's own.
///
/// The head then has at most 8 KiB: headers that would take more than half of that fall, then the details, then the
/// end of the message.
pub(crate) fn write(
    headers: &mut HeaderMap,
    own: Option<(HeaderName, HeaderValue)>,
    media: GrpcType,
    status: &GrpcStatus,
) {
    retain_metadata(headers);
    if let Some((name, value)) = own {
        let _ = headers.try_append(name, value);
    }
    set(headers, CONTENT_TYPE, media.to_header());
    set(headers, STATUS, u16::from(status.code.number()).into());
    let left = MAX_HEAD.saturating_sub(ADDED + size(headers));
    let message_size = cost(&MESSAGE, escaped_len(&status.message));
    let details = base64::encode(&status.details);
    let details_size = cost(&DETAILS, details.len());
    if !details.is_empty() && message_size + details_size <= left {
        set_text(headers, DETAILS, &details);
    }
    let room = left.saturating_sub(cost(&MESSAGE, 0));
    let message = cut(&status.message, room);
    if !message.is_empty() {
        set_text(headers, MESSAGE, &escape(message));
    }
}

/// Makes headers or trailers of a peer such that a strict client can read them.
///
/// Touched is only what it could not: a message that is no UTF-8, and details that are no base64.
pub(crate) fn repair(headers: &mut HeaderMap) {
    let message = headers.get(MESSAGE).map(HeaderValue::as_bytes);
    let message = percent_decode(message.unwrap_or_default());
    if message.clone().decode_utf8().is_err() {
        let escaped = escape(&message.decode_utf8_lossy()).into_owned();
        set_text(headers, MESSAGE, &escaped);
    }
    let details = headers.get(DETAILS).map(HeaderValue::as_bytes);
    if details.is_some_and(|details| !base64::is_valid(details)) {
        let details = details::from_headers(headers);
        headers.remove(DETAILS);
        if !details.is_empty() {
            set_text(headers, DETAILS, &base64::encode(&details));
        }
    }
}

fn retain_metadata(headers: &mut HeaderMap) {
    let mut left = MAX_METADATA;
    let all = std::mem::take(headers);
    let mut last = None;
    for (name, value) in all {
        last = name.or(last);
        let Some(name) = &last else { continue };
        let size = cost(name, value.len());
        if size <= left && is_metadata(name, &value) && is_valid(name, &value) {
            left -= size;
            let _ = headers.try_append(name, value);
        }
    }
}

/// What the name promises to be base64 has to be.
fn is_valid(name: &HeaderName, value: &HeaderValue) -> bool {
    !name.as_str().ends_with("-bin") || base64::is_valid(value.as_bytes())
}

fn size(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| cost(name, value.len()))
        .sum()
}

fn cost(name: &HeaderName, value: usize) -> usize {
    name.as_str().len() + value + OVERHEAD
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _ = headers.try_insert(name, value);
}

fn set_text(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::try_from(text) {
        set(headers, name, value);
    }
}

/// The longest beginning of `message` that takes at most `room` bytes when it is escaped.
fn cut(message: &str, room: usize) -> &str {
    let mut taken = 0;
    let mut characters = message.char_indices();
    let end = characters.find(|(_, character)| {
        taken += escaped_len(character.encode_utf8(&mut [0; 4]));
        taken > room
    });
    let end = end.map_or(message.len(), |(end, _)| end);
    message.get(..end).unwrap_or_default()
}

/// At most so many bytes `text` takes when it is escaped.
fn escaped_len(text: &str) -> usize {
    let escaped = utf8_percent_encode(text, ESCAPED_AT_ENDS);
    escaped.map(str::len).sum()
}

/// Blanks at the ends are escaped as well: a field value must not begin or end with them
/// ([RFC 9113 §8.2.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1)).
fn escape(message: &str) -> Cow<'_, str> {
    let inner = message.trim_matches(' ');
    if inner.len() == message.len() {
        return utf8_percent_encode(message, ESCAPED).into();
    }
    utf8_percent_encode(message, ESCAPED_AT_ENDS).into()
}

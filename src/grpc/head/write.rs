//! Writing a status into the head of a response.

use std::borrow::Cow;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{utf8_percent_encode, AsciiSet, CONTROLS};

use crate::grpc::content_type::GrpcType;
use crate::grpc::status::{GrpcStatus, DETAILS, MESSAGE, STATUS};
use crate::grpc::{base64, metadata, retry};
use crate::http::bytes::any;
use crate::http::entity_headers::set_all;
use crate::http::header_lookup;

/// Bytes of a whole head. The specification suggests this limit. tonic and the C core of gRPC take twice as many.
const MAX_HEAD: usize = 8 * 1024;

/// Bytes of an error's other headers.
const MAX_METADATA: usize = MAX_HEAD / 2;

/// Bytes that servers add: `:status` and `date`.
const ADDED: usize = 2 * OVERHEAD + ":status200dateSun, 06 Nov 1994 08:49:37 GMT".len();

/// Bytes that each header counts beside its name and its value
/// ([RFC 9113 §10.5.1](https://www.rfc-editor.org/rfc/rfc9113#section-10.5.1)).
const OVERHEAD: usize = 32;

/// ASCII characters that must be escaped in `grpc-message`.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');
const ESCAPED_AT_ENDS: &AsciiSet = &ESCAPED.add(b' ');

/// The number of headers that this module adds to the metadata, with two of the layer.
const ADDED_HEADERS: usize = 6;

/// Writes `status` and its metadata into `headers`. Headers that can be metadata, and those of the layer, stay.
///
/// `Retry-After` is written as a `RetryInfo` as well. The head has at most 8 KiB: headers beyond half of this limit are
/// left out first, then the details, then the end of the message.
pub(crate) fn write(
    headers: &mut HeaderMap,
    own: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
    media: GrpcType,
    status: &GrpcStatus,
) {
    let mut status = Cow::Borrowed(status);
    for name in [&CONTENT_TYPE, &CONTENT_LENGTH] {
        if header_lookup::has(headers, name) {
            headers.remove(name);
        }
    }
    set_all(headers, &status.metadata);
    if header_lookup::has(headers, &RETRY_AFTER) {
        retry::add(status.to_mut(), headers);
    }
    let metadata = retain_metadata(headers);
    let _ = headers.try_reserve(ADDED_HEADERS);
    let media = media.to_header();
    let code = HeaderValue::from_static(digits(status.code.number()));
    let fixed = cost(&CONTENT_TYPE, media.len()) + cost(&STATUS, code.len());
    let mut layers = 0;
    for (name, value) in own {
        layers += cost(&name, value.len());
        let _ = headers.try_append(name, value);
    }
    set(headers, CONTENT_TYPE, media);
    set(headers, STATUS, code);
    let left = MAX_HEAD.saturating_sub(ADDED + metadata + layers + fixed);
    let escaped = escaped_len(&status.message);
    let message_size = cost(&MESSAGE, escaped);
    if !status.details.is_empty() {
        let details = base64::encode(&status.details);
        if message_size + cost(&DETAILS, details.len()) <= left {
            set_text(headers, DETAILS, details);
        }
    }
    let room = left.saturating_sub(cost(&MESSAGE, 0));
    let message = if escaped <= room {
        &status.message
    } else {
        cut(&status.message, room)
    };
    write_message(headers, &status, message);
}

/// Writes the message, or a beginning of it.
fn write_message(headers: &mut HeaderMap, status: &GrpcStatus, message: &str) {
    if message.is_empty() {
        return;
    }
    match escape(message) {
        Cow::Borrowed(text) if text.len() == status.message.len() => {
            let shared = status.message.clone().into_bytes();
            if let Ok(value) = HeaderValue::from_maybe_shared(shared) {
                set(headers, MESSAGE, value);
            }
        }
        text => set_text(headers, MESSAGE, text.into_owned()),
    }
}

/// Removes the headers that cannot be metadata, and returns the size of the others. Usually all can be.
fn retain_metadata(headers: &mut HeaderMap) -> usize {
    let all: usize = headers
        .iter()
        .map(|(name, value)| cost(name, value.len()))
        .sum();
    if all <= MAX_METADATA && headers.iter().all(|(name, value)| is_valid(name, value)) {
        return all;
    }
    let mut left = MAX_METADATA;
    let all = std::mem::take(headers);
    let mut last = None;
    for (name, value) in all {
        last = name.or(last);
        let Some(name) = &last else { continue };
        let size = cost(name, value.len());
        if size <= left && is_valid(name, &value) {
            left -= size;
            let _ = headers.try_append(name, value);
        }
    }
    MAX_METADATA - left
}

/// Whether this can be metadata. If the name ends with `-bin`, the value must be base64.
fn is_valid(name: &HeaderName, value: &HeaderValue) -> bool {
    let is_coded = || !name.as_str().ends_with("-bin") || base64::is_valid(value.as_bytes());
    metadata::is_own(name, value) && is_coded()
}

fn cost(name: &HeaderName, value: usize) -> usize {
    name.as_str().len() + value + OVERHEAD
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    let _ = headers.try_insert(name, value);
}

pub(super) fn set_text(headers: &mut HeaderMap, name: HeaderName, text: String) {
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

/// The most bytes that `text` can take when it is escaped: three for each byte that may need an escape.
fn escaped_len(text: &str) -> usize {
    if is_plain(text) {
        return text.len();
    }
    let is_plain = |byte: &&u8| matches!(byte, b'!'..=b'$' | b'&'..=b'~');
    let plain = text.as_bytes().iter().filter(is_plain).count();
    plain + 3 * (text.len() - plain)
}

/// Blanks at the ends are escaped as well: a field value must not begin or end with them
/// ([RFC 9113 §8.2.1](https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1)).
pub(super) fn escape(message: &str) -> Cow<'_, str> {
    if is_plain(message) {
        return message.into();
    }
    let inner = message.trim_matches(' ');
    if inner.len() == message.len() {
        return utf8_percent_encode(message, ESCAPED).into();
    }
    utf8_percent_encode(message, ESCAPED_AT_ENDS).into()
}

/// Whether nothing in `text` has to be escaped, as in most messages. This test costs less than a search for the first
/// escape.
fn is_plain(text: &str) -> bool {
    let must_be_escaped = |byte: u8| !(b' '..=b'~').contains(&byte) | (byte == b'%');
    !text.starts_with(' ') && !text.ends_with(' ') && !any(text, must_be_escaped)
}

fn digits(code: u8) -> &'static str {
    const DIGITS: [&str; 17] = [
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16",
    ];
    DIGITS.get(usize::from(code)).copied().unwrap_or("2")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::code::GrpcCode;

    /// The head of an error with this message and `headers` headers of `bytes` each.
    fn head(message: &str, headers: usize, bytes: usize) -> HeaderMap {
        let mut status = GrpcStatus::from_code(GrpcCode::UNKNOWN);
        status.message = message.into();
        for number in 0..headers {
            let name = HeaderName::try_from(format!("x-{number:02}")).unwrap();
            let value = "v".repeat(bytes - OVERHEAD - 4);
            status.metadata.append(name, value.try_into().unwrap());
        }
        let media = GrpcType::parse(&HeaderValue::from_static("application/grpc")).unwrap();
        let mut head = HeaderMap::new();
        write(&mut head, [], media, &status);
        head
    }

    #[test]
    fn a_long_message_fills_the_head_with_what_servers_add() {
        let added = ":status: 200".len() - 2 + "date: Sun, 06 Nov 1994 08:49:37 GMT".len() - 2;
        for (headers, bytes) in [(0, 100), (1, 4096), (1, 4097), (7, 512), (40, 300)] {
            let head = head(&"m".repeat(10_000), headers, bytes);
            let sizes = head.iter().map(|(name, value)| cost(name, value.len()));
            let whole = sizes.sum::<usize>() + added + 2 * 32;
            assert_eq!(whole, 8 * 1024, "{headers} of {bytes}");
        }
    }

    #[test]
    fn headers_that_take_more_than_half_of_a_head_fall() {
        for (headers, bytes, left) in [(1, 4096, 1), (1, 4097, 0), (16, 256, 16), (40, 1000, 4)] {
            let head = head("m", headers, bytes);
            let own = head.keys().filter(|name| name.as_str().starts_with("x-"));
            assert_eq!(own.count(), left, "{headers} of {bytes}");
        }
    }
}

//! Decodes bodies that are not UTF-8 (feature `charset`).
//!
//! In: the bytes of a body. Out: its text, with `\u{fffd}` for bytes that are invalid in its charset. The byte order mark, the
//! `Content-Type` or the document names the charset. The text is empty if none of them does, or if the charset is not known.
//! `source` calls it.

use encoding_rs::Encoding;
use http::header::CONTENT_TYPE;
use http::HeaderMap;
use mediatype::{MediaType, ReadParams};

/// Bytes at the start of a document that may name its charset.
const HEAD: usize = 1024;

/// The text of `bytes`, which are not UTF-8.
pub(super) fn decode(headers: &HeaderMap, bytes: &[u8]) -> String {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let named = marked.or_else(|| of_header(headers));
    let Some(encoding) = named.or_else(|| of_document(bytes)) else {
        return String::new();
    };
    let (text, _, _) = encoding.decode(bytes);
    // No byte is a character of this charset.
    if text.chars().all(|c| c == char::REPLACEMENT_CHARACTER) {
        return String::new();
    }
    text.into_owned()
}

/// The charset that a document names: `<?xml version="1.0" encoding="…"?>`
/// ([XML §4.3.3](https://www.w3.org/TR/xml/#charencoding)), `<meta charset="…">` or a `Content-Type` in `<meta>`
/// ([HTML §4.2.5.4](https://html.spec.whatwg.org/multipage/semantics.html#charset)).
fn of_document(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD).unwrap_or(bytes).to_ascii_lowercase();
    let head = head.trim_ascii_start();
    let mark: &[u8] = match head {
        [b'<', b'?', b'x', b'm', b'l', ..] => b"encoding=",
        [b'<', ..] => b"charset=",
        _ => return None,
    };
    let start = head.windows(mark.len()).position(|part| part == mark)?;
    let name = head.get(start + mark.len()..)?;
    let name = name
        .strip_prefix(b"\"")
        .or(name.strip_prefix(b"'"))
        .unwrap_or(name);
    let is_end = |byte: &u8| matches!(byte, b'"' | b'\'' | b'>' | b'?' | b'/' | b';' | b' ');
    Encoding::for_label(name.split(is_end).next()?)
}

fn of_header(headers: &HeaderMap) -> Option<&'static Encoding> {
    let label = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media = MediaType::parse(label.trim()).ok()?;
    let charset = media.get_param(mediatype::names::CHARSET)?;
    Encoding::for_label(charset.unquoted_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;
    use http::{HeaderMap, HeaderValue};

    use super::*;

    fn decoded(label: &'static str, bytes: &[u8]) -> String {
        decode(
            &HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(label))]),
            bytes,
        )
    }

    #[test]
    fn the_label_tells_the_charset() {
        assert_eq!(
            decoded("text/plain; charset=iso-8859-1", b"gr\xf6\xdfer"),
            "größer"
        );
        assert_eq!(
            decoded("text/plain;charset=\"windows-1252\"", b"5 \x80"),
            "5 €"
        );
        assert_eq!(
            decoded("text/plain; charset=utf-16le", b"\xe9\x00!\x00"),
            "é!"
        );
    }

    #[test]
    fn a_byte_order_mark_beats_the_label() {
        assert_eq!(
            decoded("text/plain; charset=iso-8859-1", b"\xff\xfeh\x00i\x00"),
            "hi"
        );
        assert_eq!(decoded("text/plain", b"\xfe\xff\x00h\x00i"), "hi");
    }

    #[test]
    fn a_document_names_its_own_charset() {
        for (head, rest) in [
            ("<?xml version='1.0' encoding='ISO-8859-1'?><e>", "</e>"),
            ("<?xml version=\"1.0\" encoding=\"windows-1252\"?><e>", "</e>"),
            ("<html><meta charset=latin1><title>", "</title>"),
            ("\n<html><META http-equiv=Content-Type content=\"text/html; charset=ISO-8859-1\"><title>", "</title>"),
        ] {
            let bytes = [head.as_bytes(), b"gr\xfcn", rest.as_bytes()].concat();
            assert_eq!(decode(&HeaderMap::new(), &bytes), format!("{head}grün{rest}"));
        }
        let quoted = b"{\"charset=latin1\": \"gr\xfcn\"}";
        assert_eq!(decode(&HeaderMap::new(), quoted), "");
    }

    #[test]
    fn bytes_that_are_invalid_in_the_charset_are_replaced() {
        assert_eq!(
            decoded("text/plain; charset=utf-8", b"gr\xfcn"),
            "gr\u{fffd}n"
        );
        assert_eq!(
            decoded("text/plain; charset=shift_jis", b"a\x81"),
            "a\u{fffd}"
        );
    }

    #[test]
    fn a_body_without_a_known_charset_has_no_text() {
        assert_eq!(decoded("text/plain; charset=utf-8", b"\xff"), "");
        assert_eq!(decoded("text/plain; charset=unheard-of", b"\xff"), "");
        assert_eq!(decoded("text/plain", b"\xff"), "");
    }
}

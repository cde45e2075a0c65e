//! Texts that are not UTF-8: by their byte order mark, else by the charset of their label.
//!
//! Without the feature `charset`, `no_charset.rs` stands here.

use encoding_rs::Encoding;
use http::header::CONTENT_TYPE;
use http::HeaderMap;
use mediatype::{MediaType, ReadParams};

/// The text that `bytes`, which are no UTF-8, are by what says so; empty if nothing does, or if they are not.
pub(super) fn decode(headers: &HeaderMap, bytes: &[u8]) -> String {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let Some(encoding) = marked.or_else(|| labelled(headers)) else {
        return String::new();
    };
    let (text, _, malformed) = encoding.decode(bytes);
    if malformed {
        String::new()
    } else {
        text.into_owned()
    }
}

fn labelled(headers: &HeaderMap) -> Option<&'static Encoding> {
    let label = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media = MediaType::parse(label.trim()).ok()?;
    let charset = media.get_param(mediatype::names::CHARSET)?;
    Encoding::for_label(charset.unquoted_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

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
    fn what_is_no_text_by_its_own_charset_is_none() {
        assert_eq!(decoded("text/plain; charset=utf-8", b"\xff"), "");
        assert_eq!(decoded("text/plain; charset=unheard-of", b"\xff"), "");
        assert_eq!(decoded("text/plain", b"\xff"), "");
    }
}

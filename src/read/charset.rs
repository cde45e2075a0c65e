//! Texts that are no UTF-8, by their byte order mark or the charset of their label (feature `charset`).
//!
//! In: the bytes of a body. Out: its text, empty if the charset is not known or the bytes are no text in it.

#[cfg(feature = "charset")]
pub(super) use self::known::decode;

/// Without the feature no other charset is known.
#[cfg(not(feature = "charset"))]
pub(super) fn decode(_headers: &http::HeaderMap, _bytes: &[u8]) -> String {
    String::new()
}

#[cfg(feature = "charset")]
mod known {
    use encoding_rs::Encoding;
    use http::header::CONTENT_TYPE;
    use http::HeaderMap;
    use mediatype::{MediaType, ReadParams};

    /// The text that `bytes`, which are no UTF-8, are by what says so; empty if nothing does, or if they are not.
    pub(in crate::read) fn decode(headers: &HeaderMap, bytes: &[u8]) -> String {
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
}

#[cfg(all(test, feature = "charset"))]
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
    fn what_is_no_text_by_its_own_charset_is_none() {
        assert_eq!(decoded("text/plain; charset=utf-8", b"\xff"), "");
        assert_eq!(decoded("text/plain; charset=unheard-of", b"\xff"), "");
        assert_eq!(decoded("text/plain", b"\xff"), "");
    }
}

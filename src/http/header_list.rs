//! Headers that are lists ([RFC 9110 §5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)).

use http::header::{AsHeaderName, CONTENT_ENCODING};
use http::{HeaderMap, HeaderValue};

use super::header_lookup;

/// Whether `Content-Encoding` says that the body is coded. `identity` is no coding
/// ([RFC 9110 §8.4](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)). A line that is not UTF-8 is another coding.
pub(crate) fn is_coded(headers: &HeaderMap) -> bool {
    let is_coding = |name: &str| !name.eq_ignore_ascii_case("identity");
    let is_coding = |line: &HeaderValue| match std::str::from_utf8(line.as_bytes()) {
        Ok(line) => split(line, ',').any(is_coding),
        Err(_) => true,
    };
    header_lookup::has(headers, &CONTENT_ENCODING)
        && headers.get_all(CONTENT_ENCODING).iter().any(is_coding)
}

/// The elements of a list in all lines of a header, in order. A line that is not UTF-8 is left out.
pub(crate) fn elements(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    let lines = lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
    lines.flat_map(|line| split(line, ','))
}

/// The parts of `text` between separators, trimmed. A separator in a quoted string does not count. Empty parts are left out.
pub(crate) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let is_end = move |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            character => return !quoted && character == separator,
        }
        false
    };
    text.split(is_end)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_is_no_coding() {
        for (lines, want) in [
            (&[][..], false),
            (&["identity"], false),
            (&["Identity, identity", ""], false),
            (&["gzip"], true),
            (&["identity", "br"], true),
            (&["x-own"], true),
        ] {
            let lines = lines.iter().map(|line| line.parse().unwrap());
            let headers = lines.map(|line| (CONTENT_ENCODING, line)).collect();
            assert_eq!(is_coded(&headers), want, "{headers:?}");
        }
    }

    #[test]
    fn a_coding_in_other_bytes_than_utf_8_is_a_coding() {
        let line = HeaderValue::from_bytes(b"gzip\xff").unwrap();
        assert!(is_coded(&HeaderMap::from_iter([(CONTENT_ENCODING, line)])));
    }

    #[test]
    fn elements_come_from_all_lines_and_quotes_hold_them_together() {
        let mut headers = HeaderMap::new();
        for line in [
            r#""burst, \"short";q=100;w=60,"day";q=1000"#,
            "",
            r#" , "x";q=1 ,"#,
        ] {
            headers.append("ratelimit-policy", line.parse().unwrap());
        }
        assert_eq!(
            elements(&headers, "ratelimit-policy").collect::<Vec<_>>(),
            [
                r#""burst, \"short";q=100;w=60"#,
                r#""day";q=1000"#,
                r#""x";q=1"#
            ]
        );
        assert_eq!(elements(&headers, "ratelimit").count(), 0);
    }
}

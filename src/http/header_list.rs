//! Headers that are lists ([RFC 9110 §5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)).

use http::HeaderMap;

/// The elements of a list over all its lines
/// ([RFC 9110 §5.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1)).
pub(crate) fn elements<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    lines(headers, name).flat_map(|line| split(line, ','))
}

/// The parts of `text` between separators that are not within quotes; without blanks around them, and none that is
/// empty.
pub(crate) fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(move |character| {
        let was_escaped = std::mem::take(&mut escaped);
        match character {
            '"' if !was_escaped => quoted = !quoted,
            '\\' if quoted && !was_escaped => escaped = true,
            _ => {}
        }
        character == separator && !quoted
    });
    parts.map(str::trim).filter(|part| !part.is_empty())
}

/// The lines of a header that are UTF-8.
pub(crate) fn lines<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).into_iter();
    lines.filter_map(|line| std::str::from_utf8(line.as_bytes()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn elements_come_from_all_lines_and_quotes_hold_them_together() {
        let headers = headers(
            "ratelimit-policy",
            &[
                r#""burst, \"short";q=100;w=60,"day";q=1000"#,
                "",
                r#" , "x";q=1 ,"#,
            ],
        );
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

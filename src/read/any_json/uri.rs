//! Reads a type that may be a URI.
//!
//! In: an identifier. Out: whether it is a URI reference, and whether this identifies the problem. [`texts`](super::texts) calls it.

use crate::http::bytes;

/// The content of a type that may be a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uri {
    /// It is not a URI.
    No,
    /// `about:blank`, or the section of a specification that describes the status.
    Meaningless,
    /// It identifies the problem.
    Meaningful,
}

/// The meaning of `text` as a URI reference
/// ([RFC 9457 §3.1.1](https://www.rfc-editor.org/rfc/rfc9457#section-3.1.1)).
pub(super) fn uri(text: &str) -> Uri {
    let may_have_host = bytes::any(text, |byte| byte == b':');
    match may_have_host.then(|| host(text)).flatten() {
        _ if text == "about:blank" => Uri::Meaningless,
        Some(host) if is_of_specifications(host) => Uri::Meaningless,
        Some(_) => Uri::Meaningful,
        None if text.starts_with("urn:") || text.starts_with('/') => Uri::Meaningful,
        None => Uri::No,
    }
}

/// The host in `https://host/path`.
fn host(text: &str) -> Option<&str> {
    let rest = text.get(until(text, b':').len()..)?;
    Some(until(rest.strip_prefix("://")?, b'/'))
}

/// The text before the first `end`, an ASCII byte. It is short, so a loop costs less than `str::split`.
fn until(text: &str, end: u8) -> &str {
    let position = text.bytes().position(|byte| byte == end);
    position.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// Hosts with descriptions of the statuses.
const SPECIFICATIONS: [&str; 6] = [
    "developer.mozilla.org",
    "httpstatuses.com",
    "iana.org",
    "ietf.org",
    "rfc-editor.org",
    "w3.org",
];

fn is_of_specifications(host: &str) -> bool {
    let may_be = host.ends_with(".org") || host.ends_with("s.com");
    may_be && SPECIFICATIONS.iter().any(|known| is_domain(host, known))
}

fn is_domain(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_uris_that_identify_a_problem() {
        for text in [
            "https://tools.ietf.org/html/rfc9110#section-15.5.1",
            "https://www.rfc-editor.org/rfc/rfc9110",
            "about:blank",
        ] {
            assert_eq!(uri(text), Uri::Meaningless, "{text}");
        }
        for text in [
            "https://example.com/ietf.org/",
            "https://notietf.org/x",
            "/probs/1",
            "urn:x:y",
        ] {
            assert_eq!(uri(text), Uri::Meaningful, "{text}");
        }
        assert_eq!(uri("card_declined"), Uri::No);
    }
}

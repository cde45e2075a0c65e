//! A cheap check of `Accept`: it separates most requests from those that may prefer a page.
//!
//! In: a line of `Accept`, and the one media type that is offered. Out: whether the line has to be weighed. `accept` calls it
//! for every request, before the inner service has answered. Weighing takes 1,000 instructions for each element, and this check
//! a few for each byte.
//!
//! It may say yes for a list that prefers no page. It never says no for a list that does.

use crate::http::glance::signs;

const HTML: u8 = 1;
const WILDCARD: u8 = 1 << 1;
const WILDCARD_OF_KIND: u8 = 1 << 2;
const APPLICATION: u8 = 1 << 3;
const WEIGHT: u8 = 1 << 4;

/// Whether a list may prefer a page to `offer`, the only media type that is offered.
///
/// A list names a page by `html`, or by a wildcard that matches no JSON: `text/*`, or one with a suffix. The wildcards `*/*`
/// and `application/*` match pages and JSON. They prefer a page only if the list also names JSON, with a weight.
pub(super) fn may_prefer_page(line: &[u8], offer: &str) -> bool {
    if !offer.starts_with("application/") {
        return true;
    }
    let found = signs(line, sign);
    let has = |sign: u8| found & sign != 0;
    let is_uneven = has(WILDCARD_OF_KIND) || (has(APPLICATION) && has(WEIGHT));
    has(HTML) || (has(WILDCARD) && is_uneven)
}

/// The sign that three bytes are: `ht`, `*`, `t/*`, `*+`, `pp` or `;`. Letters may be capitals.
#[inline]
fn sign(first: u8, second: u8, third: u8) -> u8 {
    let (small, next) = (first | 0x20, second | 0x20);
    let with_suffix = (first == b'*') & (second == b'+');
    let any_text = (small == b't') & (second == b'/') & (third == b'*');
    // No branch: the loop around this is a vector of it.
    (HTML * u8::from((small == b'h') & (next == b't')))
        | (WILDCARD * u8::from(first == b'*'))
        | (WILDCARD_OF_KIND * u8::from(any_text | with_suffix))
        | (APPLICATION * u8::from((small == b'p') & (next == b'p')))
        | (WEIGHT * u8::from(first == b';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lists_that_may_prefer_a_page_are_weighed() {
        let cases = [
            ("application/json", false),
            ("application/json;q=0.5", false),
            ("image/avif,image/webp,image/*,*/*;q=0.8", false),
            ("application/vnd.github+json", false),
            ("*/*, application/json;q=0.5", true),
            ("TEXT/HTML", true),
            ("text/*, application/json", true),
            ("*/*+json, */*", true),
        ];
        for (accept, may) in cases {
            let said = may_prefer_page(accept.as_bytes(), "application/json");
            assert_eq!(said, may, "{accept}");
        }
        assert!(may_prefer_page(b"image/png", "text/plain"));
    }
}

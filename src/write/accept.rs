//! Chooses the media type that a request prefers, among those that are offered
//! ([RFC 9110 §12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
//!
//! In: the `Accept` of a request, and the offers. Out: a [`Choice`]. The classifier of requests calls it.
//!
//! The RFC leaves some cases open. Here they are decided like this:
//!
//! - An empty `Accept` counts as none.
//! - An element that is malformed, or has a malformed weight, is ignored.
//! - A range with parameters matches the type without them, with a lower rank than the exact range.
//! - `application/*+json` matches any JSON, with a lower rank than both.
//! - If nothing is acceptable, the first offer is chosen. There is never a 406.
//! - Of a long `Accept`, only 64 elements in the first 256 bytes count.

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};
use mediatype::{media_type, MediaType};
use smallvec::{smallvec, SmallVec};

use super::glance;
use super::media_range::{Match, Range};
use crate::http::header_list;

/// Elements of `Accept` that are read.
const MAX_ELEMENTS: usize = 64;

/// Bytes of `Accept` that are read. Without the limit, a long header would make each success as expensive as a page.
const MAX_BYTES: usize = 256;

/// The media types of pages, as browsers ask for them.
const PAGES: [MediaType<'static>; 2] = [
    media_type!(TEXT / HTML),
    media_type!(APPLICATION / XHTML + XML),
];

/// The answer that a request prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The position of the offer.
    pub(crate) offer: u8,
    /// Whether the request prefers a page to that offer.
    pub(crate) page: bool,
}

/// The `Accept` of common clients that load pages: Safari and Firefox, older Firefoxes, Chrome and Edge, crawlers, and
/// Java.
const KNOWN: [&str; 6] = [
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8",
    "text/html, image/gif, image/jpeg, */*; q=0.2",
];

/// The media types that are offered, in order of preference.
#[derive(Clone, Default)]
pub(crate) struct Offers {
    media_types: Vec<MediaType<'static>>,
    /// The first as text.
    first: &'static str,
    /// The choices for [`KNOWN`], made in advance: to weigh one of them takes 12,000 instructions.
    known: [Choice; KNOWN.len()],
}

impl Offers {
    /// Adds an offer. The first is the default.
    pub(crate) fn push(&mut self, media_type: &'static str) {
        if self.media_types.is_empty() {
            self.first = media_type;
        }
        // An unparsable media type never matches `Accept`; the dialect can still be the default.
        let parsed = MediaType::parse(media_type);
        self.media_types
            .push(parsed.unwrap_or(media_type!(APPLICATION / OCTET_STREAM)));
        self.known = KNOWN.map(|line| weigh([line.as_bytes()], &self.media_types));
    }

    /// The offers, in order of preference.
    pub(crate) fn media_types(&self) -> &[MediaType<'static>] {
        &self.media_types
    }

    /// The offer that `headers` prefers. It is the first of several with the same weight, and the first of all if none is
    /// acceptable.
    ///
    /// It runs for every request, so it allocates nothing for up to six offers. `accept` is the first `Accept` of the headers.
    #[inline]
    pub(crate) fn choose(&self, accept: &HeaderValue, headers: &HeaderMap) -> Choice {
        let repeats = headers.keys_len() < headers.len();
        if !repeats && is_named(accept.as_bytes(), self.first) {
            return Choice::default();
        }
        self.choose_of_several(accept.as_bytes(), headers, repeats)
    }

    /// Chooses if `Accept` is more than the first offer. `repeats` says whether a header has several lines: those of
    /// `Accept` form one list.
    fn choose_of_several(&self, line: &[u8], headers: &HeaderMap, repeats: bool) -> Choice {
        if repeats && headers.get_all(ACCEPT).iter().nth(1).is_some() {
            let lines = headers.get_all(ACCEPT).iter().map(HeaderValue::as_bytes);
            return weigh(lines, &self.media_types);
        }
        let mut known = KNOWN.iter().zip(self.known);
        if let Some((_, choice)) = known.find(|(known, _)| known.as_bytes() == line) {
            return choice;
        }
        let line = beginning(line, MAX_BYTES);
        let is_alone = self.media_types.len() == 1;
        if is_named(line, self.first)
            || (is_alone && !glance::may_prefer_page(line, self.first))
            || is_listed(line, self.first)
        {
            return Choice::default();
        }
        weigh([line], &self.media_types)
    }
}

/// Whether an element is the first offer or `*/*`, without parameters. The bytes are compared as they are.
#[inline]
fn is_named(element: &[u8], first: &str) -> bool {
    element == b"*/*" || element == first.as_bytes()
}

/// Whether a list without weights names the offer `first`. Then nothing is preferred to it.
fn is_listed(line: &[u8], first: &str) -> bool {
    let is_plain = !line.iter().any(|byte| matches!(byte, b';' | b'"'));
    let mut elements = line.split(|byte| *byte == b',').take(MAX_ELEMENTS);
    is_plain && elements.any(|element| is_named(element.trim_ascii(), first))
}

/// The complete elements within the first `bytes` of a line. An element that is cut is dropped, because its weight may be
/// missing.
fn beginning(line: &[u8], bytes: usize) -> &[u8] {
    if line.len() <= bytes {
        return line;
    }
    let mut elements = line
        .get(..bytes)
        .unwrap_or(line)
        .rsplitn(2, |byte| *byte == b',');
    elements.nth(1).unwrap_or_default()
}

/// Weighs all elements. Of all lines together, [`MAX_BYTES`] are read.
///
/// 1. Each element becomes a range. Lines with bytes outside of ASCII, and malformed elements, are skipped.
/// 2. For each offer and for each type of page, the most specific range decides the weight.
/// 3. The heaviest offer wins; of equals, the first. A page is preferred if it is heavier than that offer.
#[cold]
fn weigh<'l>(lines: impl IntoIterator<Item = &'l [u8]>, offers: &[MediaType<'static>]) -> Choice {
    let mut best: SmallVec<[Match; 8]> = smallvec![Match::default(); offers.len() + PAGES.len()];
    let mut room = MAX_BYTES;
    let lines = lines.into_iter().map(|line| {
        let seen = beginning(line, room);
        room = room.saturating_sub(line.len());
        seen
    });
    let lines = lines
        .filter(|line| {
            line.iter()
                .all(|byte| (0x20..0x7f).contains(byte) || *byte == b'\t')
        })
        .filter_map(|line| std::str::from_utf8(line).ok());
    let mut ranges = lines
        .flat_map(|line| header_list::split(line, ','))
        .take(MAX_ELEMENTS)
        .filter_map(Range::parse)
        .peekable();
    if ranges.peek().is_none() {
        return Choice::default();
    }
    for range in ranges {
        for (best, offer) in best.iter_mut().zip(offers.iter().chain(&PAGES)) {
            *best = (*best).max(range.matches(offer));
        }
    }
    let mut choice = Choice::default();
    let mut weight = 0;
    for (position, best) in (0..).zip(best.iter().take(offers.len())) {
        if best.weight > weight {
            (choice.offer, weight) = (position, best.weight);
        }
    }
    choice.page = best
        .iter()
        .skip(offers.len())
        .any(|page| page.weight > weight);
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/json";
    const PROBLEM: &str = "application/problem+json";

    fn offers(media_types: &[&'static str]) -> Offers {
        let mut offers = Offers::default();
        for media_type in media_types {
            offers.push(media_type);
        }
        offers
    }

    fn chosen(accept: &[&[u8]], media_types: &[&'static str]) -> Choice {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(ACCEPT, HeaderValue::from_bytes(line).unwrap());
        }
        let accept = headers.get(ACCEPT);
        let offers = offers(media_types);
        accept.map_or_else(Choice::default, |accept| offers.choose(accept, &headers))
    }

    /// `1` for problem+json, `0` for JSON, in the order JSON, problem+json.
    fn offer(accept: &str) -> u8 {
        chosen(&[accept.as_bytes()], &[JSON, PROBLEM]).offer
    }

    #[test]
    fn follows_the_weights_of_the_request() {
        let cases = [
            ("application/problem+json", 1),
            ("application/json", 0),
            ("application/problem+json, application/json", 0), // alike: the order of the offers
            ("application/json;q=0.5, application/problem+json", 1),
            ("application/json;q=0.5, application/problem+json;q=0.4", 0),
            (
                "application/json;q=0.001, application/problem+json;q=0.002",
                1,
            ),
            (
                "application/json;Q=0.5, application/problem+json;q=1.000",
                1,
            ),
            ("APPLICATION/PROBLEM+JSON", 1),
            ("application/*, application/json;q=0.9", 1),
            ("*/*;q=0.1, application/problem+json;q=0.2", 1),
            (
                "application/problem+json;q=0.9, */*;q=0.1, application/json",
                0,
            ),
        ];
        for (accept, want) in cases {
            assert_eq!(offer(accept), want, "{accept}");
        }
    }

    #[test]
    fn a_weight_of_zero_beats_the_wildcard() {
        assert_eq!(offer("application/json;q=0, */*"), 1);
        assert_eq!(offer("*/*, application/json;q=0.000"), 1);
    }

    #[test]
    fn nothing_acceptable_means_the_first_offer() {
        for accept in [
            "image/png",
            "text/html;q=0",
            "*/*;q=0",
            "text/event-stream",
            "application/json;q=0, application/problem+json;q=0",
        ] {
            assert_eq!(offer(accept), 0, "{accept}");
        }
    }

    #[test]
    fn no_accept_and_an_empty_one_mean_the_first_offer() {
        assert_eq!(chosen(&[], &[JSON, PROBLEM]), Choice::default());
        for accept in ["", " ", ",,,", " , ,"] {
            assert_eq!(offer(accept), 0, "{accept:?}");
        }
    }

    #[test]
    fn malformed_elements_are_ignored() {
        let cases = [
            ("garbage, application/problem+json", 1),
            ("a/b/c, application/problem+json", 1),
            (";;q, application/problem+json", 1),
            ("application/problem+json;q=abc, application/json;q=0.1", 0),
            ("application/problem+json;q=1.5, application/json;q=0.1", 0),
            ("application/problem+json;q=-1, application/json;q=0.1", 0),
            (
                "application/problem+json;q=0.0001, application/json;q=0.1",
                0,
            ),
            (
                "application/problem+json;q=0.5000, application/json;q=0.1",
                0,
            ),
            ("application/problem+json;q=0.5x, application/json;q=0.1", 0),
            (
                "application/problem+json;q=1.0000, application/json;q=0.1",
                0,
            ),
            (
                "application/problem+json;q=\"0.5\", application/json;q=0.1",
                1,
            ),
            (
                "application/problem+json;x=\"unbalanced, application/json",
                0,
            ),
        ];
        for (accept, want) in cases {
            assert_eq!(offer(accept), want, "{accept}");
        }
    }

    #[test]
    fn parameters_match_below_the_exact_range() {
        assert_eq!(offer("application/problem+json;charset=utf-8"), 1);
        assert_eq!(offer(r#"application/problem+json;charset="utf-8""#), 1);
        assert_eq!(offer("application/problem+json;;charset=utf-8;"), 1);
        assert_eq!(offer("application/problem+json;version=1;q=0.9, application/problem+json;q=0.1, application/json;q=0.5"), 0);
        assert_eq!(
            offer("application/problem+json;q=0.3;level=1, application/json;q=0.2"),
            1
        );
    }

    #[test]
    fn a_wildcard_with_a_suffix_matches_all_types_with_the_suffix() {
        assert_eq!(offer("application/*+json"), 0);
        assert_eq!(offer("application/*+json, application/json;q=0.5"), 1);
        assert_eq!(
            offer("*/*+json;q=0.5, application/*;q=0.1, application/json;q=0.2"),
            1
        );
        assert_eq!(offer("application/*+xml"), 0);
    }

    #[test]
    fn several_lines_are_one_list() {
        assert_eq!(
            chosen(
                &[b"text/html", b"application/problem+json;q=0.5"],
                &[JSON, PROBLEM]
            )
            .offer,
            1
        );
    }

    #[test]
    fn later_lines_count_as_well() {
        let offers = &[JSON, PROBLEM];
        assert_eq!(chosen(&[b"*/*", b"application/json;q=0"], offers).offer, 1);
    }

    #[test]
    fn the_first_offer_among_others_without_weights_is_taken() {
        for accept in [
            "application/json, text/plain, */*",
            "text/html,*/*",
            "application/problem+json,application/json",
        ] {
            assert_eq!(
                chosen(&[accept.as_bytes()], &[JSON, PROBLEM]),
                Choice::default(),
                "{accept}"
            );
        }
    }

    #[test]
    fn a_line_that_is_not_ascii_is_ignored() {
        assert_eq!(
            chosen(&[b"application/problem+json, \xff"], &[JSON, PROBLEM]).offer,
            0
        );
    }

    #[test]
    fn only_requests_that_prefer_a_page_get_one() {
        let firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        for (accept, want) in [
            (firefox, true),
            ("text/html", true),
            ("text/html, application/json", false),
            ("*/*", false),
            ("text/*, application/json;q=0.9", true),
            ("application/json", false),
            ("text/html;q=0", false),
        ] {
            assert_eq!(chosen(&[accept.as_bytes()], &[JSON]).page, want, "{accept}");
        }
    }

    #[test]
    fn known_lists_of_browsers_are_chosen_as_if_weighed() {
        let xml = "application/xml";
        for offered in [&[JSON][..], &[JSON, PROBLEM], &[PROBLEM, xml], &[JSON, xml]] {
            for browser in KNOWN {
                let chosen = chosen(&[browser.as_bytes()], offered);
                let offers = offers(offered);
                assert_eq!(
                    chosen,
                    weigh([browser.as_bytes()], offers.media_types()),
                    "{browser}"
                );
                assert!(chosen.page);
            }
        }
    }

    #[test]
    fn the_table_of_the_rfc() {
        let accept = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5";
        for (offer, want) in [("text/html", 300), ("text/plain", 700), ("image/jpeg", 500)] {
            let offer = MediaType::parse(offer).unwrap();
            let best = header_list::split(accept, ',')
                .map(|element| Range::parse(element).unwrap().matches(&offer))
                .max();
            assert_eq!(best.unwrap().weight, want, "{offer}");
        }
    }

    #[test]
    fn elements_after_the_sixty_fourth_do_not_count() {
        let many = "a,".repeat(64) + "application/problem+json";
        assert_eq!(offer(&many), 0);
        assert_eq!(offer(&many["a,".len()..]), 1);
    }

    #[test]
    fn bytes_after_the_first_256_do_not_count() {
        for (filler, want) in [(200, 1), (256, 0), (8 * 1024, 0)] {
            let line = "x".repeat(filler) + ", application/problem+json";
            assert_eq!(offer(&line), want, "{filler}");
            let lines: [&[u8]; 2] = [&vec![b'x'; filler], b"application/problem+json"];
            assert_eq!(chosen(&lines, &[JSON, PROBLEM]).offer, want, "{filler}");
        }
    }

    #[test]
    fn an_element_that_the_limit_cuts_does_not_count() {
        for filler in 256 - ",application/problem+json;q=0.5".len()..256 {
            let line = "x".repeat(filler) + ",application/problem+json;q=0.5, text/css";
            let fits = filler + ",application/problem+json;q=0.5,".len() <= 256;
            assert_eq!(offer(&line), u8::from(fits), "{filler}");
        }
    }

    #[test]
    fn another_header_with_several_lines_does_not_count() {
        let mut headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(KNOWN[0]))]);
        for crumb in ["a=b", "c=d"] {
            headers.append("cookie", HeaderValue::from_static(crumb));
        }
        let offers = offers(&[JSON]);
        assert!(offers.choose(&headers[ACCEPT], &headers).page);
    }

    /// Every list of two elements, with weights.
    #[test]
    fn a_glance_decides_as_weighing_does() {
        let ranges = [
            "*/*",
            "text/*",
            "TEXT/HTML",
            "text/html",
            "text/plain",
            "text/css",
            "application/*",
            "application/json",
            "Application/JSON",
            "application/xhtml+xml",
            "application/*+xml",
            "*/*+json",
            "*/*+xml",
            "image/apng",
            "image/*",
            "garbage",
            "text/html;level=1",
        ];
        for offer in [JSON, "text/plain"] {
            let offers = offers(&[offer]);
            let offer = MediaType::parse(offer).unwrap();
            for one in ranges {
                for other in ranges {
                    for (a, b) in [
                        ("", ""),
                        (";q=0.1", ""),
                        ("", ";q=0.5"),
                        (";q=0", "; q=0.3"),
                    ] {
                        let line = format!("{one}{a}, {other}{b}");
                        let value = HeaderValue::try_from(&line).unwrap();
                        let headers = HeaderMap::from_iter([(ACCEPT, value.clone())]);
                        let want = weigh([line.as_bytes()], std::slice::from_ref(&offer));
                        assert_eq!(offers.choose(&value, &headers), want, "{line}");
                    }
                }
            }
        }
    }

    /// What `negotiator` 1.0 (npm) chooses of JSON and problem+json. It differs from this module in cases that the RFC
    /// leaves open: of equal weights it takes the first of the request, parameters must match exactly, `q=1.5` is 1,
    /// `application/*+json` matches nothing, and it knows "nothing acceptable".
    #[test]
    fn agrees_with_negotiator_where_the_rfc_decides() {
        let cases = [
            ("application/*", 0),
            ("text/*, application/problem+json;q=0.2", 1),
            ("application/json;q=0.2, application/problem+json;q=0.3", 1),
            ("application/json;q=0, application/*", 1),
            ("application/problem+json;q=0, */*", 0),
            ("application/json, */*;q=0.5", 0),
            ("*/*;q=0.5, application/problem+json", 1),
            ("application/*;q=0.5, application/json;q=0.4", 1),
            ("application/*;q=0.5, application/json;q=0.6", 0),
            ("application/json;q=0.999, application/problem+json", 1),
            ("application/problem+json, */*;q=0.1", 1),
            (
                "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
                0,
            ),
            (
                "application/json;q=1.000, application/problem+json;q=0.001",
                0,
            ),
            (";, application/problem+json", 1),
            (
                "application/problem+json;q=\"0.5\", application/json;q=0.4",
                1,
            ),
            (
                "application/json;q=0.5,application/json;q=0.1,application/problem+json;q=0.3",
                0,
            ),
        ];
        for (accept, want) in cases {
            assert_eq!(offer(accept), want, "{accept}");
        }
    }
}

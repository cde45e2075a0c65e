//! One element of `Accept`, and how it matches an offer
//! ([RFC 9110 §12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)).
//!
//! In: the text of the element, and a media type. Out: a [`Match`]. `accept` compares the matches.
//!
//! | range | specificity |
//! | --- | --- |
//! | `application/json` | 5 |
//! | `application/json;charset=utf-8` | 4, because the offers have no parameters |
//! | `application/*+json` | 3 |
//! | `application/*` | 2 |
//! | `*/*` | 1 |
//! | no match | 0 |

use mediatype::MediaType;

use crate::http::header_list;

/// How a range matches an offer. The more specific match is greater. Of two that are as specific, the heavier is greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    specificity: u8,
    /// In thousandths.
    pub(super) weight: u16,
}

/// One element of `Accept`.
pub(super) struct Range<'a> {
    media: MediaType<'a>,
    weight: u16,
    has_parameters: bool,
}

impl<'a> Range<'a> {
    /// Reads an element; `None` if the element or its weight is malformed.
    pub(super) fn parse(element: &'a str) -> Option<Self> {
        let mut parts = header_list::split(element, ';');
        let media = MediaType::parse(parts.next()?).ok()?;
        let mut range = Self {
            media,
            weight: 1000,
            has_parameters: false,
        };
        for part in parts {
            match part.split_once('=') {
                // Parameters after the weight do not belong to the media type.
                Some(("q" | "Q", weight)) => {
                    range.weight = thousandths(weight.trim_matches('"'))?;
                    break;
                }
                Some((_, value)) if is_unclosed(value) => return None,
                Some(_) => range.has_parameters = true,
                None => return None,
            }
        }
        Some(range)
    }

    /// How this range matches `offer`. Without a match, specificity and weight are 0.
    pub(super) fn matches(&self, offer: &MediaType<'_>) -> Match {
        match self.specificity(offer) {
            Some(specificity) => Match {
                specificity,
                weight: self.weight,
            },
            None => Match::default(),
        }
    }

    /// The row of the table above; `None` without a match. Types, subtypes and suffixes are compared without case.
    fn specificity(&self, offer: &MediaType<'_>) -> Option<u8> {
        let any_type = self.media.ty == "*";
        if !any_type && self.media.ty != offer.ty {
            return None;
        }
        let any_subtype = self.media.subty == "*";
        match self.media.suffix {
            None if any_type && any_subtype => Some(1),
            None if any_subtype => Some(2),
            Some(suffix) if any_subtype => {
                (offer.suffix.unwrap_or(offer.subty) == suffix).then_some(3)
            }
            _ if any_type => None,
            suffix => {
                let same = self.media.subty == offer.subty && suffix == offer.suffix;
                same.then_some(if self.has_parameters { 4 } else { 5 })
            }
        }
    }
}

/// Whether a value begins with a quote and does not end with one.
fn is_unclosed(value: &str) -> bool {
    value.starts_with('"') && (value.len() == 1 || !value.ends_with('"'))
}

/// A weight in thousandths, `0.8` as 800; `None` if it is malformed. It is the `qvalue` of [RFC 9110 §12.4.2](https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2): 0 to 1
/// with at most three decimals.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let all_digits = decimals.len() <= 3 && decimals.bytes().all(|digit| digit.is_ascii_digit());
    let digits = decimals
        .bytes()
        .chain(*b"000")
        .take(3)
        .map(|digit| u16::from(digit - b'0'));
    match whole {
        "0" if all_digits => Some(digits.fold(0, |sum, digit| 10 * sum + digit)),
        "1" if all_digits && decimals.bytes().all(|digit| digit == b'0') => Some(1000),
        _ => None,
    }
}

//! Halves of surrogate pairs in JSON.
//!
//! A server that cuts a text in UTF-16 may cut a pair: `"\ud83d"`. JSON allows it
//! ([RFC 8259 §8.2](https://www.rfc-editor.org/rfc/rfc8259#section-8.2)), and Rust has no text for it.
//!
//! In: the data of an event. Out: the same with U+FFFD in place of each half.

use std::borrow::Cow;

/// Bytes of `\ud83d`.
const ESCAPE: usize = 6;

/// The text with each half replaced.
pub(super) fn without_halves(text: &str) -> Cow<'_, str> {
    if !text.contains(r"\ud") && !text.contains(r"\uD") {
        return Cow::Borrowed(text);
    }
    let (mut whole, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        whole.push_str(before);
        let second = || escape.get(ESCAPE..).and_then(unit);
        let length = match unit(escape) {
            Some(0xd800..=0xdbff) if second().is_some_and(is_low) => 2 * ESCAPE,
            Some(0xd800..=0xdfff) => {
                whole.push_str(r"\ufffd");
                rest = escape.get(ESCAPE..).unwrap_or_default();
                continue;
            }
            Some(_) => ESCAPE,
            None => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        let (escape, after) = escape.split_at_checked(length).unwrap_or((escape, ""));
        whole.push_str(escape);
        rest = after;
    }
    whole.push_str(rest);
    Cow::Owned(whole)
}

fn is_low(unit: u16) -> bool {
    (0xdc00..=0xdfff).contains(&unit)
}

/// The unit of UTF-16 in the escape at the beginning of `text`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(r"\u")?.get(..4)?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_are_replaced() {
        for (text, want) in [
            ("", ""),
            (r"a \n b", r"a \n b"),
            (r"\ud83d\ude00", r"\ud83d\ude00"),
            (r"a\ud83d", r"a\ufffd"),
            (r"\uD83Da", r"\ufffda"),
            (r"\ude00\ud83d", r"\ufffd\ufffd"),
            (r"\ud83d\ud83d\ude00", r"\ufffd\ud83d\ude00"),
            (r"\\ud83d", r"\\ud83d"),
            (r"\\\ud83d", r"\\\ufffd"),
            (r"\ud83", r"\ud83"),
            (r"\ud83ü", r"\ud83ü"),
            (r"\u00e9\ud83d\n", r"\u00e9\ufffd\n"),
            (r"\ud83d\", r"\ufffd\"),
        ] {
            assert_eq!(without_halves(text), want);
        }
    }
}

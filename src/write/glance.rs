//! A cheap look at `Accept` that tells most requests from those that may prefer a page.
//!
//! It runs for every request, before anything went wrong. To weigh a list takes 100 instructions for each element and 50
//! for each of its bytes; this takes less than one for each byte, because the compiler makes vectors of the loops.

/// Whether a list may prefer a page to `offer`, the only media type that is offered.
///
/// A page is named by `html` or by a wildcard. `*/*` prefers nothing, unless the type of the offer is named as well: then
/// it may have a lower weight.
pub(super) fn may_prefer_page(line: &[u8], offer: &str) -> bool {
    let (has_html, has_wildcard) = letters(line);
    has_html || (has_wildcard && may_be_uneven(line, offer))
}

/// Whether there is `ht`, in any case, and whether there is an asterisk.
fn letters(line: &[u8]) -> (bool, bool) {
    let next = line.get(1..).unwrap_or_default();
    let html = line.iter().zip(next).fold(0, |found, (first, second)| {
        found | u8::from((first | 0x20 == b'h') & (second | 0x20 == b't'))
    });
    let wildcard = line
        .iter()
        .fold(0, |found, byte| found | u8::from(*byte == b'*'));
    (html != 0, wildcard != 0)
}

/// Whether there may be a range that matches either the offer or a page, but not both.
fn may_be_uneven(line: &[u8], offer: &str) -> bool {
    let has_capital = line
        .iter()
        .fold(false, |found, byte| found | byte.is_ascii_uppercase());
    let Ok(line) = std::str::from_utf8(line) else {
        return true;
    };
    let kind = offer.split('/').next().unwrap_or_default();
    has_capital
        || line.contains(kind)
        || line.contains("text/*")
        || line.contains("application/*")
        || line.contains("*+")
}

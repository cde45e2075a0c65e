//! Events for what the client is not told.

use std::fmt;

use http::StatusCode;

use crate::envelope::Envelope;

#[cfg(feature = "tracing")]
const TARGET: &str = "tower_error_envelope";

/// Characters after so many are not logged.
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
const MAX_CHARS: usize = 1024;

/// A masked error: what it really said.
pub(super) fn masked(status: StatusCode, original: &Envelope) {
    #[cfg(feature = "tracing")]
    tracing::error!(
        target: TARGET,
        status = status.as_u16(),
        error.message = %Line(&original.to_string()),
        error.r#type = %Line(original.error_type().as_str()),
        "masked an error",
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (status, original);
}

/// The body of an error that could not be read to its end.
pub(super) fn unread(status: StatusCode, why: &dyn fmt::Display) {
    #[cfg(feature = "tracing")]
    tracing::debug!(target: TARGET, status = status.as_u16(), reason = %Line(&why.to_string()), "could not read the body of an error");
    #[cfg(not(feature = "tracing"))]
    let _ = (status, why);
}

/// A text of a peer's on one line, without characters that steer a terminal, and not longer than is of use.
#[cfg_attr(not(feature = "tracing"), allow(dead_code))]
struct Line<'a>(&'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(MAX_CHARS).map(|(end, _)| end);
        match end.and_then(|end| self.0.get(..end)) {
            Some(start) => write!(f, "{}…", start.escape_debug()),
            None => write!(f, "{}", self.0.escape_debug()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_is_one_harmless_line() {
        let hostile = "a\r\nINFO forged \u{1b}[2J \u{202e}txt";
        assert_eq!(
            Line(hostile).to_string(),
            r"a\r\nINFO forged \u{1b}[2J \u{202e}txt"
        );
    }

    #[test]
    fn what_is_logged_is_bounded() {
        assert_eq!(
            Line(&"é".repeat(5000)).to_string().chars().count(),
            MAX_CHARS + 1
        );
        assert_eq!(
            Line(&"é".repeat(MAX_CHARS)).to_string().chars().count(),
            MAX_CHARS
        );
    }
}

//! Log events for errors whose text the client does not get, with the feature `tracing`.
//!
//! In: an error that was answered, a body that could not be read, or a panic of user code. Out: one event with the target
//! `tower_error_envelope`. Without the feature, nothing happens.
//!
//! An error is logged if it was masked or has a cause. The fields are those of OpenTelemetry's
//! [semantic conventions](https://opentelemetry.io/docs/specs/semconv/http/http-spans/). Texts of peers are escaped, and cut to
//! 1,024 characters each.

#[cfg(feature = "tracing")]
use std::fmt;

use bytes::Bytes;
use http::StatusCode;

use super::hooks::ErrorEvent;

/// The target of all events. Filters of `tracing` select them by it.
#[cfg(feature = "tracing")]
const TARGET: &str = "tower_error_envelope";

/// Characters of one text that are logged.
#[cfg(feature = "tracing")]
const MAX_CHARS: usize = 1024;

/// Logs, at level `ERROR`, an error that was masked or has a cause. Any other error is not logged. `body` has the bytes that were
/// read.
#[cfg(feature = "tracing")]
pub(super) fn error(event: &ErrorEvent<'_>, body: &Bytes) {
    if event.original.is_none() && event.source.is_none() {
        return;
    }
    let original = event.original.unwrap_or(event.envelope);
    let message = original.to_string();
    let has_request = *event.request != super::hooks::RequestHead::default();
    tracing::error!(
        target: TARGET,
        { http.response.status_code = event.status().as_u16(),
        http.request.method = has_request.then(|| event.request.method().as_str()),
        url.path = has_request.then(|| tracing::field::display(Line(event.request.uri().path()))),
        request.id = event.request.request_id(),
        error.r#type = %Line(original.error_type().as_str()),
        error.message = %Line(&message),
        error.cause = event.source.map(|source| tracing::field::display(Chain(source))),
        error.body = (!body.is_empty()).then(|| tracing::field::display(Body(body))) },
        "{}", if event.original.is_some() { "masked an error" } else { "answered an error" },
    );
}

#[cfg(not(feature = "tracing"))]
pub(super) fn error(_: &ErrorEvent<'_>, _: &Bytes) {}

/// Whether any subscriber of `tracing` takes events of level `ERROR`. It costs one load.
#[cfg(feature = "layer")]
#[inline]
pub(super) fn is_enabled() -> bool {
    #[cfg(feature = "tracing")]
    return tracing::level_filters::LevelFilter::current() >= tracing::Level::ERROR;
    #[cfg(not(feature = "tracing"))]
    false
}

/// Logs, at level `DEBUG`, that the body of an error could not be read to its end.
pub(super) fn unread(status: StatusCode, why: &'static str) {
    #[cfg(feature = "tracing")]
    tracing::debug!(
        target: TARGET,
        { http.response.status_code = status.as_u16(), reason = why },
        "could not read the body of an error",
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (status, why);
}

/// Logs, at level `ERROR`, that code of the user panicked. The response goes on without it.
pub(super) fn panicked(hook: &'static str) {
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, hook, "a hook panicked");
    #[cfg(not(feature = "tracing"))]
    let _ = hook;
}

/// A text of a peer on one line, escaped so that it cannot control a terminal, and cut to [`MAX_CHARS`].
#[cfg(feature = "tracing")]
struct Line<'a>(&'a str);

#[cfg(feature = "tracing")]
impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(MAX_CHARS).map(|(end, _)| end);
        match end.and_then(|end| self.0.get(..end)) {
            Some(start) => write!(f, "{}…", start.escape_debug()),
            None => write!(f, "{}", self.0.escape_debug()),
        }
    }
}

/// An error and its sources, as [`Line`]s.
#[cfg(feature = "tracing")]
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

#[cfg(feature = "tracing")]
impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line(&super::error_chain::text_of(self.0)).fmt(f)
    }
}

/// The beginning of a body, as a [`Line`].
#[cfg(feature = "tracing")]
struct Body<'a>(&'a Bytes);

#[cfg(feature = "tracing")]
impl fmt::Display for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A character has at most four bytes.
        let start = self.0.get(..4 * (MAX_CHARS + 1)).unwrap_or(self.0);
        Line(&String::from_utf8_lossy(start)).fmt(f)
    }
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use super::*;

    #[test]
    fn a_logged_text_is_one_harmless_line() {
        let hostile = "a\r\nINFO forged \u{1b}[2J \u{202e}txt";
        assert_eq!(
            Line(hostile).to_string(),
            r"a\r\nINFO forged \u{1b}[2J \u{202e}txt"
        );
    }

    #[test]
    fn of_a_body_as_many_characters_are_logged_as_of_a_text() {
        let body = Bytes::from("😈".repeat(2 * MAX_CHARS));
        assert_eq!(Body(&body).to_string(), "😈".repeat(MAX_CHARS) + "…");
    }

    #[test]
    fn a_logged_text_is_bounded() {
        for (chars, logged) in [(5000, MAX_CHARS + 1), (MAX_CHARS, MAX_CHARS)] {
            let text = "é".repeat(chars);
            assert_eq!(Line(&text).to_string().chars().count(), logged);
        }
    }
}

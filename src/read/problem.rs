//! Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), read as leniently as its §3.1 demands: a member
//! of the wrong type is as good as absent.
//!
//! ```json
//! {"type": "https://example.com/probs/out-of-credit", "title": "You do not have enough credit.",
//!  "detail": "Your balance is 30, but that costs 50.", "errors": [{"detail": "must be positive", "pointer": "#/age"}]}
//! ```

use super::json::Value;
use super::marks::Marks;
use super::source::Source;
use super::structure;
use crate::envelope::Envelope;
use crate::http::media_type;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json().filter(|json| json.as_object().is_some())?;
    if !is_problem(source, json) {
        return None;
    }
    let envelope = structure::problem(source, json);
    Some(envelope.unwrap_or_else(|| source.envelope()))
}

/// By its media type, or by members that only a problem has together.
fn is_problem(source: &Source<'_>, json: Value<'_>) -> bool {
    let label = source.marks.have(Marks::LABEL);
    let labelled = || {
        label
            && media_type::from_headers(source.headers)
                .is_some_and(|media| media_type::is_problem(&media))
    };
    let text = |name| json.get(name).and_then(Value::as_text).is_some();
    let status = || {
        json.get("status")
            .is_some_and(|status| status.as_number().is_some())
    };
    (text("title") && (text("detail") || status())) || labelled()
}

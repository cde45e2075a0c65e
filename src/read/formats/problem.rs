//! Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), read as leniently as its §3.1 demands: a member
//! of the wrong type is as good as absent.
//!
//! ```json
//! {"type": "https://example.com/probs/out-of-credit", "title": "You do not have enough credit.",
//!  "detail": "Your balance is 30, but that costs 50.", "errors": [{"detail": "must be positive", "pointer": "#/age"}]}
//! ```

use crate::http::media_type;
use crate::read::any_json;
use crate::read::document::Value;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "problem",
    signs: Signs::text("title").or(Signs::LABEL),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document().filter(|json| json.is_object())?;
    if !is_problem(source, json) {
        return None;
    }
    let envelope = any_json::read_problem(source, json);
    Some(envelope.unwrap_or_else(|| source.envelope()).into())
}

/// By its media type, or by members that only a problem has together.
fn is_problem(source: &Source<'_>, json: Value<'_>) -> bool {
    let label = source.signs.have(Signs::LABEL);
    let labelled = || {
        label
            && media_type::from_headers(source.headers)
                .is_some_and(|media| media_type::is_problem(&media))
    };
    let text = |name| json.text(name).is_some();
    let status = || {
        json.get("status")
            .is_some_and(|status| status.as_number().is_some())
    };
    (text("title") && (text("detail") || status())) || labelled()
}

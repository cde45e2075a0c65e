//! Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457). A member with a value of the wrong type is ignored (§3.1).
//!
//! ```json
//! {"type": "https://example.com/probs/out-of-credit", "title": "You do not have enough credit.",
//!  "detail": "Your balance is 30, but that costs 50.", "errors": [{"detail": "must be positive", "pointer": "#/age"}]}
//! ```

use crate::envelope::{Envelope, DETAILS_KEY};
use crate::http::bytes::trim;
use crate::http::{media_type, status};
use crate::read::any_json;
use crate::read::document::Value;
use crate::read::members;
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
    let mut envelope = envelope.unwrap_or_else(|| source.envelope());
    add_title(source, &mut envelope, json);
    add_extensions(source, &mut envelope, json);
    Some(envelope.into())
}

/// Adds `title` if `detail` is the message: it is then the sentence of the problem type ([RFC 9457
/// §3.1.3](https://www.rfc-editor.org/rfc/rfc9457#section-3.1.3)). A title that only names the status is left out.
fn add_title(source: &Source<'_>, envelope: &mut Envelope, json: Value<'_>) {
    let Some(title) = json.get("title") else {
        return;
    };
    let says_more = |title: &str| {
        !title.is_empty()
            && !title.eq_ignore_ascii_case(status::reason(source.status))
            && envelope.sent_message() != Some(title)
    };
    let is_of_type = title.as_text().map(trim).is_some_and(says_more);
    let is_message = |detail| envelope.sent_message() == Some(trim(detail));
    if is_of_type && json.text("detail").is_some_and(is_message) {
        members::add(source, envelope, "title", title);
    }
}

/// Adds `instance` and the extension members ([RFC 9457 §3.2](https://www.rfc-editor.org/rfc/rfc9457#section-3.2)) that were not read
/// as anything else.
fn add_extensions(source: &Source<'_>, envelope: &mut Envelope, json: Value<'_>) {
    for (name, value) in json.members().filter(|(name, _)| !is_standard(name)) {
        let is_read = || {
            let text = value.as_text().map(trim);
            let error_type = envelope.sent_error_type().map(|name| name.as_str());
            let is_repeated = text == envelope.sent_message() || text == error_type;
            (text.is_some() && is_repeated) || any_json::holds_errors(name, value)
        };
        if (name == DETAILS_KEY && value.is_object()) || !(value.is_null() || is_read()) {
            members::add_extension(source, envelope, name, value);
        }
    }
}

/// Whether every problem may have this member, and it was read as something else.
fn is_standard(name: &str) -> bool {
    matches!(name, "type" | "title" | "status" | "detail")
}

/// Whether a document is a problem: by its media type, or by two members that only a problem has together.
fn is_problem(source: &Source<'_>, json: Value<'_>) -> bool {
    let has_number = |name| {
        json.get(name)
            .is_some_and(|value| value.as_number().is_some())
    };
    let has_members =
        json.text("title").is_some() && (json.text("detail").is_some() || has_number("status"));
    has_members || source.has_label(media_type::is_problem)
}

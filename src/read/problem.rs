//! Problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), read as leniently as its §3.1 demands:
//! a member of the wrong type is as good as absent.
//!
//! ```json
//! {"type": "https://example.com/probs/out-of-credit", "title": "You do not have enough credit.",
//!  "detail": "Your balance is 30, but that costs 50.", "errors": [{"detail": "must be positive", "pointer": "#/age"}]}
//! ```

use super::json::Value;
use super::source::Source;
use crate::envelope::{media, pointer, status, Envelope};

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json().filter(|json| json.as_object().is_some())?;
    if !is_problem(source, json) {
        return None;
    }
    let text = |name| {
        json.get(name)
            .and_then(Value::as_text)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let title = text("title").filter(|title| *title != status::reason(source.status));
    let error_type = text("type")
        .filter(|uri| *uri != "about:blank")
        .or_else(|| text("code"));

    let mut envelope = source.envelope();
    envelope.set_message(source.own(text("detail").or(title).unwrap_or_default()));
    envelope.set_error_type(source.own(error_type.unwrap_or_default()));
    for error in json
        .get("errors")
        .and_then(Value::as_list)
        .into_iter()
        .flatten()
    {
        push_field(source, &mut envelope, error);
    }
    Some(envelope)
}

/// By its media type, or by members that only a problem has together.
fn is_problem(source: &Source<'_>, json: Value<'_>) -> bool {
    let labelled = media::of(source.headers).is_some_and(|media| media::is_problem(&media));
    let has = |name| json.get(name).is_some();
    labelled || (has("title") && (has("detail") || has("status")))
}

fn push_field(source: &Source<'_>, envelope: &mut Envelope, error: Value<'_>) {
    let text = |name| error.get(name).and_then(Value::as_text);
    if let (Some(pointer), Some(detail)) = (text("pointer"), text("detail")) {
        let name = pointer::to_name(pointer);
        envelope
            .fields_mut()
            .push_text(source.own(&name), source.own(detail));
    }
}

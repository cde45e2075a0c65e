//! The [`OperationOutcome`](https://hl7.org/fhir/operationoutcome.html) of FHIR.
//!
//! ```json
//! {"resourceType": "OperationOutcome", "issue": [
//!   {"severity": "error", "code": "required", "details": {"text": "A name is needed"}, "expression": ["Patient.name"]}]}
//! ```

use crate::read::any_json;
use crate::read::document::Value;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "fhir",
    signs: Signs::text("resourceType"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    if json.text("resourceType") != Some("OperationOutcome") {
        return None;
    }
    let issues = json.get("issue").and_then(Value::as_list)?;
    let (mut messages, mut error_type) = (Vec::new(), None);
    let mut envelope = source.envelope();
    for issue in issues.filter(|issue| !is_remark(*issue)) {
        let code = issue.text("code");
        let places = issue
            .get("expression")
            .or_else(|| issue.get("location"))
            .map(Value::items);
        let mut names = places
            .into_iter()
            .flatten()
            .filter_map(Value::as_text)
            .filter_map(any_json::parameter_name)
            .peekable();
        let Some(message) = message(issue).or(code) else {
            continue;
        };
        if names.peek().is_none() {
            messages.push(message);
            error_type = error_type.or(code);
        }
        names.for_each(|name| {
            envelope
                .fields_mut()
                .push_new(source.own(&name), [source.own(message)])
        });
    }
    envelope.set_message(source.own(&messages.join("\n")));
    envelope.set_error_type(source.own(error_type.unwrap_or_default()));
    Some(envelope.into())
}

/// Issues may be told beside those that made the request fail.
fn is_remark(issue: Value<'_>) -> bool {
    matches!(
        issue.text("severity"),
        Some("information" | "warning" | "success")
    )
}

fn message(issue: Value<'_>) -> Option<&str> {
    let details = issue
        .get("details")
        .and_then(|details| details.text("text"));
    details
        .or_else(|| issue.text("diagnostics"))
        .filter(|text| !text.trim().is_empty())
}

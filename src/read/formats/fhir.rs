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
    let (mut messages, mut error_type) = (Vec::new(), None);
    let mut envelope = source.envelope();
    for issue in json.list("issue")?.filter(|issue| !is_remark(*issue)) {
        let code = issue.text("code");
        let Some(message) = message(issue).or(code) else {
            continue;
        };
        let places = issue.get("expression").or_else(|| issue.get("location"));
        let places = places.into_iter().flat_map(Value::items);
        let texts = places.filter_map(Value::as_text);
        let mut names = texts.filter_map(any_json::parameter_name).peekable();
        if names.peek().is_none() {
            messages.push(message);
            error_type = error_type.or(code);
        }
        names.for_each(|name| source.add_field(&mut envelope, &name, message));
    }
    envelope.set_message(source.trimmed(&messages.join("\n")));
    envelope.set_error_type(source.trimmed(error_type.unwrap_or_default()));
    Some(envelope.into())
}

/// Whether an issue did not make the request fail.
fn is_remark(issue: Value<'_>) -> bool {
    matches!(
        issue.text("severity"),
        Some("information" | "warning" | "success")
    )
}

fn message(issue: Value<'_>) -> Option<&str> {
    let of_details = || issue.get("details")?.text("text");
    let message = of_details().or_else(|| issue.text("diagnostics"));
    message.filter(|text| !text.trim().is_empty())
}

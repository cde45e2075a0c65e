//! The `Status` of [Kubernetes](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
//!
//! ```json
//! {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "pods \"web\" is forbidden",
//!  "reason": "Forbidden", "details": {"causes": [{"message": "is required", "field": "spec.image"}]}, "code": 403}
//! ```

use super::json::Value;
use super::source::Source;
use super::structure;
use crate::envelope::Envelope;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    let text = |name| json.get(name).and_then(Value::as_text);
    if text("kind") != Some("Status") || text("apiVersion").is_none() {
        return None;
    }
    let mut envelope = structure::read_value(source, json).unwrap_or_else(|| source.envelope());
    envelope.set_error_type(source.own(text("reason").unwrap_or_default()));
    Some(envelope)
}

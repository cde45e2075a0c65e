//! The `Status` of [Kubernetes](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
//!
//! ```json
//! {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "pods \"web\" is forbidden",
//!  "reason": "Forbidden", "details": {"causes": [{"message": "is required", "field": "spec.image"}]}, "code": 403}
//! ```

use crate::read::any_json;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "kubernetes",
    signs: Signs::text("kind"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    if json.text("kind") != Some("Status") || json.text("apiVersion").is_none() {
        return None;
    }
    let mut envelope = any_json::read(source, json).unwrap_or_else(|| source.envelope());
    envelope.set_error_type(source.trimmed(json.text("reason").unwrap_or_default()));
    Some(envelope.into())
}

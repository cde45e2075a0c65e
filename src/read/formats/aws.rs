//! The JSON errors of AWS. Their type is in a header or in a member, between a namespace and a URI
//! ([Smithy](https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization)).
//!
//! ```json
//! {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "There is no table of this name"}
//! ```

use crate::read::any_json;
use crate::read::headers::{self, AWS_TYPE};
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "aws",
    signs: Signs::text("__type").or(Signs::header("x-amzn-errortype")),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    let header = || source.headers.get(AWS_TYPE)?.to_str().ok();
    let name = json.text("__type").or_else(header)?;
    let mut envelope = any_json::read(source, json).unwrap_or_else(|| source.envelope());
    envelope.set_error_type(source.trimmed(headers::shape(name)));
    Some(envelope.into())
}

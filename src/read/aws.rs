//! The JSON errors of AWS: their type is in a header, or in a member, behind a namespace and before a URI
//! ([Smithy](https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization)).
//!
//! ```json
//! {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "There is no table of this name"}
//! ```

use http::HeaderName;

use super::json::Value;
use super::source::Source;
use super::structure;
use crate::envelope::Envelope;

pub(super) const TYPE_HEADER: HeaderName = HeaderName::from_static("x-amzn-errortype");

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    let header = || source.headers.get(TYPE_HEADER)?.to_str().ok();
    let name = json
        .get("__type")
        .and_then(Value::as_text)
        .or_else(header)?;
    let mut envelope = structure::read_value(source, json).unwrap_or_else(|| source.envelope());
    envelope.set_error_type(source.own(shape(name)));
    Some(envelope)
}

/// `FooError` of `aws.protocoltests.restjson#FooError:http://internal.amazon.com/coral/`.
pub(super) fn shape(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or_default();
    name.rsplit('#').next().unwrap_or_default()
}

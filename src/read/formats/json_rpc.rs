//! Errors of [JSON-RPC 2.0](https://www.jsonrpc.org/specification#error_object); of a batch the first.
//!
//! ```json
//! {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": 1}
//! ```

use crate::read::document::Value;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "json-rpc",
    signs: Signs::member("jsonrpc").or(Signs::LIST),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    let one = json.as_object().map(|_| json).into_iter();
    let error = one.chain(json.items()).find_map(error)?;

    let text = |name| error.text(name).filter(|text| !text.trim().is_empty());
    // Some servers say only in the data what went wrong.
    let inner = |name| error.get("data")?.text(name);
    let data = text("data")
        .or_else(|| inner("message"))
        .filter(|data| data.trim().contains(' '));
    let mut envelope = source.envelope();
    envelope.set_message(source.own(data.or(text("message")).unwrap_or_default()));
    match (
        inner("name").or(text("code")),
        error.get("code").and_then(Value::as_number),
    ) {
        (Some(name), _) => envelope.set_error_type(source.own(name)),
        (None, Some(code)) => envelope.set_error_type(code.to_string().into()),
        (None, None) => {}
    }
    Some(envelope.into())
}

/// The error of one response object.
pub(in crate::read) fn error(response: Value<'_>) -> Option<Value<'_>> {
    response.get("jsonrpc")?;
    response.get("error").filter(|error| error.is_object())
}

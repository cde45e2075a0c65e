//! Errors of [JSON-RPC 2.0](https://www.jsonrpc.org/specification#error_object). Of a batch, the first error is read.
//!
//! ```json
//! {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": 1}
//! ```

use std::borrow::Cow;

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
    let error = error(json).or_else(|| json.items().find_map(error))?;
    let data = |key| error.get("data")?.text(key);
    let text = |key| error.text(key).filter(|text| !text.trim().is_empty());
    // The data of some servers says more than their message.
    let more = text("data").or_else(|| data("message"));
    let message = more
        .filter(|more| more.trim().contains(' '))
        .or(text("message"));
    // The code must be an integer (§5.1). Some languages write it as `-32601.0`.
    let code = || {
        let code = error.get("code")?;
        let integer = code.as_integer().map(|code| code.to_string());
        integer.or_else(|| Some(code.as_number()?.to_string()))
    };
    let error_type = data("name").or(text("code")).map(Cow::from);
    let error_type = error_type.or_else(|| code().map(Cow::from));
    Some(source.envelope_of(message, error_type.as_deref()).into())
}

/// The error of one response object.
pub(in crate::read) fn error(response: Value<'_>) -> Option<Value<'_>> {
    response.get("jsonrpc")?;
    response.get("error").filter(|error| error.is_object())
}

//! Errors of [JSON-RPC 2.0](https://www.jsonrpc.org/specification#error_object); of a batch the first.
//!
//! ```json
//! {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": 1}
//! ```

use super::json::Value;
use super::source::Source;
use crate::envelope::Envelope;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    let one = json.as_object().map(|_| json).into_iter();
    let error = one
        .chain(json.as_list().into_iter().flatten())
        .find_map(error)?;

    let text = |name| {
        error
            .get(name)
            .and_then(Value::as_text)
            .filter(|text| !text.trim().is_empty())
    };
    // Some servers say only in the data what went wrong.
    let inner = |name| error.get("data")?.get(name)?.as_text();
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
    Some(envelope)
}

/// The error of one response object.
pub(super) fn error(response: Value<'_>) -> Option<Value<'_>> {
    response.get("jsonrpc")?;
    response
        .get("error")
        .filter(|error| error.as_object().is_some())
}

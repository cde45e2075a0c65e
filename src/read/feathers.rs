//! The errors of [Feathers](https://feathersjs.com/api/errors), whose `name` is a class.
//!
//! ```json
//! {"name": "Conflict", "message": "Already there", "code": 409, "className": "conflict", "errors": {"email": "is taken"}}
//! ```

use super::json::Value;
use super::source::Source;
use super::structure;
use crate::envelope::Envelope;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    json.get("className").and_then(Value::as_text)?;
    let name = json.get("name").and_then(Value::as_text)?;
    let mut envelope = structure::read_value(source, json)?;
    envelope.set_error_type(source.own(name));
    Some(envelope)
}

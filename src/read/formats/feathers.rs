//! The errors of [Feathers](https://feathersjs.com/api/errors). Their `name` is a class of errors.
//!
//! ```json
//! {"name": "Conflict", "message": "Already there", "code": 409, "className": "conflict", "errors": {"email": "is taken"}}
//! ```

use crate::read::any_json;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "feathers",
    signs: Signs::text("className"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    json.text("className")?;
    let name = json.text("name")?;
    let mut envelope = any_json::read(source, json)?;
    envelope.set_error_type(source.trimmed(name));
    Some(envelope.into())
}

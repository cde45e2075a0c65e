//! A `google.protobuf.Struct` as bytes: so Envoy 1.38 hands over what a route overrides. Later versions hand over JSON.

use prost::Message;
use prost_types::value::Kind;
use prost_types::Struct;
use serde_json::{Map, Value};

/// The keys of the structure; `None` if the bytes are none, or more than one: prost skips what it does not know.
///
/// prost decodes at most 100 levels, so the recursion here ends.
pub(crate) fn decode(bytes: &[u8]) -> Option<Map<String, Value>> {
    let structure = Struct::decode(bytes).ok()?;
    (structure.encoded_len() == bytes.len()).then(|| object(structure))
}

fn object(structure: Struct) -> Map<String, Value> {
    let members = structure.fields.into_iter();
    members.map(|(name, it)| (name, value(it))).collect()
}

fn value(value: prost_types::Value) -> Value {
    match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::NumberValue(number)) => Value::from(number),
        Some(Kind::StringValue(text)) => Value::from(text),
        Some(Kind::BoolValue(it)) => Value::from(it),
        Some(Kind::StructValue(it)) => Value::Object(object(it)),
        Some(Kind::ListValue(list)) => list.values.into_iter().map(self::value).collect(),
    }
}

//! The configuration as Envoy hands it over: a `google.protobuf.Struct` as JSON.
//!
//! Envoy 1.38 sends the settings of a route as encoded protobuf.

use prost::Message;
use prost_types::value::Kind;
use prost_types::Struct;
use serde_json::{Map, Value};
use settings::{Error, Settings};

/// Reads a `Struct` in either form. An empty text is an empty one: every default.
///
/// # Errors
/// If it is none, has a key that is not known, or a value that cannot be meant.
pub(crate) fn settings(text: &[u8]) -> Result<Settings, Error> {
    // No text of JSON is a `Struct` in protobuf, which begins with the length of its first member.
    match decode(text) {
        Some(keys) => Settings::of(keys),
        None => Settings::parse(text),
    }
}

/// The keys of the structure; `None` if the bytes are none, or more than one: prost skips what it does not know.
///
/// prost decodes at most 100 levels, so the recursion here ends.
fn decode(bytes: &[u8]) -> Option<Map<String, Value>> {
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

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn takes_a_struct_in_both_forms() {
        let masking = b"\x0a\x11\x0a\x07masking\x12\x06\x1a\x04none";
        for text in [&b""[..], b"{}", br#"{"masking":"none"}"#, masking] {
            assert!(settings(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        let unknown = b"\x0a\x11\x0a\x07masquer\x12\x06\x1a\x04none";
        for text in [
            &b"  "[..],
            b"[]",
            br#"{"masquer":"none"}"#,
            unknown,
            b"hello",
        ] {
            assert!(settings(text).is_err(), "{text:?}");
        }
    }
}

//! The JSON of errors of Connect, as peers send it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::code::GrpcCode;

/// Details that are read.
const MAX_DETAILS: usize = 64;

/// Values of metadata that are read.
const MAX_METADATA: usize = 128;

/// `{"code": "not_found", "message": "There is no printer 8", "details": […]}`.
pub(super) struct Error {
    pub(super) code: GrpcCode,
    pub(super) message: String,
    /// The names of messages of protobuf, and their bytes in base64.
    pub(super) details: Vec<(String, String)>,
    /// Whether it has no other members.
    pub(super) is_strict: bool,
}

impl Error {
    /// The error in this JSON.
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(json).ok()
    }

    /// The error and the metadata of the JSON that ends a stream.
    ///
    /// An `error` in any form is one: its place says so. Its code is `unknown` if it is none of the 16.
    pub(super) fn parse_end(json: &[u8]) -> Option<(Self, Vec<(String, String)>)> {
        let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
        let end: End = serde_json::from_slice(json).ok()?;
        Some((Self::of_end(&end.error)?, end.metadata))
    }

    fn of_end(error: &Value) -> Option<Self> {
        let message = match error {
            Value::Null | Value::Bool(false) => return None,
            Value::String(text) => Some(text),
            error => error.get("message").and_then(|message| match message {
                Value::String(text) => Some(text),
                _ => None,
            }),
        };
        let code = error.get("code").and_then(|code| match code {
            Value::String(name) => GrpcCode::from_connect_name(name).or(GrpcCode::from_name(name)),
            code => GrpcCode::from_number(code.as_u64()?),
        });
        Some(Self {
            code: code
                .filter(|code| *code != GrpcCode::OK)
                .unwrap_or(GrpcCode::UNKNOWN),
            message: message.cloned().unwrap_or_default(),
            details: error.get("details").map(pairs).unwrap_or_default(),
            is_strict: false,
        })
    }
}

impl<'de> Deserialize<'de> for Error {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ErrorVisitor)
    }
}

struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = Error;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error of Connect")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Error, A::Error> {
        let (mut code, mut message, mut details, mut is_strict) = (None, None, None, true);
        while let Some(name) = map.next_key::<String>()? {
            match &*name {
                "code" if code.is_none() => code = Some(map.next_value::<String>()?),
                "message" if message.is_none() => message = Some(map.next_value::<Option<_>>()?),
                "details" if details.is_none() => details = Some(map.next_value::<Value>()?),
                _ => {
                    is_strict = false;
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let code = code.and_then(|code| GrpcCode::from_connect_name(&code));
        let details = details.unwrap_or_default();
        Ok(Error {
            code: code.ok_or_else(|| serde::de::Error::missing_field("code"))?,
            message: message.flatten().unwrap_or_default(),
            is_strict: is_strict && matches!(details, Value::Null | Value::Array(_)),
            details: pairs(&details),
        })
    }
}

fn pairs(details: &Value) -> Vec<(String, String)> {
    let text = |detail: &Value, name| Some(detail.get(name)?.as_str()?.to_owned());
    let details = details.as_array().into_iter().flatten().take(MAX_DETAILS);
    let pairs = details.filter_map(|detail| text(detail, "type").zip(text(detail, "value")));
    pairs.collect()
}

/// `{"error": {…}, "metadata": {"retry-after": ["7"]}}`.
#[derive(Default)]
struct End {
    error: Value,
    metadata: Vec<(String, String)>,
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EndVisitor)
    }
}

struct EndVisitor;

impl<'de> Visitor<'de> for EndVisitor {
    type Value = End;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of a stream of Connect")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<End, A::Error> {
        let mut end = End::default();
        while let Some(name) = map.next_key::<String>()? {
            match &*name {
                "error" => end.error = map.next_value()?,
                "metadata" => end.metadata = entries(&map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(end)
    }
}

fn entries(metadata: &Value) -> Vec<(String, String)> {
    let entries = metadata.as_object().into_iter().flatten();
    let values = entries.flat_map(|(name, values)| {
        let values = values.as_array().into_iter().flatten();
        values.filter_map(move |value| Some((name.clone(), value.as_str()?.to_owned())))
    });
    values.take(MAX_METADATA).collect()
}

//! The configuration of the module and of the service: one JSON object.
//!
//! An unknown key or an invalid value is an error, and Envoy does not start.

use std::fmt;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use tower_error_envelope::exchange::{Masking, Normaliser};
use tower_error_envelope::write::{Clustr, Copr, Problem};

/// The default of the most bytes of a body that are read.
pub const DEFAULT_BODY_LIMIT: u64 = 64 * 1024;

// Envoy's buffers count in 32 bits.
const LARGEST_BODY_LIMIT: u64 = 16 * 1024 * 1024;

/// The settings of a filter or a route.
pub struct Settings {
    pub normaliser: Normaliser,
    /// Bytes.
    pub body_limit: u64,
    statuses: Vec<(u16, u16)>,
}

impl Settings {
    /// Reads the JSON of an object. A missing key has its default.
    ///
    /// # Errors
    /// If it is not an object, has an unknown key, or an invalid value.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        Self::of(serde_json::from_slice(json)?)
    }

    /// Takes the keys of an object.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn of(keys: Map<String, Value>) -> Result<Self, Error> {
        for (key, value) in &keys {
            // Each key is read alone, so that the message names it.
            let alone = Map::from_iter([(key.clone(), value.clone())]);
            if let Err(error) = serde_json::from_value::<File>(Value::Object(alone)) {
                return Err(Error(format!("{key}: {error}")));
            }
        }
        let file: File = serde_json::from_value(Value::Object(keys))?;
        file.settings()
    }

    /// Whether errors with this status are changed.
    #[must_use]
    pub fn covers(&self, status: u16) -> bool {
        self.statuses
            .iter()
            .any(|&(first, last)| (first..=last).contains(&status))
    }
}

/// The reason why a configuration is refused.
#[derive(Debug)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// The keys of the configuration.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    namespace: Option<String>,
    dialects: Vec<Dialect>,
    validation_status: Option<f64>,
    body_limit: Option<f64>,
    decompression: bool,
    pages: bool,
    masking: Mask,
    statuses: Vec<Status>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            namespace: None,
            dialects: Vec::new(),
            validation_status: None,
            body_limit: None,
            decompression: true,
            pages: true,
            masking: Mask::All,
            statuses: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Dialect {
    Clustr,
    Copr,
    Problem,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mask {
    All,
    Upstream,
    None,
}

/// `404`, `"404"`, `"4xx"` or `"500-511"`. A `Struct` has no integers: numbers are floats.
#[derive(Deserialize)]
#[serde(untagged)]
enum Status {
    Number(f64),
    Text(String),
}

impl File {
    fn settings(self) -> Result<Settings, Error> {
        let mut normaliser = Normaliser::server();
        if let Some(namespace) = self.namespace {
            normaliser = normaliser.with_namespace(checked_namespace(&namespace)?);
        }
        for (index, dialect) in self.dialects.iter().enumerate() {
            if self.dialects.iter().take(index).any(|it| it == dialect) {
                return Err(Error("dialects: one of them stands twice".into()));
            }
            normaliser = match dialect {
                Dialect::Clustr => normaliser.with_dialect(Clustr),
                Dialect::Copr => normaliser.with_dialect(Copr),
                Dialect::Problem => normaliser.with_dialect(Problem),
            };
        }
        if let Some(status) = self.validation_status {
            let status = whole(status)
                .and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok())
                .filter(StatusCode::is_client_error)
                .ok_or_else(|| Error(format!("validation_status: {status} is no 4xx")))?;
            normaliser = normaliser.with_validation_status(status);
        }
        let body_limit = match self.body_limit {
            None => DEFAULT_BODY_LIMIT,
            Some(limit) => whole(limit)
                .filter(|limit| *limit <= LARGEST_BODY_LIMIT)
                .ok_or_else(|| {
                    Error(format!(
                        "body_limit: {limit} is no number of bytes up to {LARGEST_BODY_LIMIT}"
                    ))
                })?,
        };
        if let Ok(limit) = usize::try_from(body_limit) {
            normaliser = normaliser.with_body_limit(limit);
        }
        if !self.decompression {
            normaliser = normaliser.without_decompression();
        }
        if !self.pages {
            normaliser = normaliser.without_pages();
        }
        normaliser = normaliser.with_masking(match self.masking {
            Mask::All => Masking::All,
            Mask::Upstream => Masking::Upstream,
            Mask::None => Masking::None,
        });
        let statuses = if self.statuses.is_empty() {
            vec![(400, 599)]
        } else {
            self.statuses
                .iter()
                .map(Status::range)
                .collect::<Result<_, _>>()?
        };
        Ok(Settings {
            normaliser,
            body_limit,
            statuses,
        })
    }
}

impl Status {
    /// The first and the last status.
    fn range(&self) -> Result<(u16, u16), Error> {
        let range = match self {
            Self::Number(status) => whole(*status)
                .and_then(|status| u16::try_from(status).ok())
                .map(|it| (it, it)),
            Self::Text(text) => match text.as_str() {
                "4xx" => Some((400, 499)),
                "5xx" => Some((500, 599)),
                text => {
                    let (first, last) = text.split_once('-').unwrap_or((text, text));
                    first.trim().parse().ok().zip(last.trim().parse().ok())
                }
            },
        };
        range
            .filter(|(first, last)| (400..=599).contains(first) && (*first..=599).contains(last))
            .ok_or_else(|| {
                let shown = match self {
                    Self::Number(number) => number.to_string(),
                    Self::Text(text) => format!("{text:?}"),
                };
                Error(format!(
                    "statuses: {shown} is none of 404, \"4xx\", \"5xx\", \"500-504\""
                ))
            })
    }
}

/// `value`, if it is a whole number that a float represents exactly.
fn whole(value: f64) -> Option<u64> {
    let whole = value.fract() == 0.0 && (0.0..9e15).contains(&value);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    whole.then_some(value as u64)
}

/// A namespace is the part before the class in `_error_type`: names, joined by dots.
fn checked_namespace(namespace: &str) -> Result<String, Error> {
    let named = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "_-".contains(it))
    };
    if namespace.len() <= 128 && namespace.split('.').all(named) {
        Ok(namespace.to_owned())
    } else {
        Err(Error(format!("namespace: {namespace:?} is no dotted name")))
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    fn refusal(json: &str) -> String {
        match Settings::parse(json.as_bytes()) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn takes_what_envoy_makes_of_a_struct() {
        for json in [
            "{}",
            r#"{"namespace":"shop.exceptions","dialects":["copr","problem"],"validation_status":422}"#,
            r#"{"body_limit":65536,"pages":false,"decompression":false,"masking":"upstream"}"#,
            r#"{"body_limit":6.5536e4,"statuses":["5xx",404,"400-403"]}"#,
            r#"{"body_limit":0}"#,
        ] {
            assert_eq!(refusal(json), "", "{json}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_meant_and_names_the_key() {
        for (json, named) in [
            ("[]", "invalid type"),
            ("{", "EOF"),
            (r#"{"name_space":"x"}"#, "unknown field `name_space`"),
            (r#"{"namespace":"a..b"}"#, "namespace"),
            (r#"{"namespace":""}"#, "namespace"),
            (r#"{"dialects":["html"]}"#, "unknown variant `html`"),
            (r#"{"dialects":["copr","copr"]}"#, "dialects"),
            (r#"{"validation_status":500}"#, "validation_status"),
            (r#"{"validation_status":400.5}"#, "validation_status"),
            (r#"{"body_limit":-1}"#, "body_limit"),
            (r#"{"body_limit":1e9}"#, "body_limit"),
            (r#"{"masking":"some"}"#, "unknown variant `some`"),
            (r#"{"masking":true}"#, "masking"),
            (r#"{"pages":"no"}"#, "pages"),
            (r#"{"decompression":"br"}"#, "decompression"),
            (r#"{"statuses":[200]}"#, "statuses"),
            (r#"{"statuses":[404.5]}"#, "statuses"),
            (r#"{"statuses":["504-500"]}"#, "statuses"),
            (r#"{"statuses":["3xx"]}"#, "statuses"),
        ] {
            assert!(refusal(json).contains(named), "{json}: {}", refusal(json));
        }
    }

    #[test]
    fn covers_the_statuses_that_were_named() -> Result<(), super::Error> {
        let all = Settings::parse(b"{}")?;
        assert!(all.covers(400) && all.covers(599) && !all.covers(399));
        let some = Settings::parse(br#"{"statuses":["5xx",404]}"#)?;
        assert!(some.covers(503) && some.covers(404) && !some.covers(403));
        Ok(())
    }
}

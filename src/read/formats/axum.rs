//! The texts of axum's rejections that name a parameter.
//!
//! ```text
//! Failed to deserialize the JSON body into the target type: items[0].n: invalid value: integer `300`, expected u8 at line 1 column 19
//! ```
//!
//! A layer sees a rejection only as this text. So this reader knows the sentences of axum and serde, and takes the parameter out
//! of them. It leaves all other texts.

use bytes::Bytes;
use bytestring::ByteString;
use http::Response;

use crate::envelope::Envelope;
use crate::http::json_pointer::dotted;
use crate::read::reader::ErrorReader;

/// The texts of axum's extractors before `<path>: <reason>` of serde.
const PREFIXES: [&str; 4] = [
    "Failed to deserialize the JSON body into the target type: ",
    "Failed to deserialize form: ",
    "Failed to deserialize form body: ",
    "Failed to deserialize query string: ",
];

/// The text of axum before an error of a parameter in the path.
const URL: &str = "Invalid URL: ";

/// Reads the texts with which [axum's extractors](https://docs.rs/axum/0.8/axum/extract/index.html) reject requests. The result has
/// the parameter that the text names.
///
/// Layers for servers ask it after the readers of the user. A client of an axum service without such a layer adds it with
/// [`with_reader`](crate::ErrorEnvelopeLayer::with_reader). Without it, the text is the message.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use tower_error_envelope::read::{ErrorReader, Rejections};
///
/// let text = "Failed to deserialize form body: amount: invalid digit found in string";
/// let response = Response::builder().status(422).body(Bytes::from(text))?;
///
/// let envelope = Rejections.read(&response).ok_or("not one of axum's")?;
/// assert_eq!(envelope.to_string(), "amount: invalid digit found in string");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejections;

impl ErrorReader for Rejections {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
        let body = response.body();
        let mut known = PREFIXES.iter().chain([&URL]);
        known.find(|prefix| body.starts_with(prefix.as_bytes()))?;
        let text = ByteString::try_from(body.clone()).ok()?;
        let (name, reason) = deserialization(text.trim_end()).or_else(|| path(text.trim_end()))?;
        let mut envelope = Envelope::from_status(response.status());
        envelope
            .fields_mut()
            .push_read(name.into(), text.slice_ref(reason));
        Some(envelope)
    }
}

/// The parameter and the reason in `<prefix><path>: <reason> at line L column C`. A member of the root has no path.
fn deserialization(text: &str) -> Option<(String, &str)> {
    let said = PREFIXES
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))?;
    let said = without_position(said);
    let (path, reason) = match said.split_once(": ") {
        Some((path, reason)) if is_path(path) => (path, reason),
        _ => ("", said),
    };
    let path = dotted(path);
    let name = [&*path, member(reason).unwrap_or_default()]
        .into_iter()
        .filter(|part| !part.is_empty());
    let name = name.collect::<Vec<_>>().join(".");
    (!name.is_empty()).then_some((name, reason))
}

/// The parameter and the reason in ``Invalid URL: Cannot parse `id` with value `abc` to a `u32` ``.
fn path(text: &str) -> Option<(String, &str)> {
    let reason = text.strip_prefix(URL)?;
    let (name, rest) = reason.strip_prefix("Cannot parse `")?.split_once('`')?;
    rest.starts_with(" with value `")
        .then(|| (name.to_owned(), reason))
}

/// The member that is missing, unknown or there twice: ``missing field `name` ``.
fn member(reason: &str) -> Option<&str> {
    let openings = ["missing field `", "unknown field `", "duplicate field `"];
    let rest = openings
        .iter()
        .find_map(|opening| reason.strip_prefix(opening))?;
    Some(rest.split_once('`')?.0)
}

fn without_position(said: &str) -> &str {
    let is_position = |tail: &str| {
        tail.chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || "columna".contains(c))
    };
    match said.rsplit_once(" at line ") {
        Some((reason, position)) if is_position(position) => reason,
        _ => said,
    }
}

/// Whether a text is a path of serde_path_to_error, such as `items[0].name`. Other texts have blanks.
fn is_path(path: &str) -> bool {
    !path.is_empty() && !path.contains(char::is_whitespace) && !path.contains('`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_parameter_out_of_the_sentences_of_axum_and_serde() {
        let json = "Failed to deserialize the JSON body into the target type: ";
        let cases = [
            (
                format!("{json}n: invalid value: integer `300`, expected u8 at line 1 column 19"),
                "n",
                "invalid value: integer `300`, expected u8",
            ),
            (
                format!("{json}missing field `name` at line 1 column 2"),
                "name",
                "missing field `name`",
            ),
            (
                format!("{json}items[0].price: missing field `currency` at line 3 column 9"),
                "items.0.price.currency",
                "missing field `currency`",
            ),
            (
                format!(
                    "{json}items[1][2]: invalid type: null, expected a string at line 1 column 2"
                ),
                "items.1.2",
                "invalid type: null, expected a string",
            ),
            (
                "Failed to deserialize query string: n: invalid digit found in string".into(),
                "n",
                "invalid digit found in string",
            ),
            (
                "Failed to deserialize form body: missing field `q`".into(),
                "q",
                "missing field `q`",
            ),
            (
                "Invalid URL: Cannot parse `id` with value `abc` to a `u32`".into(),
                "id",
                "Cannot parse `id` with value `abc` to a `u32`",
            ),
        ];
        for (text, name, reason) in cases {
            let found = deserialization(&text).or_else(|| path(&text));
            assert_eq!(found, Some((name.to_owned(), reason)), "{text}");
        }
    }

    #[test]
    fn leaves_sentences_that_name_no_parameter() {
        let texts = [
            "Failed to deserialize the JSON body into the target type: invalid type: map, expected a sequence at line 1 column 0",
            "Failed to parse the request body as JSON: key must be a string at line 1 column 2",
            "Invalid URL: Cannot parse `abc` to a `u32`",
            "n: invalid digit found in string",
        ];
        for text in texts {
            assert_eq!(deserialization(text).or_else(|| path(text)), None, "{text}");
        }
    }
}

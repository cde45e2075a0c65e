//! The lines that `validator` and `garde` print for their errors. `axum-valid` sends them as the body.
//!
//! In: a response. Out: its envelope, or `None` if the body is something else. Layers for servers have this reader.
//!
//! ```text
//! email: Validation error: email [{"value": String("x")}]
//! password: is too short
//! ```

use bytes::Bytes;
use bytestring::ByteString;
use http::Response;

use super::reader::ErrorReader;
use crate::envelope::Envelope;
use crate::http::json_pointer::dotted;

/// The text that validator prints for a rule without a message. The code of the rule and its parameters follow.
const WITHOUT_MESSAGE: &str = "Validation error: ";

/// The name that validator uses for the whole request.
const WHOLE: &str = "__all__";

/// Reads the parameters out of the lines that [`validator`](https://docs.rs/validator) and
/// [`garde`](https://docs.rs/garde) print: `<path>: <reason>`, with the status 400 or 422.
///
/// Layers for servers ask it after [`Rejections`](super::Rejections). Every line must have that form. A single line is read as a
/// sentence, unless it has the text `Validation error:` of validator. For such a line, the code of the rule is the message. The
/// parameters of the rule are left out, because they repeat what the client sent.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use tower_error_envelope::read::{ErrorReader, ValidationLines};
///
/// let text = "email: Validation error: email [{\"value\": String(\"x\")}]\npassword: is too short";
/// let response = Response::builder().status(400).body(Bytes::from(text))?;
///
/// let envelope = ValidationLines.read(&response).ok_or("no such lines")?;
/// assert_eq!(envelope.to_string(), "- email: email\n- password: is too short");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValidationLines;

impl ErrorReader for ValidationLines {
    fn name(&self) -> &'static str {
        "validation"
    }

    fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
        let may_be = matches!(response.status().as_u16(), 400 | 422)
            && response.body().first().is_some_and(is_start);
        if !may_be {
            return None;
        }
        let text = ByteString::try_from(response.body().clone()).ok()?;
        let lines = text.trim_end().lines().map(named);
        let lines: Vec<_> = lines.collect::<Option<_>>()?;
        let is_sentence = lines.len() == 1 && !text.contains(WITHOUT_MESSAGE);
        if is_sentence {
            return None;
        }
        let mut envelope = Envelope::from_status(response.status());
        for (name, reason) in &lines {
            envelope
                .fields_mut()
                .push_read(dotted(name).as_ref().into(), text.slice_ref(reason));
        }
        let whole = envelope.fields_mut().remove(WHOLE);
        Some(envelope.with_message(whole.join("\n")))
    }
}

/// The parameter of a line, and its message.
fn named(line: &str) -> Option<(&str, &str)> {
    let (name, reason) = line.split_once(": ")?;
    let is_name = name.bytes().next().is_some_and(|byte| is_start(&byte))
        && name
            .bytes()
            .all(|byte| is_start(&byte) || byte.is_ascii_digit() || b".]-".contains(&byte));
    let reason = match reason.strip_prefix(WITHOUT_MESSAGE) {
        Some(rule) => rule.split_once(" [").map_or(rule, |(code, _)| code),
        None => reason,
    };
    let reason = reason.trim();
    (is_name && !reason.is_empty()).then_some((name, reason))
}

/// Whether a path may start with this byte: the first of a name, or `[`.
fn is_start(byte: &u8) -> bool {
    byte.is_ascii_alphabetic() || b"_[".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, text: &'static str) -> Option<String> {
        let response = Response::builder().status(status).body(Bytes::from(text));
        let read = ValidationLines.read(&response.unwrap())?;
        Some(serde_json::to_string(&read).unwrap())
    }

    #[test]
    fn every_line_is_a_parameter_and_its_message() {
        let nested = "items[1].count: lower than 1\naddress.street: is: odd\n";
        let want = r#"{"items.1.count":["lower than 1"],"address.street":["is: odd"]}"#;
        assert_eq!(read(422, nested).as_deref(), Some(want));
        let whole = "__all__: The account is odd\nemail: Validation error: email [{}]";
        let want = r#"{"_error_message":"The account is odd","email":["email"]}"#;
        assert_eq!(read(400, whole).as_deref(), Some(want));
    }

    #[test]
    fn other_texts_are_left_to_other_readers() {
        for text in [
            "",
            "email: is taken",
            "curl: (6) Could not resolve host: a\n",
            "Two lines\nof prose",
            "email: is taken\nand this is prose",
            "Could not: a\nWould not: b",
            "a: \nb: ",
            "{\"a\": 1,\n\"b\": 2}",
            "http://a: b\nhttp://c: d",
        ] {
            assert_eq!(read(400, text), None, "{text}");
        }
        assert_eq!(read(404, "a: b\nc: d"), None);
        assert_eq!(read(500, "a: b\nc: d"), None);
    }
}

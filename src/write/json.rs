//! JSON that is safe wherever it ends up.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::envelope::{is_reserved, scan, Envelope, Messages, MESSAGE_KEY, TYPE_KEY};

/// The JSON of `value`, which has the texts of `envelope`, without blanks, on one line.
///
/// `<`, `>` and `&` are escaped, as are the line separators of JavaScript: a broken proxy that calls the answer HTML
/// must not turn a message into markup.
pub(super) fn to_vec(value: &impl Serialize, envelope: &Envelope) -> Vec<u8> {
    let mut json = Vec::with_capacity(capacity(envelope));
    write(&mut json, value);
    json
}

/// The documented JSON of `envelope`: what serde makes of it, without serde where a text has nothing to escape.
pub(super) fn documented(envelope: &Envelope) -> Vec<u8> {
    let mut json = Vec::with_capacity(capacity(envelope));
    json.push(b'{');
    if let Some(message) = envelope.shown_message() {
        member(&mut json, MESSAGE_KEY);
        text(&mut json, &message);
    }
    if let Some(error_type) = envelope.shown_error_type() {
        member(&mut json, TYPE_KEY);
        text(&mut json, error_type.as_str());
    }
    let fields = envelope.field_errors().iter();
    for (name, messages) in fields.filter(|(name, _)| !is_reserved(name)) {
        member(&mut json, name);
        list(&mut json, messages);
    }
    json.push(b'}');
    json
}

fn member(json: &mut Vec<u8>, name: &str) {
    if json.last() != Some(&b'{') {
        json.push(b',');
    }
    text(json, name);
    json.push(b':');
}

fn list(json: &mut Vec<u8>, messages: Messages<'_>) {
    json.push(b'[');
    for (position, message) in messages.enumerate() {
        if position > 0 {
            json.push(b',');
        }
        text(json, message);
    }
    json.push(b']');
}

fn text(json: &mut Vec<u8>, text: &str) {
    if scan::any(text, is_special) {
        return write(json, &text);
    }
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
}

/// Whether a text with this byte has to be looked at for something to escape.
fn is_special(byte: u8) -> bool {
    let quoted = (byte < b' ') | (byte == b'"') | (byte == b'\\');
    let markup = (byte == b'<') | (byte == b'>') | (byte == b'&');
    // 0xe2 begins the line separators of JavaScript.
    quoted | markup | (byte == 0xe2)
}

fn write(json: &mut Vec<u8>, value: &impl Serialize) {
    let written = value.serialize(&mut Serializer::with_formatter(json, Inert));
    debug_assert!(
        written.is_ok(),
        "strings and maps with string keys are always JSON"
    );
}

/// Bytes that suffice where little has to be escaped, so that the buffer is not moved while it grows.
fn capacity(envelope: &Envelope) -> usize {
    let messages =
        |messages: Messages<'_>| messages.map(|message| message.len() + 4).sum::<usize>();
    let fields = envelope.field_errors().iter();
    let fields: usize = fields
        .map(|(name, texts)| name.len() + 8 + messages(texts))
        .sum();
    64 + envelope.message().len() + envelope.error_type().as_str().len() + fields
}

struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((position, escape)) = next_escape(rest) {
            let (plain, special) = rest.split_at(position);
            CompactFormatter.write_string_fragment(writer, plain)?;
            writer.write_all(escape)?;
            let mut rest_of = special.chars();
            rest_of.next();
            rest = rest_of.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

fn next_escape(text: &str) -> Option<(usize, &'static [u8])> {
    let escape = |(position, character)| {
        let escape: &[u8] = match character {
            '<' => b"\\u003c",
            '>' => b"\\u003e",
            '&' => b"\\u0026",
            '\u{2028}' => b"\\u2028",
            '\u{2029}' => b"\\u2029",
            _ => return None,
        };
        Some((position, escape))
    };
    text.char_indices().find_map(escape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_json_is_what_serde_makes_of_an_envelope() {
        let generic = Envelope::from_status(http::StatusCode::NOT_FOUND);
        let texts = [
            "",
            "plain",
            "a text that is longer than one chunk",
            "\"",
            "é—\u{2028}",
            "<a \u{1}>",
            "tab\t",
        ];
        let with = |envelope: Envelope, text: &'static str| {
            envelope
                .with_field("_error_type", text)
                .with_field(text, text)
                .with_field(text, "x")
                .with_message(text)
        };
        let validation =
            Envelope::validation([("a", "1"), ("b", "2"), ("a", "3")].into_iter().collect());
        let filled = texts.map(|text| with(generic.clone(), text).with_error_type(text));
        for envelope in filled.into_iter().chain([generic, validation]) {
            assert_eq!(
                documented(&envelope),
                to_vec(&envelope, &envelope),
                "{envelope}"
            );
        }
    }

    #[test]
    fn markup_and_line_separators_are_escaped_and_nothing_is_lost() {
        let text = "</script><b>&\u{2028}\u{2029}\"\\\n\u{1}é";
        let mut json = Vec::new();
        write(&mut json, &text);
        let json = String::from_utf8(json).unwrap();
        assert_eq!(
            json,
            r#""\u003c/script\u003e\u003cb\u003e\u0026\u2028\u2029\"\\\n\u0001é""#
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

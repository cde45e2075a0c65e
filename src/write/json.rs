//! JSON that is safe wherever it ends up.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::envelope::{Envelope, Messages};

/// The JSON of `value`, which has the texts of `envelope`, without blanks, on one line.
///
/// `<`, `>` and `&` are escaped, as are the line separators of JavaScript: a broken proxy that calls the answer HTML
/// must not turn a message into markup.
pub(super) fn to_vec(value: &impl Serialize, envelope: &Envelope) -> Vec<u8> {
    let mut json = Vec::with_capacity(capacity(envelope));
    write(&mut json, value);
    json
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
        let mut escape = first_escape(fragment);
        while let Some((position, escaped)) = escape {
            let (plain, special) = rest.split_at(position);
            CompactFormatter.write_string_fragment(writer, plain)?;
            writer.write_all(escaped)?;
            let mut rest_of = special.chars();
            rest_of.next();
            rest = rest_of.as_str();
            escape = next_escape(rest);
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

/// Most texts have nothing to escape: to look at all bytes, many at a time, is cheaper than to look for the first.
fn first_escape(text: &str) -> Option<(usize, &'static [u8])> {
    let special = |byte: u8| matches!(byte, b'<' | b'>' | b'&' | 0xe2);
    let any = text
        .bytes()
        .fold(false, |found, byte| found | special(byte));
    any.then(|| next_escape(text)).flatten()
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

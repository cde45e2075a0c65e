//! Escapes for JSON that is safe in any context.
//!
//! In: texts and JSON. Out: the same, with escapes for markup and the line separators of JavaScript. `json` calls it.
//!
//! | character | escape | danger |
//! | --- | --- | --- |
//! | `<`, `>`, `&` | `\u003c`, `\u003e`, `\u0026` | markup, if the answer is labelled or embedded as HTML |
//! | U+2028, U+2029 | `\u2028`, `\u2029` | they end a line in older JavaScript, but are plain characters in JSON |
//!
//! JSON allows any character of a text to be escaped ([RFC 8259 §7](https://www.rfc-editor.org/rfc/rfc8259#section-7)), so a
//! parser reads the same text.

use std::io;

use serde_json::ser::{CompactFormatter, Formatter};

use crate::http::bytes;

/// Writes JSON as it is, but escapes markup and line separators: in valid JSON they occur only inside texts.
pub(super) fn push_inert(json: &mut Vec<u8>, inert: &str) {
    if !bytes::any(inert, is_markup) {
        return json.extend_from_slice(inert.as_bytes());
    }
    let mut rest = inert;
    while let Some((position, escape)) = next_escape(rest) {
        let (plain, special) = rest.split_at(position);
        json.extend_from_slice(plain.as_bytes());
        json.extend_from_slice(escape);
        let mut after = special.chars();
        after.next();
        rest = after.as_str();
    }
    json.extend_from_slice(rest.as_bytes());
}

/// Whether a text with this byte may have something to escape.
pub(super) fn is_special(byte: u8) -> bool {
    let quoted = (byte < b' ') | (byte == b'"') | (byte == b'\\');
    quoted | is_markup(byte)
}

/// Whether JSON with this byte may have something to escape.
fn is_markup(byte: u8) -> bool {
    // 0xe2 begins the line separators of JavaScript.
    (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte == 0xe2)
}

/// A formatter for serde_json: compact JSON with these escapes. It sees only the parts of a text that serde_json itself does
/// not escape, so quotes and control characters have been handled.
pub(super) struct Inert;

impl Formatter for Inert {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if !bytes::any(fragment, is_special) {
            return writer.write_all(fragment.as_bytes());
        }
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

/// The byte position of the first character that has to be escaped, and its escape.
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

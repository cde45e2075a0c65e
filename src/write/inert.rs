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

use crate::http::bytes;

/// Writes JSON as it is, but escapes markup and line separators: in valid JSON they occur only inside texts.
pub(super) fn push_inert(json: &mut Vec<u8>, inert: &str) {
    let mut start = 0;
    if bytes::any(inert, is_markup) {
        for (position, special) in inert.match_indices(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let escape = match special {
                "<" => r"\u003c",
                ">" => r"\u003e",
                "&" => r"\u0026",
                "\u{2028}" => r"\u2028",
                _ => r"\u2029",
            };
            let plain = inert.get(start..position).unwrap_or_default();
            json.extend_from_slice(plain.as_bytes());
            json.extend_from_slice(escape.as_bytes());
            start = position + special.len();
        }
    }
    let rest = inert.get(start..).unwrap_or_default();
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

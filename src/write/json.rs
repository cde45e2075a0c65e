//! JSON that is safe in any context.
//!
//! In: an envelope, or a value with its texts. Out: the bytes of one JSON object. The dialects of this folder call it.
//!
//! There are two ways to an object:
//!
//! - [`Object`] writes texts and lists directly. The documented JSON uses it, because most errors are written by it.
//! - [`with_members`] serialises a value, and then adds the members of the envelope. The other dialects use it.
//!
//! Both escape `<`, `>`, `&` and the line separators of JavaScript. If a broken proxy labels the answer as HTML, a message still
//! cannot become markup.

use serde::Serialize;
use serde_json::ser::Serializer;

use super::inert::{is_special, push_inert, Inert};
use crate::envelope::{Envelope, Messages, DETAILS_KEY};
use crate::http::bytes;

/// The JSON of `value`, which has the texts of `envelope`. It has no blanks, and is one line.
pub(super) fn to_vec(value: &impl Serialize, envelope: &Envelope) -> Vec<u8> {
    let mut json = Vec::with_capacity(capacity(envelope));
    write(&mut json, value);
    json
}

/// Where a dialect puts a member of an envelope.
pub(super) enum Place {
    /// Beside the object's own members.
    Beside,
    /// In `_error_details`, because the object has a member of this name already. So no member is lost, and no name occurs
    /// twice.
    Details,
    /// Nowhere: the object has written it already.
    Own,
}

/// The same as [`to_vec`], for a value that is an object. The members of `envelope` are added to it, in their order.
///
/// `place` decides by the name and the JSON of a member. A member called `_error_details` is always inside of
/// `_error_details`.
pub(super) fn with_members(
    value: &impl Serialize,
    envelope: &Envelope,
    place: impl Fn(&str, &str) -> Place,
) -> Vec<u8> {
    let mut json = to_vec(value, envelope);
    if envelope.members().is_empty() {
        return json;
    }
    json.pop();
    let mut object = Object { json };
    let mut details = Vec::new();
    for (name, json) in envelope.members().iter_json() {
        match place(name, json) {
            Place::Beside if name != DETAILS_KEY => object.json(name, json),
            Place::Beside | Place::Details => details.push((name, json)),
            Place::Own => {}
        }
    }
    object.details(details.into_iter());
    object.into_json()
}

/// The place of a member in an object that has only the member `error` of its own.
pub(super) fn beside_error(name: &str, _: &str) -> Place {
    match name {
        "error" => Place::Details,
        _ => Place::Beside,
    }
}

/// An object that is written member by member. This takes a third of the instructions that `serde_json` takes for a map: texts
/// without anything to escape, which are nearly all texts, are copied.
pub(super) struct Object {
    json: Vec<u8>,
}

impl Object {
    /// An object with a buffer of `bytes`: [`EMPTY`] and the sum of its members, if nothing has to be escaped.
    #[inline]
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            json: Vec::with_capacity(bytes),
        }
    }

    /// Adds a text. `name` is a name of this crate, in which nothing has to be escaped.
    #[inline]
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.begin();
        self.push(name);
        self.push(r#"":""#);
        push_content(&mut self.json, text);
        self.push(r#"""#);
    }

    /// Adds a list of texts. `texts` has at least one: a parameter without messages is not kept in an envelope.
    #[inline]
    pub(super) fn list(&mut self, name: &str, texts: Messages<'_>) {
        self.begin();
        push_content(&mut self.json, name);
        for (position, text) in texts.enumerate() {
            self.push(if position == 0 { r#"":[""# } else { r#"",""# });
            push_content(&mut self.json, text);
        }
        self.push(r#""]"#);
    }

    /// Adds a value that is JSON already. Markup in it is escaped, and nothing else is changed.
    pub(super) fn json(&mut self, name: &str, json: &str) {
        self.begin();
        self.value(name, json);
    }

    /// Writes a name, of which the first quote was written before, and a value that is JSON already.
    fn value(&mut self, name: &str, json: &str) {
        push_content(&mut self.json, name);
        self.push(r#"":"#);
        push_inert(&mut self.json, json);
    }

    /// Adds the members as the object `_error_details`, if there are any.
    pub(super) fn details<'m>(&mut self, members: impl Iterator<Item = (&'m str, &'m str)>) {
        let mut members = members.peekable();
        if members.peek().is_none() {
            return;
        }
        self.begin();
        self.push(DETAILS_KEY);
        self.push(r#"":{""#);
        let mut between = "";
        for (name, json) in members {
            self.push(between);
            self.value(name, json);
            between = r#",""#;
        }
        self.push("}");
    }

    /// The JSON of the object, with its closing brace. An object without members is `{}`.
    #[inline]
    pub(super) fn into_json(mut self) -> Vec<u8> {
        self.push(if self.json.is_empty() { "{}" } else { "}" });
        self.json
    }

    /// Begins a member: the brace or the comma before it, and the first quote of its name.
    #[inline]
    fn begin(&mut self) {
        self.push(if self.json.is_empty() {
            r#"{""#
        } else {
            r#",""#
        });
    }

    #[inline]
    fn push(&mut self, part: &str) {
        self.json.extend_from_slice(part.as_bytes());
    }
}

/// Bytes of an object without members.
pub(super) const EMPTY: usize = "{".len();

/// Bytes of a text as a member, with the comma or the brace after it.
#[inline]
pub(super) fn text_len(name: &str, text: &str) -> usize {
    name.len() + text.len() + r#""":"","#.len()
}

/// Bytes of the members as the object `_error_details`, with the comma or the brace after it; 0 if there are none.
#[inline]
pub(super) fn details_len<'m>(members: impl Iterator<Item = (&'m str, &'m str)>) -> usize {
    let members: usize = members
        .map(|(name, json)| name.len() + json.len() + r#""":,"#.len())
        .sum();
    match members {
        0 => 0,
        members => DETAILS_KEY.len() + r#""":{,"#.len() + members,
    }
}

/// Bytes of a list of texts as a member, with the comma or the brace after it.
#[inline]
pub(super) fn list_len(name: &str, texts: Messages<'_>) -> usize {
    let texts: usize = texts.map(|text| text.len() + r#""","#.len()).sum();
    name.len() + texts + r#""":[,"#.len()
}

/// Writes a text between quotes. The first quote was written before.
#[inline]
fn push_content(json: &mut Vec<u8>, text: &str) {
    if bytes::any(text, is_special) {
        push_escaped(json, text);
    } else {
        json.extend_from_slice(text.as_bytes());
    }
}

/// The same as [`push_content`], for a text that may have something to escape. serde_json writes both quotes, so the one that was
/// written before and the last one are removed.
#[cold]
fn push_escaped(json: &mut Vec<u8>, text: &str) {
    json.pop();
    write(json, &text);
    json.pop();
}

/// Serialises `value` at the end of `json`.
///
/// It cannot fail for the values of this crate: their keys are texts, and none has a `Serialize` that returns an error.
fn write(json: &mut Vec<u8>, value: &impl Serialize) {
    let written = value.serialize(&mut Serializer::with_formatter(json, Inert));
    debug_assert!(
        written.is_ok(),
        "strings and maps with string keys are always JSON"
    );
}

/// Bytes for a buffer that is not reallocated if few characters are escaped: 64 for the names and the punctuation of a
/// dialect, and the bytes of all texts.
fn capacity(envelope: &Envelope) -> usize {
    let fields = envelope.field_errors().iter();
    let fields: usize = fields.map(|(name, texts)| list_len(name, texts)).sum();
    let texts = [envelope.message(), envelope.error_type().as_str()];
    let texts: usize = texts.map(str::len).iter().sum();
    [64, texts, fields].iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_the_computed_length() {
        let texts = crate::envelope::FieldErrors::from_iter([("b", "x"), ("b", ""), ("b", "yz")]);
        let list = || texts.get("b");
        let len = EMPTY + text_len("a", "é") + list_len("b", list()) + text_len("", "");
        let mut object = Object::with_capacity(len);
        object.text("a", "é");
        object.list("b", list());
        object.text("", "");
        let json = object.into_json();
        assert_eq!(json, r#"{"a":"é","b":["x","","yz"],"":""}"#.as_bytes());
        assert_eq!((json.len(), json.capacity()), (len, len));
    }

    #[test]
    fn special_characters_are_escaped_in_objects_as_in_texts() {
        for character in (0..=0x2FFF).filter_map(char::from_u32) {
            let alone = character.to_string();
            // Texts of 32 bytes and more are tested without padding.
            for text in [format!("a{character}b"), alone.repeat(40), alone] {
                let (mut fast, mut slow) = (vec![b'"'], Vec::new());
                push_content(&mut fast, &text);
                fast.push(b'"');
                write(&mut slow, &text);
                assert_eq!(fast, slow, "{text:?}");
            }
        }
    }

    #[test]
    fn texts_of_markup_alone_are_escaped() {
        for character in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
            let text = character.to_string().repeat(40);
            let (mut fast, mut slow) = (vec![b'"'], Vec::new());
            push_content(&mut fast, &text);
            write(&mut slow, &text);
            for json in [fast, slow] {
                let json = String::from_utf8(json).unwrap();
                assert!(!json.contains(character), "{json}");
            }
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

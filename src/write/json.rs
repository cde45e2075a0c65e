//! JSON that is safe in any context.
//!
//! In: an envelope, or a value with its texts. Out: the bytes of one JSON object. The dialects of this folder call it.
//!
//! An [`Object`] is written member by member. It escapes `<`, `>`, `&` and the line separators of JavaScript. If a broken proxy
//! labels the answer as HTML, a message still cannot become markup.

use super::inert::{is_special, push_inert};
use crate::envelope::{Envelope, Messages, DETAILS_KEY};
use crate::http::bytes;

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

    /// An object for the texts of `envelope`. Its buffer is not reallocated if few characters are escaped: 64 bytes are for the
    /// names and the punctuation of a dialect.
    pub(super) fn for_texts_of(envelope: &Envelope) -> Self {
        let fields = envelope.field_errors().iter();
        let fields: usize = fields.map(|(name, texts)| list_len(name, texts)).sum();
        let (message, name) = (envelope.message(), envelope.error_type().as_str());
        Self::with_capacity(64 + message.len() + name.len() + fields)
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

    /// Adds a text, if there is one.
    #[inline]
    pub(super) fn optional(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
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
        self.name_and_json(name, json);
    }

    fn name_and_json(&mut self, name: &str, json: &str) {
        push_content(&mut self.json, name);
        self.push(r#"":"#);
        push_inert(&mut self.json, json);
    }

    /// Adds an object.
    pub(super) fn object(&mut self, name: &'static str, object: Self) {
        self.begin();
        self.push(name);
        self.push(r#"":"#);
        self.json.extend(object.into_json());
    }

    /// Adds a list of objects.
    pub(super) fn objects(&mut self, name: &'static str, objects: impl Iterator<Item = Self>) {
        self.begin();
        self.push(name);
        self.push(r#"":"#);
        let mut before = "[";
        for object in objects {
            self.push(before);
            self.json.extend(object.into_json());
            before = ",";
        }
        self.push("]");
    }

    /// Adds the members of `envelope`, in their order.
    ///
    /// `place` decides by the name and the JSON of a member. A member called `_error_details` is always inside of
    /// `_error_details`.
    #[inline]
    pub(super) fn members(&mut self, envelope: &Envelope, place: impl Fn(&str, &str) -> Place) {
        if envelope.members().is_empty() {
            return;
        }
        let place = |name: &str, json: &str| match place(name, json) {
            Place::Beside if name == DETAILS_KEY => Place::Details,
            place => place,
        };
        for (name, json) in envelope.members().iter_json() {
            if matches!(place(name, json), Place::Beside) {
                self.json(name, json);
            }
        }
        let details = envelope.members().iter_json();
        let is_inside = |(name, json): &(&str, &str)| matches!(place(name, json), Place::Details);
        let mut details = details.filter(is_inside);
        let Some((name, json)) = details.next() else {
            return;
        };
        self.begin();
        self.push(DETAILS_KEY);
        self.push(r#"":{""#);
        self.name_and_json(name, json);
        for (name, json) in details {
            self.push(r#",""#);
            self.name_and_json(name, json);
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

/// Writes a text between quotes, without the quotes.
#[inline]
fn push_content(json: &mut Vec<u8>, text: &str) {
    if bytes::any(text, is_special) {
        push_escaped(json, text);
    } else {
        json.extend_from_slice(text.as_bytes());
    }
}

/// The same as [`push_content`], for a text that may have something to escape.
#[cold]
fn push_escaped(json: &mut Vec<u8>, text: &str) {
    // A text is always JSON.
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let content = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    push_inert(json, content.unwrap_or_default());
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

    /// The content of a text as `push_content` must write it.
    fn escaped(text: &str) -> String {
        let quoted = serde_json::to_string(text).unwrap();
        let specials = [
            ("<", r"\u003c"),
            (">", r"\u003e"),
            ("&", r"\u0026"),
            ("\u{2028}", r"\u2028"),
            ("\u{2029}", r"\u2029"),
        ];
        let content = quoted[1..quoted.len() - 1].to_owned();
        let escape = |text: String, (special, escape)| text.replace(special, escape);
        specials.into_iter().fold(content, escape)
    }

    fn written(text: &str) -> String {
        let mut json = Vec::new();
        push_content(&mut json, text);
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn every_special_character_is_escaped() {
        for character in (0..=0x2FFF).filter_map(char::from_u32) {
            let alone = character.to_string();
            // Texts of 32 bytes and more are tested without padding.
            for text in [format!("a{character}b"), alone.repeat(40), alone] {
                assert_eq!(written(&text), escaped(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn texts_of_markup_alone_are_escaped() {
        for character in ['<', '>', '&', '\u{2028}', '\u{2029}'] {
            let json = written(&character.to_string().repeat(40));
            assert!(!json.contains(character), "{json}");
        }
    }

    #[test]
    fn markup_and_line_separators_are_escaped_and_nothing_is_lost() {
        let text = "</script><b>&\u{2028}\u{2029}\"\\\n\u{1}é";
        let json = written(text);
        assert_eq!(
            json,
            r#"\u003c/script\u003e\u003cb\u003e\u0026\u2028\u2029\"\\\n\u0001é"#
        );
        let json = format!("\"{json}\"");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

//! Finds the document in a body. It may stand after a guard or a notice, before a comment, or in an event of a stream.
//!
//! In: the text of a body. Out: the [`Document`], or `None` if there is none. `source` calls it.

#[cfg(feature = "xml")]
use super::document::{html, xml};
use super::document::{parse_json, Document};

/// The starts of notices that PHP writes before the document, as text or markup.
const NOTICES: [&str; 6] = [
    "<br",
    "<b>",
    "Warning: ",
    "Notice: ",
    "Deprecated: ",
    "PHP ",
];

/// The character before each document in a sequence
/// ([RFC 7464 §2.2](https://www.rfc-editor.org/rfc/rfc7464#section-2.2)).
const RECORD: u8 = 0x1e;

/// The document in `text`: JSON, or XML as the same JSON.
pub(super) fn parse(text: &str) -> Option<Document<'_>> {
    match *text.as_bytes().first()? {
        b'{' | RECORD => parse_json(text)
            .or_else(|| parse_json(before_comment(text)?))
            .or_else(|| parse_json(error_among(text.lines())?)),
        b'[' | b'"' => parse_json(text),
        #[cfg(feature = "xml")]
        b'<' if !html::is_page(text) => xml::parse(text).or_else(|| parse_json(embedded(text)?)),
        b'<' => parse_json(embedded(text)?),
        b'e' | b'd' | b'i' | b'r' | b':' => parse_json(event(text)?),
        _ => parse_json(embedded(text)?),
    }
}

/// The data of the first event with the name `error` in a stream of events, else of the first event that may be an error
/// ([HTML §9.2](https://html.spec.whatwg.org/multipage/server-sent-events.html)).
fn event(text: &str) -> Option<&str> {
    let mut is_error = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("event:") {
            is_error = name.trim() == "error";
        } else if let Some(data) = line.strip_prefix("data:").filter(|_| is_error) {
            return Some(data.trim());
        }
    }
    error_among(text.lines().filter_map(|line| line.strip_prefix("data:")))
}

/// The first object in these lines with `error` in it, else the first object.
fn error_among<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> Option<&'t str> {
    let is_object = |line: &&str| line.starts_with('{') && line.ends_with('}');
    let text = |line: &'t str| line.trim_start_matches(char::from(RECORD)).trim();
    let mut objects = lines.map(text).filter(is_object);
    let first = objects.clone().next();
    objects.find(|line| line.contains("rror")).or(first)
}

/// The object before a comment at the end of the text.
fn before_comment(text: &str) -> Option<&str> {
    let object = embedded(text).filter(|_| text.ends_with("-->"))?;
    (object.len() < text.len()).then_some(object)
}

/// The object after a notice of PHP, or before a comment.
fn embedded(text: &str) -> Option<&str> {
    let is_notice = NOTICES.iter().any(|notice| text.starts_with(notice));
    if !is_notice && !text.starts_with('{') {
        return None;
    }
    let object = text.get(text.find('{')?..)?;
    object.get(..=object.rfind('}')?)
}

/// The text after a guard. Some servers write it before JSON, so that a browser cannot run the JSON as a script.
pub(super) fn without_guard(text: &str) -> &str {
    let guards = [")]}',", ")]}'", "while(1);", "for(;;);"];
    let rest = guards.iter().find_map(|guard| text.strip_prefix(guard));
    rest.map_or(text, str::trim_start)
}

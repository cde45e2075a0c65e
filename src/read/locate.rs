//! Where in a body its document stands: behind guards and notices, before comments, or in an event of a stream.
//!
//! In: the text of a body. Out: the [`Document`], or `None` if there is none. `Source` asks for it.

#[cfg(feature = "xml")]
use super::document::{html, xml};
use super::document::{parse_json, Document};

/// What PHP writes before a notice, as text or markup.
const NOTICES: [&str; 6] = [
    "<br",
    "<b>",
    "Warning: ",
    "Notice: ",
    "Deprecated: ",
    "PHP ",
];

/// The character before each document of a sequence
/// ([RFC 7464 §2.2](https://www.rfc-editor.org/rfc/rfc7464#section-2.2)).
const RECORD: u8 = 0x1e;

/// The document that the text is: JSON, or XML as its twin.
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

/// The data of the first event that is named an error, in a stream of events, else of the first that may tell one
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

/// The first object among these lines in which the word stands, else the first object.
fn error_among<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> Option<&'t str> {
    let is_object = |line: &&str| line.starts_with('{') && line.ends_with('}');
    let text = |line: &'t str| line.trim_start_matches(char::from(RECORD)).trim();
    let mut objects = lines.map(text).filter(is_object);
    let first = objects.clone().next();
    objects.find(|line| line.contains("rror")).or(first)
}

/// The object before a comment that a server wrote behind it.
fn before_comment(text: &str) -> Option<&str> {
    let object = embedded(text).filter(|_| text.ends_with("-->"))?;
    (object.len() < text.len()).then_some(object)
}

/// The object behind notices that PHP wrote before it, or before a comment that a server wrote behind it.
fn embedded(text: &str) -> Option<&str> {
    let is_notice = NOTICES.iter().any(|notice| text.starts_with(notice));
    if !is_notice && !text.starts_with('{') {
        return None;
    }
    let object = text.get(text.find('{')?..)?;
    object.get(..=object.rfind('}')?)
}

/// The text after the guard that some servers write before JSON, so that a browser cannot run it as a script.
pub(super) fn without_guard(text: &str) -> &str {
    let guards = [")]}',", ")]}'", "while(1);", "for(;;);"];
    let rest = guards.iter().find_map(|guard| text.strip_prefix(guard));
    rest.map_or(text, str::trim_start)
}

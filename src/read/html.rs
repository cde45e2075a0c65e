//! Pages: the title, else the first heading, without the furniture around the message.
//!
//! ```html
//! <html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>
//! ```

use std::borrow::Cow;

use super::source::Source;
use crate::envelope::{status, Envelope};

/// Elements that hold the message, the best first.
const ELEMENTS: [&str; 3] = ["title", "h1", "pre"];

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    if !is_page(source.text) {
        return None;
    }
    let mut envelope = source.envelope();
    let message = ELEMENTS
        .iter()
        .find_map(|name| message(source, element(source.text, name)?));
    envelope.set_message(source.own(&message.unwrap_or_default()));
    Some(envelope)
}

fn is_page(text: &str) -> bool {
    let begins = |prefix: &str| {
        text.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    begins("<!doctype html")
        || begins("<html")
        || begins("<head")
        || begins("<title")
        || begins("<body")
        || begins("<h1")
}

/// The content of the first element of this name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = find_tag(text, "<", name)?;
    let (_, content) = text.get(start..)?.split_once('>')?;
    let end = find_tag(content, "</", name)?;
    content.get(..end)
}

/// Where the tag begins that consists of `open` and `name`, in any case.
fn find_tag(text: &str, open: &str, name: &str) -> Option<usize> {
    let is_tag = |position: &usize| {
        let after = text.get(position + open.len()..).unwrap_or_default();
        let named = after
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name));
        let next = after.as_bytes().get(name.len());
        named && !next.is_some_and(u8::is_ascii_alphanumeric)
    };
    text.match_indices(open)
        .map(|(position, _)| position)
        .find(is_tag)
}

/// The words of an element that say more than the status does.
fn message<'t>(source: &Source<'_>, content: &'t str) -> Option<Cow<'t, str>> {
    let plain = html_escape::decode_html_entities(content);
    let code = source.status.as_u16().to_string();
    let words: Vec<&str> = plain
        .split_whitespace()
        .filter(|word| *word != code)
        .collect();
    let message = words.join(" ");
    let said = !message.is_empty() && message != status::reason(source.status);
    said.then_some(message.into())
}

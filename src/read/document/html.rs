//! Finds elements in the text of an HTML page, without a tree.
//!
//! In: the text of a body, which may be broken. Out: whether it is a page, and the content of its first element with a name. The
//! reader of pages calls it.

use std::borrow::Cow;

/// Bytes of an element that are read.
const MAX_ELEMENT: usize = 4096;

/// Whether the text is a page: it begins with one of [`TAGS`], after any comments.
pub(in crate::read) fn is_page(text: &str) -> bool {
    if !text.starts_with('<') {
        return false;
    }
    let mut text = text;
    while let Some(comment) = text.strip_prefix("<!--") {
        text = comment
            .split_once("-->")
            .map_or("", |(_, rest)| rest)
            .trim_start();
    }
    let name = text.strip_prefix('<').unwrap_or_default();
    let first = name.as_bytes().first().map(u8::to_ascii_lowercase);
    let begins = |tag: &&str| {
        let start = name.get(..tag.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(tag))
    };
    let mut tags = TAGS.iter();
    tags.any(|tag| tag.as_bytes().first().copied() == first && begins(tag))
}

/// The first tags of pages.
const TAGS: [&str; 12] = [
    "!doctype html",
    "html",
    "head",
    "title",
    "body",
    "h1",
    "h2",
    "center",
    "pre",
    "p>",
    "div",
    "meta",
];

/// The content of the first element with this name.
pub(in crate::read) fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let content = after_tag(text, name)?;
    let end = (0..=MAX_ELEMENT.min(content.len()))
        .rev()
        .find(|end| content.is_char_boundary(*end));
    let content = content.get(..end?)?;
    content.get(..find_tag(content, "</", name).unwrap_or(content.len()))
}

/// The content of the first element with this name. `None` if its end tag is not in the text.
pub(in crate::read) fn closed<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let content = after_tag(text, name)?;
    let end = find_tag(content, "</", name)?;
    // If the text ends after the name, the name may go on.
    content.get(end..)?.contains('>').then_some(())?;
    content.get(..end)
}

/// Whether a page has a script.
pub(in crate::read) fn has_script(page: &[u8]) -> bool {
    let tag = b"<script";
    let mut windows = page.windows(tag.len());
    windows.any(|window| window.first() == Some(&b'<') && window.eq_ignore_ascii_case(tag))
}

/// Whether a page shows a text after its title without its scripts. A word that only asks to wait does not count. `title` is a part
/// of `page`.
pub(in crate::read) fn shows_text(page: &str, title: Option<&str>) -> bool {
    let end = title.map_or(0, |title| {
        let start = (title.as_ptr() as usize).saturating_sub(page.as_ptr() as usize);
        start + title.len()
    });
    let mut rest = page.get(end..);
    while let Some(text) = rest {
        let (shown, tag) = text.split_once('<').unwrap_or((text, ""));
        if is_shown(shown) {
            return true;
        }
        rest = after(tag);
    }
    false
}

fn is_shown(text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '…'));
    let is_nothing = ["", "&nbsp;", "loading", "please wait"];
    !is_nothing
        .iter()
        .any(|nothing| nothing.eq_ignore_ascii_case(text))
}

/// The text after a tag, or after its element if the element is hidden. `None` if it does not end.
fn after(tag: &str) -> Option<&str> {
    if tag.is_empty() {
        return None;
    }
    if let Some(comment) = tag.strip_prefix("!--") {
        return Some(comment.split_once("-->")?.1);
    }
    let is_named = |name: &&&str| is_tag(tag, "", name);
    let may_be = matches!(
        tag.as_bytes(),
        [b'n' | b'N' | b's' | b'S' | b't' | b'T', ..]
    );
    let end = match HIDDEN.iter().filter(|_| may_be).find(is_named) {
        Some(name) => tag.get(find_tag(tag, "</", name)?..)?,
        None => tag,
    };
    Some(end.split_once('>')?.1)
}

/// Elements that are not shown while scripts run.
const HIDDEN: [&str; 5] = ["noscript", "script", "style", "template", "svg"];

/// The text after the first tag of this name.
fn after_tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, content) = text.get(find_tag(text, "<", name)?..)?.split_once('>')?;
    Some(content)
}

/// The position of the first tag that consists of `open` and `name`, in upper or lower case.
fn find_tag(text: &str, open: &str, name: &str) -> Option<usize> {
    let letter = name.bytes().next();
    let mut tags = text.as_bytes().windows(open.len() + 1).enumerate();
    let may_be = |(_, bytes): &(usize, &[u8])| {
        bytes.first() == Some(&b'<') && bytes.last().map(u8::to_ascii_lowercase) == letter
    };
    loop {
        let (position, _) = tags.find(may_be)?;
        if is_tag(text.get(position..)?, open, name) {
            return Some(position);
        }
    }
}

fn is_tag(text: &str, open: &str, name: &str) -> bool {
    let Some(after) = text.strip_prefix(open) else {
        return false;
    };
    let named = after
        .get(..name.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(name));
    let next = after.as_bytes().get(name.len());
    named && !next.is_some_and(u8::is_ascii_alphanumeric)
}

/// The text of an element. A blank replaces each tag in it.
pub(in crate::read) fn without_tags(content: &str) -> Cow<'_, str> {
    if !content.contains('<') {
        return content.into();
    }
    let parts = content.split('<').enumerate();
    parts
        .map(|(position, part)| {
            if position == 0 {
                part
            } else {
                part.split_once('>').map_or("", |(_, text)| text)
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
        .into()
}

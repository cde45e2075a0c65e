//! XML, read as JSON: an element with elements in it is an object, and an element with text is a string.
//!
//! ```xml
//! <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>
//! ```
//!
//! DTDs are not read. An entity stays as it is written, except the five of XML itself.

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::Reader;

use super::tape::Document;
use super::xml_tree::Tree;

/// The document in `text`. `None` if the text is not XML, or if it is nested too deep.
///
/// The value of the document is the value of its root element. Names lose their prefixes. Attributes become members, before those of
/// the elements. Siblings with the same name become a list. If an element has attributes, its text becomes the member `message`.
pub(in crate::read) fn parse(text: &str) -> Option<Document<'_>> {
    let mut reader = Reader::from_str(text);
    let mut tree = Tree::with_capacity(openings(text));
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => begin(text, &mut tree, &element)?,
            Event::Empty(element) => {
                begin(text, &mut tree, &element)?;
                tree.end()?;
            }
            Event::End(_) => tree.end()?,
            Event::Text(text) => tree.text(text.decode().ok()?),
            Event::CData(text) => tree.text(text.decode().ok()?),
            Event::GeneralRef(reference) => tree.text(resolved(&reference)?),
            Event::Eof => return Document::from_nodes(tree.into_nodes()?),
            Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) => {}
        }
    }
}

/// The number of elements in `text` at most.
fn openings(text: &str) -> usize {
    let pairs = text.as_bytes().windows(2);
    pairs
        .filter(|pair| matches!(pair, [b'<', next] if *next != b'/'))
        .count()
}

/// Begins an element with its attributes. `None` if it is too deep, or a second root.
fn begin<'t>(document: &'t str, tree: &mut Tree<'t>, start: &BytesStart<'_>) -> Option<()> {
    tree.begin(view(document, start.local_name().into_inner())?)?;
    for attribute in start.attributes().with_checks(false).map_while(Result::ok) {
        let key = attribute.key.as_ref();
        if key.starts_with(b"xmlns")
            || key.starts_with(b"xsi:")
            || key.ends_with(b"schemaLocation")
            || key.ends_with(b"lang")
        {
            continue;
        }
        let key = view(document, attribute.key.local_name().into_inner())?;
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        let value = quick_xml::escape::unescape(&value)
            .map(Cow::into_owned)
            .unwrap_or(value);
        tree.attribute(key, value.into());
    }
    Some(())
}

/// `name`, a part of `document`, with the lifetime of the document. The events of the reader borrow it for less time.
fn view<'t>(document: &'t str, name: &[u8]) -> Option<&'t str> {
    let start = (name.as_ptr() as usize).checked_sub(document.as_ptr() as usize)?;
    document.get(start..start.checked_add(name.len())?)
}

/// The name of the root element, without its prefix.
pub(in crate::read) fn root_name(text: &str) -> Option<&str> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => {
                return view(text, element.local_name().into_inner())
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The character of `&name;` or `&#number;`.
fn resolved<'t>(reference: &BytesRef<'t>) -> Option<Cow<'t, str>> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character.to_string().into());
    }
    let name = reference.decode().ok()?;
    let known = resolve_predefined_entity(&name);
    Some(known.map_or_else(|| format!("&{name};").into(), Cow::Borrowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_an_object_or_a_text() {
        let document = parse("<?xml version='1.0'?><!-- x --><a:Error xmlns:a='urn:x'><Code>No&#x53;uch&lt;<![CDATA[<Key>]]></Code><B><C/></B></a:Error>").unwrap();
        let root = document.root();
        assert_eq!(root.text("Code"), Some("NoSuch<<Key>"));
        assert_eq!(root.get("B").unwrap().get("C").unwrap().as_text(), Some(""));
    }

    #[test]
    fn entities_are_not_expanded() {
        let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x><y>&b;</y></x>";
        assert_eq!(
            parse(bomb).unwrap().root().get("y").unwrap().as_text(),
            Some("&b;")
        );
    }

    #[test]
    fn what_is_no_xml_is_no_document() {
        for text in ["<a>", "<a></b>", "<a/><b/>", "text", "<a><![CDATA[</a>", ""] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse(&"<a>".repeat(1_000_000)).is_none());
    }
}

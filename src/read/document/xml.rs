//! XML, read as its JSON twin: an element with elements in it is an object, one with text a string.
//!
//! ```xml
//! <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>
//! ```
//!
//! Without DTDs: an entity that is not one of XML's own five stays as it is written.

use std::borrow::Cow;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::Reader;

use super::tape::{Document, Node, MAX_DEPTH};

/// The document that is the whole of `text`, or `None` if that is not XML or too deep.
///
/// The value of the root element stands for the document; names are without their prefixes.
pub(in crate::read) fn parse(text: &str) -> Option<Document<'_>> {
    let mut reader = Reader::from_str(text);
    let mut builder = Builder::default();
    let mut content = Cow::Borrowed("");
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                content = Cow::Borrowed("");
                builder.open(name(&element)?)?;
            }
            Event::Empty(element) => {
                builder.open(name(&element)?)?;
                builder.close(Cow::Borrowed(""))?;
            }
            Event::End(_) => builder.close(std::mem::take(&mut content))?,
            Event::Text(text) => add(&mut content, text.decode().ok()?),
            Event::CData(text) => add(&mut content, text.decode().ok()?),
            Event::GeneralRef(reference) => add(&mut content, resolved(&reference)?),
            Event::Eof => return builder.finish(),
            Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) => {}
        }
    }
}

/// Makes a document of elements that open and close.
#[derive(Default)]
struct Builder<'t> {
    nodes: Vec<Node<'t>>,
    open: Vec<usize>,
}

impl<'t> Builder<'t> {
    /// Opens an element; `None` if it lies too deep, or beside the first.
    fn open(&mut self, name: String) -> Option<()> {
        let is_root = self.open.is_empty();
        if self.open.len() >= MAX_DEPTH || (is_root && !self.nodes.is_empty()) {
            return None;
        }
        if !is_root {
            self.nodes.push(Node::Text(name.into()));
        }
        self.open.push(self.nodes.len());
        self.nodes.push(Node::Null);
        Some(())
    }

    /// Closes the element that was opened last. If none was opened in it, `content` is its value.
    fn close(&mut self, content: Cow<'t, str>) -> Option<()> {
        let start = self.open.pop()?;
        let span = self.nodes.len() - start;
        let node = if span > 1 {
            Node::Object { span }
        } else {
            Node::Text(content)
        };
        *self.nodes.get_mut(start)? = node;
        Some(())
    }

    /// The document, if everything is closed.
    fn finish(self) -> Option<Document<'t>> {
        let nodes = Some(self.nodes).filter(|_| self.open.is_empty());
        nodes.and_then(Document::from_nodes)
    }
}

/// The name of the root element, without its prefix.
pub(in crate::read) fn root_name(text: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) => return name(&element),
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn name(element: &BytesStart<'_>) -> Option<String> {
    String::from_utf8(element.local_name().into_inner().to_vec()).ok()
}

fn add<'t>(content: &mut Cow<'t, str>, more: Cow<'t, str>) {
    if content.is_empty() {
        *content = more;
    } else {
        content.to_mut().push_str(&more);
    }
}

/// The character that `&name;` or `&#number;` stands for.
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

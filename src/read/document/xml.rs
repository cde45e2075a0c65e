//! XML, read as its JSON twin: an element with elements in it is an object, one with text a string.
//!
//! ```xml
//! <Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>
//! ```
//!
//! Without DTDs: an entity that is not one of XML's own five stays as it is written.

use std::borrow::Cow;

use indexmap::IndexMap;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::Reader;

use super::tape::{Document, Node, MAX_DEPTH};

/// The document that is the whole of `text`, or `None` if that is not XML or too deep.
///
/// The value of the root element stands for the document; names are without their prefixes. Attributes are members
/// before those of the elements, and equal siblings are a list. The text of an element that has attributes is its member
/// `message`.
pub(in crate::read) fn parse(text: &str) -> Option<Document<'_>> {
    let mut reader = Reader::from_str(text);
    let mut elements: Vec<Element<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => open.push(begin(&mut elements, &open, &element)?),
            Event::Empty(element) => drop(begin(&mut elements, &open, &element)?),
            Event::End(_) => drop(open.pop()?),
            Event::Text(text) => add(&mut elements, &open, text.decode().ok()?),
            Event::CData(text) => add(&mut elements, &open, text.decode().ok()?),
            Event::GeneralRef(reference) => add(&mut elements, &open, resolved(&reference)?),
            Event::Eof if open.is_empty() => return Document::from_nodes(written(elements)),
            Event::Eof => return None,
            Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_) => {}
        }
    }
}

/// An element or an attribute.
struct Element<'t> {
    name: String,
    content: Cow<'t, str>,
    /// Elements and attributes in it, by their positions.
    below: Vec<usize>,
    has_elements: bool,
}

/// Adds an element with its attributes to the one that is open; `None` if it lies too deep, or beside the root.
fn begin(elements: &mut Vec<Element<'_>>, open: &[usize], start: &BytesStart<'_>) -> Option<usize> {
    // A list may lie around it.
    if open.len() >= MAX_DEPTH / 2 || (open.is_empty() && !elements.is_empty()) {
        return None;
    }
    let position = push(elements, open.last().copied(), name(start)?, "".into());
    if let Some(parent) = open.last().and_then(|parent| elements.get_mut(*parent)) {
        parent.has_elements = true;
    }
    for attribute in start.attributes().with_checks(false).map_while(Result::ok) {
        let key = attribute.key.as_ref();
        if key.starts_with(b"xmlns")
            || key.starts_with(b"xsi:")
            || key.ends_with(b"schemaLocation")
            || key.ends_with(b"lang")
        {
            continue;
        }
        let key = String::from_utf8(attribute.key.local_name().into_inner().to_vec()).ok()?;
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        let value = quick_xml::escape::unescape(&value)
            .map(Cow::into_owned)
            .unwrap_or(value);
        push(elements, Some(position), key, value.into());
    }
    Some(position)
}

fn push<'t>(
    elements: &mut Vec<Element<'t>>,
    parent: Option<usize>,
    name: String,
    content: Cow<'t, str>,
) -> usize {
    let position = elements.len();
    elements.push(Element {
        name,
        content,
        below: Vec::new(),
        has_elements: false,
    });
    if let Some(parent) = parent.and_then(|parent| elements.get_mut(parent)) {
        parent.below.push(position);
    }
    position
}

/// Adds a text to the element that is open.
fn add<'t>(elements: &mut [Element<'t>], open: &[usize], more: Cow<'t, str>) {
    let Some(element) = open.last().and_then(|open| elements.get_mut(*open)) else {
        return;
    };
    if element.content.is_empty() {
        element.content = more;
    } else {
        element.content.to_mut().push_str(&more);
    }
}

/// A node that is still to be written.
enum Step {
    Value(usize),
    Member(Vec<usize>),
    EndObject(usize),
    EndList(usize),
}

/// The nodes of the tree whose root is the first element.
fn written(mut elements: Vec<Element<'_>>) -> Vec<Node<'_>> {
    let mut nodes = Vec::with_capacity(2 * elements.len());
    let mut steps = Vec::new();
    if !elements.is_empty() {
        steps.push(Step::Value(0));
    }
    while let Some(step) = steps.pop() {
        match step {
            Step::Value(position) => value(&mut elements, position, &mut nodes, &mut steps),
            Step::Member(positions) => {
                let first = positions.first().and_then(|first| elements.get_mut(*first));
                let key = first.map(|element| std::mem::take(&mut element.name));
                nodes.push(Node::Text(key.unwrap_or_default().into()));
                if let [one] = positions[..] {
                    steps.push(Step::Value(one));
                } else {
                    steps.push(Step::EndList(nodes.len()));
                    nodes.push(Node::Null);
                    steps.extend(positions.into_iter().rev().map(Step::Value));
                }
            }
            Step::EndObject(start) => close(&mut nodes, start, |span| Node::Object { span }),
            Step::EndList(start) => close(&mut nodes, start, |span| Node::List { span }),
        }
    }
    nodes
}

fn value<'t>(
    elements: &mut [Element<'t>],
    position: usize,
    nodes: &mut Vec<Node<'t>>,
    steps: &mut Vec<Step>,
) {
    let Some(element) = elements.get_mut(position) else {
        return;
    };
    let below = std::mem::take(&mut element.below);
    let content = std::mem::take(&mut element.content);
    let text = Some(content).filter(|_| !element.has_elements);
    if below.is_empty() {
        return nodes.push(Node::Text(text.unwrap_or_default()));
    }
    steps.push(Step::EndObject(nodes.len()));
    nodes.push(Node::Null);
    let mut groups: IndexMap<&str, Vec<usize>> = IndexMap::new();
    for child in below {
        if let Some(child_element) = elements.get(child) {
            groups.entry(&child_element.name).or_default().push(child);
        }
    }
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        nodes.push(Node::Text("message".into()));
        nodes.push(Node::Text(text));
    }
    steps.extend(groups.into_values().rev().map(Step::Member));
}

fn close<'t>(nodes: &mut [Node<'t>], start: usize, node: impl Fn(usize) -> Node<'t>) {
    let span = nodes.len() - start;
    if let Some(placeholder) = nodes.get_mut(start) {
        *placeholder = node(span);
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

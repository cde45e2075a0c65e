//! A JSON document as a flat list of nodes that borrow from its text.
//!
//! One list instead of a tree: two allocations whatever the document, and nothing to walk or drop recursively.

mod number;
mod push;

use std::borrow::Cow;

use serde::de::DeserializeSeed;

pub(super) use self::number::Number;
use self::push::Push;

/// Documents nested deeper are not read.
const MAX_DEPTH: u8 = 64;

/// What a node of a usual document takes of its text, a little less, so that the list of nodes does not grow.
const BYTES_PER_NODE: usize = 12;
/// So many nodes have room from the beginning at most.
const MAX_RESERVED: usize = 4096;

/// A parsed document. It has at least one node.
#[derive(Debug)]
pub(super) struct Document<'t> {
    nodes: Vec<Node<'t>>,
}

#[derive(Debug)]
enum Node<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'t, str>),
    /// The nodes of the items follow: `span` counts this node and them.
    List {
        span: usize,
    },
    /// The nodes of name, value, name, value, … follow: `span` counts this node and them.
    Object {
        span: usize,
    },
}

/// One value of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'d> {
    nodes: &'d [Node<'d>],
}

impl<'t> Document<'t> {
    /// The document that is the whole of `text`, or `None` if that is not JSON or too deep.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let mut document = Self {
            nodes: Vec::with_capacity((text.len() / BYTES_PER_NODE).clamp(4, MAX_RESERVED)),
        };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Push {
            nodes: &mut document.nodes,
            depth: 0,
        }
        .deserialize(&mut deserializer)
        .ok()?;
        deserializer.end().ok()?;
        Some(document)
    }

    /// The value that the document is.
    pub(super) fn root(&self) -> Value<'_> {
        Value { nodes: &self.nodes }
    }
}

/// Makes a document of elements that open and close.
#[cfg(feature = "xml")]
#[derive(Default)]
pub(super) struct Builder<'t> {
    nodes: Vec<Node<'t>>,
    open: Vec<usize>,
}

#[cfg(feature = "xml")]
impl<'t> Builder<'t> {
    /// Opens an element; `None` if it lies too deep, or beside the first.
    pub(super) fn open(&mut self, name: String) -> Option<()> {
        let is_root = self.open.is_empty();
        if self.open.len() >= usize::from(MAX_DEPTH) || (is_root && !self.nodes.is_empty()) {
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
    pub(super) fn close(&mut self, content: Cow<'t, str>) -> Option<()> {
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
    pub(super) fn finish(self) -> Option<Document<'t>> {
        let complete = self.open.is_empty() && !self.nodes.is_empty();
        complete.then_some(Document { nodes: self.nodes })
    }
}

impl<'d> Value<'d> {
    /// The string that this is.
    pub(super) fn as_text(self) -> Option<&'d str> {
        match self.nodes.first()? {
            Node::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number that this is.
    pub(super) fn as_number(self) -> Option<&'d Number> {
        match self.nodes.first()? {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value that this is.
    pub(super) fn as_bool(self) -> Option<bool> {
        match self.nodes.first()? {
            Node::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub(super) fn is_null(self) -> bool {
        matches!(self.nodes.first(), Some(Node::Null))
    }

    /// Whether this is a list or an object.
    pub(super) fn holds_values(self) -> bool {
        matches!(
            self.nodes.first(),
            Some(Node::List { .. } | Node::Object { .. })
        )
    }

    /// The items, if this is a list.
    pub(super) fn as_list(self) -> Option<Items<'d>> {
        match self.nodes {
            [Node::List { .. }, rest @ ..] => Some(Items { rest }),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub(super) fn as_object(self) -> Option<Members<'d>> {
        match self.nodes {
            [Node::Object { .. }, rest @ ..] => Some(Members {
                items: Items { rest },
            }),
            _ => None,
        }
    }

    /// The member of this name, if this is an object that has it; of several the first.
    pub(super) fn get(self, name: &str) -> Option<Self> {
        let (_, value) = self.as_object()?.find(|(found, _)| *found == name)?;
        Some(value)
    }
}

/// The items of a list.
#[derive(Clone, Debug)]
pub(super) struct Items<'d> {
    rest: &'d [Node<'d>],
}

impl<'d> Items<'d> {
    /// The list of which `value` is the one item.
    pub(super) fn one(value: Value<'d>) -> Self {
        Self { rest: value.nodes }
    }
}

impl<'d> Iterator for Items<'d> {
    type Item = Value<'d>;

    fn next(&mut self) -> Option<Self::Item> {
        let span = match self.rest.first()? {
            Node::List { span } | Node::Object { span } => *span,
            _ => 1,
        };
        let (nodes, rest) = self.rest.split_at_checked(span)?;
        self.rest = rest;
        Some(Value { nodes })
    }
}

/// The members of an object.
#[derive(Clone, Debug)]
pub(super) struct Members<'d> {
    items: Items<'d>,
}

impl<'d> Iterator for Members<'d> {
    type Item = (&'d str, Value<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.items.next()?.as_text()?;
        Some((name, self.items.next()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document written again, without blanks.
    fn rewritten(value: Value<'_>) -> String {
        if let Some(list) = value.as_list() {
            return format!("[{}]", list.map(rewritten).collect::<Vec<_>>().join(","));
        }
        if let Some(object) = value.as_object() {
            let members = object.map(|(name, value)| format!("{name:?}:{}", rewritten(value)));
            return format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        }
        match &value.nodes[0] {
            Node::Text(text) => format!("{text:?}"),
            Node::Number(number) => number.to_string(),
            Node::Bool(value) => value.to_string(),
            _ => "null".into(),
        }
    }

    #[test]
    fn keeps_every_value_in_its_place() {
        let text = r#"{"a":[1,-2,2.5,{"b":{},"c":[]}],"d":null,"e":"x\"y","f":true,"g":18446744073709551615}"#;
        assert_eq!(rewritten(Document::parse(text).unwrap().root()), text);
    }

    #[test]
    fn of_equal_names_the_first_counts() {
        let document = Document::parse(r#"{"a":"first","b":"x","a":"last"}"#).unwrap();
        assert_eq!(document.root().get("a").unwrap().as_text(), Some("first"));
    }

    #[test]
    fn borrows_strings_without_escapes() {
        let text = String::from(r#"["plain","es\u0063aped"]"#);
        let document = Document::parse(&text).unwrap();
        assert!(matches!(document.nodes[1], Node::Text(Cow::Borrowed(_))));
        assert!(matches!(document.nodes[2], Node::Text(Cow::Owned(_))));
    }

    #[test]
    fn refuses_what_is_not_one_document() {
        let texts = ["", "{", "[1,]", "{} {}", "NaN", r#""\ud800""#, "\u{feff}{}"];
        assert!(texts
            .into_iter()
            .all(|text| Document::parse(text).is_none()));
        // A number that is none with some features of serde_json, and one with others.
        let refused = serde_json::from_str::<serde_json::Value>("1e400").is_err();
        assert_eq!(Document::parse("1e400").is_none(), refused);
    }

    #[test]
    fn reads_to_the_bound_of_depth_and_no_deeper() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Document::parse(&nested(64)).is_some());
        assert!(Document::parse(&nested(65)).is_none());
        assert!(Document::parse(&nested(1_000_000)).is_none());
    }
}

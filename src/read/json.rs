//! A JSON document as a flat list of nodes that borrow from its text.
//!
//! One list instead of a tree: two allocations whatever the document, and nothing to walk or drop recursively.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Documents nested deeper are not read.
const MAX_DEPTH: u8 = 64;

/// What a node of a usual document takes of its text, a little less, so that the list of nodes does not grow.
const BYTES_PER_NODE: usize = 12;
/// So many nodes have room from the beginning at most.
const MAX_RESERVED: usize = 4096;

/// serde_json hands numbers over as a map with this one member when its feature `arbitrary_precision` is on,
/// which any crate of a program can switch on for all.
const NUMBER_KEY: &str = "$serde_json::private::Number";

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

/// A number, as it can be compared and written again.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    /// With serde_json's `arbitrary_precision`, every number.
    Digits(String),
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

/// Appends one value to the nodes.
struct Push<'n, 't> {
    nodes: &'n mut Vec<Node<'t>>,
    depth: u8,
}

impl<'t> Push<'_, 't> {
    fn leaf<E>(self, node: Node<'t>) -> Result<(), E> {
        self.nodes.push(node);
        Ok(())
    }

    fn below<E: Error>(&mut self) -> Result<Push<'_, 't>, E> {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            return Err(E::custom("nested too deep"));
        }
        Ok(Push {
            nodes: self.nodes,
            depth,
        })
    }

    /// Replaces the placeholder at `start`, now that what follows it is known.
    fn open(&mut self, start: usize, node: Node<'t>) {
        if let Some(placeholder) = self.nodes.get_mut(start) {
            *placeholder = node;
        }
    }
}

impl<'t> DeserializeSeed<'t> for Push<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Push<'_, 't> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.leaf(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.leaf(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.leaf(Node::Number(Number::Signed(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.leaf(Node::Number(Number::Unsigned(value)))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Node::Number(Number::Float(value)))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'t str) -> Result<(), E> {
        self.leaf(Node::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Node::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut list: A) -> Result<(), A::Error> {
        let start = self.nodes.len();
        self.nodes.push(Node::Null);
        while list.next_element_seed(self.below()?)?.is_some() {}
        let span = self.nodes.len() - start;
        self.open(start, Node::List { span });
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut map: A) -> Result<(), A::Error> {
        let start = self.nodes.len();
        self.nodes.push(Node::Null);
        while map.next_key_seed(self.below()?)?.is_some() {
            map.next_value_seed(self.below()?)?;
        }
        let node = match self.nodes.get(start + 1..) {
            Some([Node::Text(name), Node::Text(digits)]) if name == NUMBER_KEY => {
                let digits = digits.clone().into_owned();
                self.nodes.truncate(start + 1);
                Node::Number(Number::Digits(digits))
            }
            _ => Node::Object {
                span: self.nodes.len() - start,
            },
        };
        self.open(start, node);
        Ok(())
    }
}

impl Number {
    /// The whole number that this is, if it is one.
    pub(super) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Signed(number) => Some(*number),
            Self::Unsigned(number) => i64::try_from(*number).ok(),
            Self::Float(_) => None,
            Self::Digits(digits) => digits.parse().ok(),
        }
    }

    /// Whether this is 0, in whatever form.
    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Signed(number) => *number == 0,
            Self::Unsigned(number) => *number == 0,
            Self::Float(number) => *number == 0.0,
            Self::Digits(digits) => digits.parse() == Ok(0.0),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed(number) => number.fmt(f),
            Self::Unsigned(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Digits(digits) => digits.fmt(f),
        }
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

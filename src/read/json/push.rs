//! Parsing: what serde_json hands over, appended to the nodes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Node, Number, MAX_DEPTH};

/// serde_json hands numbers over as a map with this one member when its feature `arbitrary_precision` is on,
/// which any crate of a program can switch on for all.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// Appends one value to the nodes.
pub(super) struct Push<'n, 't> {
    pub(super) nodes: &'n mut Vec<Node<'t>>,
    pub(super) depth: u8,
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

//! The parser of JSON. It appends each value that serde_json reads to the tape.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::node::Node;
use super::tape::{Document, MAX_DEPTH};

/// Bytes of a document for each of its nodes. Usual documents have more, so the list of nodes does not grow.
const BYTES_PER_NODE: usize = 6;
/// Nodes at most for which there is room from the beginning.
const MAX_RESERVED: usize = 4096;

/// The key in which serde_json sends a number if its feature `arbitrary_precision` is on. Any crate of a program can switch the
/// feature on for all.
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// The document in `text`. `None` if the text is not one JSON document, or if it is nested too deep.
pub(in crate::read) fn parse(text: &str) -> Option<Document<'_>> {
    let mut nodes = Vec::with_capacity((text.len() / BYTES_PER_NODE).clamp(4, MAX_RESERVED));
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let push = Push {
        nodes: &mut nodes,
        depth: 0,
    };
    push.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Document::from_nodes(nodes)
}

/// Appends one value to the nodes.
struct Push<'n, 't> {
    nodes: &'n mut Vec<Node<'t>>,
    depth: usize,
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

    /// Replaces the placeholder at `start`, when the number of nodes after it is known.
    fn close(&mut self, start: usize, node: Node<'t>) {
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
        self.leaf(Node::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.leaf(Node::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.leaf(Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'t str) -> Result<(), E> {
        self.leaf(Node::Text(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.leaf(Node::OwnText(value.into()))
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut list: A) -> Result<(), A::Error> {
        let start = self.nodes.len();
        self.nodes.push(Node::Null);
        while list.next_element_seed(self.below()?)?.is_some() {}
        let span = self.nodes.len() - start;
        self.close(start, Node::List { span });
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut map: A) -> Result<(), A::Error> {
        let start = self.nodes.len();
        self.nodes.push(Node::Null);
        while map.next_key_seed(self.below()?)?.is_some() {
            map.next_value_seed(self.below()?)?;
        }
        let node = match self.nodes.get(start + 1..) {
            Some([key, digits]) if key.as_text() == Some(NUMBER_KEY) => {
                let number = digits.as_text().and_then(|digits| digits.parse().ok());
                self.nodes.truncate(start + 1);
                number.map_or(Node::Null, Node::Number)
            }
            _ => Node::Object {
                span: self.nodes.len() - start,
            },
        };
        self.close(start, node);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::Value;
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
        if let Some(text) = value.as_text() {
            return format!("{text:?}");
        }
        let number = value.as_number().map(|number| number.to_string());
        let bool = value.as_bool().map(|value| value.to_string());
        number.or(bool).unwrap_or("null".into())
    }

    #[test]
    fn keeps_every_value_in_its_place() {
        let text = r#"{"a":[1,-2,2.5,{"b":{},"c":[]}],"d":null,"e":"x\"y","f":true,"g":18446744073709551615}"#;
        assert_eq!(rewritten(parse(text).unwrap().root()), text);
    }

    #[test]
    fn of_equal_keys_the_first_counts() {
        let document = parse(r#"{"a":"first","b":"x","a":"last"}"#).unwrap();
        assert_eq!(document.root().get("a").unwrap().as_text(), Some("first"));
    }

    #[test]
    fn borrows_strings_without_escapes() {
        let text = String::from(r#"["plain","es\u0063aped"]"#);
        let document = parse(&text).unwrap();
        let borrowed: Vec<_> = document
            .root()
            .as_list()
            .unwrap()
            .map(|value| {
                text.as_bytes()
                    .as_ptr_range()
                    .contains(&value.as_text().unwrap().as_ptr())
            })
            .collect();
        assert_eq!(borrowed, [true, false]);
    }

    #[test]
    fn refuses_what_is_not_one_document() {
        let texts = ["", "{", "[1,]", "{} {}", "NaN", r#""\ud800""#, "\u{feff}{}"];
        assert!(texts.into_iter().all(|text| parse(text).is_none()));
        // It depends on the features of serde_json whether this is a number.
        let refused = serde_json::from_str::<serde_json::Value>("1e400").is_err();
        assert_eq!(parse("1e400").is_none(), refused);
    }

    #[test]
    fn reads_to_the_bound_of_depth_and_no_deeper() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(64)).is_some());
        assert!(parse(&nested(65)).is_none());
        assert!(parse(&nested(1_000_000)).is_none());
    }
}

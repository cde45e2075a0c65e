//! The values of a document, as the readers see them.
//!
//! In: the nodes of a value. Out: its text, its number, its items or its members.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use super::node::Node;
use crate::http::bytes::trim;

/// One value of a document.
#[derive(Clone, Copy, Debug)]
pub(in crate::read) struct Value<'d> {
    nodes: &'d [Node<'d>],
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::read) enum Kind {
    /// `null`, a truth value or a number.
    Scalar,
    Text,
    List,
    Object,
}

impl<'d> Value<'d> {
    /// The value with these nodes.
    pub(super) fn new(nodes: &'d [Node<'d>]) -> Self {
        Self { nodes }
    }

    /// The kind of this value.
    pub(in crate::read) fn kind(self) -> Kind {
        match self.nodes.first() {
            Some(Node::Text(_) | Node::OwnText(_)) => Kind::Text,
            Some(Node::List { .. }) => Kind::List,
            Some(Node::Object { .. }) => Kind::Object,
            _ => Kind::Scalar,
        }
    }

    /// The text of a string; `None` for any other value.
    pub(in crate::read) fn as_text(self) -> Option<&'d str> {
        self.nodes.first()?.as_text()
    }

    /// Whether this is a text of several words.
    pub(in crate::read) fn has_words(self) -> bool {
        self.as_text().is_some_and(|text| trim(text).contains(' '))
    }

    /// The number; `None` for any other value.
    pub(in crate::read) fn as_number(self) -> Option<&'d Number> {
        match self.nodes.first()? {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value of a whole number; `None` for any other value.
    pub(in crate::read) fn as_integer(self) -> Option<i64> {
        integer(self.as_number()?)
    }

    /// Whether this is the number 0, in any notation.
    pub(in crate::read) fn is_zero(self) -> bool {
        self.as_number().and_then(Number::as_f64) == Some(0.0)
    }

    /// Whether this is a number other than 0.
    pub(in crate::read) fn is_nonzero(self) -> bool {
        self.as_number().is_some() && !self.is_zero()
    }

    /// The truth value; `None` for any other value.
    pub(in crate::read) fn as_bool(self) -> Option<bool> {
        match self.nodes.first()? {
            Node::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub(in crate::read) fn is_null(self) -> bool {
        matches!(self.nodes.first(), Some(Node::Null))
    }

    /// Whether this is a list.
    pub(in crate::read) fn is_list(self) -> bool {
        matches!(self.nodes.first(), Some(Node::List { .. }))
    }

    /// Whether this is an object.
    pub(in crate::read) fn is_object(self) -> bool {
        matches!(self.nodes.first(), Some(Node::Object { .. }))
    }

    /// Whether this is a list or an object.
    pub(in crate::read) fn holds_values(self) -> bool {
        matches!(
            self.nodes.first(),
            Some(Node::List { .. } | Node::Object { .. })
        )
    }

    /// Whether this is a list or an object without values.
    pub(in crate::read) fn is_empty(self) -> bool {
        self.holds_values() && self.nodes.len() == 1
    }

    /// The items, if this is a list.
    pub(in crate::read) fn as_list(self) -> Option<Items<'d>> {
        match self.nodes {
            [Node::List { .. }, rest @ ..] => Some(Items { rest }),
            _ => None,
        }
    }

    /// The members, if this is an object.
    pub(in crate::read) fn as_object(self) -> Option<Members<'d>> {
        match self.nodes {
            [Node::Object { .. }, rest @ ..] => Some(Members {
                items: Items { rest },
            }),
            _ => None,
        }
    }

    /// The members. There are none if this is not an object.
    pub(in crate::read) fn members(self) -> Members<'d> {
        self.as_object().unwrap_or(Members {
            items: Items { rest: &[] },
        })
    }

    /// The member with this key, if this is an object that has it; of several the first.
    pub(in crate::read) fn get(self, key: &str) -> Option<Self> {
        let (_, value) = self.members().find(|(found, _)| *found == key)?;
        Some(value)
    }

    /// The string in the member with this key.
    pub(in crate::read) fn text(self, key: &str) -> Option<&'d str> {
        self.get(key)?.as_text()
    }

    /// The items of the list in the member with this key.
    pub(in crate::read) fn list(self, key: &str) -> Option<Items<'d>> {
        self.get(key)?.as_list()
    }

    /// The items. There are none if this is not a list.
    pub(in crate::read) fn items(self) -> Items<'d> {
        self.as_list().unwrap_or(Items { rest: &[] })
    }
}

/// The items of a list.
#[derive(Clone, Debug)]
pub(in crate::read) struct Items<'d> {
    rest: &'d [Node<'d>],
}

impl<'d> Items<'d> {
    /// The list of which `value` is the one item.
    pub(in crate::read) fn one(value: Value<'d>) -> Self {
        Self { rest: value.nodes }
    }

    /// Whether no item is left.
    pub(in crate::read) fn is_empty(&self) -> bool {
        self.rest.is_empty()
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
pub(in crate::read) struct Members<'d> {
    items: Items<'d>,
}

impl<'d> Iterator for Members<'d> {
    type Item = (&'d str, Value<'d>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, rest) = self.items.rest.split_first()?;
        self.items.rest = rest;
        Some((key.as_text()?, self.items.next()?))
    }
}

/// As JSON. The recursion is bounded, because the depth of a document is.
impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(text) = self.as_text() {
            return serializer.serialize_str(text);
        }
        if let Some(number) = self.as_number() {
            return number.serialize(serializer);
        }
        if let Some(value) = self.as_bool() {
            return serializer.serialize_bool(value);
        }
        if let Some(list) = self.as_list() {
            return serializer.collect_seq(list);
        }
        let Some(members) = self.as_object() else {
            return serializer.serialize_unit();
        };
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in members {
            map.serialize_entry(key, &value)?;
        }
        map.end()
    }
}

/// The value of a whole number in any notation: `1.0` and `1e0` are 1. JSON does not tell integers from other numbers
/// ([RFC 8259 §6](https://www.rfc-editor.org/rfc/rfc8259#section-6)), and languages without integers write `1.0`.
pub(in crate::read) fn integer(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| whole(number.as_f64()?))
}

/// Every whole number up to this one is a float.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

#[cold]
fn whole(number: f64) -> Option<i64> {
    let is_whole = number.fract() == 0.0 && number.abs() <= MAX_WHOLE;
    is_whole.then(|| format!("{number:.0}").parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_an_integer_in_any_notation() {
        for (json, want) in [
            ("1", Some(1)),
            ("-32601.0", Some(-32601)),
            ("4.2e1", Some(42)),
            ("-0.0", Some(0)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("1.5", None),
            ("1e300", None),
            ("9223372036854775808", None),
        ] {
            let number = serde_json::from_str(json).unwrap();
            assert_eq!(integer(&number), want, "{json}");
        }
    }
}

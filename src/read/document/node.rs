//! The nodes of a document.
//!
//! In: values that a parser reads. Out: the nodes of a [`Document`](super::Document), in the order of its text.

use std::borrow::Cow;

use serde_json::Number;

/// A value of a document, or the key of a member.
#[derive(Debug)]
pub(super) enum Node<'t> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'t str),
    /// A text with escapes, decoded.
    OwnText(Box<str>),
    /// The nodes of the items follow: `span` counts this node and them.
    List {
        span: usize,
    },
    /// The nodes of key, value, key, value, … follow: `span` counts this node and them.
    Object {
        span: usize,
    },
}

impl Node<'_> {
    /// The text of a string or a key; `None` for any other value.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Node::Text(text) => Some(text),
            Node::OwnText(text) => Some(text),
            _ => None,
        }
    }
}

impl<'t> From<Cow<'t, str>> for Node<'t> {
    fn from(text: Cow<'t, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Text(text),
            Cow::Owned(text) => Self::OwnText(text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_takes_three_words() {
        assert_eq!(size_of::<Node<'_>>(), 3 * size_of::<usize>());
    }
}

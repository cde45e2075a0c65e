//! A document as a tape: one list of nodes, which borrow from the text.
//!
//! A list needs one allocation, and no recursion to read or drop it. The parsers in `json` and `xml` write it. All others read it as a
//! [`Value`].

use super::node::Node;
use super::value::Value;

/// Levels of nesting at most. A deeper document is not read.
pub(super) const MAX_DEPTH: usize = 64;

/// A parsed document. It has at least one node.
#[derive(Debug)]
pub(in crate::read) struct Document<'t> {
    nodes: Vec<Node<'t>>,
}

impl<'t> Document<'t> {
    /// The document with these nodes. `None` if there are none.
    pub(super) fn from_nodes(nodes: Vec<Node<'t>>) -> Option<Self> {
        (!nodes.is_empty()).then_some(Self { nodes })
    }

    /// The whole document.
    pub(in crate::read) fn root(&self) -> Value<'_> {
        Value::new(&self.nodes)
    }
}

//! The elements of an XML document, and the JSON that they become.
//!
//! In: elements, attributes and texts, in the order of the document. Out: the nodes of a [`Document`](super::Document). Siblings with the
//! same name become a list. `xml` calls it.

use std::borrow::Cow;
use std::num::NonZeroU32;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use smallvec::SmallVec;

use super::node::Node;
use super::tape::MAX_DEPTH;

/// The elements of a document that have come so far.
pub(super) struct Tree<'t> {
    elements: Vec<Element<'t>>,
    /// The positions of the elements that have not ended. The innermost is the last.
    open: Vec<usize>,
}

/// An element or an attribute.
struct Element<'t> {
    name: &'t str,
    content: Cow<'t, str>,
    /// The positions of the first and the last element or attribute in it, and of its next sibling.
    first: Option<NonZeroU32>,
    last: Option<NonZeroU32>,
    next: Option<NonZeroU32>,
    has_elements: bool,
}

impl<'t> Tree<'t> {
    pub(super) fn with_capacity(elements: usize) -> Self {
        Self {
            elements: Vec::with_capacity(elements),
            open: Vec::new(),
        }
    }

    /// Begins an element in the open one. `None` if it is too deep, or a second root.
    pub(super) fn begin(&mut self, name: &'t str) -> Option<()> {
        // Each element may be in a list, so it can take two levels of JSON.
        let is_beside_root = self.open.is_empty() && !self.elements.is_empty();
        if self.open.len() >= MAX_DEPTH / 2 || is_beside_root {
            return None;
        }
        if let Some(parent) = self.innermost() {
            parent.has_elements = true;
        }
        let position = self.push(name, "".into());
        self.open.push(position);
        Some(())
    }

    /// Adds an attribute to the open element.
    pub(super) fn attribute(&mut self, name: &'t str, value: Cow<'t, str>) {
        if name != "type" || !is_of_schema(&value) {
            self.push(name, value);
        }
    }

    /// Adds a text to the open element.
    pub(super) fn text(&mut self, more: Cow<'t, str>) {
        let Some(element) = self.innermost() else {
            return;
        };
        if element.content.is_empty() {
            element.content = more;
        } else {
            element.content.to_mut().push_str(&more);
        }
    }

    /// Ends the open element; `None` if no element is open.
    pub(super) fn end(&mut self) -> Option<()> {
        self.open.pop().map(drop)
    }

    /// The nodes of the document; `None` if an element has not ended.
    pub(super) fn into_nodes(self) -> Option<Vec<Node<'t>>> {
        self.open.is_empty().then(|| Writer::write(self.elements))
    }

    fn innermost(&mut self) -> Option<&mut Element<'t>> {
        self.elements.get_mut(*self.open.last()?)
    }

    fn push(&mut self, name: &'t str, content: Cow<'t, str>) -> usize {
        let position = self.elements.len();
        let link = u32::try_from(position).ok().and_then(NonZeroU32::new);
        let before = self.innermost().and_then(|parent| {
            parent.first = parent.first.or(link);
            std::mem::replace(&mut parent.last, link)
        });
        let before = before.and_then(|before| self.elements.get_mut(before.get() as usize));
        if let Some(before) = before {
            before.next = link;
        }
        self.elements.push(Element {
            name,
            content,
            first: None,
            last: None,
            next: None,
            has_elements: false,
        });
        position
    }
}

/// Whether an attribute `type` is the type of a value, such as `array` of Rails or `xsd:string`.
fn is_of_schema(value: &str) -> bool {
    let of_rails = [
        "array", "boolean", "date", "datetime", "decimal", "float", "hash", "integer", "symbol",
    ];
    value.starts_with("xsd:") || value.starts_with("xs:") || of_rails.contains(&value)
}

/// The positions of siblings with the same name. Most names are there once.
type Positions = SmallVec<[usize; 2]>;

/// A step that waits until it is done.
enum Step {
    Value(usize),
    Member(Positions),
    EndObject(usize),
    EndList(usize),
}

/// Writes the nodes of the tree whose root is the first element.
#[derive(Default)]
struct Writer<'t> {
    elements: Vec<Element<'t>>,
    nodes: Vec<Node<'t>>,
    steps: Vec<Step>,
    /// The members of the current element. It is kept for the next one, because its memory can be used again.
    groups: IndexMap<&'t str, Positions, RandomState>,
}

impl<'t> Writer<'t> {
    fn write(elements: Vec<Element<'t>>) -> Vec<Node<'t>> {
        let mut writer = Self {
            nodes: Vec::with_capacity(2 * elements.len()),
            elements,
            ..Self::default()
        };
        if !writer.elements.is_empty() {
            writer.steps.push(Step::Value(0));
        }
        while let Some(step) = writer.steps.pop() {
            writer.step(step);
        }
        writer.nodes
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Value(position) => self.value(position),
            Step::Member(positions) => self.member(positions),
            Step::EndObject(start) => close(&mut self.nodes, start, |span| Node::Object { span }),
            Step::EndList(start) => close(&mut self.nodes, start, |span| Node::List { span }),
        }
    }

    fn member(&mut self, positions: Positions) {
        let first = positions
            .first()
            .and_then(|first| self.elements.get(*first));
        let key = first.map_or("", |element| element.name);
        self.nodes.push(Node::Text(key));
        if let [one] = positions[..] {
            return self.steps.push(Step::Value(one));
        }
        self.steps.push(Step::EndList(self.nodes.len()));
        self.nodes.push(Node::Null);
        let values = positions.into_iter().rev().map(Step::Value);
        self.steps.extend(values);
    }

    fn value(&mut self, position: usize) {
        let Some(element) = self.elements.get_mut(position) else {
            return;
        };
        let (content, below) = (std::mem::take(&mut element.content), element.first);
        let text = Some(content).filter(|_| !element.has_elements);
        if below.is_none() {
            return self.nodes.push(text.unwrap_or_default().into());
        }
        self.steps.push(Step::EndObject(self.nodes.len()));
        self.nodes.push(Node::Null);
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.nodes.push(Node::Text("message"));
            self.nodes.push(text.into());
        }
        self.group(below);
        let members = self.groups.drain(..).rev();
        self.steps
            .extend(members.map(|(_, group)| Step::Member(group)));
    }

    /// Puts siblings with the same name together, from this one on.
    fn group(&mut self, mut next: Option<NonZeroU32>) {
        while let Some(position) = next.map(|next| next.get() as usize) {
            let Some(element) = self.elements.get(position) else {
                return;
            };
            match self.groups.last_mut() {
                Some((name, group)) if *name == element.name => group.push(position),
                _ => self.groups.entry(element.name).or_default().push(position),
            }
            next = element.next;
        }
    }
}

fn close<'t>(nodes: &mut [Node<'t>], start: usize, node: impl Fn(usize) -> Node<'t>) {
    let span = nodes.len() - start;
    if let Some(placeholder) = nodes.get_mut(start) {
        *placeholder = node(span);
    }
}

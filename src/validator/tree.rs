//! The errors of any version of `validator` as a tree, and the conversion of this tree.
//!
//! In: a [`Tree`]. Out: an [`Envelope`] or [`FieldErrors`]. Each version of `validator` implements the tree, and its `From` calls
//! [`envelope`] or [`fields`].
//!
//! The tree may be as deep as the values of the program are. It is walked with a stack on the heap, without recursion.

use bytestring::ByteString;

use crate::envelope::{Envelope, FieldErrors};

/// The name that validator gives to the errors of a value as a whole.
const WHOLE: &str = "__all__";

/// The errors of one value: one version of `ValidationErrors`.
pub(super) trait Tree: Sized {
    /// The errors of each member, in any order.
    fn members(&self) -> impl Iterator<Item = (&str, Node<'_, Self>)>;
}

/// The errors of one member.
pub(super) enum Node<'e, T> {
    /// Messages, or codes where a rule has no message.
    Messages(Vec<&'e str>),
    /// The errors of a nested value.
    Value(&'e T),
    /// The errors of the values of a list, by their positions, in order.
    Values(Vec<(usize, &'e T)>),
}

/// The message of a rule without blanks around it. If it is empty or missing, it is the code of the rule.
pub(super) fn message<'e>(message: Option<&'e str>, code: &'e str) -> &'e str {
    let message = message.map(str::trim);
    message
        .filter(|message| !message.is_empty())
        .unwrap_or(code)
}

/// A validation error. The errors of the whole become its message, one line each.
pub(super) fn envelope<T: Tree>(errors: &T) -> Envelope {
    let mut fields = fields(errors);
    let whole = fields.remove(WHOLE);
    Envelope::validation(fields).with_message(whole.join("\n"))
}

/// The errors of all parameters, depth-first, with names in alphabetical order on each level.
pub(super) fn fields<T: Tree>(errors: &T) -> FieldErrors {
    let mut fields = FieldErrors::new();
    // The next node is on top.
    let mut open = Vec::new();
    push_all(&mut open, "", errors);
    while let Some((name, node)) = open.pop() {
        match node {
            Node::Messages(messages) => {
                let name = ByteString::from(name);
                for message in messages {
                    fields.push_read(name.clone(), message.into());
                }
            }
            Node::Value(errors) => push_all(&mut open, &name, errors),
            Node::Values(items) => {
                for (position, errors) in items.into_iter().rev() {
                    push_all(&mut open, &format!("{name}.{position}"), errors);
                }
            }
        }
    }
    fields
}

/// Pushes the members of one value, with their full names. They are pushed in reverse order, because the stack returns the last
/// first.
fn push_all<'e, T: Tree>(open: &mut Vec<(String, Node<'e, T>)>, parent: &str, errors: &'e T) {
    let mut list: Vec<_> = errors.members().collect();
    list.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    open.extend(
        list.into_iter()
            .map(|(name, node)| (join(parent, name), node)),
    );
}

/// The full name of a member. Errors of a nested value as a whole belong to the parameter that holds the value.
fn join(parent: &str, name: &str) -> String {
    match (parent, name) {
        ("", name) => name.to_owned(),
        (parent, WHOLE) => parent.to_owned(),
        (parent, name) => format!("{parent}.{name}"),
    }
}

//! The errors of any version of `validator`, as a tree, and its way into an envelope.

use bytestring::ByteString;

use crate::envelope::{Envelope, FieldErrors};

/// The name that validator gives what is wrong with a value as a whole.
const WHOLE: &str = "__all__";

/// The errors of one value: one version of `ValidationErrors`.
pub(super) trait Tree: Sized {
    /// What is wrong with each member.
    fn members(&self) -> impl Iterator<Item = (&str, Node<'_, Self>)>;
}

/// What is wrong with one member.
pub(super) enum Node<'e, T> {
    /// Messages, or codes where a rule has no message.
    Messages(Vec<&'e str>),
    Value(&'e T),
    /// Values by their positions, in order.
    Values(Vec<(usize, &'e T)>),
}

/// The message of a rule, else its code.
pub(super) fn message<'e>(message: Option<&'e str>, code: &'e str) -> &'e str {
    let message = message.map(str::trim);
    message
        .filter(|message| !message.is_empty())
        .unwrap_or(code)
}

pub(super) fn envelope<T: Tree>(errors: &T) -> Envelope {
    let mut fields = fields(errors);
    let whole = fields.remove(WHOLE);
    Envelope::validation(fields).with_message(whole.join("\n"))
}

pub(super) fn fields<T: Tree>(errors: &T) -> FieldErrors {
    let mut fields = FieldErrors::new();
    // What comes first is on top.
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

fn push_all<'e, T: Tree>(open: &mut Vec<(String, Node<'e, T>)>, parent: &str, errors: &'e T) {
    let mut list: Vec<_> = errors.members().collect();
    list.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    open.extend(
        list.into_iter()
            .map(|(name, node)| (join(parent, name), node)),
    );
}

/// What is wrong with a nested value as a whole is wrong with the parameter that holds it.
fn join(parent: &str, name: &str) -> String {
    match (parent, name) {
        ("", name) => name.to_owned(),
        (parent, WHOLE) => parent.to_owned(),
        (parent, name) => format!("{parent}.{name}"),
    }
}

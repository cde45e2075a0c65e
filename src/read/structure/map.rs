//! Objects whose members are parameters, however deep.

use super::members::role;
use super::role::Holds;
use super::walk::{Task, Walk};
use super::{item, path};
use crate::envelope::MAX_MESSAGES;
use crate::read::json::{Items, Members, Value};

/// Whether a whole document is an object of parameters with lists of messages, or with such objects below them.
///
/// One that consists of nothing but known names (`errors`, `data`) holds its errors there.
pub(super) fn is_bare(root: Value<'_>, with_errors: bool) -> bool {
    let is_known = |name: &str| role(name).is_some_and(|role| role.holds != Holds::Unknown);
    let mut members = root.as_object().into_iter().flatten();
    members.any(|(name, _)| !is_known(name)) && is_fields(root, with_errors)
}

/// Whether `value` is an object of parameters with lists of messages, or with such objects below them.
///
/// `with_errors`: or with objects that tell an error.
pub(super) fn is_fields(value: Value<'_>, with_errors: bool) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let mut found = false;
    let mut objects = vec![members];
    while let Some(members) = objects.pop() {
        for (_, value) in members {
            let messages = value.as_list();
            let values = messages
                .clone()
                .into_iter()
                .flatten()
                .chain(messages.is_none().then_some(value));
            for value in values {
                let is_text = value.as_text().is_some() && messages.is_some();
                if is_text || (with_errors && item::is_error(value)) {
                    found = true;
                } else if let Some(below) = value.as_object() {
                    objects.push(below);
                } else {
                    return false;
                }
            }
        }
    }
    found
}

impl<'d> Walk<'_, 'd> {
    /// The members of `object` that nobody knows, where what they hold are messages for parameters.
    pub(super) fn parameters(&mut self, object: Value<'d>) {
        let unknown = |(name, _): &(&str, Value<'_>)| {
            role(name).map_or(true, |role| role.holds == Holds::Unknown)
        };
        for (key, value) in object.as_object().into_iter().flatten().filter(unknown) {
            let name = path::of_text(key).unwrap_or_default().into_owned();
            if let Some(list) = value.as_list().filter(|list| says_something(list.clone())) {
                self.run(Task::Values {
                    list,
                    name,
                    position: 0,
                });
            } else if is_fields(value, false) {
                Task::map(value, name)
                    .into_iter()
                    .for_each(|task| self.run(task));
            }
        }
    }

    /// The next parameter of a map.
    pub(super) fn map_entry(&mut self, mut members: Members<'d>, prefix: String, by_place: bool) {
        let Some((key, value)) = members.next() else {
            return;
        };
        let own = match path::of_text(key) {
            Some(name) if !by_place => path::join(&prefix, name),
            _ => prefix.clone(),
        };
        self.tasks.push(Task::Map {
            members,
            prefix,
            by_place,
        });
        if let Some(text) = value.as_text() {
            self.tell(&own, text);
        } else if let Some(list) = value.as_list() {
            self.tasks.push(Task::Values {
                list,
                name: own,
                position: 0,
            });
        } else if item::is_error(value) {
            self.named_item(value, &own);
        } else {
            self.tasks.extend(Task::map(value, own));
        }
    }

    /// The next of the things said about a parameter; no more than are kept.
    pub(super) fn map_value(&mut self, mut list: Items<'d>, name: String, position: usize) {
        let Some(value) = list.next().filter(|_| position <= MAX_MESSAGES) else {
            return;
        };
        let next = self.tasks.len();
        if let Some(text) = value.as_text() {
            self.tell(&name, text);
        } else if item::is_error(value) {
            self.named_item(value, &name);
        } else {
            let prefix = path::join(&name, position.to_string().into());
            self.tasks.extend(Task::map(value, prefix));
        }
        // Below what was just found, so that it comes after.
        let position = position + 1;
        self.tasks.insert(
            next,
            Task::Values {
                list,
                name,
                position,
            },
        );
    }
}

/// Whether a list holds sentences, and not names or numbers of something.
fn says_something(mut list: Items<'_>) -> bool {
    let is_sentence =
        |item: Value<'_>| item.as_text().is_some_and(|text| text.trim().contains(' '));
    list.clone().next().is_some() && list.all(is_sentence)
}

//! Objects whose members are parameters, however deep.

use std::borrow::Cow;

use smallvec::{smallvec, SmallVec};

use super::members::role;
use super::role::Holds;
use super::walk::{Task, Walk};
use super::{item, path};
use crate::envelope::MAX_MESSAGES;
use crate::read::json::{Items, Members, Value};
use crate::read::source::trim;

/// Whether a whole document is an object of parameters with lists of messages, or with such objects below them.
///
/// One that consists of nothing but known names (`errors`, `data`) holds its errors there.
pub(super) fn is_bare(root: Value<'_>, with_errors: bool) -> bool {
    let mut members = root.as_object().into_iter().flatten();
    is_fields(root, with_errors) && members.any(|(name, _)| !is_known(name))
}

fn is_known(name: &str) -> bool {
    role(name).is_some_and(|role| role.holds != Holds::Unknown)
}

/// Whether `value` is an object of parameters with lists of messages, or with such objects below them.
///
/// `with_errors`: or with objects that tell an error.
pub(super) fn is_fields(value: Value<'_>, with_errors: bool) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    let mut found = false;
    let mut objects: SmallVec<[_; 4]> = smallvec![members];
    while let Some(members) = objects.pop() {
        for (_, value) in members {
            let listed = value.as_list();
            let in_list = listed.is_some();
            for value in listed.unwrap_or_else(|| Items::one(value)) {
                if in_list && value.as_text().is_some() || (with_errors && item::is_error(value)) {
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
        let members = object.as_object().into_iter().flatten();
        for (key, value) in members.filter(|(_, value)| value.holds_values()) {
            let list = value.as_list().filter(|list| says_something(list.clone()));
            if (list.is_none() && !is_fields(value, false)) || is_known(key) {
                continue;
            }
            let name = path::of_text(key).unwrap_or_default();
            let task = match list {
                Some(list) => Some(Task::Values {
                    list,
                    name,
                    position: 0,
                }),
                None => Task::map(value, name),
            };
            task.into_iter().for_each(|task| self.run(task));
        }
    }

    /// The parameters of a map.
    pub(super) fn map_entries(
        &mut self,
        mut members: Members<'d>,
        prefix: Cow<'d, str>,
        by_place: bool,
    ) {
        let next = self.tasks.len();
        while self.tasks.len() == next {
            let Some((key, value)) = members.next() else {
                return;
            };
            let own = match path::of_text(key) {
                Some(name) if !by_place => path::join(&prefix, name),
                _ => prefix.clone(),
            };
            if let Some(text) = value.as_text() {
                self.tell(&own, text);
            } else if let Some(list) = value.as_list() {
                if !self.tell_all(&own, list.clone()) {
                    self.map_values(list, own, 0);
                }
            } else if item::is_error(value) {
                self.named_item(value, own);
            } else {
                self.tasks.extend(Task::map(value, own));
            }
        }
        // Below what was just found, so that they come after.
        let rest = Task::Map {
            members,
            prefix,
            by_place,
        };
        self.tasks.insert(next, rest);
    }

    /// The things said about a parameter; no more than are kept.
    pub(super) fn map_values(
        &mut self,
        mut list: Items<'d>,
        name: Cow<'d, str>,
        mut position: usize,
    ) {
        let next = self.tasks.len();
        while self.tasks.len() == next {
            let Some(value) = list.next().filter(|_| position <= MAX_MESSAGES) else {
                return;
            };
            if let Some(text) = value.as_text() {
                self.tell(&name, text);
            } else if item::is_error(value) {
                self.named_item(value, name.clone());
            } else {
                let prefix = path::join(&name, position.to_string().into());
                self.tasks.extend(Task::map(value, prefix));
            }
            position += 1;
        }
        // Below what was just found, so that they come after.
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
    let is_sentence = |item: Value<'_>| item.as_text().is_some_and(|text| trim(text).contains(' '));
    list.clone().next().is_some() && list.all(is_sentence)
}

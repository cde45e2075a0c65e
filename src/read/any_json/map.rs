//! Objects whose members are parameters, at any depth.
//!
//! In: the members of an object, or the values of one parameter. Out: findings, and further tasks.

use std::borrow::Cow;

use super::parameter;
use super::shape::is_error;
use super::task::{Task, Walk};
use crate::envelope::MAX_MESSAGES;
use crate::read::document::{Items, Members};

impl<'d> Walk<'_, 'd> {
    /// Reads members whose keys are names of parameters. `by_place`: the keys are parts of the request.
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
            let name = match parameter::from_text(key) {
                Some(name) if !by_place => parameter::join(&prefix, name),
                _ => prefix.clone(),
            };
            if let Some(text) = value.as_text() {
                self.found.add(&name, text);
            } else if let Some(list) = value.as_list() {
                if !self.found.add_all(&name, list.clone()) {
                    self.map_values(list, name, 0);
                }
            } else if is_error(value) {
                self.named_item(value, name);
            } else {
                self.tasks.extend(Task::map(value, name));
            }
        }
        // The rest is read after the new tasks.
        let rest = Task::Map {
            members,
            prefix,
            by_place,
        };
        self.tasks.insert(next, rest);
    }

    /// Reads the values about one parameter, up to the number of messages that are kept.
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
                self.found.add(&name, text);
            } else if is_error(value) {
                self.named_item(value, name.clone());
            } else {
                let prefix = parameter::join(&name, position.to_string().into());
                self.tasks.extend(Task::map(value, prefix));
            }
            position += 1;
        }
        // The rest is read after the new tasks.
        let rest = Task::Values {
            list,
            name,
            position,
        };
        self.tasks.insert(next, rest);
    }
}

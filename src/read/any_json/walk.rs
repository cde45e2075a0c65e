//! The walk through a document: how it begins, and how it goes on until no task is left.
//!
//! In: a document or a [`Task`]. Out: findings.

use super::role::MessageLevel;
use super::role::TypeLevel;
use super::shape::{is_bare, is_container, is_fields, only_sentences};
use super::task::{Task, Walk};
use super::{parameter, wording};
use crate::http::bytes::trim;
use crate::read::document::Value;

impl<'d> Walk<'_, 'd> {
    /// Reads a whole document. Returns whether it is an error object. Such a document is searched if no message was found.
    pub(super) fn document(&mut self, root: Value<'d>) -> bool {
        if let Some(text) = root.as_text() {
            self.found
                .texts
                .message
                .offer(MessageLevel::Aside, trim(text));
        } else if let Some((code, text)) = wording::code_and_text(root, self.found.source.status) {
            self.found.texts.error_type.offer(TypeLevel::Id, code);
            self.found.texts.message.offer(MessageLevel::Aside, text);
        } else if let Some(list) = root.as_list() {
            self.run(Task::list(list, "".into()));
        } else if is_bare(root, false) {
            self.map(root);
        } else {
            self.run(Task::Object(root));
            return true;
        }
        false
    }

    /// Reads an object whose members are parameters.
    pub(super) fn map(&mut self, object: Value<'d>) {
        if let Some(task) = Task::map(object, "".into()) {
            self.run(task);
        }
    }

    /// Reads the members of `object` with unknown keys that have messages for parameters.
    pub(super) fn parameters(&mut self, object: Value<'d>) {
        for (key, value) in object.members().filter(|(_, value)| value.holds_values()) {
            let list = value.as_list().filter(|list| only_sentences(list.clone()));
            if (list.is_none() && !is_fields(value, false)) || is_container(key) {
                continue;
            }
            let name = parameter::from_text(key).unwrap_or_default();
            let task = match list {
                Some(list) => Some(Task::values(list, name)),
                None => Task::map(value, name),
            };
            task.into_iter().for_each(|task| self.run(task));
        }
    }

    /// Does a task, and all tasks that it adds.
    pub(super) fn run(&mut self, task: Task<'d>) {
        let mut next = Some(task);
        while let Some(task) = next {
            self.step(task);
            next = self.tasks.pop();
        }
    }

    fn step(&mut self, task: Task<'d>) {
        match task {
            Task::Object(object) => self.object(object),
            Task::Facts { object, data } => self.facts(object, data),
            Task::List {
                list,
                prefix,
                position,
            } => self.list_items(list, prefix, position),
            Task::Map {
                members,
                prefix,
                by_place,
            } => self.map_entries(members, prefix, by_place),
            Task::Values {
                list,
                name,
                position,
            } => self.map_values(list, name, position),
        }
    }
}

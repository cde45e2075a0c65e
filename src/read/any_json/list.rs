//! The errors of a list. Each is about the parameter that it names, or about the whole.
//!
//! In: the items of a list, and the parameter in which they are. Out: findings, and further tasks.

use std::borrow::Cow;

use super::candidate::Best;
use super::habits::path_and_error;
use super::item::{Item, Names};
use super::parameter;
use super::role::ParameterLevel;
use super::shape::{is_bare, is_error, is_fields, pair};
use super::task::{Task, Walk};
use crate::read::document::{Items, Value};

impl<'d> Walk<'_, 'd> {
    /// The errors of a list.
    pub(super) fn list_items(
        &mut self,
        mut list: Items<'d>,
        prefix: Cow<'d, str>,
        mut position: usize,
    ) {
        let next = self.tasks.len();
        while self.tasks.len() == next {
            let Some(value) = list.next() else {
                return;
            };
            if let Some(text) = value.as_text() {
                self.found.add(&prefix, text);
            } else if let Some((path, error)) = path_and_error(value) {
                let name = parameter::from_list(path).unwrap_or_default();
                self.named_item(error, parameter::join(&prefix, name));
            } else if let Some((key, text)) = pair(value) {
                let name = parameter::from_text(key).unwrap_or_default();
                self.found.add(&parameter::join(&prefix, name), text);
            } else if is_bare(value, false) {
                let prefix = parameter::join(&prefix, position.to_string().into());
                self.tasks.extend(Task::map(value, prefix));
            } else if value.is_object() {
                self.item(Item::new(self.found.source.status, value), prefix.clone());
            }
            position += 1;
        }
        // The rest of the list is read after the new tasks.
        let rest = Task::List {
            list,
            prefix,
            position,
        };
        self.tasks.insert(next, rest);
    }

    /// An error under the name of its parameter, or under the part of the request with its parameter.
    pub(super) fn named_item(&mut self, value: Value<'d>, name: Cow<'d, str>) {
        let mut item = Item::new(self.found.source.status, value);
        item.names.candidate.take_if(|_| !name.is_empty());
        self.item(item, name);
    }

    fn item(&mut self, item: Item<'d>, prefix: Cow<'d, str>) {
        let named = item.names.candidate.into_iter().flatten();
        let named: Names<'d> = named.map(|name| parameter::join(&prefix, name)).collect();
        let about = named.first().cloned().unwrap_or(prefix);
        for below in item.below.into_iter().rev() {
            self.below_item(below, about.clone());
        }
        let code = item.texts.error_type.candidate.as_deref();
        let word = item.texts.word.candidate.filter(|word| code != Some(word));
        let message = item.texts.message.candidate.or(word);
        let messages = || message.into_iter().chain(item.messages.iter().copied());
        let is_silent = messages().next().is_none();
        if named.is_empty() {
            // A code of a parameter is its message, if there is no other.
            if let (Some(code), false, true) = (code, about.is_empty(), is_silent) {
                return self.found.add_field(&about, code);
            }
            messages().for_each(|message| self.found.add(&about, message));
            return self.item_type(item.texts.error_type, &about, !is_silent);
        }
        let is_likely = item.names.rank >= ParameterLevel::Likely.into();
        for name in &named {
            match code {
                Some(code) if is_silent && is_likely => self.found.add_field(name, code),
                _ => messages().for_each(|message| self.found.add(name, message)),
            }
        }
    }

    /// Errors inside an error about the parameter `about`. If that is empty, it is about the whole.
    fn below_item(&mut self, below: Value<'d>, about: Cow<'d, str>) {
        self.tasks.extend(match below.as_list() {
            Some(list) => Some(Task::list(list, about)),
            None if about.is_empty() && is_error(below) => Some(Task::Object(below)),
            None if is_fields(below, false) => Task::map(below, about),
            None => None,
        });
    }

    /// The type of an error about the whole.
    fn item_type(&mut self, error_type: Best<Cow<'d, str>>, about: &str, has_message: bool) {
        let Some(name) = error_type.candidate.filter(|_| about.is_empty()) else {
            return;
        };
        if has_message {
            self.found.add_type(name);
        } else {
            self.found.texts.error_type.offer(error_type.rank, name);
        }
    }
}

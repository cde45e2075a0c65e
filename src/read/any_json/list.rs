//! The errors of a list: each is about a parameter that it names, or about the whole.

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
            let Some(value) = list.next() else { return };
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
        // Below the last result on the stack, so that they come after it.
        let rest = Task::List {
            list,
            prefix,
            position,
        };
        self.tasks.insert(next, rest);
    }

    /// An error that stands under the name of its parameter, or of the part of the request in which its parameter stands.
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
        let said = item.texts.message.candidate.or(word);
        let messages = || said.into_iter().chain(item.messages.iter().copied());
        let is_silent = messages().next().is_none();
        if named.is_empty() {
            // Below a parameter, a code alone may be the message.
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

    /// Errors below one that is about this parameter, or about the whole if that is empty.
    fn below_item(&mut self, below: Value<'d>, about: Cow<'d, str>) {
        self.tasks.extend(match below.as_list() {
            Some(list) => Some(Task::list(list, about)),
            None if about.is_empty() && is_error(below) => Some(Task::Object(below)),
            None if is_fields(below, false) => Task::map(below, about),
            None => None,
        });
    }

    /// The type of an error about the whole: that of the first counts.
    fn item_type(&mut self, error_type: Best<Cow<'d, str>>, about: &str, said: bool) {
        let Some(name) = error_type.candidate.filter(|_| about.is_empty()) else {
            return;
        };
        if said {
            self.found.add_type(name);
        } else {
            self.found.texts.error_type.offer(error_type.rank, name);
        }
    }
}

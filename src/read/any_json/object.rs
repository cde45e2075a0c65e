//! An error object: its message, its type, and the members with further errors.
//!
//! In: an object that is an error, or has facts about an error. Out: findings, and further tasks.

use std::borrow::Cow;

use serde_json::Number;

use super::compounds::names_parameter;
use super::item;
use super::last_resort::OUTCOMES;
use super::parameter;
use super::role::{code, Holds, MessageLevel, ParameterLevel, Role, TypeLevel};
use super::roles::{content, role};
use super::shape::{
    is_bare, is_coded_list, is_container, is_error, localised, only_containers, only_errors,
    only_objects, only_pairs, only_sentences, only_text, only_told,
};
use super::task::{Task, Walk};
use super::wording::Word;
use super::words::may_have_role;
use crate::envelope::DETAILS_KEY;
use crate::http::bytes::trim;
use crate::read::document::{integer, Items, Value};

/// Error objects at most that the last resort reads again.
const MAX_OBJECTS: usize = 8;

impl<'d> Walk<'_, 'd> {
    /// Offers each text and number as message and type, and puts lists and objects on the stack.
    pub(super) fn object(&mut self, object: Value<'d>) {
        if self.objects.len() < MAX_OBJECTS {
            self.objects.push(object);
        }
        // The reserved member holds members of the error, and no error.
        for (key, value) in object.members().filter(|(key, _)| *key != DETAILS_KEY) {
            let Some(role) = role(key) else {
                self.note_unknown(key, value);
                continue;
            };
            self.has_values |= value.holds_values();
            if self.ignored.contains(&key) {
                continue;
            }
            if let Some(text) = value.as_text() {
                let text = trim(text);
                if role.anywhere && !text.is_empty() {
                    self.found.parameters.push(text.into());
                }
                self.found.texts.text(role, text);
            } else if let Some(number) = value.as_number() {
                self.has_outcome |= self.is_outcome(key, number);
                self.found.texts.number(role, number);
            } else if let Some(list) = value.as_list() {
                self.list_in_object(role, list);
            } else if value.is_object() {
                self.object_in_object(role, value);
            }
        }
    }

    /// Notes which values the last resort may read.
    fn note_unknown(&mut self, key: &str, value: Value<'d>) {
        if value.holds_values() {
            self.has_values = true;
            self.has_unknown_values = true;
        } else {
            if names_parameter(key) {
                let name = value.as_text().map(trim).unwrap_or_default();
                if !name.is_empty() && !name.contains(' ') {
                    self.found.parameters.push(name.into());
                }
            }
            self.has_known_words |= may_have_role(key);
            self.has_outcome |= value
                .as_number()
                .is_some_and(|number| self.is_outcome(key, number));
        }
    }

    /// Whether a number says how the call ended. A number that repeats the status does not.
    fn is_outcome(&self, key: &str, number: &Number) -> bool {
        let status = i64::from(self.found.source.status.as_u16());
        integer(number) != Some(status) && OUTCOMES.contains(&key)
    }

    /// Reads facts about an error. They have no message, but they may name the parameter, or have lists of errors. Facts that are
    /// `data` may also have a code.
    pub(super) fn facts(&mut self, object: Value<'d>, data: bool) {
        for (key, value) in object.members() {
            let Some(role) = role(key) else {
                continue;
            };
            if let Some(text) = value.as_text() {
                let word = || Word::new(text, self.found.source.status);
                if role.anywhere {
                    self.found.parameters.push(text.into());
                } else if data && role.numeric && word() == Word::Identifier {
                    // It is narrower than a code beside the message.
                    let level = role.error_type.max(TypeLevel::Specific);
                    self.found.texts.error_type.offer(level, text);
                }
            } else if let Some(list) = value.as_list() {
                match role.holds {
                    Holds::Unknown => {
                        let names = role.parameter > ParameterLevel::None;
                        let text = only_text(list).filter(|_| names);
                        self.found.parameters.extend(text.map(Cow::Borrowed));
                    }
                    _ => self.list_in_object(role, list),
                }
            } else if value.is_object() && !matches!(role.holds, Holds::Error | Holds::Inner) {
                self.object_in_object(role, value);
            }
        }
    }

    fn list_in_object(&mut self, role: Role, list: Items<'d>) {
        let by_name = role.parameter > ParameterLevel::None || role.holds == Holds::ByName;
        let is_list_of_errors = match role.holds {
            Holds::Unknown if by_name => only_pairs(list.clone()),
            // `{"cause": [{"code": 2131, "description": "…"}]}`
            Holds::Unknown => is_only_message(role) && only_errors(list.clone()),
            Holds::Error | Holds::Errors | Holds::Facts | Holds::ByName => {
                !by_name || only_objects(list.clone())
            }
            Holds::Codes => {
                let first = list.clone().find_map(Value::as_text).map_or("", trim);
                return self.found.texts.text(code(TypeLevel::Code), first);
            }
            Holds::More => {
                let status = self.found.source.status;
                let messages = list.filter_map(|value| item::message(status, value));
                return self.found.more.extend(messages);
            }
            _ => false,
        };
        if is_list_of_errors {
            self.tasks.push(Task::list(list, "".into()));
        }
    }

    fn object_in_object(&mut self, role: Role, object: Value<'d>) {
        let map = || Task::map(object, "".into());
        let task = match role.holds {
            Holds::Error | Holds::Errors if localised(object).is_some() => {
                let text = localised(object).unwrap_or_default();
                return self.found.texts.message.offer(role.message, text);
            }
            Holds::Error if only_told(object) => map(),
            Holds::Error if !is_bare(object, false) => {
                self.parameters_of_silent(object);
                Some(Task::Object(object))
            }
            Holds::Errors
                if is_error(object) || only_containers(object) || is_coded_list(object) =>
            {
                Some(Task::Object(object))
            }
            Holds::Error | Holds::Errors | Holds::ByName => map(),
            Holds::Facts | Holds::Data if is_bare(object, true) => map(),
            Holds::Facts if is_error(object) => Some(Task::Object(object)),
            Holds::Facts => Some(Task::Facts {
                object,
                data: false,
            }),
            Holds::Data => Some(Task::Facts { object, data: true }),
            Holds::Languages => {
                let first = object.members().find_map(|(_, value)| value.as_text());
                let text = first.unwrap_or_default();
                return self.found.texts.message.offer(MessageLevel::Message, text);
            }
            Holds::Inner => return self.inner(object),
            Holds::Codes | Holds::More | Holds::Rules | Holds::Unknown => None,
        };
        self.tasks.extend(task);
    }

    /// An error object without a message may have parameters beside its type: `{"__type": "…", "name": ["is missing"]}`.
    fn parameters_of_silent(&mut self, object: Value<'d>) {
        let has_lists = object.members().any(|(_, value)| value.is_list());
        if !has_lists || is_error(object) {
            return;
        }
        for (key, value) in object.members().filter(|(key, _)| !is_container(key)) {
            let list = value.as_list().filter(|list| only_sentences(list.clone()));
            let name = parameter::from_text(key);
            if let Some((list, name)) = list.zip(name) {
                self.tasks.push(Task::values(list, name));
            }
        }
    }

    /// Offers the code of the innermost error as the narrowest type.
    fn inner(&mut self, object: Value<'d>) {
        let is_inner = |(key, _): &(&str, _)| content(key) == Holds::Inner;
        let below = |object: &Value<'d>| Some(object.members().find(is_inner)?.1);
        let chain = std::iter::successors(Some(object), below);
        let codes = chain.filter_map(|object| object.text("code"));
        if let Some(code) = codes.filter(|code| !code.is_empty()).last() {
            self.found
                .texts
                .error_type
                .offer(TypeLevel::Narrowest, code);
        }
    }
}

/// Whether a member with this role may be a message, and not a type.
fn is_only_message(role: Role) -> bool {
    role.message > MessageLevel::None && role.error_type == TypeLevel::None
}

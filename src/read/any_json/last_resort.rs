//! The last attempts to find a message, a type or errors: keys are read by their words, then the only sentence is the message. A
//! document that describes a resource is no error.
//!
//! In: the error objects that the walk has read. Out: further findings, or none at all for a resource.

use super::compounds::is_error;
use super::item::only_sentence;
use super::role::{code, Holds, MessageLevel, TypeLevel};
use super::roles::role;
use super::shape::{only_errors, only_objects, only_sentences, unknown};
use super::task::{Task, Walk};
use super::words::{holds_errors, role_by_words};
use crate::read::document::{integer, Value};

/// Keys of numbers that say how a call ended.
pub(super) const OUTCOMES: [&str; 3] = ["result", "ret", "status"];

/// Items of a list at most in which errors are searched.
const MAX_ITEMS: usize = 64;

impl<'d> Walk<'_, 'd> {
    /// Reads the error objects again, by the words of their keys.
    pub(super) fn last_resort(&mut self, root: Value<'d>) {
        if self.found.may_be_of_a_resource() && is_resource(root) {
            self.found.forget();
            return;
        }
        let all = std::mem::take(&mut self.objects);
        let objects = || all.iter().copied();
        if self.has_unknown_values && self.found.lacks_errors() {
            objects().for_each(|object| self.lists_by_words(object, true));
        }
        if self.has_known_words && (!self.found.has_message() || self.found.lacks_type()) {
            objects().for_each(|object| self.members_by_words(object));
        }
        if self.has_unknown_values && self.found.lacks_type() {
            objects().for_each(|object| self.errors_below(object));
        }
        if !self.found.has_message() {
            self.only_sentence(root, &all);
        }
        if self.has_outcome && self.found.has_message() && self.found.lacks_type() {
            objects().for_each(|object| self.outcome(object));
        }
    }

    /// Lists of errors under keys such as `error_list`; if `is_top`, also in the values of `object`.
    fn lists_by_words(&mut self, object: Value<'d>, is_top: bool) {
        for (key, value) in unknown(object) {
            if let Some(list) = value.as_list() {
                let is_list = only_errors(list.clone()) || only_sentences(list.clone());
                if is_list && holds_errors(key) {
                    self.run(Task::list(list, "".into()));
                } else if is_top && only_objects(list.clone()) {
                    list.take(MAX_ITEMS)
                        .for_each(|item| self.errors_of_item(item));
                }
            } else if is_top && value.is_object() {
                self.lists_by_words(value, false);
            }
        }
    }

    /// The errors of an item that is no error itself: `{"Elements": [{"id": 7, "ValidationErrors": [{"Message": "…"}]}]}`.
    fn errors_of_item(&mut self, item: Value<'d>) {
        for (key, value) in item.members() {
            let list = value.as_list().filter(|list| only_errors(list.clone()));
            let is_of_errors = || {
                let holds = role(key).map(|role| role.holds);
                holds.map_or_else(|| holds_errors(key), |holds| holds == Holds::Errors)
            };
            if let Some(list) = list.filter(|_| is_of_errors()) {
                self.run(Task::list(list, "".into()));
            }
        }
    }

    /// The type, and a missing message, in an object under a key such as `detailedError`.
    fn errors_below(&mut self, object: Value<'d>) {
        let lacks_message = !self.found.has_message();
        let errors = unknown(object).filter(|(key, value)| value.is_object() && is_error(key));
        for (key, value) in errors.flat_map(|(_, error)| error.members()) {
            if let Some(role) = role(key) {
                let role = role.for_missing(lacks_message, true);
                self.found.texts.offer(role, value);
            }
        }
    }

    /// A missing message and a missing type under keys that are not in the table.
    fn members_by_words(&mut self, object: Value<'d>) {
        let (lacks_message, lacks_type) = (!self.found.has_message(), self.found.lacks_type());
        let members = unknown(object).filter(|(_, value)| !value.holds_values());
        for (key, value) in members {
            if let Some(role) = role_by_words(key) {
                let role = role.for_missing(lacks_message, lacks_type);
                self.found.texts.offer(role, value);
            }
        }
    }

    /// The only sentence of an error object is its message, under any key.
    fn only_sentence(&mut self, root: Value<'d>, objects: &[Value<'d>]) {
        let status = self.found.source.status;
        let is_error = self.found.has_type() || objects.len() > 1 || root.members().count() <= 2;
        let mut sentences = objects
            .iter()
            .filter_map(|object| only_sentence(status, *object));
        if let Some(one) = sentences.next().filter(|_| is_error) {
            self.found.texts.message.offer(MessageLevel::Aside, one);
        }
    }

    /// A number that says how the call ended, beside the message: `{"result": 2000, "error": "Log in failed."}`.
    fn outcome(&mut self, object: Value<'d>) {
        let numbers = object.members().filter(|(key, _)| OUTCOMES.contains(key));
        let numbers = numbers.filter_map(|(_, value)| value.as_number());
        for number in numbers.filter(|number| integer(number) != Some(1)) {
            self.found.texts.number(code(TypeLevel::Id), number);
        }
    }
}

/// Whether a document describes a resource: it has a description, an id or a name, and no key for an error, a message or a code:
/// `{"id": 7, "name": "Pump", "description": "A blue pump for wells"}`.
fn is_resource(root: Value<'_>) -> bool {
    let has = |key: &str| root.get(key).is_some();
    if !has("description") || !(has("id") || has("name")) {
        return false;
    }
    root.members().all(|(key, value)| match (key, role(key)) {
        ("id" | "description", _) => true,
        ("name", _) => !value.as_text().is_some_and(is_class),
        (_, None) => role_by_words(key).is_none(),
        (_, Some(role)) => {
            role.message == MessageLevel::None && !role.numeric && role.holds == Holds::Unknown
        }
    })
}

/// Whether a name is that of a class of errors.
fn is_class(name: &str) -> bool {
    let ends = ["Error", "Exception", "Failure", "Fault"];
    name.contains('_') || ends.iter().any(|end| name.ends_with(end))
}

//! The search for an error in a document whose top has none.
//!
//! In: a document. Out: findings. The walk calls it if it has found no message.

use super::role::{Holds, TypeLevel};
use super::roles::{content, role};
use super::shape::{is_bare, is_fields, only_errors, only_objects, tells};
use super::task::{Task, Walk};
use super::vocabulary::is_named;
use super::words::holds_errors;
use crate::read::document::Value;

/// Keys of objects around any response.
const WRAPPERS: [&str; 7] = [
    "answer", "body", "output", "payload", "reply", "response", "result",
];

/// Objects at most that are searched.
const MAX_SEARCHED: usize = 64;

impl<'d> Walk<'_, 'd> {
    /// Searches the objects in the document, level by level. Then it searches lists of errors, then the data of a failure.
    #[cold]
    pub(super) fn search(&mut self, root: Value<'d>) {
        if self.found.texts.error_type.candidate.is_none() && is_fields(root, false) {
            return self.map(root);
        }
        self.search_objects(root);
        self.name_wrapper(root);
        if !self.found.has_message() {
            self.lists_of_errors(root);
        }
        if !self.found.has_message() {
            self.data_of_failure(root);
        }
    }

    fn search_objects(&mut self, root: Value<'d>) {
        let mut level = vec![root];
        let mut searched = 0;
        while searched < MAX_SEARCHED && !self.found.has_message() && !level.is_empty() {
            let all = level.into_iter().flat_map(below);
            level = all.take(MAX_SEARCHED).collect();
            for object in &level {
                searched += 1;
                if !self.found.has_message() && tells(*object) {
                    self.run(Task::Object(*object));
                }
            }
        }
    }

    /// A list of errors under a key for errors, or `{"age": [{"message": "must be at least 18"}]}`, or the first list of errors.
    fn lists_of_errors(&mut self, root: Value<'d>) {
        let by_key = root.members().find(|(key, value)| {
            holds_errors(key)
                && value
                    .as_list()
                    .is_some_and(|list| !list.is_empty() && only_objects(list))
        });
        if let Some((_, list)) = by_key {
            return self.run(Task::list(list.items(), "".into()));
        }
        if is_bare(root, true) {
            return self.map(root);
        }
        let mut lists = root.members().filter_map(|(_, value)| value.as_list());
        if let Some(list) = lists.find(|list| only_errors(list.clone())) {
            self.run(Task::list(list, "".into()));
        }
    }

    /// `{"status": "fail", "data": {"title": "A title is required"}}`, as [JSend](https://github.com/omniti-labs/jsend)
    /// has it.
    fn data_of_failure(&mut self, root: Value<'d>) {
        let says = |data: &Value<'d>| {
            data.is_object() && data.members().all(|(_, value)| value.has_words())
        };
        if let Some(data) = root.get("data").filter(says) {
            self.map(data);
        }
    }

    /// The key of the only member around the error is its type, if it has no other: `{"badRequest": {"message": …}}`.
    fn name_wrapper(&mut self, root: Value<'d>) {
        let mut members = root.members();
        let (one, more) = (members.next(), members.next());
        if let (Some((key, error)), None, true) = (one, more, self.found.has_message()) {
            if role(key).is_none() && !is_named(key, &WRAPPERS) && tells(error) {
                self.found
                    .texts
                    .error_type
                    .offer(TypeLevel::None.of_number(), key);
            }
        }
    }
}

/// The objects in an object, except those with facts.
fn below(object: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let members = object.members();
    let objects = members.filter(|(key, value)| value.is_object() && content(key) != Holds::Facts);
    objects.map(|(_, value)| value)
}

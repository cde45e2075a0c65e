//! Where nothing known stands at the top, the error is below: what is an object there is looked into, level by level.

use super::members::role;
use super::role::Holds;
use super::walk::{Task, Walk};
use super::{item, map};
use crate::read::json::Value;

/// How many objects are looked into.
const MAX_SEARCHED: usize = 64;

impl<'d> Walk<'_, 'd> {
    /// Looks below the top, if nothing was found there.
    pub(super) fn look_deeper(&mut self, root: Value<'d>) {
        if !self.has_spoken() {
            self.search(root);
        }
    }

    #[cold]
    fn search(&mut self, root: Value<'d>) {
        if self.error_type.best.is_none() && map::is_fields(root, false) {
            return self.run_map(root);
        }
        let mut level = vec![root];
        let mut searched = 0;
        while searched < MAX_SEARCHED && !self.has_spoken() && !level.is_empty() {
            level = level
                .into_iter()
                .flat_map(below)
                .take(MAX_SEARCHED)
                .collect();
            for object in &level {
                searched += 1;
                if !self.has_spoken() && tells(*object) {
                    self.run(Task::Object(*object));
                }
            }
        }
        self.name_wrapper(root);
        if !self.has_spoken() {
            self.lists_of_errors(root);
        }
        if !self.has_spoken() {
            self.data_of_failure(root);
        }
    }

    /// `{"age": [{"message": "must be at least 18"}]}`, or such a list beside other members: then it is one of errors.
    fn lists_of_errors(&mut self, root: Value<'d>) {
        if map::is_fields(root, true) {
            return self.run_map(root);
        }
        let members = root.as_object().into_iter().flatten();
        let mut lists = members.filter_map(|(_, value)| value.as_list());
        let errors =
            lists.find(|list| list.clone().all(item::is_error) && list.clone().next().is_some());
        if let Some(list) = errors {
            self.run(Task::List {
                list,
                prefix: "".into(),
                position: 0,
            });
        }
    }

    /// `{"status": "fail", "data": {"title": "A title is required"}}`, as [JSend](https://github.com/omniti-labs/jsend)
    /// has it.
    fn data_of_failure(&mut self, root: Value<'d>) {
        let says = |value: Value<'_>| {
            value
                .as_text()
                .is_some_and(|text| text.trim().contains(' '))
        };
        let all = |data: &Value<'d>| {
            data.as_object()
                .is_some_and(|mut members| members.all(|(_, value)| says(value)))
        };
        root.get("data")
            .filter(all)
            .into_iter()
            .for_each(|data| self.run_map(data));
    }

    /// The one member around the error is its type, if nothing inside is: `{"badRequest": {"message": …}}`.
    fn name_wrapper(&mut self, root: Value<'d>) {
        let mut members = root.as_object().into_iter().flatten();
        let (one, more) = (members.next(), members.next());
        if let (Some((name, error)), None, true) = (one, more, self.has_spoken()) {
            if role(name).is_none() && tells(error) {
                self.error_type.offer(1, name);
            }
        }
    }
}

/// The objects below an object, but for those that hold facts.
fn below(object: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let is_fact = |name: &str| role(name).is_some_and(|role| role.holds == Holds::Facts);
    let members = object.as_object().into_iter().flatten();
    members
        .filter(move |(name, value)| value.as_object().is_some() && !is_fact(name))
        .map(|(_, value)| value)
}

/// Whether an object has a message, or a member for errors.
fn tells(object: Value<'_>) -> bool {
    let holds = |name: &str| {
        role(name).is_some_and(|role| matches!(role.holds, Holds::Error | Holds::Errors))
    };
    let mut members = object.as_object().into_iter().flatten();
    item::is_error(object) || members.any(|(name, value)| value.as_text().is_none() && holds(name))
}

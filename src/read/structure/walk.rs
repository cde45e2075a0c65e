//! The walk through a document: a list of places to look at, and what was found so far.

use std::borrow::Cow;

use super::ranked::Ranked;
use super::{map, names, path, words};
use crate::envelope::{Envelope, MAX_MESSAGES};
use crate::read::json::{Items, Members, Value};
use crate::read::source::{trim, Source};

/// A rank below which a message says hardly more than the status.
pub(super) const PHRASE: u8 = 1;

/// A place that is still to be looked at. Places wait in a list: nothing recurses on a peer's nesting.
pub(super) enum Task<'d> {
    /// An object that tells an error.
    Object(Value<'d>),
    /// An object with facts about the error; of `data` if a code in it is one of the error.
    Facts { object: Value<'d>, data: bool },
    /// The errors of a list, below the parameter `prefix`.
    List {
        list: Items<'d>,
        prefix: Cow<'d, str>,
        position: usize,
    },
    /// Members that are parameters, below `prefix`.
    Map {
        members: Members<'d>,
        prefix: Cow<'d, str>,
        by_place: bool,
    },
    /// What is said about the parameter `name`.
    Values {
        list: Items<'d>,
        name: Cow<'d, str>,
        position: usize,
    },
}

impl<'d> Task<'d> {
    /// The members of `object` as parameters below `prefix`.
    pub(super) fn map(object: Value<'d>, prefix: Cow<'d, str>) -> Option<Self> {
        let members = object.as_object()?;
        // Some servers sort parameters by the part of the request in which they stand.
        let is_place =
            |(name, value): (&str, Value<'_>)| names::is_place(name) && value.as_text().is_none();
        let by_place = prefix.is_empty() && members.clone().all(is_place);
        Some(Self::Map {
            members,
            prefix,
            by_place,
        })
    }
}

/// What has been found so far, and where to look on.
pub(super) struct Walk<'s, 'd> {
    pub(super) source: &'s Source<'s>,
    pub(super) tasks: Vec<Task<'d>>,
    pub(super) message: Ranked<&'d str>,
    /// A word that is a message unless it turns out to be the type.
    pub(super) word: Ranked<&'d str>,
    pub(super) error_type: Ranked<Cow<'d, str>>,
    /// Messages about the whole that stood in a list: they replace the one that sums them up.
    pub(super) whole: Vec<&'d str>,
    pub(super) whole_type: Option<Cow<'d, str>>,
    /// Messages to be told after the one that sums up.
    pub(super) more: Vec<&'d str>,
    /// Parameters that the message about the whole names.
    pub(super) subjects: Vec<Cow<'d, str>>,
    pub(super) envelope: Envelope,
    /// Members that somebody else reads.
    pub(super) ignored: &'static [&'static str],
}

impl<'s, 'd> Walk<'s, 'd> {
    pub(super) fn new(source: &'s Source<'s>) -> Self {
        Self {
            source,
            tasks: Vec::new(),
            message: Ranked::none(),
            word: Ranked::none(),
            error_type: Ranked::none(),
            whole: Vec::new(),
            whole_type: None,
            more: Vec::new(),
            subjects: Vec::new(),
            envelope: source.envelope(),
            ignored: &[],
        }
    }

    /// Looks through a whole document.
    pub(super) fn document(&mut self, root: Value<'d>) {
        if let Some(text) = root.as_text() {
            self.message.offer(PHRASE + 1, trim(text));
        } else if let Some((code, text)) = words::code_and_text(root, self.source.status) {
            self.error_type.offer(PHRASE, code);
            self.message.offer(PHRASE + 1, text);
        } else if let Some(list) = root.as_list() {
            self.run(Task::List {
                list,
                prefix: Cow::Borrowed(""),
                position: 0,
            });
        } else if map::is_bare(root, false) {
            self.run_map(root);
        } else {
            self.run(Task::Object(root));
            self.look_deeper(root);
        }
    }

    pub(super) fn run_map(&mut self, object: Value<'d>) {
        Task::map(object, Cow::Borrowed(""))
            .into_iter()
            .for_each(|task| self.run(task));
    }

    /// Looks at a place, and at all that is found there.
    pub(super) fn run(&mut self, task: Task<'d>) {
        let mut next = Some(task);
        while let Some(task) = next {
            self.look_at(task);
            next = self.tasks.pop();
        }
    }

    fn look_at(&mut self, task: Task<'d>) {
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

    /// Whether anything was found that says more than the status.
    pub(super) fn has_spoken(&self) -> bool {
        self.message.rank > PHRASE
            || self.word.best.is_some()
            || !self.whole.is_empty()
            || !self.envelope.field_errors().is_empty()
    }

    /// A message about the parameter `name`; about the whole, if that is empty.
    pub(super) fn tell(&mut self, name: &str, message: &'d str) {
        let message = trim(message);
        if message.is_empty() {
        } else if !name.is_empty() {
            self.tell_field(name, message);
        } else if self.whole.len() < MAX_MESSAGES {
            if !self.whole.contains(&message) {
                self.whole.push(message);
            }
        } else if self.whole.len() == MAX_MESSAGES {
            self.whole.push("…");
        }
    }

    pub(super) fn tell_field(&mut self, name: &str, message: &str) {
        let (name, message) = (self.source.own(name), self.source.own(message));
        self.envelope.fields_mut().push_new(name, [message]);
    }

    /// The messages about the parameter `name`, if the list holds nothing else.
    pub(super) fn tell_all(&mut self, name: &str, list: Items<'d>) -> bool {
        let list = list.take(MAX_MESSAGES + 1);
        if name.is_empty() || !list.clone().all(|value| value.as_text().is_some()) {
            return false;
        }
        let texts = list.filter_map(Value::as_text).map(trim);
        let mut texts = texts.filter(|text| !text.is_empty()).peekable();
        if texts.peek().is_some() {
            let source = self.source;
            let messages = texts.map(|text| source.verbatim(text));
            let name = source.verbatim(name);
            self.envelope.fields_mut().push_new(name, messages);
        }
        true
    }

    /// What was found, if anything was.
    pub(super) fn finish(mut self, looks_into_texts: bool) -> Option<Envelope> {
        let error_type = self
            .whole_type
            .take()
            .filter(|_| !self.whole.is_empty())
            .or(self.error_type.best.take());
        if let Some(error_type) = &error_type {
            self.envelope.set_error_type(self.source.own(error_type));
        }
        let word = self
            .word
            .best
            .filter(|word| error_type.as_deref() != Some(word) && self.message.rank <= PHRASE);
        let Some(message) = self.told(word) else {
            let found = error_type.is_some() || !self.envelope.field_errors().is_empty();
            return found.then_some(self.envelope);
        };
        match looks_into_texts
            .then(|| super::embedded(self.source, &message))
            .flatten()
        {
            Some(inner) => inner.field_errors().iter().for_each(|(name, messages)| {
                messages.for_each(|message| self.tell_field(name, message))
            }),
            None => {
                let subjects = std::mem::take(&mut self.subjects);
                subjects
                    .iter()
                    .filter_map(|subject| path::of_text(subject))
                    .for_each(|name| self.tell_field(&name, &message));
                self.envelope.set_message(self.source.own(&message));
            }
        }
        Some(self.envelope)
    }

    /// The message about the whole.
    fn told(&self, word: Option<&'d str>) -> Option<Cow<'d, str>> {
        let best = word.or(self.message.best);
        let summary: &[&str] = if self.whole.is_empty() {
            best.as_slice()
        } else {
            &self.whole
        };
        match (summary, self.more.as_slice()) {
            ([], []) => None,
            (&[one], []) => Some(one.into()),
            (all, more) => Some([all, more].concat().join("\n").into()),
        }
    }
}

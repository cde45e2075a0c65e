//! One error of a list: about a parameter that it names, or about the whole.

use std::borrow::Cow;

use http::StatusCode;
use smallvec::{smallvec, SmallVec};

use super::members::role;
use super::object::Texts;
use super::ranked::Ranked;
use super::role::{Holds, Role};
use super::subject::{fact, source_or_key, subject};
use super::walk::{Task, Walk};
use super::{map, path};
use crate::read::json::{Items, Value};
use crate::read::source::trim;

/// From this rank on a message is one, and makes an error of the object in which it stands.
const SAYS: u8 = 50;
/// From this rank on a member names a parameter even where nothing but a code is said about it.
const NAMES: u8 = 2;

/// Parameters that one error names: hardly ever more than one.
type Names<'d> = SmallVec<[Cow<'d, str>; 1]>;

/// What one error of a list says.
struct Item<'d> {
    message: Ranked<&'d str>,
    word: Ranked<&'d str>,
    code: Ranked<Cow<'d, str>>,
    /// Messages, where there are several.
    messages: Vec<&'d str>,
    names: Ranked<Names<'d>>,
    /// Errors below this one.
    below: Vec<Value<'d>>,
}

/// Whether an object tells an error itself, and does not hold those of parameters.
pub(super) fn is_error(value: Value<'_>) -> bool {
    let says = |name: &str| role(name).is_some_and(|role| role.message >= SAYS);
    let mut members = value.as_object().into_iter().flatten();
    members.any(|(name, value)| value.as_text().is_some() && says(name))
}

pub(super) fn only_objects(mut list: Items<'_>) -> bool {
    list.all(|item| item.as_object().is_some())
}

/// The one text that a list consists of.
pub(super) fn only_text(mut list: Items<'_>) -> Option<&str> {
    let text = list.next()?.as_text()?;
    list.next().is_none().then_some(text)
}

/// The message of one error of a list.
pub(super) fn message(status: StatusCode, value: Value<'_>) -> Option<&str> {
    value
        .as_text()
        .or_else(|| Item::new(status, value).message.best)
}

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
                self.tell(&prefix, text);
            } else if map::is_bare(value, false) {
                let prefix = path::join(&prefix, position.to_string().into());
                self.tasks.extend(Task::map(value, prefix));
            } else if value.as_object().is_some() {
                self.item(Item::new(self.source.status, value), prefix.clone());
            }
            position += 1;
        }
        // Below what was just found, so that they come after.
        let rest = Task::List {
            list,
            prefix,
            position,
        };
        self.tasks.insert(next, rest);
    }

    /// An error that stands under the name of its parameter, or of the part of the request in which its parameter stands.
    pub(super) fn named_item(&mut self, value: Value<'d>, name: Cow<'d, str>) {
        let mut item = Item::new(self.source.status, value);
        item.names.best.take_if(|_| !name.is_empty());
        self.item(item, name);
    }

    fn item(&mut self, item: Item<'d>, prefix: Cow<'d, str>) {
        let named: Names<'d> = item
            .names
            .best
            .into_iter()
            .flatten()
            .map(|name| path::join(&prefix, name))
            .collect();
        let about = named.first().cloned().unwrap_or(prefix);
        for below in item.below.into_iter().rev() {
            self.tasks.extend(match below.as_list() {
                Some(list) => Some(Task::List {
                    list,
                    prefix: about.clone(),
                    position: 0,
                }),
                None if about.is_empty() && is_error(below) => Some(Task::Object(below)),
                None if map::is_fields(below, false) => Task::map(below, about.clone()),
                None => None,
            });
        }
        let said = item.message.best.or(item
            .word
            .best
            .filter(|word| item.code.best.as_deref() != Some(word)));
        let messages = || said.into_iter().chain(item.messages.iter().copied());
        if named.is_empty() {
            // Below a parameter, what is wrong may be said by a code alone.
            if let (Some(code), false, None) =
                (&item.code.best, about.is_empty(), messages().next())
            {
                return self.tell_field(&about, code);
            }
            messages().for_each(|message| self.tell(&about, message));
            self.item_type(item.code, &about, messages().next().is_some());
            return;
        }
        for name in &named {
            match item.code.best.as_deref() {
                Some(code) if messages().next().is_none() && item.names.rank >= NAMES => {
                    self.tell_field(name, code)
                }
                _ => messages().for_each(|message| self.tell(name, message)),
            }
        }
    }

    /// The type of an error about the whole: that of the first counts.
    fn item_type(&mut self, code: Ranked<Cow<'d, str>>, prefix: &str, said: bool) {
        let Some(name) = code.best.filter(|_| prefix.is_empty()) else {
            return;
        };
        if said {
            self.whole_type.get_or_insert(name);
        } else {
            self.error_type.offer(code.rank, name);
        }
    }
}

impl<'d> Item<'d> {
    fn new(status: StatusCode, object: Value<'d>) -> Self {
        let mut item = Self {
            message: Ranked::none(),
            word: Ranked::none(),
            code: Ranked::none(),
            messages: Vec::new(),
            names: Ranked::none(),
            below: Vec::new(),
        };
        for (name, value) in object.as_object().into_iter().flatten() {
            if let Some(role) = role(name) {
                item.member(status, name, role, value);
            }
        }
        item
    }

    fn member(&mut self, status: StatusCode, name: &str, role: Role, value: Value<'d>) {
        if let Some(text) = value.as_text() {
            let text = trim(text);
            let subject = if role.field == 0 {
                None
            } else {
                subject(name, role, text)
            };
            match subject {
                Some(subject) => self.names.offer(role.field, smallvec![subject]),
                None if role.field < NAMES => self.texts(status).text(role, text),
                None => {}
            }
        } else if let Some(number) = value.as_number() {
            self.texts(status).number(role, number);
        } else if let Some(list) = value.as_list() {
            self.list(name, role, list, value);
        } else if let Some(members) = value.as_object() {
            match role.holds {
                Holds::Rules => self
                    .messages
                    .extend(members.filter_map(|(_, value)| value.as_text())),
                Holds::Error | Holds::Errors => self.below.push(value),
                Holds::Facts | Holds::Data => self
                    .names
                    .offer_all(1, members.filter_map(|(name, value)| fact(name, value))),
                _ if role.field > 0 => self
                    .names
                    .offer_all(role.field, members.filter_map(source_or_key)),
                _ => {}
            }
        }
    }

    fn list(&mut self, name: &str, role: Role, list: Items<'d>, value: Value<'d>) {
        let texts = || list.clone().filter_map(Value::as_text);
        match role.holds {
            Holds::Error | Holds::Errors if role.field == 0 && texts().next().is_some() => {
                self.messages.extend(texts())
            }
            Holds::Error | Holds::Errors | Holds::Facts if only_objects(list.clone()) => {
                self.below.push(value)
            }
            _ if role.field == 0 => {}
            // Several parameters, or the way to one.
            _ if name.ends_with('s') => self
                .names
                .offer_all(role.field, texts().filter_map(path::of_text)),
            _ => self
                .names
                .offer_all(role.field, path::of_list(list).into_iter()),
        }
    }

    fn texts(&mut self, status: StatusCode) -> Texts<'_, 'd> {
        Texts {
            status,
            message: &mut self.message,
            word: &mut self.word,
            error_type: &mut self.code,
        }
    }
}

impl<'d> Ranked<Names<'d>> {
    fn offer_all(&mut self, rank: u8, names: impl Iterator<Item = Cow<'d, str>>) {
        let names: Names<'d> = names.collect();
        if !names.is_empty() {
            self.offer(rank, names);
        }
    }
}

//! One error of a list: its message, its type, and the parameters that it names.
//!
//! In: an object in a list, or under the name of a parameter. Out: an [`Item`]. [`list`](super::list) calls it.

use std::borrow::Cow;

use http::StatusCode;
use smallvec::{smallvec, SmallVec};

use super::candidate::Best;
use super::compounds::names_parameter;
use super::parameter;
use super::role::{Holds, MessageLevel, ParameterLevel, Role};
use super::roles::role;
use super::shape::{only_objects, unknown};
use super::texts::Texts;
use super::vocabulary::is_named;
use super::wording::is_prose;
use super::words::role_by_words;
use crate::http::bytes::trim;
use crate::read::document::{Items, Value};

/// The parameters that one error names. Nearly always it is one.
pub(super) type Names<'d> = SmallVec<[Cow<'d, str>; 1]>;

/// Keys of values that the client sent.
const ECHOES: [&str; 3] = ["input", "received", "value"];

/// The content of one error of a list.
pub(super) struct Item<'d> {
    pub(super) texts: Texts<'d>,
    /// Several messages, instead of one.
    pub(super) messages: Vec<&'d str>,
    pub(super) names: Best<Names<'d>>,
    /// The lists and objects with errors inside this one.
    pub(super) below: Vec<Value<'d>>,
}

/// The message of one error of a list.
pub(super) fn message(status: StatusCode, value: Value<'_>) -> Option<&str> {
    let of_item = || Item::new(status, value).texts.message.candidate;
    value.as_text().or_else(of_item)
}

/// The only sentence of an object under keys that are not in the table, unless the client sent it.
#[cold]
pub(super) fn only_sentence(status: StatusCode, object: Value<'_>) -> Option<&str> {
    let texts = unknown(object).filter(|(key, _)| !is_named(key, &ECHOES));
    let texts = texts.filter_map(|(_, value)| value.as_text().map(trim));
    let mut sentences = texts.filter(|text| is_prose(text, status));
    let one = sentences.next()?;
    sentences.next().is_none().then_some(one)
}

impl<'d> Item<'d> {
    pub(super) fn new(status: StatusCode, object: Value<'d>) -> Self {
        let mut item = Self {
            texts: Texts::new(status),
            messages: Vec::new(),
            names: Best::none(),
            below: Vec::new(),
        };
        for (key, value) in object.members() {
            match role(key) {
                Some(role) => item.member(key, role, value),
                None if value.is_object() => item.facts(value),
                None if names_parameter(key) => item.named(value),
                None => {}
            }
        }
        if item.is_silent() {
            item.members_by_words(object);
        }
        if item.is_silent() {
            if let Some(sentence) = only_sentence(status, object) {
                item.texts.message.offer(MessageLevel::Aside, sentence);
            }
        }
        item
    }

    /// A member with a key such as `missing_field`. Its text names the parameter.
    fn named(&mut self, value: Value<'d>) {
        let name = value.as_text().filter(|text| !text.contains(' '));
        self.offer_names(
            ParameterLevel::Likely,
            name.and_then(parameter::from_text).into_iter(),
        );
    }

    /// Whether no message was found.
    fn is_silent(&self) -> bool {
        self.texts.message.candidate.is_none()
            && self.texts.word.candidate.is_none()
            && self.messages.is_empty()
            && self.below.is_empty()
    }

    /// The members with keys that are not in the table. The words of a key give its role.
    #[cold]
    fn members_by_words(&mut self, object: Value<'d>) {
        for (key, value) in unknown(object).filter(|(_, value)| !value.holds_values()) {
            if let Some(role) = role_by_words(key) {
                self.texts.offer(role, value);
            }
        }
    }

    fn member(&mut self, key: &str, role: Role, value: Value<'d>) {
        if let Some(text) = value.as_text() {
            self.text(role, trim(text));
        } else if let Some(number) = value.as_number() {
            self.texts.number(role, number);
        } else if let Some(list) = value.as_list() {
            self.list(key, role, list, value);
        } else if value.is_object() {
            self.object(role, value);
        }
    }

    fn text(&mut self, role: Role, text: &'d str) {
        let names = role.parameter > ParameterLevel::None;
        match names.then(|| parameter::from_member(role, text)).flatten() {
            Some(name) => self.names.offer(role.parameter, smallvec![name]),
            None if role.parameter < ParameterLevel::Likely => self.texts.text(role, text),
            None => {}
        }
    }

    fn object(&mut self, role: Role, object: Value<'d>) {
        let members = object.members();
        match role.holds {
            Holds::Rules => {
                let texts = members.filter_map(|(_, value)| value.as_text());
                self.messages.extend(texts);
            }
            Holds::Error | Holds::Errors => self.below.push(object),
            Holds::Facts | Holds::Data => self.facts(object),
            _ if role.parameter > ParameterLevel::None => {
                self.offer_names(role.parameter, members.filter_map(parameter::from_source));
            }
            Holds::Unknown => self.facts(object),
            _ => {}
        }
    }

    /// An object with facts may hold the name of the parameter: `{"context": {"attribute": "age"}}`.
    fn facts(&mut self, object: Value<'d>) {
        let names = object.members().filter_map(parameter::from_fact);
        self.offer_names(ParameterLevel::Perhaps, names);
    }

    fn list(&mut self, key: &str, role: Role, list: Items<'d>, value: Value<'d>) {
        let mut texts = list.clone().filter_map(Value::as_text).peekable();
        let names = role.parameter > ParameterLevel::None;
        match role.holds {
            Holds::Error | Holds::Errors if !names && texts.peek().is_some() => {
                self.messages.extend(texts);
            }
            Holds::Error | Holds::Errors | Holds::Facts if only_objects(list.clone()) => {
                self.below.push(value);
            }
            _ if !names => {}
            // Several parameters, or the path to one.
            _ if key.ends_with('s') => {
                self.offer_names(role.parameter, texts.filter_map(parameter::from_text));
            }
            _ => self.offer_names(role.parameter, parameter::from_list(list).into_iter()),
        }
    }

    fn offer_names(&mut self, level: ParameterLevel, names: impl Iterator<Item = Cow<'d, str>>) {
        let names: Names<'d> = names.collect();
        if !names.is_empty() {
            self.names.offer(level, names);
        }
    }
}

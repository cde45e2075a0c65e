//! The results of the walk through a document.
//!
//! In: the texts, types and errors of parameters that the walk finds. Out: the envelope, or `None` if nothing was found.

use std::borrow::Cow;

use bytestring::ByteString;
use smallvec::SmallVec;

use super::parameter;
use super::role::{MessageLevel, TypeLevel};
use super::texts::Texts;
use crate::envelope::{Envelope, FieldErrors, MAX_MESSAGES};
use crate::http::bytes::trim;
use crate::read::document::{Items, Value};
use crate::read::source::Source;

/// The member for the types of the other errors, if several are about the whole.
const OTHER_TYPES: &str = "other_types";

/// Types in this member at most.
const MAX_OTHER_TYPES: usize = 16;

pub(super) struct Findings<'s, 'd> {
    pub(super) source: &'s Source<'s>,
    /// The texts and numbers of error objects about the whole.
    pub(super) texts: Texts<'d>,
    /// Messages about the whole from a list. They replace their summary.
    whole: Vec<&'d str>,
    /// The type of the first of them.
    pub(super) whole_type: Option<Cow<'d, str>>,
    /// The types of the others.
    other_types: Vec<Cow<'d, str>>,
    /// Messages to be added after the message about the whole.
    pub(super) more: Vec<&'d str>,
    /// Texts that name the parameter of the message about the whole.
    pub(super) parameters: SmallVec<[Cow<'d, str>; 1]>,
    /// The envelope, with the errors of parameters that were found.
    pub(super) envelope: Envelope,
}

impl<'s, 'd> Findings<'s, 'd> {
    #[inline]
    pub(super) fn new(source: &'s Source<'s>) -> Self {
        Self {
            source,
            texts: Texts::new(source.status),
            whole: Vec::new(),
            whole_type: None,
            other_types: Vec::new(),
            more: Vec::new(),
            parameters: SmallVec::new(),
            envelope: source.envelope(),
        }
    }

    /// Whether a message or an error of a parameter was found that says more than the status.
    pub(super) fn has_message(&self) -> bool {
        self.texts.message.rank > MessageLevel::Phrase.into()
            || self.texts.word.candidate.is_some()
            || !self.whole.is_empty()
            || !self.envelope.field_errors().is_empty()
    }

    /// Whether the message is missing, is the phrase of the status, or is a description.
    pub(super) fn may_be_of_a_resource(&self) -> bool {
        let description = u8::from(MessageLevel::Description);
        self.texts.message.rank <= MessageLevel::Phrase.into()
            || self.texts.message.rank == description
    }

    /// Whether no type was found, or only a number.
    pub(super) fn lacks_type(&self) -> bool {
        self.whole_type.is_none() && self.texts.error_type.rank <= TypeLevel::Uri.of_number()
    }

    pub(super) fn has_type(&self) -> bool {
        self.whole_type.is_some() || self.texts.error_type.candidate.is_some()
    }

    /// Whether neither parameters nor a list of errors was found.
    pub(super) fn lacks_errors(&self) -> bool {
        self.whole.is_empty() && self.envelope.field_errors().is_empty()
    }

    /// Drops message and type.
    pub(super) fn forget(&mut self) {
        self.texts = Texts::new(self.source.status);
    }

    /// Adds a message about the parameter `name`. If the name is empty, it is about the whole.
    pub(super) fn add(&mut self, name: &str, message: &'d str) {
        let message = trim(message);
        if message.is_empty() {
        } else if !name.is_empty() {
            self.add_field(name, message);
        } else if self.whole.len() < MAX_MESSAGES {
            if !self.whole.contains(&message) {
                self.whole.push(message);
            }
        } else if self.whole.len() == MAX_MESSAGES {
            self.whole.push("…");
        }
    }

    /// Adds the type of one of several errors about the whole.
    pub(super) fn add_type(&mut self, name: Cow<'d, str>) {
        match &self.whole_type {
            None => self.whole_type = Some(name),
            Some(first) if *first == name || self.other_types.contains(&name) => {}
            Some(_) if self.other_types.len() < MAX_OTHER_TYPES => self.other_types.push(name),
            Some(_) => {}
        }
    }

    pub(super) fn add_field(&mut self, name: &str, message: &str) {
        self.source.add_field(&mut self.envelope, name, message);
    }

    pub(super) fn add_fields(&mut self, errors: &FieldErrors) {
        for (name, messages) in errors {
            messages.for_each(|message| self.add_field(name, message));
        }
    }

    /// Adds the texts of a list as messages about the parameter `name`. Returns `false` if the list has other values.
    pub(super) fn add_all(&mut self, name: &str, list: Items<'d>) -> bool {
        let list = list.take(MAX_MESSAGES + 1);
        if name.is_empty() || !list.clone().all(|value| value.as_text().is_some()) {
            return false;
        }
        let texts = list.filter_map(Value::as_text).map(trim);
        let mut texts = texts.filter(|text| !text.is_empty()).peekable();
        if texts.peek().is_some() {
            let source = self.source;
            let messages = texts.map(|text| source.verbatim(text));
            let name = source.name(name);
            self.envelope.fields_mut().push_new(name, messages);
        }
        true
    }

    /// The type of the whole. For messages in a list, it is the type of the first. But a name outside of the list counts more than a
    /// number in it.
    pub(super) fn take_type(&mut self) -> Option<Cow<'d, str>> {
        let has_name = self.texts.error_type.rank > TypeLevel::Uri.of_number();
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let in_list = self.whole_type.take().filter(|_| !self.whole.is_empty());
        in_list
            .filter(|name| !(has_name && is_number(name)))
            .or(self.texts.error_type.candidate.take())
    }

    /// The message about the whole. It is not the same word as the type.
    pub(super) fn message(&self, error_type: Option<&str>) -> Option<Cow<'d, str>> {
        let is_word = self.texts.message.rank <= MessageLevel::Phrase.into();
        let word = self
            .texts
            .word
            .candidate
            .filter(|word| is_word && error_type != Some(*word));
        let best = word.or(self.texts.message.candidate);
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

    /// The envelope with this type and message, if anything was found. The parameters that were named beside the message get the
    /// message too.
    pub(super) fn into_envelope(
        mut self,
        error_type: Option<&str>,
        message: Option<&str>,
    ) -> Option<Envelope> {
        if let Some(error_type) = error_type {
            self.envelope
                .set_error_type(self.source.trimmed(error_type));
        }
        if !self.other_types.is_empty() && !self.whole.is_empty() {
            let name = ByteString::from_static(OTHER_TYPES);
            self.envelope.set_member(name, &self.other_types);
        }
        if let Some(message) = message {
            let parameters = std::mem::take(&mut self.parameters);
            let names = parameters
                .iter()
                .filter_map(|text| parameter::from_text(text));
            names.for_each(|name| self.add_field(&name, message));
            self.envelope.set_message(self.source.trimmed(message));
        }
        let is_found = error_type.or(message).is_some() || !self.envelope.field_errors().is_empty();
        is_found.then_some(self.envelope)
    }
}

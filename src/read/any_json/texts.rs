//! What the texts and numbers of an object may turn out to be: its message, its type, or neither.

use std::borrow::Cow;

use http::StatusCode;

use super::candidate::Best;
use super::role::{MessageLevel, ParameterLevel, Role, TypeLevel};
use super::vocabulary::is_constant;
use super::wording::{is_occurrence, uri, Uri, Word};
use crate::grpc::code::GrpcCode;
use crate::read::document::Number;

/// Words of a code that is spoken: `schema violation`.
const SPOKEN_WORDS: usize = 3;

/// The candidates to which texts and numbers are offered.
pub(super) struct Texts<'a, 'd> {
    pub(super) status: StatusCode,
    pub(super) message: &'a mut Best<&'d str>,
    pub(super) word: &'a mut Best<&'d str>,
    pub(super) error_type: &'a mut Best<Cow<'d, str>>,
}

impl<'d> Texts<'_, 'd> {
    /// A text in a member with this role.
    pub(super) fn text(&mut self, role: Role, text: &'d str) {
        if text.is_empty() || text == "null" || text == self.status.as_str() {
            return;
        }
        match Word::new(text, self.status) {
            Word::Sentence if is_spoken_code(role, text) => {
                self.error_type.offer(role.error_type, text);
            }
            Word::Sentence => self.message.offer(role.message, text),
            Word::Phrase if is_spoken_code(role, text) && !text.starts_with(char::is_uppercase) => {
                self.error_type.offer(role.error_type, text);
            }
            Word::Phrase => {
                let level = role.message.min(MessageLevel::Phrase);
                self.message.offer(level, text);
            }
            Word::Plain if role.error_type == TypeLevel::None => {
                self.message.offer(role.message, text);
            }
            Word::Plain => {
                self.identifier(role, text);
                if role.message > MessageLevel::None {
                    self.word.offer(MessageLevel::Phrase, text);
                }
            }
            Word::Identifier if role.error_type == TypeLevel::None => {
                self.identifier_as_message(role, text);
            }
            Word::Identifier => self.identifier(role, text),
        }
    }

    /// An identifier where the message should be: it is the type, and then a word beside it is no message either.
    fn identifier_as_message(&mut self, role: Role, text: &'d str) {
        if role.message >= MessageLevel::Note && !text.starts_with('/') {
            let text = text.trim_end_matches(['.', '/']);
            self.error_type.offer(TypeLevel::Reason, text);
            *self.word = Best::closed();
        }
    }

    fn identifier(&mut self, role: Role, text: &'d str) {
        if is_constant(text) && role.error_type < TypeLevel::Code {
            return;
        }
        let is_class = text.contains('_') || text.starts_with(char::is_uppercase);
        let names_parameter = role.parameter > ParameterLevel::None && !is_class;
        if names_parameter || (role.error_type == TypeLevel::Id && is_occurrence(text)) {
            return;
        }
        match uri(text) {
            Uri::Meaningless => {}
            Uri::Meaningful if role.error_type == TypeLevel::Type => {
                self.error_type.offer(TypeLevel::Uri, text);
            }
            _ => self.error_type.offer(role.error_type, text),
        }
    }

    /// A number in a member with this role: a code, unless it repeats the status.
    pub(super) fn number(&mut self, role: Role, number: &Number) {
        let Some(code) = number.as_integer().filter(|_| role.numeric) else {
            return;
        };
        if code == 0 || code == i64::from(self.status.as_u16()) {
            return;
        }
        let rank = role.error_type.of_number();
        match GrpcCode::from_gateway(code, self.status) {
            Some(code) => self.error_type.offer(rank, code.name()),
            None => self.error_type.offer(rank, code.to_string()),
        }
    }
}

/// Two or three words under `code` or `name`: some APIs name their errors so.
fn is_spoken_code(role: Role, text: &str) -> bool {
    let is_code = role.numeric || role.parameter > ParameterLevel::None;
    let has_code = role.message == MessageLevel::None && role.error_type > TypeLevel::None;
    has_code
        && is_code
        && text.split(' ').count() <= SPOKEN_WORDS
        && text.chars().all(|c| c.is_alphabetic() || c == ' ')
}

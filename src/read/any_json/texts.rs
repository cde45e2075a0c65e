//! Decides which texts and numbers of an object are its message or its type.
//!
//! In: a text or a number, and the role of its key. Out: candidates for the message and the type. Error objects, items and the last
//! resort call it.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::Number;

use super::candidate::Best;
use super::role::{Holds, MessageLevel, ParameterLevel, Role, TypeLevel};
use super::uri::{uri, Uri};
use super::vocabulary::is_constant;
use super::wording::{is_occurrence, without_trace, Marks, Word};
use crate::grpc::code::GrpcCode;
use crate::http::bytes::{any, trim};
use crate::read::document::{integer, Value};

/// Words at most of a code in plain words: `schema violation`.
const SPOKEN_WORDS: usize = 3;
/// Words at most of a message that only names the error: `Invalid Argument`.
const SHORT_WORDS: usize = 2;
/// Bytes of such a message at most.
const SHORT_MESSAGE: usize = 40;

/// The candidates for the message and the type of one error.
pub(super) struct Texts<'d> {
    pub(super) status: StatusCode,
    pub(super) message: Best<&'d str>,
    /// A word that is the message, unless it is the type.
    pub(super) word: Best<&'d str>,
    pub(super) error_type: Best<Cow<'d, str>>,
}

impl<'d> Texts<'d> {
    #[inline]
    pub(super) fn new(status: StatusCode) -> Self {
        Self {
            status,
            message: Best::none(),
            word: Best::none(),
            error_type: Best::none(),
        }
    }

    /// Offers the value of a member with this role, if it is a text or a number.
    pub(super) fn offer(&mut self, role: Role, value: Value<'d>) {
        if let Some(text) = value.as_text() {
            self.text(role, trim(text));
        } else if let Some(number) = value.as_number() {
            self.number(role, number);
        }
    }

    /// A text in a member with this role.
    pub(super) fn text(&mut self, role: Role, text: &'d str) {
        let says = role.message > MessageLevel::None || role.error_type > TypeLevel::None;
        if !says || text.is_empty() || text == "null" || text == self.status.as_str() {
            return;
        }
        let marks = Marks::of(text);
        let (text, marks) = match without_trace(text, marks) {
            // A stack trace counts only if there is nothing else.
            "" => {
                return self
                    .message
                    .offer(role.message.min(MessageLevel::Phrase), text)
            }
            cut if cut.len() < text.len() => (cut, Marks::of(cut)),
            _ => (text, marks),
        };
        match Word::with_marks(text, marks, self.status) {
            Word::Sentence if is_spoken_code(role, text) => {
                self.error_type.offer(role.error_type, text);
            }
            Word::Phrase if is_spoken_code(role, text) && !text.starts_with(char::is_uppercase) => {
                self.error_type.offer(role.error_type, text);
            }
            Word::Sentence => self.sentence(role, text),
            Word::Phrase => {
                let level = role.message.min(MessageLevel::Phrase);
                self.message.offer(level, text);
            }
            Word::Plain => self.plain(role, text),
            Word::Identifier if role.error_type == TypeLevel::None => {
                self.identifier_as_message(role, text);
            }
            Word::Identifier => self.identifier(role, text),
        }
    }

    /// An ordinary word. It may be the type, and it is the message if it is not the type.
    fn plain(&mut self, role: Role, text: &'d str) {
        if role.error_type == TypeLevel::None {
            return self.message.offer(role.message, text);
        }
        self.identifier(role, text);
        if role.message > MessageLevel::None {
            self.word.offer(MessageLevel::Phrase, text);
        }
    }

    /// A sentence. A message of one or two words has a lower level than a reason in several words.
    fn sentence(&mut self, role: Role, text: &'d str) {
        let blanks = || {
            text.bytes()
                .filter(|byte| *byte == b' ')
                .take(SHORT_WORDS)
                .count()
        };
        let is_short = text.len() <= SHORT_MESSAGE
            && blanks() < SHORT_WORDS
            && text.is_ascii()
            && !text.ends_with(['.', '!', '?']);
        let level = match role.message {
            MessageLevel::Message if is_short => MessageLevel::ShortMessage,
            MessageLevel::Title if !is_short && role.holds == Holds::Facts => MessageLevel::Reason,
            MessageLevel::Error
                if !is_short
                    && role.error_type == TypeLevel::Reason
                    && role.holds == Holds::Unknown =>
            {
                MessageLevel::Reason
            }
            level => level,
        };
        self.message.offer(level, text);
    }

    /// An identifier under a key for messages. It is the type, and then a single word is not a message either.
    fn identifier_as_message(&mut self, role: Role, text: &'d str) {
        if role.message >= MessageLevel::Note && !text.starts_with('/') {
            let text = text.trim_end_matches(['.', '/']);
            self.error_type.offer(TypeLevel::Reason, text);
            self.word = Best::closed();
        }
    }

    fn identifier(&mut self, role: Role, text: &'d str) {
        if role.error_type < TypeLevel::Code && is_constant(text) {
            return;
        }
        let is_class = || any(text, |byte| byte == b'_') || text.starts_with(char::is_uppercase);
        let names_parameter = role.parameter > ParameterLevel::None && !is_class();
        if names_parameter || (role.error_type == TypeLevel::Id && is_occurrence(text)) {
            return;
        }
        match uri(text) {
            Uri::Meaningless => {}
            Uri::Meaningful if role.error_type == TypeLevel::Type => {
                self.error_type.offer(TypeLevel::Uri, text);
            }
            // Digits in quotes count as a number.
            _ if text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'-') =>
            {
                let is_code = role.numeric || role.error_type >= TypeLevel::Code;
                let is_outcome = role.error_type == TypeLevel::Class && text.len() != 3;
                if (is_code || is_outcome) && !is_zero(text) {
                    let rank = match is_code {
                        true => u8::from(role.error_type.min(TypeLevel::Digits)),
                        false => role.error_type.of_number(),
                    };
                    self.error_type.offer(rank, text);
                }
            }
            _ => self.error_type.offer(role.error_type, text),
        }
    }

    /// A number in a member with this role: a code, unless it repeats the status.
    pub(super) fn number(&mut self, role: Role, number: &Number) {
        let Some(code) = integer(number).filter(|_| role.numeric) else {
            return;
        };
        if code == 0 || code == i64::from(self.status.as_u16()) {
            return;
        }
        // Outside of codes, such a number is a status of HTTP.
        if role.error_type != TypeLevel::Code && (100..600).contains(&code) {
            return;
        }
        let rank = role.error_type.of_number();
        match GrpcCode::from_gateway(code, self.status) {
            Some(code) => self.error_type.offer(rank, code.name()),
            None => self.error_type.offer(rank, code.to_string()),
        }
    }
}

/// Whether a sentence under `code` or `name` is a code in two or three words.
fn is_spoken_code(role: Role, text: &str) -> bool {
    let is_code = role.numeric || role.parameter > ParameterLevel::None;
    let has_code = role.message == MessageLevel::None && role.error_type > TypeLevel::None;
    has_code
        && is_code
        && (is_followed_code(text)
            || text.split(' ').count() <= SPOKEN_WORDS
                && text.chars().all(|c| c.is_alphabetic() || c == ' '))
}

/// Whether a text is a code in capitals with a suffix: `ERROR_PROCESSING_CARD - [05]`.
fn is_followed_code(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let words = text.split(' ').count();
    first.contains('_') && !first.contains(char::is_lowercase) && words <= SPOKEN_WORDS
}

/// Whether a code means that there is no error.
fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

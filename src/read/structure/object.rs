//! One object that tells an error: what it says, its type, and where more of it stands.

use std::borrow::Cow;

use http::StatusCode;

use super::members::role;
use super::names;
use super::ranked::Ranked;
use super::role::{self, Holds, Role};
use super::walk::{Task, Walk, PHRASE};
use super::words::{self, Word};
use super::{item, map};
use crate::grpc::code::GrpcCode;
use crate::read::json::{Items, Number, Value};
use crate::read::source::trim;

/// From this rank on a member is there for the message, and for nothing else.
const MESSAGE: u8 = 60;
/// From this rank on a type is a code, and a code may be any word.
const CODE: u8 = 70;
/// The rank of a message that is an identifier, as a type.
const MESSAGE_AS_TYPE: u8 = 50;
/// The rank of a `type` that is a URI: it identifies the problem, what stands beside it only classifies it.
const URI: u8 = 110;

/// What the texts and numbers of an object may turn out to be.
pub(super) struct Texts<'a, 'd> {
    pub(super) status: StatusCode,
    pub(super) message: &'a mut Ranked<&'d str>,
    pub(super) word: &'a mut Ranked<&'d str>,
    pub(super) error_type: &'a mut Ranked<Cow<'d, str>>,
}

impl<'d> Walk<'_, 'd> {
    pub(super) fn object(&mut self, object: Value<'d>) {
        for (name, value) in object.as_object().into_iter().flatten() {
            let Some(role) = role(name).filter(|_| !self.ignored.contains(&name)) else {
                continue;
            };
            if let Some(text) = value.as_text() {
                let text = trim(text);
                if role.anywhere && !text.is_empty() {
                    self.subjects.push(text.into());
                }
                self.texts().text(role, text);
            } else if let Some(number) = value.as_number() {
                self.texts().number(role, number);
            } else if let Some(list) = value.as_list() {
                self.list(role, list);
            } else if value.as_object().is_some() {
                self.holder(role, value);
            }
        }
    }

    /// Facts say nothing themselves, but may name the parameter, hold the code or lists of errors.
    pub(super) fn facts(&mut self, object: Value<'d>, data: bool) {
        for (name, value) in object.as_object().into_iter().flatten() {
            let Some(role) = role(name) else {
                continue;
            };
            if let Some(text) = value.as_text() {
                if role.anywhere {
                    self.subjects.push(text.into());
                } else if data
                    && role.numeric
                    && Word::of(text, self.source.status) == Word::Identifier
                {
                    self.error_type.offer(role.name + 2, text);
                }
            } else if let Some(list) = value.as_list() {
                match role.holds {
                    Holds::Unknown => self.subjects.extend(
                        item::only_text(list)
                            .filter(|_| role.field > 0)
                            .map(Cow::Borrowed),
                    ),
                    _ => self.list(role, list),
                }
            } else if value.as_object().is_some()
                && !matches!(role.holds, Holds::Error | Holds::Inner)
            {
                self.holder(role, value);
            }
        }
    }

    fn list(&mut self, role: Role, list: Items<'d>) {
        let by_name = role.field > 0 || role.holds == Holds::ByName;
        match role.holds {
            Holds::Error | Holds::Errors | Holds::Facts | Holds::ByName
                if !by_name || item::only_objects(list.clone()) =>
            {
                self.tasks.push(Task::List {
                    list,
                    prefix: Cow::Borrowed(""),
                    position: 0,
                });
            }
            Holds::More => self
                .more
                .extend(list.filter_map(|item| item::message(self.source.status, item))),
            _ => {}
        }
    }

    fn holder(&mut self, role: Role, object: Value<'d>) {
        let map = || Task::map(object, Cow::Borrowed(""));
        let task = match role.holds {
            Holds::Error | Holds::Errors if is_localised(object) => {
                return self.message.offer(
                    role.message,
                    object
                        .get("value")
                        .and_then(Value::as_text)
                        .unwrap_or_default(),
                );
            }
            Holds::Error if !map::is_bare(object, false) => Some(Task::Object(object)),
            Holds::Errors if item::is_error(object) => Some(Task::Object(object)),
            Holds::Error | Holds::Errors | Holds::ByName => map(),
            Holds::Facts | Holds::Data if map::is_bare(object, true) => map(),
            Holds::Facts if item::is_error(object) => Some(Task::Object(object)),
            Holds::Facts => Some(Task::Facts {
                object,
                data: false,
            }),
            Holds::Data => Some(Task::Facts { object, data: true }),
            Holds::Languages => {
                let first = object
                    .as_object()
                    .into_iter()
                    .flatten()
                    .find_map(|(_, value)| value.as_text());
                return self.message.offer(70, first.unwrap_or_default());
            }
            Holds::Inner => return self.inner(object),
            Holds::More | Holds::Rules | Holds::Unknown => None,
        };
        self.tasks.extend(task);
    }

    /// The code of the deepest error that caused this one.
    fn inner(&mut self, object: Value<'d>) {
        let deeper = |object: &Value<'d>| {
            object
                .get("innererror")
                .or_else(|| object.get("innerError"))
        };
        let chain = std::iter::successors(Some(object), deeper);
        let codes = chain.filter_map(|object| object.get("code").and_then(Value::as_text));
        if let Some(code) = codes.filter(|code| !code.is_empty()).last() {
            self.error_type.offer(URI - 1, code);
        }
    }

    fn texts(&mut self) -> Texts<'_, 'd> {
        Texts {
            status: self.source.status,
            message: &mut self.message,
            word: &mut self.word,
            error_type: &mut self.error_type,
        }
    }
}

impl<'d> Texts<'_, 'd> {
    /// A text under a name with this role.
    pub(super) fn text(&mut self, role: Role, text: &'d str) {
        if text.is_empty() || text == "null" || text == self.status.as_str() {
            return;
        }
        match Word::of(text, self.status) {
            Word::Sentence if is_spoken_code(role, text) => self.error_type.offer(role.name, text),
            Word::Sentence => self.message.offer(role.message, text),
            Word::Phrase if is_spoken_code(role, text) && !text.starts_with(char::is_uppercase) => {
                self.error_type.offer(role.name, text)
            }
            Word::Phrase => self.message.offer(role.message.min(PHRASE), text),
            Word::Plain if role.name == 0 => self.message.offer(role.message, text),
            Word::Plain => {
                self.name(role, text);
                if role.message > 0 {
                    self.word.offer(1, text);
                }
            }
            Word::Identifier if role.name == 0 => self.identifier(role, text),
            Word::Identifier => self.name(role, text),
        }
    }

    /// A message that is none: it is the type, and then a word beside it is no message either.
    fn identifier(&mut self, role: Role, text: &'d str) {
        if role.message >= MESSAGE && !text.starts_with('/') {
            self.error_type
                .offer(MESSAGE_AS_TYPE, text.trim_end_matches(['.', '/']));
            *self.word = Ranked::closed();
        }
    }

    fn name(&mut self, role: Role, text: &'d str) {
        if names::is_constant(text) && role.name < CODE {
            return;
        }
        let is_class = text.contains('_') || text.starts_with(char::is_uppercase);
        if (role.name == role::ID && words::is_occurrence(text)) || (role.field > 0 && !is_class) {
            return;
        }
        match words::uri(text) {
            words::Uri::Meaningless => {}
            words::Uri::Meaningful if role.name == role::TYPE => self.error_type.offer(URI, text),
            _ => self.error_type.offer(role.name, text),
        }
    }

    /// A number under a name with this role: a code, unless it repeats the status.
    pub(super) fn number(&mut self, role: Role, number: &Number) {
        let Some(code) = number.as_integer().filter(|_| role.numeric) else {
            return;
        };
        if code == 0 || code == i64::from(self.status.as_u16()) {
            return;
        }
        // Below all strings: what an API calls by name, it also numbers.
        let rank = role.name.saturating_sub(50).max(1);
        match GrpcCode::from_gateway(code, self.status) {
            Some(code) => self.error_type.offer(rank, code.name()),
            None => self.error_type.offer(rank, code.to_string()),
        }
    }
}

/// `{"lang": "en", "value": "…"}`, as OData 2 and 3 write a message.
fn is_localised(object: Value<'_>) -> bool {
    object.get("lang").is_some() && object.get("value").and_then(Value::as_text).is_some()
}

/// Two or three words under `code` or `name`, such as `schema violation`: some APIs name their errors so.
fn is_spoken_code(role: Role, text: &str) -> bool {
    let named = role.message == 0 && role.name > 0 && (role.numeric || role.field > 0);
    named && text.split(' ').count() <= 3 && text.chars().all(|c| c.is_alphabetic() || c == ' ')
}

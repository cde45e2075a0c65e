//! Reads any JSON error by its structure, and any XML after its conversion to JSON.
//!
//! 1. An error is an object. Each member has a [role](role::Role) by its key ([table](roles)): it may hold the message, may hold
//!    the type, may name a parameter, or holds more errors. Levels decide between rivals.
//! 2. Each text is a sentence, the status' own phrase, a word or an identifier ([wording]). A sentence can be a message and
//!    an identifier a type, under any key ([texts]).
//! 3. There are five ways to begin ([walk]): a string is the message; `[CODE, text]` is type and message; a list is one of
//!    errors; an object whose members are all lists of texts holds parameters; any other object is an error object.
//! 4. An error object offers its texts and numbers as message and type, and puts its lists and objects on the stack, by the
//!    roles of their keys ([object]). Facts and data are no messages, but may name the parameter or a more specific type.
//! 5. An item of a list is read as an error object, but it may name its parameter ([item]). Errors below inherit the name as
//!    a prefix ([list]). In a map the keys are parameters ([map]). A few systems have shapes of their own ([habits]).
//! 6. If nothing was found, the tree is searched breadth-first for an error object, then for a list of errors ([search]).
//! 7. If message, type or errors are still missing, keys that are not in the table are read by their words ([words]); then the
//!    only sentence is the message. An object with a description but no word of errors is no error ([last_resort]).
//! 8. At the end ([findings]) the messages of a list replace their summary. A word is a message only if it is not the type. A
//!    message that is itself a document is read once. The parameter that is named beside a message gets it too.
//!
//! Places wait on a stack ([task]), so nesting costs no recursion. Bounds: depth 64, 64 objects searched, 1,024 parameters
//! and 64 messages for each.
//!
//! In: a [`Source`] and a value of its document. Out: an envelope, or `None` if nothing was found. The formats call it for all
//! parts without rules of their own.

mod candidate;
mod compounds;
mod findings;
mod habits;
mod item;
mod last_resort;
mod list;
mod map;
mod object;
mod parameter;
mod role;
mod roles;
mod search;
mod shape;
mod task;
mod texts;
mod uri;
mod vocabulary;
mod walk;
mod wording;
mod words;

use http::StatusCode;

use self::role::{Holds, MessageLevel};
use self::task::{Task, Walk};
use self::wording::Word;
use super::document::{parse_json, Value};
use super::source::Source;
use crate::envelope::Envelope;
use crate::http::bytes::trim;

pub(super) use self::parameter::from_text as parameter_name;
#[cfg(test)]
pub(super) use self::role::Role;
#[cfg(all(test, feature = "tonic", feature = "xml"))]
pub(super) use self::role::{MessageLevel as MessageLevels, ParameterLevel, TypeLevel};
#[cfg(all(test, feature = "tonic", feature = "xml"))]
pub(super) use self::roles::role as role_of;
#[cfg(all(test, feature = "xml"))]
pub(super) use self::roles::ROWS;
pub(super) use self::vocabulary::{is_named, is_whole, Normalised};
#[cfg(all(test, feature = "tonic", feature = "xml"))]
pub(super) use self::vocabulary::{CONSTANTS, PLACES};
pub(super) use self::wording::is_phrase;

/// The error that `value`, a part of the document, tells.
pub(super) fn read(source: &Source<'_>, value: Value<'_>) -> Option<Envelope> {
    read_without(source, value, &[])
}

/// The error that `value` tells without the members with these keys.
pub(super) fn read_without(
    source: &Source<'_>,
    value: Value<'_>,
    ignored: &'static [&'static str],
) -> Option<Envelope> {
    finish(walk_through(source, value, ignored))
}

/// The parameters that the members of `object` are, where they are not known as anything else.
pub(super) fn read_parameters(source: &Source<'_>, object: Value<'_>) -> Envelope {
    let mut walk = Walk::new(source, &[]);
    walk.run(Task::Object(object));
    walk.parameters(object);
    finish_without_looking_into_texts(walk).unwrap_or_else(|| source.envelope())
}

/// The problem that `object` describes. Any `detail` counts, and a `title` only if it says more than the status.
pub(super) fn read_problem(source: &Source<'_>, object: Value<'_>) -> Option<Envelope> {
    let detail = object.text("detail").map(trim);
    let detail = detail.filter(|text| !text.is_empty());
    let mut walk = Walk::new(source, &[]);
    walk.run(Task::Object(object));
    if walk.has_values {
        walk.parameters(object);
    }
    let says = |text: &&str| !is_phrase(text, source.status);
    let found = walk.found.texts.message.candidate;
    // A mere phrase in `detail` counts where nothing else says more, and in `title` never.
    walk.found.texts.message.candidate = detail
        .filter(says)
        .or_else(|| found.filter(says))
        .or(detail);
    finish(walk)
}

fn walk_through<'s, 'd>(
    source: &'s Source<'s>,
    value: Value<'d>,
    ignored: &'static [&'static str],
) -> Walk<'s, 'd> {
    let mut walk = Walk::new(source, ignored);
    if walk.document(value) {
        if !walk.found.has_spoken() {
            walk.search(value);
        }
        if walk.found.lacks_message() || walk.found.lacks_type() || walk.found.lacks_errors() {
            walk.last_resort(value);
        }
    }
    walk
}

/// Whether a member of a problem was read as errors: of parameters, or about the whole.
pub(super) fn holds_errors(key: &str, value: Value<'_>) -> bool {
    value.holds_values()
        && (shape::is_container(key) || shape::is_parameter(value) || words::holds_errors(key))
}

/// Whether a member with this key says nothing of an error.
pub(super) fn is_unknown(key: &str) -> bool {
    roles::role(key).is_none() && words::role_by_words(key).is_none()
}

/// Whether a text, trimmed, speaks to people.
pub(super) fn is_sentence(text: &str, status: StatusCode) -> bool {
    !text.is_empty() && Word::new(text, status) == Word::Sentence
}

/// Whether an object has a sentence where a message is expected, or an error below.
pub(super) fn says_why(object: Value<'_>) -> bool {
    object.members().any(|(key, value)| {
        let role = roles::role(key);
        let holds = role.is_some_and(|role| matches!(role.holds, Holds::Error | Holds::Errors));
        let says = role.is_some_and(|role| role.message > MessageLevel::None)
            || words::role_by_words(key).is_some();
        (says && value.has_words()) || (holds && value.holds_values() && !value.is_empty())
    })
}

/// Whether an object has an error code other than 0 and an error message, such as `errorCode` and `errorMessage`.
pub(super) fn has_code_and_message(object: Value<'_>) -> bool {
    let has = |keys: &[&str], is: fn(Value<'_>) -> bool| {
        let mut members = object.members();
        members.any(|(key, value)| is_named(key, keys) && is(value))
    };
    let is_code = |value: Value<'_>| {
        let text = value.as_text().unwrap_or_default();
        !text.trim_matches(['0', ' ', '.']).is_empty()
    };
    // By an old convention, a return code is 0 if the call succeeded.
    let is_not_zero = |value: Value<'_>| value.as_number().is_some_and(|code| !code.is_zero());
    let messages = ["error_message", "error_msg", "err_msg", "error_text"];
    let returned_messages = ["ret_msg", "return_msg", "return_message"];
    (has(&["error_code", "err_code", "errno"], is_code)
        && has(&messages, |value| value.has_words()))
        || (has(&["ret_code", "return_code"], is_not_zero)
            && has(&returned_messages, |value| value.has_words()))
}

/// The result, if there is one. A message that is itself a document is read once.
fn finish(mut walk: Walk<'_, '_>) -> Option<Envelope> {
    let error_type = walk.found.take_type();
    let message = walk.found.message(error_type.as_deref());
    let source = walk.found.source;
    match message.as_deref().and_then(|text| embedded(source, text)) {
        Some(inner) => {
            walk.found.tell_fields(inner.field_errors());
            let inner_type = inner.sent_error_type().map(|name| name.as_str());
            let error_type = error_type.as_deref().or(inner_type);
            walk.found.into_envelope(error_type, inner.sent_message())
        }
        None => walk
            .found
            .into_envelope(error_type.as_deref(), message.as_deref()),
    }
}

fn finish_without_looking_into_texts(mut walk: Walk<'_, '_>) -> Option<Envelope> {
    let error_type = walk.found.take_type();
    let message = walk.found.message(error_type.as_deref());
    walk.found
        .into_envelope(error_type.as_deref(), message.as_deref())
}

/// The error in `text`, a document in a string: the message of some servers.
fn embedded(source: &Source<'_>, text: &str) -> Option<Envelope> {
    let document = text.starts_with(['[', '{']).then(|| parse_json(text))??;
    let walk = walk_through(source, document.root(), &[]);
    let envelope = finish_without_looking_into_texts(walk)?;
    let says = envelope.sent_message().is_some() || !envelope.field_errors().is_empty();
    says.then_some(envelope)
}

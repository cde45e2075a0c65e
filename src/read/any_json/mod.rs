//! Reads any JSON error by its structure, and any XML after its conversion to JSON.
//!
//! 1. An error is an object. The key of a member gives it a [role](role::Role) ([table](roles)): it may hold the message, hold the
//!    type, name a parameter, or hold more errors. If several members have the same role, the highest level counts.
//! 2. Each text is a sentence, the reason phrase of the status, a word or an identifier ([wording]). A sentence can be a message
//!    and an identifier can be a type, under any key ([texts]).
//! 3. There are five ways to begin ([walk]). A string is the message. `[CODE, text]` is type and message. Any other list is a list
//!    of errors. An object with only lists of texts holds errors of parameters. Any other object is an error object.
//! 4. An error object offers its texts and numbers as message and type. Its lists and objects wait on a stack, if the roles of
//!    their keys say so ([object]). Facts and data hold no messages, but they may hold a parameter or a narrower type.
//! 5. An item of a list is read as an error object, and it may also name its parameter ([item]). Errors inside it get this name
//!    as a prefix ([list]). In a map, the keys are the names of parameters ([map]). Some systems have shapes of their own ([habits]).
//! 6. If nothing was found, the tree is searched breadth-first for an error object, then for a list of errors ([search]).
//! 7. If message, type or errors are still missing, keys that are not in the table are read by their words ([words]). Then the
//!    only sentence is the message. An object with a description, and without a word about errors, is not an error
//!    ([last_resort]).
//! 8. At the end ([findings]), the messages of a list replace their summary. A word is a message only if it is not the type. A
//!    message that is itself a document is read once. If a parameter is named beside the message, it gets the message too.
//!
//! Values wait on a stack ([task]), so there is no recursion. Bounds: depth 64, 64 objects searched, 1,024 parameters
//! and 64 messages for each.
//!
//! In: a [`Source`] and a value of its document. Out: an envelope, or `None` if nothing was found. `formats/` calls it for everything
//! without a rule of its own.

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

use self::role::MessageLevel;
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
pub(super) use self::vocabulary::{any_of, is_named, is_whole, Normalised};
#[cfg(all(test, feature = "tonic", feature = "xml"))]
pub(super) use self::vocabulary::{CONSTANTS, PLACES};
pub(super) use self::wording::is_phrase;

/// The error in `value`, a part of the document.
pub(super) fn read(source: &Source<'_>, value: Value<'_>) -> Option<Envelope> {
    read_without(source, value, &[])
}

/// The same as [`read`], without the members with these keys.
pub(super) fn read_without(
    source: &Source<'_>,
    value: Value<'_>,
    ignored: &'static [&'static str],
) -> Option<Envelope> {
    finish(walk_through(source, value, ignored))
}

/// The error in `object`. Members with unknown keys are parameters.
pub(super) fn read_parameters(source: &Source<'_>, object: Value<'_>) -> Envelope {
    let mut walk = Walk::new(source, &[]);
    walk.run(Task::Object(object));
    walk.parameters(object);
    finish_without_looking_into_texts(walk).unwrap_or_else(|| source.envelope())
}

/// The error in `object`, which has problem details. A `title` counts only if it says more than the status.
pub(super) fn read_problem(source: &Source<'_>, object: Value<'_>) -> Option<Envelope> {
    let detail = object.text("detail").map(trim);
    let detail = detail.filter(|text| !text.is_empty());
    let mut walk = Walk::new(source, &[]);
    walk.run(Task::Object(object));
    if walk.has_values {
        walk.parameters(object);
    }
    let says_more = |text: &&str| !is_phrase(text, source.status);
    let found = walk.found.texts.message.candidate;
    // The phrase of the status counts in `detail` if nothing says more. In `title` it never counts.
    walk.found.texts.message.candidate = detail
        .filter(says_more)
        .or_else(|| found.filter(says_more))
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
        if !walk.found.has_message() {
            walk.search(value);
        }
        if !walk.found.has_message() || walk.found.lacks_type() || walk.found.lacks_errors() {
            walk.last_resort(value);
        }
    }
    walk
}

/// Whether a member of a problem was read as errors.
pub(super) fn holds_errors(key: &str, value: Value<'_>) -> bool {
    value.holds_values()
        && (shape::is_container(key) || shape::is_parameter(value) || words::holds_errors(key))
}

/// Whether members with this key have nothing to do with errors.
pub(super) fn is_unknown(key: &str) -> bool {
    roles::role(key).is_none() && words::role_by_words(key).is_none()
}

/// Whether a text, trimmed, is a sentence.
pub(super) fn is_sentence(text: &str, status: StatusCode) -> bool {
    !text.is_empty() && Word::new(text, status) == Word::Sentence
}

/// Whether an object has a sentence under a key for messages, or has an error inside.
pub(super) fn says_why(object: Value<'_>) -> bool {
    object.members().any(|(key, value)| {
        let may_be_message = || {
            roles::role(key).is_some_and(|role| role.message > MessageLevel::None)
                || words::role_by_words(key).is_some()
        };
        (value.has_words() && may_be_message())
            || (value.holds_values() && !value.is_empty() && roles::may_hold_errors(key))
    })
}

/// Whether an object has an error code other than 0 and an error message, such as `errorCode` and `errorMessage`.
pub(super) fn has_code_and_message(object: Value<'_>) -> bool {
    let is_code = |value: Value<'_>| {
        let text = value.as_text().unwrap_or_default();
        !text.trim_matches(['0', ' ', '.']).is_empty()
    };
    let messages = ["error_message", "error_msg", "err_msg", "error_text"];
    let returned_messages = ["ret_msg", "return_msg", "return_message"];
    // By an old convention, a return code is 0 if the call succeeded.
    (any_of(object, &["error_code", "err_code", "errno"], is_code)
        && any_of(object, &messages, Value::has_words))
        || (any_of(object, &["ret_code", "return_code"], Value::is_nonzero)
            && any_of(object, &returned_messages, Value::has_words))
}

/// The envelope, if anything was found. A message that is itself a document is read once.
fn finish(mut walk: Walk<'_, '_>) -> Option<Envelope> {
    let error_type = walk.found.take_type();
    let message = walk.found.message(error_type.as_deref());
    let source = walk.found.source;
    let inner = message.as_deref().and_then(|text| embedded(source, text));
    let (mut error_type, mut message) = (error_type.as_deref(), message.as_deref());
    if let Some(inner) = &inner {
        walk.found.add_fields(inner.field_errors());
        error_type = error_type.or(inner.sent_error_type().map(|name| name.as_str()));
        message = inner.sent_message();
    }
    walk.found.into_envelope(error_type, message)
}

fn finish_without_looking_into_texts(mut walk: Walk<'_, '_>) -> Option<Envelope> {
    let error_type = walk.found.take_type();
    let message = walk.found.message(error_type.as_deref());
    walk.found
        .into_envelope(error_type.as_deref(), message.as_deref())
}

/// The error in a message that is a document.
fn embedded(source: &Source<'_>, text: &str) -> Option<Envelope> {
    let document = text.starts_with(['[', '{']).then(|| parse_json(text))??;
    let walk = walk_through(source, document.root(), &[]);
    let envelope = finish_without_looking_into_texts(walk)?;
    let has_texts = envelope.sent_message().is_some() || !envelope.field_errors().is_empty();
    has_texts.then_some(envelope)
}

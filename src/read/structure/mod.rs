//! Any JSON error, by its structure: what its members are called, what kind of value they have, and whether their texts
//! speak to people or to machines.
//!
//! ```json
//! {"error": {"code": "invalid_input", "message": "Two inputs were refused",
//!            "details": {"fields": [{"name": "server_type", "messages": ["is not offered any more"]}]}}}
//! ```

mod item;
mod key;
mod map;
mod members;
mod names;
mod object;
mod path;
mod ranked;
mod role;
mod search;
mod slots;
mod subject;
mod walk;
mod words;

use std::borrow::Cow;

use self::walk::{Task, Walk};
use super::json::{Document, Value};
use super::source::Source;
use crate::envelope::Envelope;

pub(super) use self::names::{is_named, is_whole};
pub(super) use self::words::is_phrase;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    read_value(source, source.json()?)
}

/// The error that `value`, a part of the document, tells.
pub(super) fn read_value(source: &Source<'_>, value: Value<'_>) -> Option<Envelope> {
    let mut walk = Walk::new(source);
    walk.document(value);
    walk.finish(true)
}

/// The error that `value` tells without these members.
pub(super) fn without(
    source: &Source<'_>,
    value: Value<'_>,
    names: &'static [&'static str],
) -> Option<Envelope> {
    let mut walk = Walk::new(source);
    walk.ignored = names;
    walk.document(value);
    walk.finish(true)
}

/// The parameters that the members of `object` are, where they are not known as anything else.
pub(super) fn with_parameters(source: &Source<'_>, object: Value<'_>) -> Envelope {
    let mut walk = Walk::new(source);
    walk.run(Task::Object(object));
    walk.parameters(object);
    walk.finish(false).unwrap_or_else(|| source.envelope())
}

/// The problem that `object` describes: `detail` counts whatever it says, `title` only if it says more than the status.
pub(super) fn problem(source: &Source<'_>, object: Value<'_>) -> Option<Envelope> {
    let detail = object
        .get("detail")
        .and_then(Value::as_text)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let mut walk = Walk::new(source);
    walk.run(Task::Object(object));
    walk.parameters(object);
    walk.message.best = detail
        .or(walk.message.best)
        .filter(|text| detail.is_some() || !is_phrase(text, source.status));
    walk.finish(true)
}

/// The name of the parameter that `text` points to; `None` if it points to the whole.
pub(super) fn name(text: &str) -> Option<Cow<'_, str>> {
    path::of_text(text)
}

/// The errors of parameters in `text`, a document in a string: the message of some servers. It is looked into once.
fn embedded(source: &Source<'_>, text: &str) -> Option<Envelope> {
    let document = text
        .starts_with(['[', '{'])
        .then(|| Document::parse(text))??;
    let mut walk = Walk::new(source);
    walk.document(document.root());
    walk.finish(false)
        .filter(|envelope| !envelope.field_errors().is_empty())
}

//! Any JSON error, by its structure: what its members are called, what kind of value they have, and whether their texts
//! speak to people or to machines.
//!
//! ```json
//! {"error": {"code": "invalid_input", "message": "Two inputs were refused",
//!            "details": {"fields": [{"name": "server_type", "messages": ["is not offered any more"]}]}}}
//! ```

mod item;
mod map;
mod names;
mod object;
mod path;
mod search;
mod walk;
mod words;

use std::borrow::Cow;

use self::walk::{Task, Walk};
use super::json::{Document, Value};
use super::source::Source;
use crate::envelope::Envelope;

pub(super) use self::names::is_whole;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    read_value(source, source.json()?)
}

/// The error that `value`, a part of the document, tells.
pub(super) fn read_value(source: &Source<'_>, value: Value<'_>) -> Option<Envelope> {
    let mut walk = Walk::new(source);
    walk.document(value);
    walk.finish(true)
}

/// The error that `value` tells without its member `name`.
pub(super) fn without(
    source: &Source<'_>,
    value: Value<'_>,
    name: &'static str,
) -> Option<Envelope> {
    let mut walk = Walk::new(source);
    walk.ignored = Some(name);
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

/// The problem that `object` describes: what it says is in `detail` or `title`, whatever they say.
pub(super) fn problem(source: &Source<'_>, object: Value<'_>) -> Option<Envelope> {
    let text = |name| {
        object
            .get(name)
            .and_then(Value::as_text)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let title = text("title").filter(|title| !words::is_phrase(title, source.status));
    let mut walk = Walk::new(source);
    walk.run(Task::Object(object));
    walk.parameters(object);
    if text("title").or(text("detail")).is_some() {
        walk.message.best = text("detail").or(title);
    }
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

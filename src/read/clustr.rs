//! The documented envelope, the format of [`write::Clustr`](crate::write::Clustr).
//!
//! ```json
//! {"_error_message": "The item is gone", "_error_type": "clustr.exceptions.NotFound"}
//! ```

use http::StatusCode;

use super::json::{Members, Value};
use super::marks::Marks;
use super::source::Source;
use super::structure;
use crate::envelope::{is_reserved, Envelope, MESSAGE_KEY, TYPE_KEY};

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let json = source.json()?;
    let members = json.as_object()?;
    let text = |name| json.get(name)?.as_text();
    let (message, error_type) = if source.marks.have(Marks::RESERVED) {
        (text(MESSAGE_KEY), text(TYPE_KEY))
    } else {
        (None, None)
    };
    let named = message.or(error_type).is_some();
    // Without a member that begins with `_error_`, the documented envelope is a validation error.
    if !named && source.status != StatusCode::BAD_REQUEST {
        return None;
    }
    let mut count = 0;
    let documented = members.clone().all(|(name, value)| {
        count += 1;
        is_documented(name, value) && (named || !structure::is_whole(name))
    });
    if !(named || documented && count > 0) {
        return None;
    }
    let mut envelope = if documented {
        parameters(source, members, count)
    } else {
        structure::with_parameters(source, json)
    };
    envelope.set_message(source.verbatim(message.unwrap_or_default()));
    envelope.set_error_type(source.verbatim(error_type.unwrap_or_default()));
    Some(envelope)
}

/// Whether the body is exactly the documented JSON of `envelope`, which was read from it.
///
/// A name that stands twice is taken differently by others, and what was cut off must not be passed on.
pub(super) fn is_exact(source: &Source<'_>, envelope: &Envelope) -> bool {
    let members = source.json().and_then(|json| json.as_object());
    let Some(members) = members else { return false };
    let documented = members
        .clone()
        .all(|(name, value)| is_documented(name, value));
    let sent = usize::from(envelope.sent_message().is_some())
        + usize::from(envelope.sent_error_type().is_some())
        + envelope.field_errors().len();
    documented && members.count() == sent
}

fn is_documented(name: &str, value: Value<'_>) -> bool {
    if is_reserved(name) {
        return value.as_text().is_some();
    }
    let mut texts = value.as_list().into_iter().flatten();
    let is_text = |item: Value<'_>| item.as_text().is_some();
    texts.next().is_some_and(is_text) && texts.all(is_text)
}

fn parameters(source: &Source<'_>, members: Members<'_>, count: usize) -> Envelope {
    let mut envelope = source.envelope();
    let fields = envelope.fields_mut();
    fields.reserve(count);
    for (name, value) in members.filter(|(name, _)| !is_reserved(name)) {
        let items = value.as_list().into_iter().flatten();
        for message in items.filter_map(Value::as_text) {
            fields.push_read(source.verbatim(name), source.verbatim(message));
        }
    }
    envelope
}

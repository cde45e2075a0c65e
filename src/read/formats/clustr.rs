//! The documented envelope, the format of [`write::Clustr`](crate::write::Clustr).
//!
//! ```json
//! {"_error_message": "The item is gone", "_error_type": "clustr.exceptions.NotFound"}
//! ```

use http::StatusCode;

use crate::envelope::{is_reserved, Envelope, DETAILS_KEY, MAX_MESSAGES, MESSAGE_KEY, TYPE_KEY};
use crate::read::any_json;
use crate::read::document::{Members, Value};
use crate::read::members;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

const RESERVED: Signs = Signs::member(MESSAGE_KEY)
    .or(Signs::member(TYPE_KEY))
    .or(Signs::member(DETAILS_KEY));

pub(super) const FORMAT: Format = Format {
    name: "clustr",
    signs: Signs::LISTS.or(RESERVED),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let json = source.document()?;
    let members = json.as_object()?;
    let (message, error_type) = if source.signs.have(RESERVED) {
        (json.text(MESSAGE_KEY), json.text(TYPE_KEY))
    } else {
        (None, None)
    };
    let details = json.get(DETAILS_KEY).filter(|details| details.is_object());
    let named = message.or(error_type).is_some() || details.is_some();
    // Without a member that begins with `_error_`, the documented envelope is a validation error.
    if !named && source.status != StatusCode::BAD_REQUEST {
        return None;
    }
    let mut count = 0;
    let documented = members.clone().all(|(name, value)| {
        count += 1;
        is_documented(name, value) && (named || !any_json::is_whole(name))
    });
    if !(named || documented && count > 0) {
        return None;
    }
    let mut envelope = if documented {
        parameters(source, members, count)
    } else {
        any_json::read_parameters(source, json)
    };
    envelope.set_message(source.verbatim(message.unwrap_or_default()));
    envelope.set_error_type(source.verbatim(error_type.unwrap_or_default()));
    let mut is_whole = true;
    for (name, value) in details.into_iter().flat_map(Value::members) {
        let before = envelope.members().len();
        members::add(source, &mut envelope, name, value);
        is_whole &= envelope.members().len() > before;
    }
    let sent = usize::from(details.is_some())
        + [message, error_type].into_iter().flatten().count()
        + envelope.field_errors().len();
    // A name that stands twice is taken differently by others, and what was cut off must not be passed on.
    Some(ReadEnvelope {
        envelope,
        is_documented: documented && is_whole && count == sent,
    })
}

fn is_documented(name: &str, value: Value<'_>) -> bool {
    if name == DETAILS_KEY {
        return value.is_object();
    }
    if is_reserved(name) {
        return value.as_text().is_some();
    }
    let mut texts = value.items();
    let is_text = |item: Value<'_>| item.as_text().is_some();
    texts.next().is_some_and(is_text) && texts.all(is_text)
}

fn parameters(source: &Source<'_>, members: Members<'_>, count: usize) -> Envelope {
    let mut envelope = source.envelope();
    let fields = envelope.fields_mut();
    fields.reserve(count);
    for (name, value) in members.filter(|(name, _)| !is_reserved(name)) {
        let name = source.verbatim(name);
        // One more than is kept marks the cut.
        let texts = value.items().filter_map(Value::as_text);
        for message in texts.take(MAX_MESSAGES + 1) {
            fields.push_read(name.clone(), source.verbatim(message));
        }
    }
    envelope
}

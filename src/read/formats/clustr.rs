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
    // The signs rule out most documents.
    let named = Some(json).filter(|_| source.signs.have(RESERVED));
    let message = named.and_then(|json| json.text(MESSAGE_KEY));
    let error_type = named.and_then(|json| json.text(TYPE_KEY));
    let details = named.and_then(|json| json.get(DETAILS_KEY));
    let details = details.filter(|details| details.is_object());
    let texts = message.into_iter().chain(error_type);
    let reserved = texts.count() + usize::from(details.is_some());
    let is_named = reserved > 0;
    // Without a reserved member, the documented envelope is a validation error.
    if !is_named && source.status != StatusCode::BAD_REQUEST {
        return None;
    }
    let mut count = 0;
    let is_documented = members.clone().all(|(name, value)| {
        count += 1;
        is_documented(name, value) && (is_named || !any_json::is_whole(name))
    });
    let mut envelope = match (is_documented, is_named) {
        (true, _) if count > 0 => parameters(source, members, count),
        // Details alone may stand in another dialect, which has another name for the message.
        (false, true) if message.or(error_type).is_some() => {
            any_json::read_parameters(source, json)
        }
        _ => return None,
    };
    let text = |text: Option<&str>| text.map(|text| source.verbatim(text)).unwrap_or_default();
    envelope.set_message(text(message));
    envelope.set_error_type(text(error_type));
    let details = || details.into_iter().flat_map(Value::members);
    for (name, value) in details() {
        members::add(source, &mut envelope, name, value);
    }
    // If a name stands twice, others may read its second value. Parts that were cut off must not be passed on.
    let is_whole = reserved + envelope.field_errors().len() == count
        && details().count() == envelope.members().len();
    Some(ReadEnvelope {
        envelope,
        is_documented: is_documented && is_whole,
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

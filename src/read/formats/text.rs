//! Plain text. The whole text is the message.

use crate::http::bytes;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "text",
    signs: Signs::ANY,
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let text = source.text;
    let is_other = text.is_empty() || text == "null" || text.starts_with(['{', '[', '<']);
    if is_other || bytes::any(text, |byte| byte == 0) {
        return None;
    }
    let mut envelope = source.envelope();
    envelope.set_message(source.verbatim(text));
    Some(envelope.into())
}

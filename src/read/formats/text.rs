//! Plain text: the whole of it is the message.

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
    let binary = bytes::any(source.text, |byte| byte == 0);
    let other =
        source.text.is_empty() || source.text == "null" || source.text.starts_with(['{', '[', '<']);
    (!binary && !other).then(|| {
        let mut envelope = source.envelope();
        envelope.set_message(source.verbatim(source.text));
        envelope.into()
    })
}

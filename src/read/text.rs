//! Plain text: the whole of it is the message.

use super::source::Source;
use crate::envelope::Envelope;
use crate::http::bytes;

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    let binary = bytes::any(source.text, |byte| byte == 0);
    let other = source.text.is_empty() || source.text.starts_with(['{', '[', '<']);
    (!binary && !other).then(|| {
        let mut envelope = source.envelope();
        envelope.set_message(source.verbatim(source.text));
        envelope
    })
}

//! Prepares an envelope for an event. An event has no head, and must not be too long.
//!
//! In: an envelope. Out: the same, with members in place of a head, or with its texts cut. `last_frame` calls it before a dialect
//! writes the event.

use http::header::RETRY_AFTER;

use crate::envelope::{cut, Envelope};

/// Bytes of the message in an event that is shortened. It then ends with `…`.
const MAX_MESSAGE: usize = 8 * 1024;

/// The envelope with its status, its type, its headers and the beginning of its texts.
pub(super) fn shortened(envelope: &Envelope) -> Envelope {
    let text = envelope.plain_text();
    let mut short = Envelope::from_status(envelope.status());
    short.set_message(cut(&text, MAX_MESSAGE).map_or_else(|| (*text).into(), Into::into));
    if let Some(name) = envelope.sent_error_type() {
        let name = name.as_str();
        short.set_error_type(cut(name, MAX_MESSAGE).map_or_else(|| name.into(), Into::into));
    }
    let delay = envelope.headers().get(RETRY_AFTER);
    delay
        .into_iter()
        .fold(short, |short, delay| short.with_header(RETRY_AFTER, delay))
}

/// The envelope with two members for facts that the head of a response would have: `status`, unless it is implied, and
/// `retry_after` in seconds. They replace members of these names with other values, because clients read them.
pub(super) fn with_head(envelope: &Envelope, is_implied: bool) -> Envelope {
    let mut envelope = envelope.clone();
    let delay = envelope.retry_advice().delay();
    let is_given = envelope.headers().contains_key(RETRY_AFTER);
    let delay = delay.filter(|delay| is_given || !delay.is_zero());
    let seconds = delay.map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0));
    // A number of the user would be read as the status, in any notation.
    let has_other = || envelope.members().get_as::<f64>("status").is_some();
    let status = Some(u64::from(envelope.status().as_u16())).filter(|_| !is_implied || has_other());
    for (name, number) in [("status", status), ("retry_after", seconds)] {
        let same = |number: &u64| envelope.members().get_as(name) == Some(*number);
        if let Some(number) = number.filter(|number| !same(number)) {
            envelope = envelope.with_member(name, number);
        }
    }
    envelope
}

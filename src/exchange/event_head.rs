//! What the head of a response would say of an error in a stream.
//!
//! In: an envelope. Out: the same, with members in place of the head. `last_frame` calls it before a dialect writes the event.

use http::header::RETRY_AFTER;

use crate::envelope::Envelope;

/// The envelope with two members for facts that the head of a response would have: `status`, unless it is implied, and
/// `retry_after` in seconds. They replace members of these names with other values, because clients read them.
pub(super) fn with_head(envelope: &Envelope, is_implied: bool) -> Envelope {
    let mut envelope = envelope.clone();
    let delay = envelope.retry_advice().delay();
    let is_given = envelope.headers().contains_key(RETRY_AFTER);
    let delay = delay.filter(|delay| is_given || !delay.is_zero());
    let seconds = delay.map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0));
    // A member of the user with another status would be read as the status.
    let has_other = || envelope.members().get_as::<u64>("status").is_some();
    let status = Some(u64::from(envelope.status().as_u16())).filter(|_| !is_implied || has_other());
    for (name, number) in [("status", status), ("retry_after", seconds)] {
        let same = |number: &u64| envelope.members().get_as(name) == Some(*number);
        if let Some(number) = number.filter(|number| !same(number)) {
            envelope = envelope.with_member(name, number);
        }
    }
    envelope
}

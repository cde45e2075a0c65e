//! The status of a gRPC answer that is nothing but its head (Trailers-Only), as `grpc/head` reads it.

use super::source::Source;
use crate::envelope::Envelope;
use crate::grpc::{convert, head};

pub(super) fn read(source: &Source<'_>) -> Option<Envelope> {
    // Beside a body the header means nothing: the status would stand in the trailers.
    if !source.text.is_empty() {
        return None;
    }
    let mut envelope = convert::from_head(head::read(source.headers)?);
    if !source.status.is_success() {
        envelope.set_status(source.status);
    }
    Some(envelope)
}

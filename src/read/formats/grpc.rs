//! The status of a gRPC answer without a body (Trailers-Only). `grpc/head` reads it.

use crate::grpc::{convert, head};
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "grpc",
    signs: Signs::header("grpc-status"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    // Beside a body the header means nothing: the status would stand in the trailers.
    if !source.text.is_empty() {
        return None;
    }
    let mut envelope = convert::from_head(head::read(source.headers)?);
    if !source.status.is_success() {
        envelope.set_status(source.status);
    }
    Some(envelope.into())
}

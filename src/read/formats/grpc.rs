//! The status of a gRPC response without a body (Trailers-Only). `grpc/head` reads its headers.

use crate::grpc::{convert, head};
use crate::http::status;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "grpc",
    signs: Signs::header("grpc-status"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    // If there is a body, the status is in the trailers, and this header has no meaning.
    if !source.text.is_empty() {
        return None;
    }
    let mut envelope = convert::from_head(head::read(source.headers)?);
    if status::is_error(source.status) {
        envelope.set_status(source.status);
    }
    Some(envelope.into())
}

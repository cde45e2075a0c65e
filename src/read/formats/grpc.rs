//! The status of a gRPC answer that is nothing but its head (Trailers-Only).
//!
//! ```text
//! HTTP/2 200
//! content-type: application/grpc
//! grpc-status: 5
//! grpc-message: there is no printer 8
//! ```
//!
//! [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)

use percent_encoding::percent_decode;

use crate::grpc::code::GrpcCode;
use crate::grpc::status::{GrpcStatus, MESSAGE, STATUS};
use crate::grpc::{convert, details};
use crate::http::media_type;
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

pub(super) const FORMAT: Format = Format {
    name: "grpc",
    signs: Signs::header("grpc-status"),
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    let code = source
        .headers
        .get(STATUS)
        .map(|value| GrpcCode::parse(value.as_bytes()))?;
    // Beside a body the header means nothing: the status would stand in the trailers.
    let grpc =
        media_type::from_headers(source.headers).is_some_and(|media| media_type::is_grpc(&media));
    if code == GrpcCode::OK || !grpc || !source.text.is_empty() {
        return None;
    }
    let mut envelope = convert::to_envelope(status(source, code));
    if !source.status.is_success() {
        envelope.set_status(source.status);
    }
    Some(envelope.into())
}

/// Code and message in the details are preferred to those beside, as other clients do.
fn status(source: &Source<'_>, code: GrpcCode) -> GrpcStatus {
    // "MUST NOT error or throw away": what is no escape stays as it is, what is no UTF-8 is replaced.
    let message = source.headers.get(MESSAGE).map(|value| value.as_bytes());
    let message = percent_decode(message.unwrap_or_default()).decode_utf8_lossy();
    let details = details::from_headers(source.headers);
    let preferred = details::preferred(&details);
    GrpcStatus {
        code: preferred.0.unwrap_or(code),
        message: source.own(preferred.1.as_deref().unwrap_or(&message)),
        details,
    }
}

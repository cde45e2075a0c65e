//! The status of an RPC as plain data, and the names of the headers that carry it.

use bytes::Bytes;
use bytestring::ByteString;
use http::{HeaderName, HeaderValue};

use super::code::GrpcCode;
use crate::envelope::Envelope;

pub(crate) const STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(crate) const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(crate) const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// `grpc-status`, `grpc-message` and `grpc-status-details-bin`, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrpcStatus {
    pub(crate) code: GrpcCode,
    pub(crate) message: ByteString,
    /// A serialised [`google.rpc.Status`](https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto),
    /// or whatever a peer put there.
    pub(crate) details: Bytes,
}

impl GrpcStatus {
    /// No more than a code.
    pub(crate) fn from_code(code: GrpcCode) -> Self {
        Self {
            code,
            message: ByteString::new(),
            details: Bytes::new(),
        }
    }

    /// The status that `envelope` came from, if that was gRPC.
    pub(crate) fn remembered(envelope: &Envelope) -> Option<&Self> {
        envelope.protocol_status()
    }

    /// Has `envelope` remember that it came from this status.
    pub(crate) fn remember(self, envelope: &mut Envelope) {
        envelope.set_protocol_status(self);
    }
}

/// Whether a header of an error is its own, and can be metadata of gRPC
/// ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests)).
pub(crate) fn is_metadata(name: &HeaderName, value: &HeaderValue) -> bool {
    let name = name.as_str();
    let is_reserved = name.starts_with("grpc-") || NO_METADATA.contains(&name);
    let is_text = value
        .as_bytes()
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~'));
    !is_reserved && is_text
}

/// Headers of the message or of the connection.
const NO_METADATA: [&str; 10] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

//! The status of an RPC as plain data, and the names of the headers that carry it.

use bytes::Bytes;
use bytestring::ByteString;
use http::{HeaderMap, HeaderName, StatusCode};

use super::code::GrpcCode;
use crate::envelope::Envelope;
use crate::http::status;

pub(crate) const STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(crate) const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(crate) const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
/// The metadata with the HTTP status of an answer that was not in gRPC. Layers of clients add it.
pub(crate) const HTTP_STATUS: HeaderName = HeaderName::from_static("http-status");

/// The decoded `grpc-status`, `grpc-message` and `grpc-status-details-bin`, and the other metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrpcStatus {
    pub(crate) code: GrpcCode,
    pub(crate) message: ByteString,
    /// A serialised [`google.rpc.Status`](https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto), or
    /// any bytes that a peer sent.
    pub(crate) details: Bytes,
    /// The metadata that belongs to the error ([`metadata::is_own`](super::metadata::is_own)).
    pub(crate) metadata: HeaderMap,
}

impl GrpcStatus {
    /// A status with only a code: the message is the reason phrase of its HTTP status.
    pub(crate) fn from_code(code: GrpcCode) -> Self {
        Self {
            code,
            message: ByteString::from_static(status::reason(code.http_status())),
            details: Bytes::new(),
            metadata: HeaderMap::new(),
        }
    }

    /// Whether no server sent this status: a client made it of an HTTP answer with a 5xx.
    pub(crate) fn is_of_http_5xx(&self) -> bool {
        let status = self.metadata.get(HTTP_STATUS);
        let status = status.and_then(|value| StatusCode::from_bytes(value.as_bytes()).ok());
        status.is_some_and(status::is_server_error)
    }

    /// The status from which `envelope` was made, if it came from gRPC.
    pub(crate) fn remembered(envelope: &Envelope) -> Option<&Self> {
        envelope.protocol_status()
    }

    /// Stores in `envelope` that it was made from this status.
    pub(crate) fn remember(self, envelope: &mut Envelope) {
        envelope.set_protocol_status(self);
    }
}

//! The status of an RPC as plain data, and the names of the headers that carry it.

use bytes::Bytes;
use bytestring::ByteString;
use http::{HeaderMap, HeaderName};

use super::code::GrpcCode;
use crate::envelope::Envelope;
use crate::http::status;

pub(crate) const STATUS: HeaderName = HeaderName::from_static("grpc-status");
pub(crate) const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
pub(crate) const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// `grpc-status`, `grpc-message` and `grpc-status-details-bin`, decoded, and the metadata beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GrpcStatus {
    pub(crate) code: GrpcCode,
    pub(crate) message: ByteString,
    /// A serialised [`google.rpc.Status`](https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto),
    /// or whatever a peer put there.
    pub(crate) details: Bytes,
    /// The metadata that is the error's own ([`metadata::is_own`](super::metadata::is_own)).
    pub(crate) metadata: HeaderMap,
}

impl GrpcStatus {
    /// No more than a code: the message is the reason phrase of its HTTP status.
    pub(crate) fn from_code(code: GrpcCode) -> Self {
        Self {
            code,
            message: ByteString::from_static(status::reason(code.http_status())),
            details: Bytes::new(),
            metadata: HeaderMap::new(),
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

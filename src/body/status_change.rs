//! The change of a status of gRPC, as two functions. `exchange/` defines them. `layer/` applies the first to a head, and `changed`
//! applies both to a body.

use bytes::Bytes;
use http::HeaderMap;

/// The changes to an answer of gRPC.
#[derive(Debug)]
pub(crate) struct StatusChange {
    /// Changes the status in trailers, or in the head of an answer without a body.
    pub(crate) trailers: fn(&mut HeaderMap),
    /// Makes the trailers for a body that is labelled as gRPC and is not; `None` if bodies are not tested.
    pub(crate) other: Option<fn(Bytes) -> HeaderMap>,
}

impl StatusChange {
    /// Whether a message of gRPC begins with this byte, which says whether it is compressed
    /// ([PROTOCOL-HTTP2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests)).
    pub(crate) fn is_flag(byte: u8) -> bool {
        byte <= 1
    }
}

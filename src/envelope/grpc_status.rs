//! A gRPC error as its three headers say it, and as an envelope.

use bytes::Bytes;
use bytestring::ByteString;
use http::{HeaderName, HeaderValue};

use super::grpc_code::GrpcCode;
use super::{grpc_details, Envelope, Origin};

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

    /// The error as an envelope, which remembers what it came from.
    ///
    /// Its type is the reason in the details, else the name of the code.
    pub(crate) fn into_envelope(self) -> Envelope {
        let mut envelope = Envelope::from_status(self.code.http_status());
        envelope.set_error_type(self.code.name().into());
        let is_sent = grpc_details::read(&mut envelope, &self);
        // What was written in place of a message is none.
        if is_sent || *self.message != *text(&envelope) {
            envelope.set_message(self.message.clone());
        }
        envelope.set_origin(Origin::Wire("grpc"));
        envelope.set_grpc(self);
        envelope
    }

    /// `envelope` as an error that was meant.
    pub(crate) fn of(envelope: &Envelope) -> Self {
        match envelope.grpc() {
            Some(came) if is_as_it_came(envelope) => came.clone(),
            _ => Self::with_code(envelope, GrpcCode::of(envelope)),
        }
    }

    /// `envelope` with a code that was found otherwise.
    pub(crate) fn with_code(envelope: &Envelope, code: GrpcCode) -> Self {
        let message = ByteString::from(text(envelope));
        let details = grpc_details::write(envelope, code, &message);
        Self {
            code,
            message,
            details,
        }
    }
}

/// Whether `envelope` came from gRPC, and nobody changed what it says.
pub(crate) fn is_as_it_came(envelope: &Envelope) -> bool {
    let before = envelope.grpc().cloned().map(GrpcStatus::into_envelope);
    before.is_some_and(|before| {
        before.status() == envelope.status()
            && before.shown_message() == envelope.shown_message()
            && before.shown_error_type() == envelope.shown_error_type()
            && before.field_errors() == envelope.field_errors()
    })
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

/// They belong to the message that they came with, or to the connection.
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

/// What people get to read: the message, else what there is to say without one.
fn text(envelope: &Envelope) -> String {
    match envelope.sent_message() {
        Some(message) => message.to_owned(),
        None => envelope.to_string(),
    }
}

//! A gRPC answer without a body (Trailers-Only), and trailers, which have the same form.
//!
//! ```text
//! HTTP/2 200
//! content-type: application/grpc
//! grpc-status: 5
//! grpc-message: there is no printer 8
//! ```
//!
//! [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)

#[cfg(feature = "tonic")]
mod repair;
#[cfg(feature = "tonic")]
mod write;

use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode;

#[cfg(feature = "tonic")]
pub(crate) use self::repair::{mask_status, repair};
#[cfg(feature = "tonic")]
pub(crate) use self::write::write;
use super::code::GrpcCode;
use super::content_type::GrpcType;
use super::status::{GrpcStatus, DETAILS, MESSAGE, STATUS};
use super::{details, metadata};

/// The error of an answer with this head and no body.
pub(crate) fn read(headers: &HeaderMap) -> Option<GrpcStatus> {
    read_trailers(headers).filter(|_| GrpcType::from_headers(headers).is_some())
}

/// The error in trailers.
pub(crate) fn read_trailers(trailers: &HeaderMap) -> Option<GrpcStatus> {
    let status = status_of(trailers.get(STATUS)?, trailers);
    Some(status).filter(|status| status.code != GrpcCode::OK)
}

/// The status in a head or in trailers. Code and message in the details have priority over the headers, as in other
/// clients.
fn status_of(status: &HeaderValue, headers: &HeaderMap) -> GrpcStatus {
    let (details, (code, message)) = match headers.contains_key(DETAILS) {
        true => {
            let details = details::from_headers(headers);
            let preferred = details::preferred(&details);
            (details, preferred)
        }
        false => Default::default(),
    };
    let message = message.map_or_else(|| decode(headers).trim().into(), Into::into);
    let beside = GrpcCode::parse(status.as_bytes());
    GrpcStatus {
        code: code.filter(|_| beside != GrpcCode::OK).unwrap_or(beside),
        message,
        details,
        metadata: metadata::own(headers),
    }
}

/// "MUST NOT error or throw away": invalid escapes stay as they are, and invalid UTF-8 is replaced.
fn decode(headers: &HeaderMap) -> std::borrow::Cow<'_, str> {
    let message = headers.get(MESSAGE).map(HeaderValue::as_bytes);
    percent_decode(message.unwrap_or_default()).decode_utf8_lossy()
}

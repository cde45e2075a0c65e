//! Errors of gRPC that a client gets: whether a response is one, and the status that a client of tonic looks for.
//!
//! In: the head and the trailers of a response, or the envelope of an error. Out: what the response is, its envelope, or a
//! `tonic::Status` in a box. `config`, `reading`, `judgement` and `error` call it, and `reqwest.rs` before it takes a response apart.
//! Without the feature `tonic` nothing is gRPC.

use http::{HeaderMap, Response};
use http_body::Body;
use tower::BoxError;

use bytes::Bytes;

use crate::envelope::Envelope;
use crate::exchange::{is_grpc_candidate, HeadRef};
use crate::grpc::content_type::GrpcType;
#[cfg(feature = "tonic")]
use crate::grpc::{code::GrpcCode, metadata, status::HTTP_STATUS};
use crate::grpc::{convert, head};
use crate::http::media_type;
#[cfg(feature = "tonic")]
use crate::http::status;

/// Whether a request with these headers is a call of gRPC: its `Content-Type` is `application/grpc`, alone or with a suffix. A
/// call of gRPC-Web does not count.
#[inline]
pub(super) fn is_call(headers: &HeaderMap) -> bool {
    let label =
        media_type::content_type(headers).filter(|label| media_type::may_be_rpc(Some(label)));
    let media = label.and_then(GrpcType::parse);
    cfg!(feature = "tonic") && media.is_some_and(|media| !media.is_web())
}

/// The kind of a success in gRPC, as far as its head shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Not an error in gRPC.
    Other,
    /// An error that has only a head. The specification of
    /// [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses) calls this form Trailers-Only.
    Error,
    /// It is an error if it ends without data, and the status in its trailers or in its head is one.
    MayBeError,
}

/// Whether a response with these headers may be an answer in gRPC. It runs for every success, so it tests one letter.
#[inline]
pub(crate) fn may_be_answer(headers: &HeaderMap) -> bool {
    cfg!(feature = "tonic") && media_type::may_be_rpc(media_type::content_type(headers))
}

/// The kind of a success. `is_read` says that other code reads the status in the trailers: a client of gRPC, or a
/// [`RaisingBody`](super::RaisingBody).
pub(super) fn sight<B: Body>(is_read: bool, response: &Response<B>) -> Sight {
    match response.body().is_end_stream() {
        true if head::read(response.headers()).is_some() => Sight::Error,
        false if !is_read && is_grpc_candidate(HeadRef::new(response)) => Sight::MayBeError,
        _ => Sight::Other,
    }
}

/// The error that an answer without data has in its trailers, or in its head.
pub(super) fn error_without_data(
    headers: &HeaderMap,
    trailers: Option<&HeaderMap>,
) -> Option<Envelope> {
    let sent = trailers.and_then(head::read_trailers);
    let sent = sent.or_else(|| head::read(headers))?;
    Some(convert::from_peer(&sent, &[]))
}

/// The `tonic::Status` of this error for a client of gRPC, in a box.
///
/// - A status that was sent keeps its code, message and details.
/// - An error of HTTP gets the code that gRPC infers from its status
///   ([table](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md)), and the metadata `http-status`.
///
/// The headers of the response become metadata. Without the feature `tonic` it is `None`.
pub(super) fn status(envelope: &Envelope, response: &Response<Bytes>) -> Option<BoxError> {
    #[cfg(feature = "tonic")]
    {
        let is_of_http = status::is_error(response.status());
        let mut sent = match is_of_http {
            true => convert::with_code(envelope, GrpcCode::inferred(response.status())),
            false => convert::to_status(envelope),
        };
        sent.metadata = metadata::own(response.headers());
        if is_of_http {
            let status = response.status().as_u16().into();
            sent.metadata.insert(HTTP_STATUS, status);
        }
        Some(Box::new(convert::to_tonic(sent)))
    }
    #[cfg(not(feature = "tonic"))]
    {
        let _ = (envelope, response);
        None
    }
}

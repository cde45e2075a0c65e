//! Classifies a response by its head, for gRPC.
//!
//! In: the head of a response. Out: whether it is an answer or an error in gRPC, or the envelope of a status in the
//! extensions. `exchange/` calls it. See
//! [PROTOCOL-HTTP2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses).

use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, HeaderName, StatusCode};

use super::code::GrpcCode;
use super::content_type::GrpcType;
use super::status::STATUS;
use crate::envelope::Envelope;
use crate::http::status;

/// The envelope of the status that a tonic service puts into the extensions of an answer without a body.
///
/// tonic's router answers an unknown path with `UNIMPLEMENTED` and no message. In HTTP this is 404. In the other
/// direction, an empty 404 is `UNIMPLEMENTED` in gRPC. A request that was not a call of gRPC gets 415.
pub(crate) fn status_left_by_tonic(
    metadata: &[HeaderName],
    parts: &Parts,
    has_body: bool,
) -> Option<Envelope> {
    #[cfg(feature = "tonic")]
    if !has_body && is_grpc_error(&parts.headers) {
        let left: &tonic::Status = parts.extensions.get()?;
        if left.code() == tonic::Code::Unimplemented && left.message().is_empty() {
            return Some(Envelope::inferred(StatusCode::NOT_FOUND));
        }
        if left.code() == tonic::Code::Internal && is_of_no_call(left.message()) {
            return Some(Envelope::inferred(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        return Some(super::convert::from_tonic(left, metadata));
    }
    let _ = (metadata, parts, has_body);
    None
}

/// Whether an `INTERNAL` of tonic means that a request was not a gRPC call. tonic does not check the `Content-Type`,
/// although a gRPC server must answer 415
/// ([PROTOCOL-HTTP2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests)).
///
/// The whole message is compared, because a message of a handler begins or ends differently, also if it contains a message
/// of tonic's client.
#[cfg(feature = "tonic")]
fn is_of_no_call(message: &str) -> bool {
    let is_flag = message.starts_with(NO_FLAG.0) && message.ends_with(NO_FLAG.1);
    NO_CALL.contains(&message) || is_flag
}

/// An empty body; one that is shorter than the prefix of a message.
#[cfg(feature = "tonic")]
const NO_CALL: [&str; 2] = [
    "Missing request message.",
    "Unexpected EOF decoding stream.",
];

/// A body whose first byte is not a flag. For a response, tonic's client says "while receiving response".
#[cfg(feature = "tonic")]
const NO_FLAG: (&str, &str) = (
    "protocol error: received message with invalid compression flag:",
    ", while sending request",
);

/// Whether this is an answer in gRPC for a caller of gRPC, or of gRPC-Web. An HTTP error is one only if its head has the status of
/// an error, and the label of the caller's own protocol
/// ([http-grpc-status-mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md)).
pub(crate) fn is_answer_in_grpc(is_web: bool, status: StatusCode, headers: &HeaderMap) -> bool {
    let Some(label) = GrpcType::from_headers(headers) else {
        return false;
    };
    !status::is_error(status) || (label.is_web() == is_web && names_error(headers))
}

/// Whether tonic's client reads this answer. It reads a 200 without `Content-Type`, and a `grpc-status` with any
/// `Content-Type`, so this is deliberately lenient.
pub(crate) fn is_read_by_tonic(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_unlabelled = status == StatusCode::OK && !headers.contains_key(CONTENT_TYPE);
    is_unlabelled || headers.contains_key(STATUS)
}

/// Whether a head says that a call failed: the label of gRPC, and a `grpc-status` other than 0.
pub(crate) fn is_grpc_error(headers: &HeaderMap) -> bool {
    names_error(headers) && is_grpc_label(headers)
}

/// Whether there is a `grpc-status` other than 0.
fn names_error(headers: &HeaderMap) -> bool {
    let code = headers.get(STATUS);
    let code = code.map(|value| GrpcCode::parse(value.as_bytes()));
    code.is_some_and(|code| code != GrpcCode::OK)
}

/// Whether the `Content-Type` is one of gRPC or gRPC-Web.
pub(crate) fn is_grpc_label(headers: &HeaderMap) -> bool {
    GrpcType::from_headers(headers).is_some()
}

#[cfg(all(test, feature = "tonic"))]
mod tests {
    use super::*;

    #[test]
    fn what_tonic_says_of_a_request_is_told_from_what_a_handler_passes_on() {
        let flag = "protocol error: received message with invalid compression flag: 60 (valid flags are 0 and 1)";
        for (message, is) in [
            ("Missing request message.".to_owned(), true),
            (
                "Missing request message. The cache said so".to_owned(),
                false,
            ),
            ("Unexpected EOF decoding stream.".to_owned(), true),
            (format!("{flag}, while sending request"), true),
            (
                format!("{flag} while receiving response with status: 502 Bad Gateway"),
                false,
            ),
            ("the disk is full".to_owned(), false),
            // The client of a handler has the same message for an upstream.
            (
                "failed to decode Protobuf message: invalid tag value: 0".to_owned(),
                false,
            ),
        ] {
            assert_eq!(is_of_no_call(&message), is, "{message}");
        }
    }
}

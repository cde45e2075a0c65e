//! Writes errors for callers of gRPC, gRPC-Web and Connect.
//!
//! | caller | HTTP status | error |
//! | --- | --- | --- |
//! | gRPC, gRPC-Web | 200 | `grpc-status`, `grpc-message` and details in the head |
//! | Connect, unary | by Connect's table | JSON with `code`, `message` and `details` |
//! | Connect, stream | 200 | one frame that ends the stream |
//!
//! In: an envelope, and the head of the response. Out: the body of the answer; the head is changed in place. `normalise` calls
//! the writers of whole answers, and `last_frame` those of the ends of streams.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::caller::Caller;
use super::config::Config;
use super::extensions::Masking;
#[cfg(feature = "tonic")]
use super::{exposed::exposed, not_grpc};
use crate::body::{AnswerBody, StatusChange};
use crate::envelope::Envelope;
use crate::grpc::content_type::{ConnectType, GrpcType};
#[cfg(feature = "tonic")]
use crate::grpc::head;
use crate::grpc::status::GrpcStatus;
#[cfg(feature = "tonic")]
use crate::grpc::status::{DETAILS, HTTP_STATUS};
use crate::grpc::{connect, convert, details, retry};
use crate::http::response_head;
use crate::write::JSON;

/// Writes a status of gRPC: HTTP 200, and a head without a body.
///
/// On a server, the status has the code of the envelope. On a client, the answer was not in gRPC, so the code is the one that
/// gRPC infers from the HTTP status.
#[cfg(feature = "tonic")]
pub(super) fn write_grpc(
    config: &Config,
    media: GrpcType,
    parts: &mut Parts,
    envelope: &mut Envelope,
) -> AnswerBody {
    use http::header::CACHE_CONTROL;

    use crate::grpc::code::GrpcCode;
    use crate::http::header_lookup;

    let came = parts.status;
    response_head::replace(parts, StatusCode::OK, envelope.headers(), false);
    let (status, own) = if config.is_server() {
        let status = public_status(config, envelope);
        let exposed = media.is_web().then(|| exposed(&parts.headers, &status));
        (status, exposed)
    } else {
        parts.headers.remove(HTTP_STATUS);
        let status = convert::with_code(envelope, GrpcCode::inferred(came));
        // For a server that passes it on.
        status.clone().remember(envelope);
        (status, Some((HTTP_STATUS, came.as_u16().into())))
    };
    if header_lookup::has(&parts.headers, &CACHE_CONTROL) {
        parts.headers.remove(CACHE_CONTROL);
    }
    let own = own.into_iter().chain([response_head::NO_STORE]);
    head::write(&mut parts.headers, own, media, &status);
    if config.is_server() && !config.grpc_details {
        parts.headers.remove(DETAILS);
    }
    AnswerBody::EndsWithHead
}

/// Without the feature `tonic`, no caller counts as one of gRPC, so this is not reached.
#[cfg(not(feature = "tonic"))]
pub(super) fn write_grpc(
    config: &Config,
    _: GrpcType,
    parts: &mut Parts,
    envelope: &mut Envelope,
) -> AnswerBody {
    write_connect(config, parts, envelope)
}

/// Writes a unary error of Connect: its own HTTP status, and JSON
/// ([Connect](https://connectrpc.com/docs/protocol#error-end-stream)).
pub(super) fn write_connect(config: &Config, parts: &mut Parts, envelope: &Envelope) -> AnswerBody {
    let status = connect_status(config, parts, envelope);
    replace(parts, status.code.http_status(), envelope, JSON);
    AnswerBody::Full(connect::write_error(&status))
}

/// Writes the end of a stream of Connect: HTTP 200, and one frame.
pub(super) fn write_connect_stream(
    config: &Config,
    media: ConnectType,
    parts: &mut Parts,
    envelope: &Envelope,
) -> AnswerBody {
    let status = connect_status(config, parts, envelope);
    replace(parts, StatusCode::OK, envelope, media.to_header());
    AnswerBody::Full(connect::end_of_stream(&status, &status.metadata))
}

/// The status for a caller of Connect. It has the retry delay that the headers of the response name.
fn connect_status(config: &Config, parts: &Parts, envelope: &Envelope) -> GrpcStatus {
    let mut status = public_status(config, envelope);
    if config.grpc_details {
        retry::add(&mut status, &parts.headers);
    }
    status
}

/// The trailers that end a stream of gRPC with an error.
#[cfg(feature = "tonic")]
pub(super) fn trailers(config: &Config, media: GrpcType, envelope: &Envelope) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    let status = public_status(config, envelope);
    head::write(&mut trailers, [], media, &status);
    trailers.remove(CONTENT_TYPE);
    if !config.grpc_details {
        trailers.remove(DETAILS);
    }
    trailers
}

/// Without the feature `tonic` no label counts as one of gRPC.
#[cfg(not(feature = "tonic"))]
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(super) fn trailers(_: &Config, _: GrpcType, _: &Envelope) -> HeaderMap {
    HeaderMap::new()
}

/// The frame that ends a stream of gRPC-Web with an error
/// ([PROTOCOL-WEB](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md)).
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(super) fn web_trailers(config: &Config, media: GrpcType, envelope: &Envelope) -> Bytes {
    let mut frame = vec![0x80, 0, 0, 0, 0];
    for (name, value) in &trailers(config, media, envelope) {
        let line = [name.as_str().as_bytes(), b":", value.as_bytes(), b"\r\n"];
        line.iter().for_each(|part| frame.extend_from_slice(part));
    }
    let length = u32::try_from(frame.len() - 5).unwrap_or_default();
    if let Some(place) = frame.get_mut(1..5) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    frame.into()
}

/// As [`web_trailers`], in base64.
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(super) fn web_text_trailers(config: &Config, media: GrpcType, envelope: &Envelope) -> Bytes {
    let frame = web_trailers(config, media, envelope);
    #[cfg(feature = "tonic")]
    let frame = Bytes::from(crate::grpc::base64::encode_padded(&frame));
    frame
}

/// The frame that ends a stream of Connect with an error.
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(super) fn end_of_stream(config: &Config, envelope: &Envelope) -> Bytes {
    let status = public_status(config, envelope);
    connect::end_of_stream(&status, &status.metadata)
}

/// The status that a server sends. `DebugInfo` is removed unless masking is off. All details are removed if the server is
/// configured to send none.
fn public_status(config: &Config, envelope: &Envelope) -> GrpcStatus {
    let mut status = convert::to_status(envelope);
    if !config.grpc_details {
        status.details = Bytes::new();
    } else if config.masking != Masking::None {
        status.details = details::without_debug_info(status.details);
    }
    status
}

/// Replaces the head of the old response. The answer to a call is not stored by caches, and browsers do not guess its type.
fn replace(parts: &mut Parts, status: StatusCode, envelope: &Envelope, label: HeaderValue) {
    response_head::replace(parts, status, envelope.headers(), false);
    response_head::set_content_type(&mut parts.headers, label);
    response_head::add_nosniff(&mut parts.headers);
    response_head::set_no_store(&mut parts.headers);
    debug_assert!(parts.headers.contains_key(CONTENT_TYPE));
}

/// Whether the body of a response is an error in Connect's own form. Such a body passes to a caller of Connect.
pub(super) fn is_own(body: &Bytes) -> bool {
    connect::is_error(body)
}

/// The change of a status in a head or in trailers, for a caller of gRPC; `None` if the status stays.
///
/// A client repairs a status, so that tonic can read it. A server masks it, if it was configured to.
pub(super) fn status_change(config: &Config, caller: Caller) -> Option<&'static StatusChange> {
    #[cfg(feature = "tonic")]
    if let crate::grpc::protocol::Protocol::Grpc(media) = caller.protocol {
        return match (config.is_server(), media.is_web()) {
            (true, _) => config.masked_statuses.then_some(&MASKING),
            (false, true) => Some(&REPAIR_OF_WEB),
            (false, false) => Some(&REPAIR),
        };
    }
    let _ = (config, caller);
    None
}

#[cfg(feature = "tonic")]
static MASKING: StatusChange = StatusChange {
    trailers: |headers| drop(head::mask_status(headers)),
    other: None,
};

#[cfg(feature = "tonic")]
static REPAIR: StatusChange = StatusChange {
    trailers: head::repair,
    other: Some(not_grpc::trailers),
};

/// The first byte of gRPC-Web may be that of base64 or of trailers.
#[cfg(feature = "tonic")]
static REPAIR_OF_WEB: StatusChange = StatusChange {
    trailers: head::repair,
    other: None,
};

//! gRPC on both sides of the layer: what is recognised, and how it is answered.
//!
//! Without the feature `tonic`, `no_grpc.rs` stands here.

use std::error::Error;

use bytes::Bytes;
use http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body::Body;

use super::config::Config;
use super::facts::Caller;
use super::head;
use super::plan::{has_ended, Plan, Sight};
use super::rewrite::Answer;
use crate::envelope::{Envelope, Form, Origin};
use crate::grpc::code::GrpcCode;
use crate::grpc::content_type::GrpcType;
use crate::grpc::status::STATUS;
use crate::grpc::{convert, details, head as head_only};
use crate::http::{media_type, status};

/// Scripts of other origins may read no header that is not named here
/// ([Fetch](https://fetch.spec.whatwg.org/#http-access-control-expose-headers)).
const EXPOSED: (HeaderName, HeaderValue) = (
    ACCESS_CONTROL_EXPOSE_HEADERS,
    HeaderValue::from_static("grpc-status, grpc-message, grpc-status-details-bin"),
);

/// The metadata in which a client finds the status of an answer that was not gRPC.
const HTTP_STATUS: HeaderName = HeaderName::from_static("http-status");

/// What a response is for its caller, told by its head.
#[inline]
pub(super) fn sight<B: Body>(config: &Config, caller: Caller, response: &Response<B>) -> Sight {
    match caller {
        Caller::Grpc(_) => sight_of_grpc(config, response),
        Caller::Http | Caller::Head
            if is_trailers_only(response.headers(), has_ended(response.body())) =>
        {
            Sight::Error
        }
        _ => Sight::of_status(response.status()),
    }
}

/// As [`sight`], for a caller who speaks gRPC.
#[cold]
fn sight_of_grpc<B>(config: &Config, response: &Response<B>) -> Sight {
    let (status, headers) = (response.status(), response.headers());
    match &config.server {
        Some(_) if is_foreign(response) => Sight::Error,
        Some(_) if speaks_grpc(status, headers) => Sight::Fine,
        Some(_) => Sight::of_status(status),
        None if speaks_grpc(status, headers) || is_read_by_tonic(status, headers) => Sight::Grpc,
        None => Sight::Error,
    }
}

/// What is to be done with an error, if that is decided by gRPC.
pub(super) fn plan(caller: Caller, parts: &Parts, ended: bool) -> Option<Plan> {
    match caller {
        Caller::Grpc(_) if is_other_stream(&parts.headers) => {
            let mut envelope = Envelope::from_status(parts.status);
            envelope.set_origin(Origin::Inferred);
            Some(Plan::Known(envelope))
        }
        Caller::Grpc(_) => Some(Plan::Read),
        Caller::Http | Caller::Head if is_trailers_only(&parts.headers, ended) => {
            let left = parts.extensions.get::<tonic::Status>();
            Some(left.map_or(Plan::Read, |status| {
                Plan::Known(convert::from_tonic(status, &[]))
            }))
        }
        _ => None,
    }
}

/// Writes `envelope` for a gRPC caller: HTTP 200, and nothing but a head.
pub(super) fn write(
    config: &Config,
    caller: Caller,
    parts: &mut Parts,
    envelope: &mut Envelope,
) -> Option<Answer> {
    let Caller::Grpc(media) = caller else {
        return None;
    };
    let came = parts.status;
    head::replace(parts, StatusCode::OK, envelope.headers().clone(), false);
    let (status, own) = match &config.server {
        Some(server) => {
            let mut status = convert::to_status(envelope);
            if server.masks {
                status.details = details::without_debug_info(status.details);
            }
            (status, media.is_web().then_some(EXPOSED))
        }
        // Nobody meant it: the answer came from something that does not speak gRPC.
        None => {
            parts.headers.remove(HTTP_STATUS);
            let status = convert::with_code(envelope, GrpcCode::inferred(came));
            // For a server that passes it on.
            envelope.set_protocol_status(status.clone());
            (status, Some((HTTP_STATUS, came.as_u16().into())))
        }
    };
    head_only::write(&mut parts.headers, own, media, &status);
    Some(Answer::New(Bytes::new()))
}

/// Makes headers or trailers of a peer such that tonic can read them.
pub(super) fn repair(headers: &mut HeaderMap) {
    head_only::repair(headers);
}

/// The error that a `tonic::Status` among the errors of services is.
pub(super) fn envelope_of(error: &(dyn Error + 'static)) -> Option<Envelope> {
    let status = error.downcast_ref()?;
    Some(convert::from_tonic(status, &[]))
}

/// The status of other errors that tonic's clients fail with.
pub(super) fn status_of(error: &(dyn Error + 'static)) -> Option<StatusCode> {
    match error {
        error if error.is::<tonic::TimeoutExpired>() => Some(StatusCode::GATEWAY_TIMEOUT),
        error if error.is::<tonic::ConnectError>() => Some(StatusCode::SERVICE_UNAVAILABLE),
        _ => None,
    }
}

/// Whether this is an answer in gRPC. An error of HTTP without `grpc-status` is none, whatever its label
/// ([http-grpc-status-mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md)).
fn speaks_grpc(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_fine = !status::is_error(status) || headers.contains_key(STATUS);
    is_fine && GrpcType::from_headers(headers).is_some()
}

/// Whether a client layer inside of this one made the status, of an answer that was none of gRPC's.
fn is_foreign<B>(response: &Response<B>) -> bool {
    let envelope = response.extensions().get::<Envelope>();
    envelope.is_some_and(|envelope| envelope.form() == Form::Normalised)
}

/// Deliberately lenient: tonic reads answers without a label, and statuses behind any.
fn is_read_by_tonic(status: StatusCode, headers: &HeaderMap) -> bool {
    let is_unlabelled = status == StatusCode::OK && !headers.contains_key(CONTENT_TYPE);
    is_unlabelled || headers.contains_key(STATUS)
}

/// Whether this is an error of gRPC that is nothing but its head.
///
/// A body that goes on is asked first: of nearly all successes nothing else is looked at.
#[inline]
fn is_trailers_only(headers: &HeaderMap, ended: bool) -> bool {
    ended && media_type::may_be_rpc(media_type::content_type(headers)) && is_labelled_error(headers)
}

#[cold]
fn is_labelled_error(headers: &HeaderMap) -> bool {
    let code = headers.get(STATUS);
    let code = code.map(|value| GrpcCode::parse(value.as_bytes()));
    code.is_some_and(|code| code != GrpcCode::OK) && GrpcType::from_headers(headers).is_some()
}

fn is_other_stream(headers: &HeaderMap) -> bool {
    media_type::from_headers(headers)
        .is_some_and(|media| media_type::is_stream(&media) && !media_type::is_grpc(&media))
}

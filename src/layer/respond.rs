//! Responses whose body is not read: the answer to an error of the service, and an answer of gRPC whose status is changed.
//!
//! In: an error, or a response. Out: the response to send. `future` calls it.

use http::{Response, StatusCode};
use http_body::Body;
use hyper::ext::ReasonPhrase;
use tower::BoxError;

use crate::body::ResponseBody;
use crate::exchange::{Caller, Normaliser, RequestContext};

/// An answer of gRPC whose status has to be changed: in its head, or in the trailers that follow.
pub(super) fn with_status<B: Body>(
    normaliser: &Normaliser,
    caller: Caller,
    mut response: Response<B>,
) -> Response<ResponseBody<B>> {
    let Some(change) = normaliser.status_change(caller) else {
        return response.map(ResponseBody::inner);
    };
    (change.trailers)(response.headers_mut());
    normaliser.forget_status(response.extensions_mut());
    // The reason phrase of an upstream may contain the masked text.
    if response.status().is_server_error() {
        response.extensions_mut().remove::<ReasonPhrase>();
    }
    response.map(|body| ResponseBody::changed(body, change))
}

/// Answers an error of the service: of its future, or of `poll_ready`. `request` is the head for hooks.
#[cold]
pub(super) fn fail<B: Body>(
    normaliser: &Normaliser,
    caller: Caller,
    request: Option<Box<RequestContext>>,
    error: BoxError,
) -> Response<ResponseBody<B>> {
    let request = request.map(|request| request.head);
    let answer = normaliser.service_error(caller, request, error);
    Response::from_parts(answer.parts, answer.body.into_response_body(None))
}

/// A future that has ended must not be polled again. If it is polled again, it ends with a 500 and does not hang. In debug
/// builds it panics.
pub(super) fn polled_after_end<B: Body>() -> Response<ResponseBody<B>> {
    debug_assert!(false, "`ResponseFuture` polled after completion");
    let mut response = Response::new(ResponseBody::default());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

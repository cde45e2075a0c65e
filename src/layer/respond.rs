//! Converts between the types of `http_body` and those of the normaliser: a response becomes a head and a hint, and an answer
//! becomes a response.

use http::{Response, StatusCode};
use http_body::Body;
use hyper::ext::ReasonPhrase;
use tower::BoxError;

use crate::body::ResponseBody;
use crate::exchange::{Answer, AnswerBody, BodyHint, Caller, HeadRef, Normaliser, RequestHead};

/// The head of a response, as the normaliser sees it.
pub(super) fn head<B>(response: &Response<B>) -> HeadRef<'_> {
    HeadRef {
        status: response.status(),
        headers: response.headers(),
        extensions: response.extensions(),
    }
}

/// What is known of a body before it is polled: whether it has ended, and its length in bytes.
pub(super) fn hint<B: Body>(body: &B) -> BodyHint {
    let length = body.size_hint().exact();
    BodyHint {
        ended: length == Some(0) || body.is_end_stream(),
        length,
    }
}

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
    // The reason phrase of an upstream says what was masked.
    if response.status().is_server_error() {
        response.extensions_mut().remove::<ReasonPhrase>();
    }
    response.map(|body| ResponseBody::changed(body, change))
}

/// The response that an answer is. `body` is the inner one, if nothing was read of it.
pub(super) fn finish<B: Body>(answer: Answer, body: Option<B>) -> Response<ResponseBody<B>> {
    let body = match (answer.body, body) {
        (AnswerBody::Inner(_), Some(body)) => ResponseBody::inner(body),
        (AnswerBody::Full(bytes) | AnswerBody::Inner(bytes), _) => bytes.into(),
        (AnswerBody::EndsWithHead, _) => ResponseBody::default(),
        (AnswerBody::HeadOnly, _) => ResponseBody::unknown(),
    };
    Response::from_parts(answer.parts, body)
}

/// Answers an error of the service: of its future, or of `poll_ready`. `request` is the head for hooks.
#[cold]
pub(super) fn fail<B: Body>(
    normaliser: &Normaliser,
    caller: Caller,
    request: Option<Box<RequestHead>>,
    error: BoxError,
) -> Response<ResponseBody<B>> {
    let request = request.map(|request| *request);
    finish(normaliser.service_error(caller, request, error), None)
}

/// A future that has ended must not be polled again. If it is polled again, it ends with a 500 and does not hang. In debug
/// builds it panics.
pub(super) fn polled_after_end<B: Body>() -> Response<ResponseBody<B>> {
    debug_assert!(false, "`ResponseFuture` polled after completion");
    let mut response = Response::new(ResponseBody::default());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}

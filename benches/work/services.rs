//! The inner service of the layers, and handwritten middleware.

use std::convert::Infallible;
use std::future::{ready, Ready};
use std::hint::black_box;
use std::task::{Context, Poll};

use axum::body::{to_bytes, Body};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::Json;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;
use serde_json::json;
use tower::Service;
use tower_error_envelope::write::Clustr;
use tower_error_envelope::Envelope;

use super::drive::{Frames, Run, FRAMES};

pub(crate) const FINE: &str =
    r#"{"id":123,"state":"succeeded","package":{"name":"vim","version":"9.1"}}"#;
pub(crate) const MISSING: &str = "Build 123 not found";
/// The documented JSON of [`MISSING`].
pub(crate) const JSON: &str =
    r#"{"_error_message":"Build 123 not found","_error_type":"clustr.exceptions.NotFound"}"#;
const TYPE: &str = "clustr.exceptions.NotFound";

/// Answers each request with a new response.
pub(crate) struct Answers<B> {
    make: fn() -> Response<B>,
    body: fn(&'static str) -> B,
    status: Option<StatusCode>,
}

impl<B> Answers<B> {
    pub(crate) const fn fine(body: fn(&'static str) -> B) -> Self {
        Self::of(StatusCode::OK, body)
    }

    pub(crate) const fn missing(body: fn(&'static str) -> B) -> Self {
        Self::of(StatusCode::NOT_FOUND, body)
    }

    const fn of(status: StatusCode, body: fn(&'static str) -> B) -> Self {
        let make = || unreachable!("the status is known");
        let status = Some(status);
        Self { make, body, status }
    }
}

impl Answers<Body> {
    /// Answers with the error of a handler.
    pub(crate) const fn with(make: fn() -> Response<Body>) -> Self {
        Self {
            make,
            body: boxed,
            status: None,
        }
    }
}

impl<B> Clone for Answers<B> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<B> Service<Request> for Answers<B> {
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Ready<Result<Response<B>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        let Some(status) = self.status else {
            return ready(Ok((self.make)()));
        };
        let (label, text) = match status {
            StatusCode::OK => ("application/json", FINE),
            _ => ("text/plain; charset=utf-8", MISSING),
        };
        let mut response = Response::new((self.body)(text));
        *response.status_mut() = status;
        let label = HeaderValue::from_static(label);
        response.headers_mut().insert(CONTENT_TYPE, label);
        ready(Ok(response))
    }
}

pub(crate) fn full(text: &'static str) -> Full<Bytes> {
    Full::from(text)
}

pub(crate) fn boxed(text: &'static str) -> Body {
    Body::new(full(text))
}

pub(crate) fn stream(_: &'static str) -> Body {
    Body::new(Frames::of(FRAMES))
}

/// A stream of `frames` frames with this label.
pub(crate) fn labelled(label: &'static str, frames: Frames) -> Response<Body> {
    let mut response = Response::new(Body::new(frames));
    let label = HeaderValue::from_static(label);
    response.headers_mut().insert(CONTENT_TYPE, label);
    response
}

pub(crate) fn events() -> Response<Body> {
    labelled("text/event-stream", Frames::events(FRAMES))
}

pub(crate) fn download() -> Response<Body> {
    labelled("application/octet-stream", Frames::open(FRAMES))
}

pub(crate) async fn unchanged(response: Response<Body>) -> Response<Body> {
    response
}

pub(crate) async fn pass(request: Request, next: Next) -> Response<Body> {
    next.run(request).await
}

/// Handwritten middleware that wraps texts of errors into JSON.
pub(crate) async fn rewrite(request: Request, next: Next) -> Response<Body> {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let label = response.headers().get(CONTENT_TYPE);
    if label.map_or(true, |label| label != "text/plain; charset=utf-8") {
        return response;
    }
    let (mut head, body) = response.into_parts();
    head.headers.remove(CONTENT_TYPE);
    head.headers.remove(CONTENT_LENGTH);
    let Ok(bytes) = to_bytes(body, 1_000_000).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let text = String::from_utf8_lossy(&bytes);
    let json = json!({"_error_message": text, "_error_type": TYPE});
    (head, Json(json)).into_response()
}

pub(crate) fn envelope() -> Response<Body> {
    Envelope::new(StatusCode::NOT_FOUND, MISSING.to_owned()).into_response()
}

pub(crate) fn json() -> Response<Body> {
    let message = MISSING.to_owned();
    let error = Derived {
        _error_message: &message,
        _error_type: TYPE,
    };
    (StatusCode::NOT_FOUND, Json(error)).into_response()
}

#[derive(Serialize)]
struct Derived<'a> {
    _error_message: &'a str,
    _error_type: &'a str,
}

pub(crate) fn encode_ours() -> Run {
    let envelope = Envelope::new(StatusCode::NOT_FOUND, MISSING);
    Box::new(move || (404, black_box(Clustr::to_json(black_box(&envelope))).len()))
}

pub(crate) fn encode_derived() -> Run {
    let encode = |message| {
        let error = Derived {
            _error_message: message,
            _error_type: TYPE,
        };
        serde_json::to_vec(&error).unwrap()
    };
    Box::new(move || (404, black_box(encode(black_box(MISSING))).len()))
}

pub(crate) fn encode_value() -> Run {
    let encode = |message: &str| {
        let error = json!({"_error_message": message, "_error_type": TYPE});
        serde_json::to_vec(&error).unwrap()
    };
    Box::new(move || (404, black_box(encode(black_box(MISSING))).len()))
}

//! Work with a goal: the instructions that this crate may add.

use std::convert::Infallible;
use std::future::{ready, Future, Ready};
use std::pin::pin;
use std::task::{Context, Poll};

use async_trait::async_trait;
use axum::body::Body as AxumBody;
use axum::extract::Request;
use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Response, Version};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next};
use serde::Deserialize;
use tower::layer::util::Identity;
use tower::Service;
use tower_error_envelope::{
    ErrorEnvelopeLayer, NormaliseErrorsMiddleware, RaiseErrorsLayer, ResponseExt,
};

use super::drive::{asked, plain, Frames, IntoBytes, Run, FRAMES};
use super::groups::Group;
use super::services::{full, labelled, Answers, FINE, MISSING};

/// Each group, the contestant without this crate, ours, and the goal. A group with [`ONE`] counts each unit after the
/// first.
pub(crate) const GOALS: [(&str, &str, &str, i64); 31] = [
    ("success", "bare", "ours, nothing to negotiate", 350),
    ("request, no header", "bare", "ours", 350),
    ("request, query of 30 bytes", "bare", "ours", 450),
    ("request, query of 8 KiB", "bare", "ours", 700),
    ("request, Chrome, page", "bare", "ours", 700),
    ("request, Chrome, fetch", "bare", "ours", 700),
    (
        "request, proxy with two X-Forwarded-For",
        "bare",
        "ours",
        700,
    ),
    ("request, Chrome, image", "bare", "ours", 700),
    ("request, style sheet", "bare", "ours", 700),
    ("request, Java", "bare", "ours", 700),
    ("request, EventSource", "bare", "ours", 700),
    ("request, GitHub", "bare", "ours", 700),
    (
        "request, Accept of 8 KiB of semicolons",
        "bare",
        "ours",
        700,
    ),
    ("request, Accept of 8 KiB of elements", "bare", "ours", 700),
    ("gRPC success, server", "bare", "ours", 600),
    ("gRPC success, client", "bare", "ours", 1_200),
    ("gRPC messages, client", "bare", "ours", 10),
    ("frames of an unboxed body", "bare", "ours", 6),
    ("frames with a last frame", "without it", "ours, events", 10),
    (
        "frames with a last frame",
        "without it",
        "ours, another label",
        10,
    ),
    ("reqwest-middleware, success", "bare", "ours", 700),
    ("error_for_envelope, success", "bare", "ours", 150),
    ("errors in success, 71 bytes of data", "bare", "ours", 4_000),
    ("error", "bare", "ours", 4_000),
    ("error", "bare", "ours, without extensions", 3_200),
    ("error with 15 entity headers", "bare", "ours", 9_000),
    (
        "error with 15 entity headers and 100 others",
        "bare",
        "ours",
        20_000,
    ),
    ("error for a gRPC caller", "bare", "ours", 7_000),
    ("raise an error", "bare", "ours", 4_500),
    ("raise an error", "bare", "typed serde, by hand", 4_500),
    ("error returned by a handler", "axum Json", "ours", 0),
];

/// The suffix of the name of a contestant that does one unit instead of [`FRAMES`].
pub(crate) const ONE: &str = ", one of them";

/// An error with its text, as handwritten code of an API makes it.
#[derive(Deserialize)]
struct Problem {
    title: String,
    detail: String,
}

pub(super) fn goals() -> Vec<Group> {
    const SMALL: Answers<Full<Bytes>> = Answers::fine(full);
    const MISSING: Answers<Full<Bytes>> = Answers::missing(full);
    const ALL: Made<Frames> = Made(|| Response::new(Frames::of(FRAMES)));
    const FIRST: Made<Frames> = Made(|| Response::new(Frames::of(1)));
    vec![
        (
            "gRPC success, server",
            vec![
                ("bare", || asked(Identity::new(), MESSAGE, call)),
                ("ours", || asked(ErrorEnvelopeLayer::new(), MESSAGE, call)),
            ],
        ),
        (
            "gRPC success, client",
            vec![
                ("bare", || asked(Identity::new(), MESSAGE, call)),
                ("ours", || {
                    asked(ErrorEnvelopeLayer::client(), MESSAGE, call)
                }),
            ],
        ),
        (
            "gRPC messages, client",
            vec![
                ("bare", || asked(Identity::new(), MESSAGES, call)),
                ("bare, one of them", || {
                    asked(Identity::new(), MESSAGE, call)
                }),
                ("ours", || {
                    asked(ErrorEnvelopeLayer::client(), MESSAGES, call)
                }),
                ("ours, one of them", || {
                    asked(ErrorEnvelopeLayer::client(), MESSAGE, call)
                }),
            ],
        ),
        (
            "frames of an unboxed body",
            vec![
                ("bare", || asked(Identity::new(), ALL, get)),
                ("bare, one of them", || asked(Identity::new(), FIRST, get)),
                ("ours", || asked(ErrorEnvelopeLayer::new(), ALL, get)),
                ("ours, one of them", || {
                    asked(ErrorEnvelopeLayer::new(), FIRST, get)
                }),
            ],
        ),
        (
            "frames with a last frame",
            vec![
                ("without it", || {
                    asked(ErrorEnvelopeLayer::new(), EVENTS, get)
                }),
                ("without it, one of them", || {
                    asked(ErrorEnvelopeLayer::new(), EVENT, get)
                }),
                ("ours, events", || ended(EVENTS)),
                ("ours, events, one of them", || ended(EVENT)),
                ("ours, parts of an event", || ended(HALVES)),
                ("ours, parts of an event, one of them", || ended(HALF)),
                ("ours, another label", || ended(PARTS)),
                ("ours, another label, one of them", || ended(PART)),
            ],
        ),
        (
            "reqwest-middleware, success",
            vec![
                ("bare", || sent(ClientBuilder::new(reqwest::Client::new()))),
                ("ours", || {
                    let client = ClientBuilder::new(reqwest::Client::new());
                    sent(client.with(NormaliseErrorsMiddleware::new()))
                }),
            ],
        ),
        (
            "error_for_envelope, success",
            vec![
                ("bare", || {
                    checked(|response| async { Ok::<_, reqwest::Error>(response) })
                }),
                ("reqwest error_for_status", || {
                    checked(|response| async { response.error_for_status() })
                }),
                ("ours", || checked(ResponseExt::error_for_envelope)),
            ],
        ),
        (
            "errors in success, 71 bytes of data",
            vec![
                ("bare", || plain(Identity::new(), SMALL)),
                ("ours", || {
                    plain(ErrorEnvelopeLayer::client().with_errors_in_success(), SMALL)
                }),
            ],
        ),
        (
            "error with 15 entity headers",
            vec![
                ("bare", || asked(Identity::new(), Made(|| missing(0)), get)),
                ("ours", || {
                    asked(ErrorEnvelopeLayer::new(), Made(|| missing(0)), get)
                }),
            ],
        ),
        (
            "error with 15 entity headers and 100 others",
            vec![
                ("bare", || {
                    asked(Identity::new(), Made(|| missing(100)), get)
                }),
                ("ours", || {
                    asked(ErrorEnvelopeLayer::new(), Made(|| missing(100)), get)
                }),
            ],
        ),
        (
            "error for a gRPC caller",
            vec![
                ("bare", || asked(Identity::new(), MISSING, call)),
                ("ours", || asked(ErrorEnvelopeLayer::new(), MISSING, call)),
            ],
        ),
        (
            "raise an error",
            vec![
                ("bare", || asked(Identity::new(), Made(problem), get)),
                ("typed serde, by hand", || raised_by_hand(Made(problem))),
                ("ours", || raised(&RaiseErrorsLayer::new(), Made(problem))),
            ],
        ),
    ]
}

/// Answers each request with a new response.
struct Made<B>(fn() -> Response<B>);

impl<B> Clone for Made<B> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<B> Service<Request> for Made<B> {
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Ready<Result<Response<B>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        ready(Ok((self.0)()))
    }
}

const EVENTS: Made<AxumBody> = Made(|| labelled("text/event-stream", Frames::events(FRAMES)));
const EVENT: Made<AxumBody> = Made(|| labelled("text/event-stream", Frames::events(1)));
const HALVES: Made<AxumBody> = Made(|| labelled("text/event-stream", Frames::open(FRAMES)));
const HALF: Made<AxumBody> = Made(|| labelled("text/event-stream", Frames::open(1)));
const PARTS: Made<AxumBody> = Made(|| labelled("application/octet-stream", Frames::open(FRAMES)));
const PART: Made<AxumBody> = Made(|| labelled("application/octet-stream", Frames::open(1)));

/// The layer with last frames.
fn ended(service: Made<AxumBody>) -> Run {
    asked(ErrorEnvelopeLayer::new().with_last_frame(), service, get)
}

type Messages =
    StreamBody<futures_util::stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, Infallible>>>>;

const MESSAGE: Made<Messages> = Made(|| messages(1));
const MESSAGES: Made<Messages> = Made(|| messages(FRAMES));

/// `count` messages, and a status in trailers.
fn messages(count: usize) -> Response<Messages> {
    let frame = || Ok(Frame::data(Bytes::from_static(b"\0\0\0\0\x03\x0a\x01x")));
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", http::HeaderValue::from_static("0"));
    let frames = std::iter::repeat_with(frame).take(count);
    let frames: Vec<_> = frames.chain([Ok(Frame::trailers(trailers))]).collect();
    let response = Response::builder().header("content-type", "application/grpc");
    let body = StreamBody::new(futures_util::stream::iter(frames));
    response.body(body).unwrap()
}

fn get() -> Request {
    let request = Request::get("/builds/8").header("accept", "application/json");
    request.body(AxumBody::empty()).unwrap()
}

fn call() -> Request {
    let mut request = Request::new(AxumBody::empty());
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = http::Uri::from_static("/shop.Shop/Buy");
    let headers = request.headers_mut();
    headers.insert(
        "content-type",
        http::HeaderValue::from_static("application/grpc"),
    );
    headers.insert("te", http::HeaderValue::from_static("trailers"));
    request
}

/// A 404 with a text, all headers that describe a body, and `others` more.
fn missing(others: usize) -> Response<Full<Bytes>> {
    const ENTITY: [&str; 15] = [
        "content-length",
        "content-language",
        "content-location",
        "content-disposition",
        "content-range",
        "accept-ranges",
        "trailer",
        "content-digest",
        "repr-digest",
        "digest",
        "content-md5",
        "etag",
        "last-modified",
        "signature",
        "signature-input",
    ];
    let mut response = Response::builder().status(404);
    for name in ENTITY {
        response = response.header(name, "19");
    }
    for number in 0..others {
        response = response.header(format!("x-other-{number}"), "1");
    }
    let response = response.header("content-type", "text/plain");
    response.body(Full::from(MISSING)).unwrap()
}

fn problem() -> Response<Full<Bytes>> {
    let response = Response::builder().status(403);
    let response = response.header("content-type", "application/problem+json");
    let body = r#"{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","status":403,"detail":"Your balance is 30, but that costs 50."}"#;
    response.body(Full::from(body)).unwrap()
}

fn raised(layer: &RaiseErrorsLayer, service: Made<Full<Bytes>>) -> Run {
    let mut service = tower::Layer::layer(layer, service);
    Box::new(move || {
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        assert!(service.poll_ready(&mut cx).is_ready());
        let error = finished(service.call(get()), &mut cx)
            .err()
            .and_then(|error| error.into_api().ok());
        error.map_or((0, 0), |error| {
            (error.status().as_u16(), error.envelope().message().len())
        })
    })
}

fn raised_by_hand(mut service: Made<Full<Bytes>>) -> Run {
    Box::new(move || {
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        let response = finished(service.call(get()), &mut cx).unwrap();
        let (head, body) = response.into_parts();
        let body = finished(http_body_util::BodyExt::collect(body), &mut cx).unwrap();
        let problem: Problem = serde_json::from_slice(&body.to_bytes()).unwrap();
        (
            head.status.as_u16(),
            problem.title.len().max(problem.detail.len()),
        )
    })
}

/// The last middleware: it answers without sending a request.
struct Answering;

#[async_trait]
impl Middleware for Answering {
    async fn handle(
        &self,
        _: reqwest::Request,
        _: &mut Extensions,
        _: Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        Ok(fine())
    }
}

fn fine() -> reqwest::Response {
    Response::new(FINE).into()
}

fn sent(client: ClientBuilder) -> Run {
    let client: ClientWithMiddleware = client.with(Answering).build();
    Box::new(move || {
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        let request =
            reqwest::Request::new(Method::GET, "http://127.0.0.1/builds/8".parse().unwrap());
        let response = finished(client.execute(request), &mut cx).unwrap();
        Response::<reqwest::Body>::from(response).into_bytes(&mut cx)
    })
}

fn checked<F, E>(check: fn(reqwest::Response) -> F) -> Run
where
    F: Future<Output = Result<reqwest::Response, E>> + 'static,
    E: std::fmt::Debug + 'static,
{
    Box::new(move || {
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        let response = finished(check(fine()), &mut cx).unwrap();
        Response::<reqwest::Body>::from(response).into_bytes(&mut cx)
    })
}

fn finished<F: Future>(future: F, cx: &mut Context<'_>) -> F::Output {
    match pin!(future).poll(cx) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("is ready at once"),
    }
}

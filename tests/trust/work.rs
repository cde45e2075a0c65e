//! The cost of a hostile body: output, memory, work, and time in one poll.
//!
//! Allocations measure work, because they are equal in every run.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};

use allocation_counter::measure;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer};

use super::documents::hostile_documents;

const LIMIT: usize = 64 * 1024;

fn answer(body: String) -> Response<Full<Bytes>> {
    let response = Response::builder()
        .status(400)
        .header("content-type", "application/json");
    response.body(Full::from(body)).unwrap()
}

/// The collected response of a service.
fn body_of<S, B>(service: S) -> Bytes
where
    S: tower::Service<Request<()>, Response = Response<B>, Error = Infallible>,
    B: Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    tokio_test::block_on(async {
        let response = service.oneshot(Request::new(())).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    })
}

#[derive(Clone)]
struct Echo(Response<Full<Bytes>>);

impl tower::Service<Request<()>> for Echo {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Full<Bytes>>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        std::future::ready(Ok(self.0.clone()))
    }
}

#[test]
fn the_written_body_is_at_most_twice_the_limit() {
    // Some more for the members around the texts.
    let most = 2 * LIMIT + 512;
    let mut too_long = Vec::new();
    for (name, body) in hostile_documents() {
        assert!(body.len() <= LIMIT, "{name}: {}", body.len());
        let server = body_of(ErrorEnvelopeLayer::new().layer(Echo(answer(body.clone())))).len();
        let client = body_of(ErrorEnvelopeLayer::client().layer(Echo(answer(body)))).len();
        if server > most || client > most {
            too_long.push((name, server, client));
        }
    }
    assert!(too_long.is_empty(), "server and client wrote {too_long:?}");
}

#[test]
fn work_is_linear_in_what_was_read() {
    let mut too_much = Vec::new();
    for (name, body) in hostile_documents() {
        let length = body.len() as u64;
        let allocated = measure(|| {
            body_of(ErrorEnvelopeLayer::new().layer(Echo(answer(body))));
        });
        if allocated.bytes_total > 64 * length {
            too_much.push((name, allocated.bytes_total / length));
        }
    }
    assert!(too_much.is_empty(), "so many times the body: {too_much:?}");
}

#[test]
fn a_body_of_trailers_without_end_is_left() {
    let frames = Arc::new(AtomicUsize::new(0));
    let service = EndlessTrailers(Arc::clone(&frames));
    let served = ErrorEnvelopeLayer::new().layer(service.clone());
    let response = tokio_test::block_on(served.oneshot(Request::new(())));
    assert_eq!(response.unwrap().status(), 404);
    assert!(frames.swap(0, Ordering::SeqCst) < MANY, "the layer");

    let raising = RaiseErrorsLayer::new().layer(service);
    let error = tokio_test::block_on(raising.oneshot(Request::new(()))).unwrap_err();
    assert_eq!(error.api().unwrap().status(), 404);
    assert!(frames.load(Ordering::SeqCst) < MANY, "RaiseErrorsLayer");
}

/// The number of frames after which the body ends.
const MANY: usize = 2_000_000;

#[derive(Clone)]
struct EndlessTrailers(Arc<AtomicUsize>);

impl tower::Service<Request<()>> for EndlessTrailers {
    type Response = Response<Self>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Self>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        let response = Response::builder().status(404).body(self.clone());
        std::future::ready(Ok(response.unwrap()))
    }
}

impl Body for EndlessTrailers {
    type Data = Bytes;
    type Error = Infallible;

    /// Trailers without an end: the layer must stop before [`MANY`].
    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let frame = (count < MANY).then(|| Ok(Frame::trailers(HeaderMap::new())));
        Poll::Ready(frame)
    }
}

/// The bytes in use when only the envelopes of 50 errors are left.
fn held(body: impl Fn() -> Bytes) -> u64 {
    let held = measure(|| {
        let layer = ErrorEnvelopeLayer::client();
        let envelopes: Vec<Envelope> = (0..50)
            .map(|_| {
                let response = Response::builder()
                    .status(404)
                    .header("content-type", "application/json");
                let service = layer.layer(Echo(response.body(Full::from(body())).unwrap()));
                let response = tokio_test::block_on(service.oneshot(Request::new(()))).unwrap();
                response.extensions().get::<Envelope>().unwrap().clone()
            })
            .collect();
        std::mem::forget(envelopes);
    });
    u64::try_from(held.bytes_current).unwrap_or_default() / 50
}

#[test]
fn an_envelope_needs_little_more_memory_than_its_texts() {
    let small = br#"{"error":"no such"}"#;
    let out_of_much = || {
        let mut buffer = vec![b' '; 1024 * 1024];
        buffer[..small.len()].copy_from_slice(small);
        Bytes::from(buffer).slice(..small.len())
    };
    let beside_much = || {
        let padding = "x".repeat(60_000);
        Bytes::from(format!(
            r#"{{"error":"no such","trace_of_the_request":["{padding}"]}}"#
        ))
    };
    for (name, held) in [
        ("a slice of a buffer", held(out_of_much)),
        ("one member of many", held(beside_much)),
    ] {
        assert!(held < 4 * 1024, "{name}: {held} bytes held for an envelope");
    }
}

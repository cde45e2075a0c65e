//! Responses that pass untouched, and bodies that are read only in part.

mod support;

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use support::{collect, text};
use tower::{Layer, ServiceExt};
use tower_error_envelope::write::{Clustr, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Passthrough, ResponseBody};

/// A body that counts its polls and gives an unusual size hint.
struct Counted {
    frames: Vec<Frame<Bytes>>,
    polls: Arc<AtomicUsize>,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(self.frames.pop().map(Ok))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_upper(12345);
        hint
    }
}

struct Passed {
    response: Response<ResponseBody<Counted>>,
    polls: Arc<AtomicUsize>,
}

async fn pass(layer: ErrorEnvelopeLayer, request: Request<()>, head: Response<()>) -> Passed {
    let polls = Arc::new(AtomicUsize::new(0));
    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
    let frames = vec![
        Frame::trailers(trailers),
        Frame::data("b".into()),
        Frame::data("a".into()),
    ];
    let body = Counted {
        frames,
        polls: Arc::clone(&polls),
    };
    let mut response = Some(head.map(|()| body));
    let service = tower::service_fn(move |_| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let response = layer.layer(service).oneshot(request).await.unwrap();
    Passed { response, polls }
}

/// Asserts that head, frames, trailers and hints are those of the inner service, and that nothing was read ahead.
async fn is_untouched(layer: ErrorEnvelopeLayer, request: Request<()>, head: Response<()>) {
    is_untouched_after(0, layer, request, head).await;
}

/// As [`is_untouched`], but the head waits until the body was polled `polls` times.
async fn is_untouched_after(
    polls_of_head: usize,
    layer: ErrorEnvelopeLayer,
    request: Request<()>,
    head: Response<()>,
) {
    let context = format!("{request:?} {head:?}");
    let want = (head.status(), head.headers().clone());
    let Passed { response, polls } = pass(layer, request, head).await;
    assert_eq!(
        (response.status(), response.headers().clone()),
        want,
        "{context}"
    );
    assert_eq!(polls.load(Ordering::SeqCst), polls_of_head, "{context}");
    let mut body = response.into_body();
    assert_eq!(
        (body.size_hint().upper(), body.is_end_stream()),
        (Some(12345 + polls_of_head as u64), false)
    );
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "a"
    );
    assert_eq!(polls.load(Ordering::SeqCst), 1, "frames come one by one");
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "b"
    );
    assert_eq!(
        body.frame()
            .await
            .unwrap()
            .unwrap()
            .into_trailers()
            .unwrap()["x-sum"],
        "1"
    );
}

fn head(status: u16, headers: &[(&str, &str)]) -> Response<()> {
    let response = headers.iter().fold(
        Response::builder().status(status),
        |response, (name, value)| response.header(*name, *value),
    );
    response.body(()).unwrap()
}

fn request(method: Method, headers: &[(&str, &str)]) -> Request<()> {
    let request = headers.iter().fold(
        Request::builder().method(method),
        |request, (name, value)| request.header(*name, *value),
    );
    request.body(()).unwrap()
}

#[tokio::test]
async fn every_status_below_400_passes() {
    for status in 100..400 {
        is_untouched(
            ErrorEnvelopeLayer::new(),
            request(Method::GET, &[]),
            head(status, &[("etag", "\"x\"")]),
        )
        .await;
    }
}

#[tokio::test]
async fn streams_pass_unless_the_server_failed() {
    let types = [
        "text/event-stream",
        "application/grpc",
        "application/grpc-web+proto",
        "application/connect+json",
        "multipart/mixed; boundary=x",
        "application/x-ndjson",
        "application/jsonlines",
        "application/json-seq",
        "application/geo+json-seq",
        "application/problem+json-seq",
    ];
    for media_type in types {
        let head = |status| head(status, &[("content-type", media_type)]);
        let request = || request(Method::GET, &[]);
        is_untouched(ErrorEnvelopeLayer::new(), request(), head(400)).await;
        is_untouched(
            ErrorEnvelopeLayer::new().with_insecure_internals(),
            request(),
            head(500),
        )
        .await;
        let masked = pass(ErrorEnvelopeLayer::new(), request(), head(500)).await;
        assert_eq!(
            masked.response.headers()["content-type"],
            "application/json"
        );
        assert_eq!(masked.polls.load(Ordering::SeqCst), 0, "it may never end");
    }
}

#[tokio::test]
async fn a_status_of_grpc_beside_a_body_is_none() {
    let headers = [("content-type", "application/grpc"), ("grpc-status", "5")];
    // The trailers of an answer without data may be those of an error, so the head of a 200 waits for the first frame.
    let first = usize::from(cfg!(feature = "tonic"));
    for (status, polls) in [(200, first), (404, 0)] {
        is_untouched_after(
            polls,
            ErrorEnvelopeLayer::new(),
            request(Method::GET, &[]),
            head(status, &headers),
        )
        .await;
    }
}

#[tokio::test]
async fn an_answer_in_the_protocol_of_its_caller_passes() {
    let stream = [("content-type", "application/connect+proto")];
    let unary = [("connect-protocol-version", "1")];
    let calls = [
        (request(Method::CONNECT, &[]), head(200, &[])),
        (request(Method::POST, &stream), head(200, &stream)),
        (
            request(Method::POST, &unary),
            head(200, &[("content-type", "application/proto")]),
        ),
    ];
    for (request, head) in calls {
        is_untouched(ErrorEnvelopeLayer::new(), request, head).await;
    }
}

const GRPC_TYPES: [&str; 3] = [
    "application/grpc+proto",
    "application/grpc-web-text",
    "application/grpc",
];

#[cfg(not(feature = "tonic"))]
#[tokio::test]
async fn successes_for_callers_of_grpc_pass() {
    for media_type in GRPC_TYPES {
        is_untouched(
            ErrorEnvelopeLayer::new(),
            request(Method::POST, &[("content-type", media_type)]),
            head(200, &[("content-type", "text/plain")]),
        )
        .await;
    }
}

#[cfg(feature = "tonic")]
#[tokio::test]
async fn grpc_passes_grpc_callers_frame_by_frame() {
    for media_type in GRPC_TYPES {
        let label = ("content-type", media_type);
        let headers = [label, ("grpc-status", "13"), ("grpc-message", "a%20b")];
        for head in [
            head(200, &[label]),
            head(200, &headers),
            head(503, &headers),
        ] {
            let mut request = request(Method::POST, &[label]);
            *request.version_mut() = http::Version::HTTP_2;
            is_untouched(ErrorEnvelopeLayer::new(), request, head).await;
        }
    }
}

#[tokio::test]
async fn a_body_that_must_not_be_transformed_passes_a_server() {
    let headers = [("cache-control", "max-age=1, No-Transform")];
    is_untouched(
        ErrorEnvelopeLayer::new(),
        request(Method::GET, &[]),
        head(404, &headers),
    )
    .await;
}

#[tokio::test]
async fn marked_and_refused_responses_pass() {
    let marked = || {
        let mut head = head(503, &[]);
        head.extensions_mut().insert(Passthrough);
        head
    };
    is_untouched(
        ErrorEnvelopeLayer::new(),
        request(Method::GET, &[]),
        marked(),
    )
    .await;
    let narrowed =
        || ErrorEnvelopeLayer::new().with_predicate(|_, head| head.status != StatusCode::NOT_FOUND);
    is_untouched(narrowed(), request(Method::GET, &[]), head(404, &[])).await;
    assert_eq!(
        pass(narrowed(), request(Method::GET, &[]), head(409, &[]))
            .await
            .response
            .headers()["content-type"],
        "application/json"
    );
}

#[tokio::test]
async fn a_page_is_kept_for_who_prefers_one() {
    let firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = [("content-type", "text/html; charset=utf-8")];
    let kept = pass(
        ErrorEnvelopeLayer::new(),
        request(Method::GET, &[("accept", firefox)]),
        head(404, &page),
    )
    .await;
    assert_eq!(kept.polls.load(Ordering::SeqCst), 0);
    assert_eq!(kept.response.headers()["content-type"], page[0].1);
    assert_eq!(kept.response.headers()["vary"], "accept");
}

#[tokio::test]
async fn other_requests_get_no_page() {
    let firefox = [("accept", "text/html,*/*;q=0.8")];
    let page = [("content-type", "text/html")];
    type Case<'a> = (ErrorEnvelopeLayer, &'a [(&'a str, &'a str)], Response<()>);
    let cases: [Case<'_>; 6] = [
        (ErrorEnvelopeLayer::new(), &[], head(404, &page)),
        (
            ErrorEnvelopeLayer::new(),
            &[("accept", "application/json")],
            head(404, &page),
        ),
        (
            ErrorEnvelopeLayer::new(),
            &firefox,
            head(404, &[("content-type", "text/plain")]),
        ),
        (ErrorEnvelopeLayer::new(), &firefox, head(500, &page)),
        (
            ErrorEnvelopeLayer::new().without_pages(),
            &firefox,
            head(404, &page),
        ),
        (
            ErrorEnvelopeLayer::new()
                .without_pages()
                .with_dialect(Clustr)
                .with_dialect(Problem),
            &firefox,
            head(404, &page),
        ),
    ];
    for (layer, accept, head) in cases {
        let response = pass(layer, request(Method::GET, accept), head)
            .await
            .response;
        assert_eq!(
            response.headers()["content-type"],
            "application/json",
            "{accept:?}"
        );
    }
}

#[tokio::test]
async fn a_client_reads_errors_with_no_transform() {
    let service = tower::service_fn(|_: Request<()>| async {
        let response = Response::builder()
            .status(404)
            .header("cache-control", "no-transform");
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from("gone")).unwrap())
    });
    let response = ErrorEnvelopeLayer::client()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(
        response.extensions().get::<Envelope>().unwrap().message(),
        "gone"
    );
}

#[tokio::test]
async fn every_error_status_stays() {
    for code in 400..1000 {
        let response = pass(
            ErrorEnvelopeLayer::new(),
            request(Method::GET, &[]),
            head(code, &[]),
        )
        .await
        .response;
        assert_eq!(response.status().as_u16(), code);
        let body = collect(response).await;
        assert_eq!(
            text(&body).contains(r#""_error_message":"ab""#),
            code < 500,
            "{code}: {}",
            text(&body)
        );
    }
}

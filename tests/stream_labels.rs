//! Clients read an error with the label of a stream (events or lines) like any other error.
#![cfg(feature = "layer")]

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use std::convert::Infallible;
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer};

const LABELS: [&str; 12] = [
    "text/event-stream",
    "text/event-stream; charset=utf-8",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
    "application/jsonlines",
    "application/json-seq",
    "application/geo+json-seq",
    "application/problem+json-seq",
    "application/stream+json",
    "Text/Event-Stream",
];

/// Bodies as gateways of language models and streaming servers send them with an error status.
const BODIES: [&str; 10] = [
    r#"{"error":{"message":"no paper left","type":"out","code":"x_y"}}"#,
    "{\"error\":\"no paper left\"}\n",
    "{\"error\":\"no paper left\"}\r\n{\"done\":true}\r\n",
    "{\"status\":\"starting\"}\n{\"error\":\"no paper left\"}\n",
    "\u{1e}{\"error\":\"no paper left\"}\n",
    "data: {\"error\":{\"message\":\"no paper left\"}}\n\n",
    "event: error\ndata: {\"message\":\"no paper left\"}\n\n",
    "event:error\r\ndata:{\"error\":\"no paper left\"}\r\n\r\ndata: [DONE]\r\n\r\n",
    ": hi\n\nid: 7\ndata: {\"token\":\"a\"}\n\ndata: {\"error\":\"no paper left\"}\n\n",
    "retry: 10\n\ndata: {\"error\":{\"message\":\"no paper left\"}}\n\n",
];

fn answer(status: u16, label: &'static str, body: &'static str) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    let response = response.header("content-type", label);
    response.body(Full::from(body)).unwrap()
}

async fn normalised(response: Response<Full<Bytes>>) -> Response<Bytes> {
    let mut response = Some(response);
    let service = service_fn(move |_: Request<()>| {
        let response = response.take().unwrap();
        async move { Ok::<_, Infallible>(response) }
    });
    let client = ErrorEnvelopeLayer::client().layer(service);
    let (parts, body) = client.oneshot(Request::new(())).await.unwrap().into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn the_layer_for_clients_reads_it() {
    for label in LABELS {
        for body in BODIES {
            let response = normalised(answer(429, label, body)).await;
            assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(response.headers()["content-type"], "application/json");
            let error: &Envelope = response.extensions().get().unwrap();
            assert_eq!(error.message(), "no paper left", "{label}: {body}");
        }
    }
}

#[tokio::test]
async fn a_typed_error_says_what_it_says() {
    for label in LABELS {
        for body in BODIES {
            let service = service_fn(move |_: Request<()>| async move {
                Ok::<_, Infallible>(answer(503, label, body))
            });
            let client = RaiseErrorsLayer::new().layer(service);
            let error = client.oneshot(Request::new(())).await.unwrap_err();
            let error = error.into_api().unwrap();
            assert_eq!(error.to_string(), "no paper left", "{label}: {body}");
            // What follows the error is not read.
            let read = error.body();
            assert!(body.as_bytes().starts_with(read), "{label}: {body}");
            let end = body.find("left").unwrap() + "left".len();
            assert!(read.len() > end, "{label}: {body}");
            assert!(error.is_server());
        }
    }
}

#[tokio::test]
async fn endless_events_are_read_up_to_the_limit() {
    for label in LABELS {
        let service = service_fn(move |_: Request<()>| async move {
            let frame = || Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"data: x\n\n")));
            let endless = std::iter::repeat_with(frame);
            let body = StreamBody::new(futures_util::stream::iter(endless));
            let response = Response::builder()
                .status(502)
                .header("content-type", label);
            Ok::<_, Infallible>(response.body(body).unwrap())
        });
        let raise = RaiseErrorsLayer::new().layer(service);
        let error = raise.oneshot(Request::new(())).await.unwrap_err();
        let error = error.into_api().unwrap();
        assert!(error.is_truncated() && error.body().len() == 64 * 1024);
        let normalise = ErrorEnvelopeLayer::client().layer(service);
        let response = normalise.oneshot(Request::new(())).await.unwrap();
        let error: &Envelope = response.extensions().get().unwrap();
        assert_eq!(error.message(), "Bad Gateway");
    }
}

/// A stream that stays open, or breaks, after its error. It comes in frames of `size` bytes.
async fn both(
    label: &str,
    sent: &'static str,
    size: usize,
    breaks: bool,
) -> [(u16, String, Bytes); 2] {
    use futures_util::{stream, StreamExt};
    let service = service_fn(move |_: Request<()>| {
        let frames: Vec<_> = sent
            .as_bytes()
            .chunks(size)
            .map(Bytes::copy_from_slice)
            .collect();
        let frames = stream::iter(frames).map(|data| Ok(Frame::data(data)));
        let after: stream::BoxStream<'static, _> = match breaks {
            true => stream::iter([Err(std::io::Error::other("reset"))]).boxed(),
            false => stream::pending().boxed(),
        };
        let body = StreamBody::new(frames.chain(after));
        let response = Response::builder()
            .status(429)
            .header("content-type", label);
        std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    let client = ErrorEnvelopeLayer::client().layer(service);
    let response = client.oneshot(Request::new(())).await.unwrap();
    let error: &Envelope = response.extensions().get().unwrap();
    let normalised = (response.status().as_u16(), error.message().to_owned());
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let raising = RaiseErrorsLayer::new().layer(service);
    let error = raising.oneshot(Request::new(())).await.unwrap_err();
    let error = error.into_api().unwrap();
    let raised = (
        error.status().as_u16(),
        error.envelope().message().to_owned(),
    );
    [
        (normalised.0, normalised.1, body),
        (raised.0, raised.1, error.body().clone()),
    ]
}

#[tokio::test]
async fn reading_stops_at_the_first_error_because_the_stream_may_stay_open() {
    const EVENT: &str =
        ": hi\n\nevent: error\ndata: {\"error\":{\"message\":\"no paper left\"}}\n\n";
    for (label, error, rest) in [
        ("text/event-stream", EVENT, ": ping\n\n"),
        (
            "text/event-stream; charset=utf-8",
            "data: {\"error\":\"no paper left\"}\n\n",
            "data: {\"error\":\"and no ink\"}\n\n",
        ),
        (
            "application/x-ndjson",
            "{\"a\":1}\n{\"error\":\"no paper left\"}\n",
            "{\"b\":2}\n",
        ),
        (
            "application/json-seq",
            "\u{1e}{\"error\":\"no paper left\"}\n",
            "\u{1e}{\"b\":2}\n",
        ),
    ] {
        let sent: &'static str = format!("{error}{rest}").leak();
        for (size, breaks) in [
            (1, false),
            (7, false),
            (1000, false),
            (7, true),
            (1000, true),
        ] {
            let results = both(label, sent, size, breaks);
            let wait = std::time::Duration::from_secs(5);
            let [normalised, raised] = tokio::time::timeout(wait, results).await.expect(label);
            assert_eq!(
                (normalised.0, &*normalised.1),
                (429, "no paper left"),
                "{label}"
            );
            assert_eq!((raised.0, &*raised.1), (429, "no paper left"), "{label}");
            assert_eq!(raised.2, error, "{label} {size}");
        }
    }
}

/// The limit counts the bytes up to the first error, however the body is split into frames.
#[tokio::test]
async fn the_first_error_is_read_if_only_what_follows_is_beyond_the_limit() {
    let event = "event: error\ndata: {\"error\":{\"message\":\"no paper left\"}}\n\n";
    let sent = event.to_owned() + &": ping\n\n".repeat(100);
    for size in [1, 7, 100, sent.len()] {
        let service = service_fn(|_: Request<()>| {
            let frames: Vec<_> = sent.as_bytes().chunks(size).collect();
            let frames = frames.into_iter().map(Bytes::copy_from_slice);
            let frames = frames.map(|data| Ok::<_, Infallible>(Frame::data(data)));
            let frames: Vec<_> = frames.collect();
            let body = StreamBody::new(futures_util::stream::iter(frames));
            let response = Response::builder().status(429);
            let response = response.header("content-type", "text/event-stream");
            std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
        });
        let client = ErrorEnvelopeLayer::client().with_body_limit(100);
        let response = client.layer(service).oneshot(Request::new(())).await;
        let error: Envelope = response.unwrap().extensions().get().cloned().unwrap();
        assert_eq!(error.message(), "no paper left", "{size}");
        let raising = RaiseErrorsLayer::new().with_body_limit(100).layer(service);
        let error = raising.oneshot(Request::new(())).await.unwrap_err();
        let error = error.into_api().unwrap();
        assert_eq!(error.to_string(), "no paper left", "{size}");
        assert_eq!(error.body(), event, "{size}");
    }
}

#[tokio::test]
async fn a_stream_of_a_success_passes() {
    let body = "data: {\"error\":\"no paper left\"}\n\n";
    let response = normalised(answer(200, "text/event-stream", body)).await;
    assert_eq!(response.body(), body);
    assert!(response.extensions().get::<Envelope>().is_none());
}

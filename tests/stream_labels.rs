//! Clients read an error with the label of a stream (events or lines) like any other error.
#![cfg(feature = "layer")]

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use std::convert::Infallible;
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer};

const LABELS: [&str; 9] = [
    "text/event-stream",
    "text/event-stream; charset=utf-8",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
    "application/json-seq",
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
            assert_eq!(error.body(), body);
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

#[tokio::test]
async fn a_stream_of_a_success_passes() {
    let body = "data: {\"error\":\"no paper left\"}\n\n";
    let response = normalised(answer(200, "text/event-stream", body)).await;
    assert_eq!(response.body(), body);
    assert!(response.extensions().get::<Envelope>().is_none());
}

//! Errors of Connect on clients: of unary calls, and of streams whose only message is their end.
#![cfg(feature = "tonic")]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RetryAdvice};

const END: &str = r#"{"error":{"code":"resource_exhausted","message":"No paper"},"metadata":{"retry-after":["7"]}}"#;

fn message(flags: u8, content: &str) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[flags][..], &length, content.as_bytes()].concat()
}

/// The response to a call whose stream arrives in frames of `size` bytes.
async fn answer(
    layer: ErrorEnvelopeLayer<tower_error_envelope::Client>,
    request: &str,
    stream: &[u8],
    size: usize,
) -> Response<Bytes> {
    let frames = stream.chunks(size).map(Bytes::copy_from_slice);
    let frames = frames.map(|frame| Ok::<_, Infallible>(Frame::data(frame)));
    let body = StreamBody::new(futures_util::stream::iter(frames.collect::<Vec<_>>()));
    let response = Response::builder().header("content-type", "application/connect+json");
    let mut response = Some(response.body(body).unwrap());
    let service = layer.layer(service_fn(move |_: Request<()>| {
        let response = response.take().unwrap();
        async move { Ok::<_, Infallible>(response) }
    }));
    let request = Request::post("/a.B/C")
        .header("content-type", request)
        .body(());
    let (parts, body) = service
        .oneshot(request.unwrap())
        .await
        .unwrap()
        .into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

fn looking() -> ErrorEnvelopeLayer<tower_error_envelope::Client> {
    ErrorEnvelopeLayer::client().with_errors_in_success()
}

#[tokio::test]
async fn its_error_is_read_and_a_caller_of_connect_still_reads_connect() {
    let stream = message(2, END);
    for size in [1, 3, 5, 6, 1000] {
        let response = answer(looking(), "application/connect+json", &stream, size).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()["content-type"],
            "application/connect+json"
        );
        assert_eq!(response.body()[0], 2);
        assert_eq!(*response.body(), stream);
        assert_eq!(response.headers().len(), 1, "{:?}", response.headers());
        let error: &Envelope = response.extensions().get().unwrap();
        assert_eq!(
            (error.status().as_u16(), error.message()),
            (429, "No paper")
        );
    }
}

/// Details, spaces and other members stay.
#[tokio::test]
async fn the_end_of_a_stream_passes_byte_for_byte() {
    for end in [
        r#"{ "error": {"code":"internal","message":"x","details":[{"type":"a.B","value":"AAE","debug":{"a":1}}]} }"#,
        r#"{"error":{"code":"teapot","message":"x"},"metadata":{"x-a":["1","2"],"X-B-bin":["AAE"]},"more":1}"#,
        r#"{"error":{"code":16}}"#,
    ] {
        let stream = message(2, end);
        let response = answer(looking(), "application/connect+json", &stream, 9).await;
        assert_eq!(*response.body(), stream);
        assert!(response.extensions().get::<Envelope>().is_some());
    }
}

/// What the head says of the next try is in the envelope, however the error came.
#[tokio::test]
async fn the_envelope_knows_the_delay_in_the_head() {
    let end = message(2, r#"{"error":{"code":"resource_exhausted"}}"#);
    let grpc = "application/grpc";
    for (request, status, label, body) in [
        (
            "application/proto",
            429,
            "application/json",
            br#"{"code":"resource_exhausted"}"#.to_vec(),
        ),
        ("application/proto", 429, "text/plain", b"No paper".to_vec()),
        (
            "application/connect+proto",
            200,
            "application/connect+proto",
            end,
        ),
        (
            "text/plain",
            200,
            "application/json",
            br#"{"ok":false,"error":"rate_limited"}"#.to_vec(),
        ),
        ("text/plain", 200, grpc, Vec::new()),
    ] {
        let service = looking().layer(service_fn(move |_: Request<()>| {
            let response = Response::builder()
                .status(status)
                .header("content-type", label);
            let response = response
                .header("retry-after", "7")
                .header("x-request-id", "r");
            let status = [("grpc-status".parse().unwrap(), "8".parse().unwrap())];
            let frame = match label == grpc {
                true => Frame::trailers(http::HeaderMap::from_iter(status)),
                false => Frame::data(Bytes::from(body.clone())),
            };
            let body = StreamBody::new(futures_util::stream::iter([Ok::<_, Infallible>(frame)]));
            async move { Ok::<_, Infallible>(response.body(body).unwrap()) }
        }));
        let version = if request == "text/plain" {
            "x-version"
        } else {
            "connect-protocol-version"
        };
        let request = Request::post("/a.B/C")
            .header("content-type", request)
            .header(version, "1");
        let response = service.oneshot(request.body(()).unwrap()).await.unwrap();
        let error = response.extensions().get::<Envelope>().expect(label);
        let seven = std::time::Duration::from_secs(7);
        assert_eq!(error.retry_advice(), RetryAdvice::After(seven), "{label}");
        assert_eq!(
            error.members().get("request_id"),
            Some("r".into()),
            "{label}"
        );
    }
}

#[tokio::test]
async fn any_other_stream_passes_byte_for_byte() {
    let data = message(0, END);
    let later = [&data[..], &message(2, END)].concat();
    let compressed = message(3, END);
    let fine = message(2, "{}");
    for stream in [
        &data,
        &later,
        &compressed,
        &fine,
        &message(2, END)[..20].to_vec(),
        &vec![2],
    ] {
        for size in [1, 7, 1000] {
            let response = answer(looking(), "application/connect+json", stream, size).await;
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.body(), stream);
            assert!(response.extensions().get::<Envelope>().is_none());
        }
    }
    let response = answer(
        ErrorEnvelopeLayer::client(),
        "application/connect+json",
        &message(2, END),
        9,
    )
    .await;
    assert_eq!(*response.body(), message(2, END));
    assert!(response.extensions().get::<Envelope>().is_none());
}

#[tokio::test]
async fn a_unary_error_passes_byte_for_byte_and_leaves_its_envelope() {
    let body = r#"{"code":"not_found", "message":"There is no printer 8","details":[]}"#;
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&told);
    let layer = ErrorEnvelopeLayer::client().on_error(move |event| {
        seen.lock()
            .unwrap()
            .push(event.envelope.message().to_owned());
    });
    let service = layer.layer(service_fn(move |_: Request<()>| async move {
        let response = Response::builder()
            .status(404)
            .header("content-type", "application/json");
        Ok::<_, Infallible>(
            response
                .body(http_body_util::Full::<Bytes>::from(body))
                .unwrap(),
        )
    }));
    let request = Request::post("/a.B/C").header("connect-protocol-version", "1");
    let request = request
        .header("content-type", "application/json")
        .body(())
        .unwrap();
    let (parts, answer) = service.oneshot(request).await.unwrap().into_parts();
    let error: &Envelope = parts.extensions.get().unwrap();
    assert_eq!(
        (error.status().as_u16(), error.message()),
        (404, "There is no printer 8")
    );
    assert_eq!(error.error_type(), "NOT_FOUND");
    assert_eq!(answer.collect().await.unwrap().to_bytes(), body);
    assert_eq!(*told.lock().unwrap(), ["There is no printer 8"]);
}

/// A proxy: the layer for servers around the one for clients.
#[tokio::test]
async fn through_a_proxy_a_unary_error_passes_byte_for_byte_unless_it_is_masked() {
    for (status, body, passes) in [
        (
            404,
            r#"{"code":"not_found", "message":"x", "details":[{"type":"a.B","value":"","debug":{}}]}"#,
            true,
        ),
        (
            500,
            r#"{"code":"internal","message":"10.0.0.7 is gone"}"#,
            false,
        ),
        (
            503,
            r#"{"code":"unavailable","message":"10.0.0.7 is gone"}"#,
            false,
        ),
    ] {
        let service = service_fn(move |_: Request<()>| async move {
            let response = Response::builder()
                .status(status)
                .header("content-type", "application/json");
            Ok::<_, Infallible>(
                response
                    .body(http_body_util::Full::<Bytes>::from(body))
                    .unwrap(),
            )
        });
        let proxy = ErrorEnvelopeLayer::new().layer(ErrorEnvelopeLayer::client().layer(service));
        let request = Request::post("/a.B/C").header("connect-protocol-version", "1");
        let request = request
            .header("content-type", "application/json")
            .body(())
            .unwrap();
        let response = proxy.oneshot(request).await.unwrap();
        assert_eq!(response.status(), status);
        let answer = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(answer == body, passes, "{answer:?}");
        assert!(!String::from_utf8_lossy(&answer).contains("10.0.0.7"));
    }
}

#[test]
fn messages_that_cannot_end_a_stream_pass_at_once() {
    for (label, coding) in [
        ("application/connect+json", Some("gzip")),
        ("text/plain", None),
        ("application/grpc-web", None),
    ] {
        let endless = futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>();
        let response = Response::builder().header("content-type", label);
        let response = coding.into_iter().fold(response, |response, coding| {
            response.header("content-encoding", coding)
        });
        let mut response = Some(response.body(StreamBody::new(endless)).unwrap());
        let service = looking().layer(service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        }));
        let request = Request::post("/a.B/C").header("content-type", "application/connect+json");
        let answer = service.oneshot(request.body(()).unwrap()).now_or_never();
        assert!(answer.is_some(), "{label}");
    }
}

/// A client masks nothing, so the status makes no difference. Details of a service stay.
#[tokio::test]
async fn a_unary_error_passes_byte_for_byte_with_any_status() {
    for (status, code) in [
        (404, "not_found"),
        (499, "canceled"),
        (500, "internal"),
        (500, "unknown"),
        (503, "unavailable"),
        (504, "deadline_exceeded"),
    ] {
        let details = r#"[{"type":"a.B","value":"AAAA"}]"#;
        let sent = format!(r#"{{ "code":"{code}", "message":"No paper", "details":{details}}}"#);
        let body = sent.clone();
        let service = service_fn(move |_: Request<()>| {
            let response = Response::builder().status(status);
            let response = response.header("content-type", "application/json");
            let body = http_body_util::Full::<Bytes>::from(body.clone());
            async move { Ok::<_, Infallible>(response.body(body).unwrap()) }
        });
        let client = ErrorEnvelopeLayer::client().layer(service);
        let request = Request::post("/a.B/C").header("connect-protocol-version", "1");
        let request = request.header("content-type", "application/json");
        let response = client.oneshot(request.body(()).unwrap()).await.unwrap();
        assert_eq!(response.status(), status);
        let envelope = response.extensions().get::<Envelope>().unwrap();
        assert_eq!(envelope.message(), "No paper");
        let answer = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(answer, sent);
    }
}

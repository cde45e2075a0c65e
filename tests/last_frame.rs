//! Bodies that fail after their head was sent: the last frame, and the error that hook and client get.
#![cfg(feature = "tonic")]

mod support;

use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::{service_fn, BoxError, Layer, ServiceExt};
use tower_error_envelope::layer::LastFrame;
use tower_error_envelope::write::{Copr, OpenAi, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masking, Passthrough, ResponseOrigin};

type Frames = Vec<Result<Frame<Bytes>, BoxError>>;

fn layer() -> ErrorEnvelopeLayer<LastFrame> {
    ErrorEnvelopeLayer::new().with_last_frame()
}

/// A body that gives these data and then fails.
fn failing(data: &[&[u8]], error: impl Into<BoxError>) -> Frames {
    let data = data.iter().map(|data| Bytes::copy_from_slice(data));
    let frames = data.map(|data| Ok(Frame::data(data)));
    frames.chain([Err(error.into())]).collect()
}

/// The data, the trailers and the error of a body.
#[derive(Debug, Default)]
struct Got {
    data: Vec<Bytes>,
    trailers: Option<HeaderMap>,
    error: Option<BoxError>,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.data.concat()).into_owned()
    }
}

async fn run(layer: ErrorEnvelopeLayer<LastFrame>, response: Response<Frames>) -> Got {
    run_as(layer, response, Request::new(())).await
}

async fn run_as(
    layer: ErrorEnvelopeLayer<LastFrame>,
    response: Response<Frames>,
    request: Request<()>,
) -> Got {
    let response = response.map(|frames| StreamBody::new(futures_util::stream::iter(frames)));
    let mut response = Some(response);
    let service = layer.layer(service_fn(move |_: Request<()>| {
        let response = response.take().unwrap();
        async move { Ok::<_, Infallible>(response) }
    }));
    let mut body = std::pin::pin!(service.oneshot(request).await.unwrap().into_body());
    let mut got = Got::default();
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => got.data.push(data),
            Ok(Err(frame)) => got.trailers = frame.into_trailers().ok(),
            Err(error) => got.error = Some(error),
        }
    }
    assert!(body.frame().await.is_none());
    got
}

fn labelled(label: &str, frames: Frames) -> Response<Frames> {
    let response = Response::builder().header("content-type", label);
    response.body(frames).unwrap()
}

const MASKED: &str =
    r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#;

#[tokio::test]
async fn events_end_with_an_event_and_the_error() {
    for (sent, close) in [
        (&[][..], ""),
        (&[&b"data: 1\n\n"[..]][..], ""),
        (&[b"data: 1\n"], "\n\n"),
        (&[b"data: 1\n\nda", b"ta: {"], "\n\n"),
        (&[b"data: 1\r\n\r\n"], "\n\n"),
    ] {
        for label in ["text/event-stream", "Text/Event-Stream; charset=utf-8"] {
            let got = run(layer(), labelled(label, failing(sent, "10.0.0.7 is gone"))).await;
            let sent = String::from_utf8(sent.concat()).unwrap();
            let want = format!("{sent}{close}event: error\ndata: {MASKED}\n\n");
            assert_eq!(got.text(), want);
            assert_eq!(got.error.unwrap().to_string(), "10.0.0.7 is gone");
            assert!(got.trailers.is_none());
        }
    }
}

#[tokio::test]
async fn a_body_has_ended_after_its_last_frame_and_not_before() {
    let ends = [
        ("text/event-stream", &[false, false, true][..]),
        ("application/connect+json", &[false, true]),
    ];
    for (label, want) in ends {
        let frames = futures_util::stream::iter(failing(&[b"data: 1\n\n"], "10.0.0.7 is gone"));
        let response = Response::builder().header("content-type", label);
        let mut response = Some(response.body(StreamBody::new(frames)).unwrap());
        let service = layer().layer(service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        }));
        let response = service.oneshot(Request::new(())).await.unwrap();
        let mut body = std::pin::pin!(response.into_body());
        let mut ended = Vec::new();
        while body.frame().await.is_some() {
            ended.push(body.is_end_stream());
        }
        assert_eq!(ended, want, "{label}");
    }
    let empty = service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let response = layer().layer(empty).oneshot(Request::new(())).await;
    assert!(response.unwrap().body().is_end_stream());
}

#[tokio::test]
async fn debug_output_names_the_state_and_the_error() {
    let frames = futures_util::stream::iter(failing(&[], "10.0.0.7 is gone"));
    let response = Response::builder().header("content-type", "text/event-stream");
    let mut response = Some(response.body(StreamBody::new(frames)).unwrap());
    let service = layer().layer(service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    }));
    let response = service.oneshot(Request::new(())).await.unwrap();
    let mut body = Box::pin(response.into_body());
    let printed = r#"LastFrameBody { body: ResponseBody("inner"), state: "watching" }"#;
    assert_eq!(format!("{body:?}"), printed);
    assert!(body.frame().await.unwrap().is_ok());
    assert_eq!(format!("{body:?}"), r#"LastFrameBody { state: "failed" }"#);
    let error = body.frame().await.unwrap().unwrap_err();
    assert_eq!(format!("{error:?}"), r#""10.0.0.7 is gone""#);
}

#[tokio::test]
async fn lines_end_with_a_line_and_the_error() {
    for label in [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
        "application/stream+json",
    ] {
        for (sent, close) in [
            ("", ""),
            ("{\"a\":1}\n", ""),
            ("{\"a\"", "\n"),
            ("{}\r\n", ""),
        ] {
            let got = run(
                layer(),
                labelled(label, failing(&[sent.as_bytes()], "gone")),
            )
            .await;
            assert_eq!(got.text(), format!("{sent}{close}{MASKED}\n"), "{label}");
            assert!(got.error.is_some());
        }
    }
    let sequence = labelled("application/json-seq", failing(&[b"\x1e{}\n\x1e{"], "gone"));
    let got = run(layer(), sequence).await;
    assert_eq!(
        got.text(),
        format!("\u{1e}{{}}\n\u{1e}{{\n\u{1e}{MASKED}\n")
    );
}

#[tokio::test]
async fn grpc_ends_with_trailers_and_no_error() {
    let busy =
        Envelope::new(StatusCode::TOO_MANY_REQUESTS, "No paper").with_header("retry-after", 7);
    for (label, half) in [
        ("application/grpc", false),
        ("application/grpc+proto", true),
    ] {
        let sent: &[u8] = if half {
            &[0, 0, 0, 0, 9, 1]
        } else {
            &[0, 0, 0, 0, 1, 1]
        };
        let got = run_as(
            layer(),
            labelled(label, failing(&[sent], busy.clone())),
            call(),
        )
        .await;
        assert_eq!(got.data.concat(), sent);
        assert!(got.error.is_none());
        let trailers = got.trailers.unwrap();
        assert_eq!(trailers["grpc-status"], "8");
        assert_eq!(trailers["grpc-message"], "No paper");
        assert_eq!(trailers["retry-after"], "7");
        assert!(trailers.contains_key("grpc-status-details-bin"));
        assert!(!trailers.contains_key("content-type"));
    }
    let status = tonic::Status::not_found("There is no printer 8");
    let got = run_as(
        layer(),
        labelled("application/grpc", failing(&[], status)),
        call(),
    )
    .await;
    let trailers = got.trailers.unwrap();
    assert_eq!(
        (&trailers["grpc-status"], &trailers["grpc-message"]),
        (
            &http::HeaderValue::from_static("5"),
            &http::HeaderValue::from_static("There is no printer 8"),
        )
    );
}

/// A call of gRPC.
fn call() -> Request<()> {
    let call = Request::post("/shop.Shop/Buy").version(http::Version::HTTP_2);
    call.header("content-type", "application/grpc")
        .body(())
        .unwrap()
}

#[tokio::test]
async fn without_a_call_of_grpc_the_body_fails_because_trailers_may_be_dropped() {
    let got = run(layer(), labelled("application/grpc", failing(&[], "gone"))).await;
    assert!(got.trailers.is_none() && got.error.is_some());
}

#[tokio::test]
async fn a_response_that_is_left_alone_gets_no_last_frame() {
    for label in ["text/event-stream", "application/x-ndjson"] {
        let told = Arc::new(AtomicUsize::new(0));
        let hook = Arc::clone(&told);
        let layer = ErrorEnvelopeLayer::new().on_error(move |_| {
            hook.fetch_add(1, Ordering::SeqCst);
        });
        let mut response = labelled(label, failing(&[b"data"], "gone"));
        response.extensions_mut().insert(Passthrough);
        let got = run(layer.with_last_frame(), response).await;
        assert_eq!((&*got.text(), told.load(Ordering::SeqCst)), ("data", 0));
        assert!(got.error.is_some());
    }
}

#[tokio::test]
async fn the_status_of_an_error_can_be_read_from_its_last_frame() {
    for code in [400, 404, 409, 418, 429, 500, 503, 599] {
        let status = StatusCode::from_u16(code).unwrap();
        for error in [
            Envelope::new(status, "No paper"),
            Envelope::new(status, "No paper").with_error_type("shop.Busy"),
            Envelope::validation([("email", "is taken")]).with_status(status),
        ] {
            let response = labelled("application/x-ndjson", failing(&[], error.clone()));
            let line = run(layer(), response).await.text();
            let read = Envelope::from_event(None, line.trim());
            let read = read.unwrap_or_else(|| panic!("{line}"));
            assert_eq!(read.status(), error.status(), "{line}");
        }
    }
}

#[tokio::test]
async fn a_status_is_written_once_in_problem_details() {
    let conflict = Envelope::new(StatusCode::CONFLICT, "Printer 8 is on fire");
    let layer = ErrorEnvelopeLayer::new().with_dialect(Problem);
    let response = labelled("text/event-stream", failing(&[], conflict));
    let event = run(layer.with_last_frame(), response).await.text();
    assert_eq!(event.matches("409").count(), 1, "{event}");
}

#[tokio::test]
async fn grpc_web_ends_with_a_frame_of_trailers() {
    use base64::engine::{general_purpose::STANDARD, Engine};

    let gone = || Envelope::new(StatusCode::NOT_FOUND, "There is no printer 8");
    let message = [0, 0, 0, 0, 1, 1];
    let check = |frame: &[u8]| {
        assert_eq!(frame[0], 0x80);
        let length = u32::from_be_bytes(frame[1..5].try_into().unwrap()) as usize;
        assert_eq!(length, frame.len() - 5);
        let text = std::str::from_utf8(&frame[5..]).unwrap();
        let lines: Vec<_> = text.split_terminator("\r\n").collect();
        assert!(lines.contains(&"grpc-status:5"), "{text}");
        assert!(
            lines.contains(&"grpc-message:There is no printer 8"),
            "{text}"
        );
    };
    let got = run(
        layer(),
        labelled("application/grpc-web+proto", failing(&[&message], gone())),
    )
    .await;
    check(&got.data[1]);
    assert!(got.error.is_none() && got.trailers.is_none());

    let coded = STANDARD.encode(message);
    let frames = failing(&[coded.as_bytes()], gone());
    let got = run(layer(), labelled("application/grpc-web-text", frames)).await;
    assert_eq!(got.data[1].len() % 4, 0);
    check(&STANDARD.decode(&got.data[1]).unwrap());
}

#[tokio::test]
async fn connect_ends_with_its_last_message() {
    let busy =
        Envelope::new(StatusCode::TOO_MANY_REQUESTS, "No paper").with_header("retry-after", 7);
    let frames = failing(&[&[0, 0, 0, 0, 1], &[1]], busy);
    let got = run(layer(), labelled("application/connect+json", frames)).await;
    let last = &got.data[2];
    assert_eq!(last[0], 2);
    let end: serde_json::Value = serde_json::from_slice(&last[5..]).unwrap();
    assert_eq!(end["error"]["code"], "resource_exhausted");
    assert_eq!(end["error"]["message"], "No paper");
    assert_eq!(end["metadata"]["retry-after"][0], "7");
    assert!(got.error.is_none());
}

#[tokio::test]
async fn half_a_message_is_followed_by_the_error_alone() {
    for label in ["application/connect+proto", "application/grpc-web"] {
        for sent in [&[0, 0, 0, 0, 9, 1][..], &[0, 0], &[0x82, 0, 0, 0, 0]] {
            let got = run(layer(), labelled(label, failing(&[sent], "gone"))).await;
            assert_eq!(got.data.concat(), sent);
            assert_eq!(got.error.unwrap().to_string(), "gone");
        }
    }
    let half = failing(&[b"AAAAAAEA", b"AA"], "gone");
    let got = run(layer(), labelled("application/grpc-web-text", half)).await;
    assert_eq!((&*got.text(), got.error.is_some()), ("AAAAAAEAAA", true));
}

#[tokio::test]
async fn a_server_without_grpc_adds_nothing_to_its_streams() {
    let without = ErrorEnvelopeLayer::new().without_grpc().with_last_frame();
    let got = run(
        without,
        labelled("application/grpc-web", failing(&[], "gone")),
    )
    .await;
    assert!(got.data.is_empty() && got.error.is_some());
}

#[tokio::test]
async fn trailers_follow_a_body_whose_length_is_known() {
    let response = Response::builder()
        .header("content-type", "application/grpc")
        .header("content-length", "5");
    let frames = failing(&[&[0, 0, 0, 0, 0]], "gone");
    let call = Request::post("/a.v1.B/C").version(http::Version::HTTP_2);
    let call = call.header("content-type", "application/grpc").body(());
    let got = run_as(layer(), response.body(frames).unwrap(), call.unwrap()).await;
    assert_eq!(got.trailers.unwrap()["grpc-status"], "13");
}

#[tokio::test]
async fn a_delay_is_written_in_whole_seconds_rounded_up() {
    use tonic_types::{ErrorDetails, StatusExt};

    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(std::time::Duration::from_millis(1500)));
    let busy = tonic::Status::with_error_details(tonic::Code::ResourceExhausted, "busy", details);
    let got = run(
        layer(),
        labelled("application/x-ndjson", failing(&[], Envelope::from(busy))),
    )
    .await;
    assert!(got.text().contains(r#""retry_after":2"#), "{}", got.text());
}

#[tokio::test]
async fn any_other_label_gets_the_error_alone() {
    for label in [
        "application/json",
        "text/plain",
        "application/octet-stream",
        "multipart/mixed",
        "x",
    ] {
        let got = run(layer(), labelled(label, failing(&[b"[1,"], "gone"))).await;
        assert_eq!(got.text(), "[1,");
        assert_eq!(got.error.unwrap().to_string(), "gone");
    }
}

#[tokio::test]
async fn nothing_is_added_to_a_body_that_is_coded_or_has_a_length() {
    for (name, value) in [("content-encoding", "gzip"), ("content-length", "20")] {
        let mut response = labelled("text/event-stream", failing(&[b"data: 1\n\n"], "gone"));
        response.headers_mut().insert(name, value.parse().unwrap());
        let got = run(layer(), response).await;
        assert_eq!(got.text(), "data: 1\n\n");
        assert!(got.error.is_some());
    }
}

#[tokio::test]
async fn map_envelope_is_called_if_a_client_or_a_hook_gets_the_envelope() {
    for (label, hook, calls) in [
        ("text/event-stream", false, 1),
        ("text/plain", false, 0),
        ("text/plain", true, 1),
    ] {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let layer = layer().map_envelope(move |error, _| {
            counted.fetch_add(1, Ordering::SeqCst);
            error
        });
        let layer = if hook { layer.on_error(|_| {}) } else { layer };
        run(layer, labelled(label, failing(&[], "gone"))).await;
        assert_eq!(count.load(Ordering::SeqCst), calls, "{label} {hook}");
    }
}

#[tokio::test]
async fn identity_is_no_coding() {
    let mut response = labelled("text/event-stream", failing(&[b"data: 1\n\n"], "gone"));
    let identity = "identity".parse().unwrap();
    response.headers_mut().insert("content-encoding", identity);
    let text = run(layer(), response).await.text();
    assert_eq!(text, format!("data: 1\n\nevent: error\ndata: {MASKED}\n\n"));
}

/// HTTP/2 would send it.
#[tokio::test]
async fn nothing_is_added_where_the_status_forbids_content() {
    for status in [204, 205, 304] {
        for label in [
            "text/event-stream",
            "application/x-ndjson",
            "application/connect+json",
        ] {
            let mut response = labelled(label, failing(&[], "gone"));
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            let got = run(layer(), response).await;
            assert_eq!(got.text(), "", "{status} {label}");
            assert!(got.error.is_some());
        }
    }
}

#[tokio::test]
async fn an_error_that_passes_is_left_alone() {
    let mut response = labelled("text/event-stream", failing(&[b"data: 1\n\n"], "gone"));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.extensions_mut().insert(Passthrough);
    let got = run(layer(), response).await;
    assert_eq!(got.text(), "data: 1\n\n");
    assert!(got.error.is_some());
}

#[tokio::test]
async fn the_type_of_the_error_decides_and_unknown_types_are_masked() {
    let elapsed = tower::timeout::error::Elapsed::new();
    let nested = io::Error::other(Envelope::new(StatusCode::CONFLICT, "The printer is busy"));
    let cases: [(BoxError, &str); 6] = [
        (elapsed.into(), "Gateway Timeout"),
        (nested.into(), "The printer is busy"),
        (io::Error::other("10.0.0.7").into(), "Internal Server Error"),
        ("10.0.0.7".into(), "Internal Server Error"),
        (
            Envelope::internal("10.0.0.7").into(),
            "Internal Server Error",
        ),
        (
            tonic::Status::internal("10.0.0.7").into(),
            "Internal Server Error",
        ),
    ];
    for (error, message) in cases {
        let got = run(layer(), labelled("text/event-stream", failing(&[], error))).await;
        assert!(got.text().contains(message), "{}", got.text());
        assert!(!got.text().contains("10.0.0.7"), "{}", got.text());
    }
}

#[tokio::test]
async fn no_request_unmasks_an_error() {
    let secrets = [
        "text/event-stream",
        "application/x-ndjson",
        "application/grpc",
        "application/grpc-web",
        "application/grpc-web-text",
        "application/connect+json",
        "text/plain",
    ];
    for label in secrets {
        for (name, value) in [
            ("accept", "text/html"),
            ("accept", "application/json"),
            ("content-type", "application/grpc"),
            ("connect-protocol-version", "1"),
            ("te", "trailers"),
        ] {
            let request = Request::post("/?connect=v1")
                .header(name, value)
                .body(())
                .unwrap();
            let frames = failing(&[], "connect to 10.0.0.7: refused");
            let got = run_as(layer(), labelled(label, frames), request).await;
            let said = format!("{:?}{:?}", got.data, got.trailers);
            assert!(!said.contains("10.0.0.7"), "{label} {name}: {said}");
        }
    }
}

#[tokio::test]
async fn masking_follows_the_configuration() {
    let open = ErrorEnvelopeLayer::new()
        .with_insecure_internals()
        .with_last_frame();
    let frames = || failing(&[], "10.0.0.7 is gone");
    let got = run(open, labelled("text/event-stream", frames())).await;
    assert!(got.text().contains("10.0.0.7 is gone"));
    let proxy = || {
        ErrorEnvelopeLayer::new()
            .with_masking(Masking::Upstream)
            .with_last_frame()
    };
    for (origin, shown) in [
        (ResponseOrigin::Proxy, true),
        (ResponseOrigin::Upstream, false),
    ] {
        let mut response = labelled("text/event-stream", frames());
        response.extensions_mut().insert(origin);
        let got = run(proxy(), response).await;
        assert_eq!(got.text().contains("10.0.0.7"), shown);
    }
}

#[tokio::test]
async fn the_hook_is_called_once_for_every_label() {
    for label in [
        "text/event-stream",
        "application/grpc",
        "application/connect+json",
        "text/plain",
    ] {
        let told = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&told);
        let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
            let source = event.source.unwrap();
            assert!(source.is::<io::Error>(), "{source:?}");
            let original = event.original.unwrap().message().to_owned();
            let path = event.request.uri().path().to_owned();
            seen.lock()
                .unwrap()
                .push((event.status().as_u16(), original, path));
        });
        let request = Request::get("/jobs?token=x").body(()).unwrap();
        let frames = failing(&[], io::Error::from(io::ErrorKind::BrokenPipe));
        run_as(layer.with_last_frame(), labelled(label, frames), request).await;
        let want = [(500, "broken pipe".to_owned(), "/jobs".to_owned())];
        assert_eq!(*told.lock().unwrap(), want, "{label}");
    }
}

#[tokio::test]
async fn the_error_that_is_given_on_has_the_one_of_the_body_as_its_source() {
    let frames = failing(&[], io::Error::from(io::ErrorKind::ConnectionReset));
    let got = run(layer(), labelled("text/event-stream", frames)).await;
    let error = got.error.unwrap();
    let source = error.source().unwrap().downcast_ref::<io::Error>().unwrap();
    assert_eq!(source.kind(), io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn the_dialect_and_the_hook_decide_the_json() {
    let frames = || failing(&[], Envelope::new(StatusCode::CONFLICT, "busy\nnow"));
    let got = run(
        ErrorEnvelopeLayer::new()
            .with_dialect(OpenAi)
            .with_last_frame(),
        labelled("text/event-stream", frames()),
    )
    .await;
    let want = r#"{"error":{"message":"busy\nnow","type":"invalid_request_error","param":null,"code":null},"_error_details":{"status":409}}"#;
    assert_eq!(got.text(), format!("event: error\ndata: {want}\n\n"));
    let got = run(
        ErrorEnvelopeLayer::new()
            .with_last_frame()
            .with_dialect(Copr)
            .map_envelope(|error, _| error.with_message("a\r\nb")),
        labelled("application/x-ndjson", frames()),
    )
    .await;
    assert_eq!(
        got.text(),
        "{\"error\":\"a\\r\\nb\",\"_error_details\":{\"status\":409}}\n"
    );
}

#[tokio::test]
async fn a_body_that_ends_well_is_the_same_as_without() {
    for label in [
        "text/event-stream",
        "application/grpc",
        "application/connect+json",
        "application/json",
    ] {
        let frames = || {
            vec![
                Ok(Frame::data("abc".into())),
                Ok(Frame::data("".into())),
                Ok(Frame::trailers(HeaderMap::from_iter([(
                    "x".parse().unwrap(),
                    "1".parse().unwrap(),
                )]))),
            ]
        };
        let got = run(layer(), labelled(label, frames())).await;
        assert_eq!(got.data, ["abc", ""]);
        assert_eq!(got.trailers.unwrap()["x"], "1");
        assert!(got.error.is_none());
    }
    let full = service_fn(|_: Request<()>| async {
        let response = Response::builder().header("content-type", "text/event-stream");
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from("data: 1\n\n")).unwrap())
    });
    let response = layer().layer(full).oneshot(Request::new(())).await.unwrap();
    assert_eq!(response.body().size_hint().exact(), Some(9));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_frame_reaches_the_client_before_the_connection_breaks() {
    for protocol in support::PROTOCOLS {
        for size in [0, 1, 100_000] {
            let service = service_fn(move |_: Request<hyper::body::Incoming>| async move {
                let data = format!("data: {}\n\n", "x".repeat(size));
                let frames = failing(&[data.as_bytes()], "gone");
                let body = StreamBody::new(futures_util::stream::iter(frames));
                let response = Response::builder().header("content-type", "text/event-stream");
                Ok::<_, Infallible>(response.body(body).unwrap())
            });
            let server = support::serve(layer().layer(service)).await;
            for _ in 0..5 {
                let uri = format!("http://{server}/");
                let request = Request::get(uri).body(Full::default()).unwrap();
                let mut body = support::client(protocol)
                    .request(request)
                    .await
                    .unwrap()
                    .into_body();
                let (mut data, mut failed) = (Vec::new(), false);
                while let Some(frame) = body.frame().await {
                    match frame {
                        Ok(frame) => data.extend_from_slice(frame.data_ref().unwrap()),
                        Err(_) => {
                            failed = true;
                            break;
                        }
                    }
                }
                assert!(failed, "{protocol:?}: the end is no success");
                let end = format!("event: error\ndata: {MASKED}\n\n");
                assert!(
                    data.ends_with(end.as_bytes()),
                    "{protocol:?} {size}: {}",
                    data.len()
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn of_stacked_layers_one_tells_that_a_body_failed() {
    let counted = |told: &Arc<AtomicUsize>| {
        let told = Arc::clone(told);
        ErrorEnvelopeLayer::new().on_error(move |_| {
            told.fetch_add(1, Ordering::SeqCst);
        })
    };
    let service = |label: &'static str| {
        service_fn(move |_: Request<()>| {
            let frames = futures_util::stream::iter(failing(&[b"data"], "gone"));
            let response = Response::builder().header("content-type", label);
            let response = response.body(StreamBody::new(frames)).unwrap();
            std::future::ready(Ok::<_, Infallible>(response))
        })
    };
    for label in [
        "text/event-stream",
        "text/plain",
        "application/connect+json",
    ] {
        let (inner, outer) = (Arc::default(), Arc::default());
        let around = counted(&outer)
            .with_last_frame()
            .layer(counted(&inner).layer(service(label)));
        let response = around.oneshot(Request::new(())).await.unwrap();
        let _ = response.into_body().collect().await;
        let inside = counted(&outer).layer(counted(&inner).with_last_frame().layer(service(label)));
        let response = inside.oneshot(Request::new(())).await.unwrap();
        let _ = response.into_body().collect().await;
        let told = (inner.load(Ordering::SeqCst), outer.load(Ordering::SeqCst));
        assert_eq!(told, (2, 0), "{label}");
    }
}

#[tokio::test]
async fn an_error_that_passes_is_told_with_its_own_error_if_its_body_fails() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
        let original = event.original.unwrap().message().to_owned();
        let path = event.request.uri().path().to_owned();
        seen.lock().unwrap().push((original, path));
    });
    let mut response = labelled(
        "text/event-stream",
        failing(&[b"data: 1\n\n"], "10.0.0.7 is gone"),
    );
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let request = Request::get("/jobs").body(()).unwrap();
    let got = run_as(layer.with_last_frame(), response, request).await;
    assert_eq!((&*got.text(), got.error.is_some()), ("data: 1\n\n", true));
    let want = [("10.0.0.7 is gone".to_owned(), "/jobs".to_owned())];
    assert_eq!(*told.lock().unwrap(), want);
}

#[tokio::test]
async fn a_retry_after_of_zero_is_written_as_well() {
    let error = Envelope::new(StatusCode::TOO_MANY_REQUESTS, "Slow down");
    let error = error.with_header("retry-after", 0);
    let got = run(
        layer(),
        labelled("application/x-ndjson", failing(&[], error)),
    )
    .await;
    assert!(got.text().contains(r#""retry_after":0"#), "{}", got.text());
}

#[tokio::test]
async fn a_delay_without_retry_after_is_written_unless_it_is_zero() {
    let lines = |milliseconds: u64| async move {
        let error = Envelope::new(StatusCode::TOO_MANY_REQUESTS, "Slow down");
        let error = error.with_header("retry-after-ms", milliseconds);
        let response = labelled("application/x-ndjson", failing(&[], error));
        run(layer(), response).await.text()
    };
    let (soon, at_once) = (lines(1500).await, lines(0).await);
    assert!(soon.contains(r#""retry_after":2"#), "{soon}");
    assert!(!at_once.contains("retry_after"), "{at_once}");
}

#[tokio::test]
async fn the_line_of_an_error_has_at_most_60_kib() {
    let line = |length: usize| async move {
        let error = Envelope::new(StatusCode::CONFLICT, "a".repeat(length));
        let response = labelled("application/x-ndjson", failing(&[], error));
        run(layer(), response).await.text()
    };
    let longest = 60 * 1024 + "\n".len();
    let fits = longest - line(1).await.len() + 1;
    assert_eq!(line(fits).await.len(), longest);
    let cut = line(fits + 1).await;
    assert!(cut.len() < 9_000 && cut.contains(&"a".repeat(8_000)));
}

#[tokio::test]
async fn of_two_layers_one_writes_the_last_frame() {
    for label in [
        "text/event-stream",
        "application/x-ndjson",
        "application/json-seq",
    ] {
        let service = service_fn(move |_: Request<()>| async move {
            let response = labelled(label, failing(&[], "10.0.0.7 is gone"));
            let response =
                response.map(|frames| StreamBody::new(futures_util::stream::iter(frames)));
            Ok::<_, Infallible>(response)
        });
        let service = layer().layer(layer().layer(service));
        let body = service.oneshot(Request::new(())).await.unwrap().into_body();
        let mut body = std::pin::pin!(body);
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert!(String::from_utf8_lossy(&first).contains("Internal Server Error"));
        assert!(body.frame().await.unwrap().is_err(), "{label}");
        assert!(body.frame().await.is_none());
    }
}

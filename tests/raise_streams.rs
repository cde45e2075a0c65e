//! On clients, errors in streams become errors of the body.
#![cfg(feature = "tonic")]

mod support;

use std::convert::Infallible;
use std::future::{pending, ready};
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::{service_fn, Layer, Service, ServiceExt};
use tower_error_envelope::{
    raise, ApiError, Envelope, ErrorEnvelopeLayer, ErrorKind, RaiseErrorsLayer, RaisedError,
    RetryAdvice,
};

type Frames = Vec<Result<Frame<Bytes>, io::Error>>;

const LIMIT: usize = 64 * 1024;

/// The data, the trailers and the error of a body.
#[derive(Debug, Default)]
struct Got {
    data: Vec<Bytes>,
    trailers: Option<HeaderMap>,
    error: Option<RaisedError<io::Error>>,
}

impl Got {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.data.concat()).into_owned()
    }

    fn api(self) -> ApiError {
        self.error
            .expect("an error")
            .into_api()
            .expect("an error of the server")
    }
}

fn data(bytes: impl AsRef<[u8]>) -> Result<Frame<Bytes>, io::Error> {
    Ok(Frame::data(Bytes::copy_from_slice(bytes.as_ref())))
}

async fn run(layer: RaiseErrorsLayer, label: &str, frames: Frames) -> Got {
    let body = StreamBody::new(futures_util::stream::iter(frames));
    let response = Response::builder()
        .header("content-type", label)
        .header("x-request-id", "7");
    let mut response = Some(response.body(body).unwrap());
    let service = layer
        .with_errors_in_streams()
        .layer(service_fn(move |_: Request<()>| {
            let response = response.take().unwrap();
            async move { Ok::<_, Infallible>(response) }
        }));
    let request = Request::get("/jobs").body(()).unwrap();
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

/// The response of the layer for a body with these frames.
async fn body_of(
    label: &str,
    body: impl Body<Data = Bytes, Error = Infallible> + Send + Unpin,
) -> raise::RaisingBody<impl Body<Data = Bytes, Error = Infallible> + Send + Unpin> {
    let response = Response::builder().header("content-type", label);
    let mut response = Some(response.body(body).unwrap());
    let service = RaiseErrorsLayer::new()
        .with_errors_in_streams()
        .layer(service_fn(move |_: Request<()>| {
            ready(Ok::<_, Infallible>(response.take().unwrap()))
        }));
    service.oneshot(Request::new(())).await.unwrap().into_body()
}

#[tokio::test]
async fn a_body_has_ended_after_all_that_was_held_back() {
    for (label, text, want) in [
        // A body that is not a stream ends unchanged.
        ("text/plain", "", &[true][..]),
        ("text/plain", "abc", &[false, true]),
        // The end of a stream is known once it was polled for, or with an error.
        ("text/event-stream", "", &[false]),
        ("text/event-stream", TOKEN, &[false, false]),
        ("text/event-stream", "data: {\"to", &[false, true]),
        ("text/event-stream", BUSY, &[false, true]),
    ] {
        let mut body = body_of(label, Full::from(text)).await;
        let mut ended = vec![body.is_end_stream()];
        while body.frame().await.is_some() {
            ended.push(body.is_end_stream());
        }
        assert_eq!(ended, want, "{label} {text}");
    }
    let mut both = body_of("text/event-stream", Full::from(format!("{TOKEN}{BUSY}"))).await;
    assert!(both.frame().await.unwrap().is_ok());
    assert!(!both.is_end_stream(), "the error is still to come");
    assert!(both.frame().await.unwrap().is_err());
    assert!(both.is_end_stream());
}

#[tokio::test]
async fn only_bodies_that_are_not_streams_have_a_length() {
    for (label, length) in [
        ("text/plain", Some(TOKEN.len() as u64)),
        ("text/event-stream", None),
    ] {
        let body = body_of(label, Full::from(TOKEN)).await;
        assert_eq!(body.size_hint().exact(), length, "{label}");
    }
}

#[tokio::test]
async fn debug_output_names_the_state() {
    for (label, is_watched) in [("text/plain", false), ("text/event-stream", true)] {
        let printed = format!("{:?}", body_of(label, Full::from(TOKEN)).await);
        let want = format!(
            r#"RaisingBody {{ body: ResponseBody("inner"), is_watched: {is_watched}, .. }}"#
        );
        assert_eq!(printed, want);
    }
    let service =
        service_fn(|_: Request<()>| pending::<Result<Response<Full<Bytes>>, Infallible>>());
    let waiting = RaiseErrorsLayer::new()
        .layer(service)
        .call(Request::new(()));
    let printed = r#"ResponseFuture { state: "waiting", .. }"#;
    assert_eq!(format!("{waiting:?}"), printed);
    let streams = RaiseErrorsLayer::new().with_errors_in_streams();
    let waiting = streams.layer(service).call(Request::new(()));
    assert_eq!(format!("{waiting:?}"), printed);
}

#[tokio::test]
async fn settings_may_follow() {
    for raises in [true, false] {
        let layer = RaiseErrorsLayer::new().with_errors_in_streams();
        let layer = layer.with_predicate(move |_| raises);
        let service = layer.layer(service_fn(|_: Request<()>| {
            let response = Response::builder().header("content-type", "text/event-stream");
            ready(response.body(Full::<Bytes>::from(BUSY)))
        }));
        let response = service.oneshot(Request::new(())).await.unwrap();
        let first = response.into_body().frame().await.unwrap();
        assert_eq!(first.is_err(), raises);
    }
}

async fn read(label: &str, frames: Frames) -> Got {
    run(RaiseErrorsLayer::new(), label, frames).await
}

const TOKEN: &str = "data: {\"token\":\"Hello\"}\n\n";
const BUSY: &str = "data: {\"error\":{\"code\":429,\"message\":\"Slow down\"}}\n\n";
const LABELS: [(&str, &str, &str); 3] = [
    ("text/event-stream", TOKEN, BUSY),
    (
        "application/x-ndjson",
        "{\"token\":\"Hello\"}\n",
        "{\"error\":{\"code\":429,\"message\":\"Slow down\"}}\n",
    ),
    (
        "application/json-seq",
        "\u{1e}{\"token\":1}\n",
        "\u{1e}{\"error\":{\"code\":429,\"message\":\"Slow down\"}}\n",
    ),
];

#[tokio::test]
async fn an_error_comes_after_the_data_before_it_for_any_split() {
    for (label, token, busy) in LABELS {
        let stream = format!("{token}{token}{busy}{token}");
        for size in 1..stream.len() {
            let frames = stream.as_bytes().chunks(size).map(data).collect();
            let got = read(label, frames).await;
            assert_eq!(got.text(), format!("{token}{token}"), "{label} {size}");
            let error = got.api();
            assert_eq!(error.status(), StatusCode::TOO_MANY_REQUESTS);
            assert_eq!(error.kind(), ErrorKind::RateLimited);
            assert_eq!(error.to_string(), "Slow down");
            assert_eq!(error.body(), busy);
            assert_eq!(error.headers()["x-request-id"], "7");
            assert_eq!(error.uri().path(), "/jobs");
        }
    }
}

#[tokio::test]
async fn a_frame_without_data_does_not_end_the_body() {
    for (label, _, busy) in LABELS {
        for at in 1..busy.len() {
            let (start, end) = busy.as_bytes().split_at(at);
            let frames = vec![data(start), data(""), data(end), data("")];
            let got = read(label, frames).await;
            assert_eq!(got.text(), "", "{label} {at}");
            assert_eq!(got.api().status(), StatusCode::TOO_MANY_REQUESTS);
        }
        let unended = busy.trim_end();
        let got = read(label, vec![data(unended), data("")]).await;
        assert_eq!(got.api().status(), StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn invalid_utf_8_is_replaced() {
    for event in [
        &b"event: error\ndata: \xff boom\n\n"[..],
        b": caf\xe9\nevent: error\ndata: boom\n\n",
        b"data: {\"error\":{\"code\":500,\"message\":\"bo\xffom\"}}\n\n",
    ] {
        let error = read("text/event-stream", vec![data(event)]).await.api();
        assert!(error.to_string().ends_with("om"), "{error}");
    }
}

#[tokio::test]
async fn the_last_unit_needs_no_end() {
    for (label, token, busy) in LABELS {
        let got = read(label, vec![data(token), data(busy.trim_end())]).await;
        assert_eq!(got.text(), token);
        assert_eq!(got.api().to_string(), "Slow down");
        let got = read(label, vec![data(token), data(token.trim_end())]).await;
        assert_eq!(got.text(), format!("{token}{}", token.trim_end()));
        assert!(got.error.is_none());
    }
}

#[tokio::test]
async fn frames_of_whole_events_pass_as_they_are() {
    for (label, token, _) in LABELS {
        let frames = vec![data(token), data(token.repeat(3)), data("")];
        let got = read(label, frames).await;
        assert_eq!(got.data, [token.to_owned(), token.repeat(3)]);
        assert!(got.error.is_none());
    }
}

#[tokio::test]
async fn no_byte_is_lost_or_changed_in_a_stream_without_errors() {
    let odd = "\u{feff}: hi\r\n\r\nid: 1\rdata: error\r\revent: errors\ndata: {}\n\n\n\n\ndata: \u{1F608}\n\ndata: x";
    let long = format!("data: {}error\n\n", "x".repeat(3 * LIMIT));
    for (label, ..) in LABELS {
        for stream in [odd, &long, &long.repeat(3), "", "\n", "\r"] {
            for size in [1, 2, 3, 7, 1000, 70_000, 1 << 20] {
                if stream.len() / size > 10_000 {
                    continue;
                }
                let frames = stream.as_bytes().chunks(size).map(data).collect();
                let got = read(label, frames).await;
                assert!(got.text() == stream, "{label} {size}");
                assert!(got.error.is_none());
            }
        }
    }
}

/// An event whose beginning has passed cannot become an error. Later events can.
#[tokio::test]
async fn an_event_beyond_the_limit_is_data_and_the_next_is_looked_at() {
    for (label, _, busy) in LABELS {
        let end = if label == "text/event-stream" {
            "\n\n"
        } else {
            "\n"
        };
        let long = format!("{}{}{end}", busy.trim_end(), " ".repeat(LIMIT));
        let frames = [&long, busy].concat();
        let frames = frames.as_bytes().chunks(1000).map(data).collect();
        let got = read(label, frames).await;
        assert!(got.text() == long);
        assert_eq!(got.api().to_string(), "Slow down");
    }
}

#[tokio::test]
async fn an_event_is_held_back_no_longer_than_it_is_open() {
    let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
    let mut receiver = Some(receiver);
    let service = service_fn(move |_: Request<()>| {
        let frames = tokio_stream::wrappers::UnboundedReceiverStream::new(receiver.take().unwrap());
        let body = StreamBody::new(frames);
        let response = Response::builder().header("content-type", "text/event-stream");
        ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    let client = RaiseErrorsLayer::new()
        .with_errors_in_streams()
        .layer(service);
    let mut body = client.oneshot(Request::new(())).await.unwrap().into_body();
    let wait = Duration::from_millis(20);
    sender.send(data("data: 1\n\ndata: 2")).unwrap();
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "data: 1\n\n"
    );
    assert!(tokio::time::timeout(wait, body.frame()).await.is_err());
    sender.send(data("\n\n")).unwrap();
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "data: 2\n\n"
    );
    assert!(tokio::time::timeout(wait, body.frame()).await.is_err());
}

#[tokio::test]
async fn a_broken_connection_is_an_error_of_the_service() {
    for label in [
        "text/event-stream",
        "application/x-ndjson",
        "application/grpc",
        "application/connect+json",
        "application/json",
    ] {
        let reset = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
        let got = read(label, vec![data("data: 1"), reset()]).await;
        assert_eq!(got.text(), "data: 1", "{label}");
        let Some(RaisedError::Service(error)) = got.error else {
            panic!("{label}")
        };
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn trailers_of_grpc_are_an_error() {
    let trailers = |code: &str| {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", code.parse().unwrap());
        trailers.insert("grpc-message", "There is no printer 8".parse().unwrap());
        trailers.insert("grpc-retry-pushback-ms", "1500".parse().unwrap());
        Ok(Frame::trailers(trailers))
    };
    let got = read("application/grpc+proto", vec![data("abc"), trailers("5")]).await;
    assert_eq!(got.text(), "abc");
    let error = got.api();
    assert!(error.is_no_result());
    assert_eq!(error.to_string(), "There is no printer 8");
    assert_eq!(error.trailers().unwrap()["grpc-status"], "5");
    assert_eq!(
        error.retry_advice(),
        RetryAdvice::After(Duration::from_secs(2))
    );

    let got = read("application/grpc", vec![data("abc"), trailers("0")]).await;
    assert!(got.error.is_none());
    assert_eq!(got.trailers.unwrap()["grpc-status"], "0");
    let got = read("text/plain", vec![data("abc"), trailers("5")]).await;
    assert!(got.error.is_none() && got.trailers.is_some());
}

fn message(flags: u8, content: &str) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[flags][..], &length, content.as_bytes()].concat()
}

#[tokio::test]
async fn the_last_message_of_connect_and_of_grpc_web_is_an_error() {
    let connect = r#"{"error":{"code":"resource_exhausted","message":"No paper"},"metadata":{"retry-after":["7"]}}"#;
    let web = "grpc-status:8\r\ngrpc-message:No paper\r\nretry-after:7\r\n";
    // The bytes that look like an error are the content of a message.
    let first = message(0, connect);
    for (label, last) in [
        ("application/connect+json", message(2, connect)),
        ("application/grpc-web+proto", message(0x80, web)),
    ] {
        let stream = [&first[..], &first, &last].concat();
        for size in 1..stream.len() {
            let frames = stream.chunks(size).map(data).collect();
            let got = read(label, frames).await;
            assert_eq!(
                got.data.concat(),
                [&first[..], &first].concat(),
                "{label} {size}"
            );
            let error = got.api();
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (ErrorKind::RateLimited, "No paper")
            );
            assert_eq!(
                error.retry_advice(),
                RetryAdvice::After(Duration::from_secs(7))
            );
        }
    }
    for (label, last) in [
        ("application/connect+json", message(2, "{}")),
        ("application/connect+json", message(3, connect)),
        (
            "application/grpc-web+proto",
            message(0x80, "grpc-status:0\r\n"),
        ),
    ] {
        let got = read(label, vec![data(&first), data(&last)]).await;
        assert_eq!(got.data.concat(), [first.clone(), last].concat());
        assert!(got.error.is_none());
    }
}

/// The characters of the last group wait for those that may follow. Then the stream ends.
#[cfg(feature = "tonic")]
#[tokio::test]
async fn the_last_group_of_grpc_web_in_base64_needs_no_padding() {
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    use base64::Engine;

    for said in ["No", "No ", "No p"] {
        let web = format!("grpc-status:8\r\ngrpc-message:{said}");
        let text = STANDARD_NO_PAD.encode(message(0x80, &web));
        let got = read("application/grpc-web-text", vec![data(&text)]).await;
        assert_eq!(got.text(), "", "{said}");
        assert_eq!(got.api().to_string(), said.trim());
    }
}

/// A message that is not an error may have any length, and is not held back.
#[tokio::test]
async fn messages_are_not_held_back() {
    let mut long = message(0, "");
    long[1..5].copy_from_slice(&u32::MAX.to_be_bytes());
    let frames = vec![data(&long[..2]), data(&long[2..]), data([7; 100])];
    let got = read("application/connect+proto", frames).await;
    let sizes: Vec<_> = got.data.iter().map(Bytes::len).collect();
    assert_eq!(sizes, [2, 3, 100]);
}

#[tokio::test]
async fn bodies_that_are_not_streams_pass_untouched() {
    for label in [
        "application/json",
        "text/plain",
        "application/octet-stream",
        "multipart/mixed",
    ] {
        let got = read(label, vec![data(BUSY), data("")]).await;
        assert_eq!(got.data, [BUSY, ""], "{label}");
        assert!(got.error.is_none());
    }
}

#[tokio::test]
async fn an_error_status_of_a_stream_is_raised_unless_the_predicate_refuses_it() {
    let service = service_fn(|_: Request<()>| async {
        let body = StreamBody::new(futures_util::stream::iter([data(BUSY)]));
        let response = Response::builder()
            .status(503)
            .header("content-type", "text/event-stream");
        Ok::<_, Infallible>(response.body(body).unwrap())
    });
    let client = RaiseErrorsLayer::new()
        .with_errors_in_streams()
        .layer(service);
    let error = client
        .oneshot(Request::new(()))
        .await
        .unwrap_err()
        .into_api()
        .unwrap();
    assert_eq!(
        (error.status().as_u16(), error.to_string().as_str()),
        (503, "Slow down")
    );
    let never = RaiseErrorsLayer::new().with_predicate(|_| false);
    let got = run(never, "text/event-stream", vec![data(BUSY)]).await;
    assert_eq!(got.text(), BUSY);
}

#[tokio::test]
async fn an_endless_event_needs_bounded_memory() {
    let frame = || Ok::<_, io::Error>(Frame::data(Bytes::from_static(b"data: x")));
    let endless = futures_util::stream::iter(std::iter::repeat_with(frame));
    let mut body = Some(StreamBody::new(endless));
    let service = service_fn(move |_: Request<()>| {
        let response = Response::builder().header("content-type", "text/event-stream");
        ready(Ok::<_, Infallible>(
            response.body(body.take().unwrap()).unwrap(),
        ))
    });
    let client = RaiseErrorsLayer::new()
        .with_errors_in_streams()
        .layer(service);
    let mut body = client.oneshot(Request::new(())).await.unwrap().into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(first.len() <= LIMIT, "{}", first.len());
    assert_eq!(
        body.frame().await.unwrap().unwrap().into_data().unwrap(),
        "data: x"
    );
}

/// Server and client together: the client raises the error that the server wrote into its stream.
#[tokio::test]
async fn the_last_frame_of_a_server_is_raised() {
    for label in [
        "text/event-stream",
        "application/x-ndjson",
        "application/json-seq",
        "application/connect+json",
        "application/grpc",
        "application/grpc-web",
    ] {
        let busy =
            Envelope::new(StatusCode::TOO_MANY_REQUESTS, "No paper").with_header("retry-after", 7);
        let busy = busy.with_error_type("NO_PAPER");
        let mut frames = Some(vec![Err::<Frame<Bytes>, _>(io::Error::other(busy))]);
        let service = service_fn(move |_: Request<()>| {
            let body = StreamBody::new(futures_util::stream::iter(frames.take().unwrap()));
            let response = Response::builder().header("content-type", label);
            ready(Ok::<_, Infallible>(response.body(body).unwrap()))
        });
        let server = ErrorEnvelopeLayer::new().with_last_frame().layer(service);
        let client = RaiseErrorsLayer::new()
            .with_errors_in_streams()
            .layer(server);
        // Trailers are for calls of gRPC.
        let call = Request::post("/shop.Shop/Buy").version(http::Version::HTTP_2);
        let call = call.header("content-type", "application/grpc");
        let request = match label {
            "application/grpc" => call.body(()).unwrap(),
            _ => Request::new(()),
        };
        let mut body = client.oneshot(request).await.unwrap().into_body();
        let error = body.frame().await.unwrap().unwrap_err().into_api().unwrap();
        assert_eq!(error.to_string(), "No paper", "{label}");
        assert!(error.is_rate_limited(), "{label}");
        assert_eq!(error.envelope().error_type(), "NO_PAPER", "{label}");
        let seven = RetryAdvice::After(Duration::from_secs(7));
        assert_eq!(error.retry_advice(), seven, "{label}");
    }
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of streams, also incomplete and invalid ones.
    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let known = prop::sample::select(vec![
            &b"data: {\"error\":\"x y\"}\n\n"[..],
            b"event: error\r\n",
            b"data: 1\r\n\r\n",
            b"\r",
            b"\n",
            b"\n\n",
            b"{\"error\":{\"code\":8}}\n",
            b"{\"a\":1}\n",
            b"\x1e",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"error",
            b"data:",
            &[2, 0, 0, 0, 2, b'{', b'}'],
            &[0, 0, 0, 0, 1, 7],
            &[0x80, 0, 0, 0, 1],
            b": grpc-status:5\r\n",
        ]);
        let piece = prop_oneof![
            known.prop_map(<[u8]>::to_vec),
            prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        /// The output and the error do not depend on the frames. The output is a beginning of the stream, and all of it if
        /// there is no error.
        #[test]
        fn cuts_do_not_count(stream in pieces(), size in 1_usize..40, label in 0_usize..5) {
            let label = ["text/event-stream", "application/x-ndjson", "application/json-seq",
                "application/connect+json", "application/grpc-web"][label];
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let whole = runtime.block_on(read(label, vec![data(&stream)]));
            let cut = runtime.block_on(read(label, stream.chunks(size).map(data).collect()));
            let (given, again) = (whole.data.concat(), cut.data.concat());
            prop_assert_eq!(&given, &again);
            prop_assert!(stream.starts_with(&given));
            let said = |got: Got| got.error.map(|error| error.into_api().unwrap().body().clone());
            let (error, other) = (said(whole), said(cut));
            prop_assert_eq!(&error, &other);
            prop_assert!(error.is_some() || given == stream);
        }

        /// If a stream of texts breaks off, the client gets an error that the server sent. A stream of messages that breaks
        /// off is never a success.
        #[test]
        fn a_client_gets_an_error_at_any_point_of_failure(stream in pieces(), size in 1_usize..40, label in 0_usize..5) {
            let label = ["text/event-stream", "application/x-ndjson", "application/json-seq",
                "application/connect+json", "application/grpc-web"][label];
            let busy = Envelope::new(StatusCode::CONFLICT, "No paper");
            let mut frames: Frames = stream.chunks(size).map(data).collect();
            frames.push(Err(io::Error::other(busy)));
            let mut frames = Some(frames);
            let service = service_fn(move |_: Request<()>| {
                let body = StreamBody::new(futures_util::stream::iter(frames.take().unwrap()));
                let response = Response::builder().header("content-type", label);
                ready(Ok::<_, Infallible>(response.body(body).unwrap()))
            });
            let server = ErrorEnvelopeLayer::new().with_last_frame().layer(service);
            let client = RaiseErrorsLayer::new().with_errors_in_streams().layer(server);
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let (given, error) = runtime.block_on(async {
                let mut body = client.oneshot(Request::new(())).await.unwrap().into_body();
                let mut given = Vec::new();
                loop {
                    match body.frame().await {
                        Some(Ok(frame)) => given.extend_from_slice(frame.data_ref().unwrap()),
                        Some(Err(error)) => break (given, Some(error)),
                        None => break (given, None),
                    }
                }
            });
            match error {
                Some(RaisedError::Api(_)) => {}
                // An incomplete message, or the end of the stream.
                Some(RaisedError::Service(_)) => prop_assert!(label.contains("grpc") || label.contains("connect")),
                None => prop_assert!(false, "taken for a success: {:?}", given),
            }
        }

        /// No text makes it panic. Data that is an error without a name is an error with the name as well.
        #[test]
        fn any_text_is_read(name in "[a-z.]{0,8}|error", text in "\\PC{0,60}|[{}\\[\\]\":,a-z0-9]{0,60}error") {
            if let Some(error) = Envelope::from_event(Some(&name), &text) {
                prop_assert!(error.status().as_u16() >= 400);
                prop_assert!(Envelope::from_event(Some("error"), &text).is_some());
            }
        }
    }
}

#[tokio::test]
async fn readiness_is_that_of_the_service_inside() {
    let layer = RaiseErrorsLayer::new().with_errors_in_streams();
    let (mut service, mut handle) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Full<Bytes>>, _>(layer);
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(service.poll_ready().is_ready());
}

/// Frames of this label that are given before the stream stalls.
fn before_a_stall(label: &'static str, frames: &[String]) -> Vec<Bytes> {
    let frames: Vec<_> = frames.iter().map(data).collect();
    let frames = futures_util::stream::iter(frames).chain(futures_util::stream::pending());
    let response = Response::builder().header("content-type", label);
    let mut response = Some(response.body(StreamBody::new(frames)).unwrap());
    let layer = RaiseErrorsLayer::new().with_errors_in_streams();
    let service = layer.layer(service_fn(move |_: Request<()>| {
        ready(Ok::<_, Infallible>(response.take().unwrap()))
    }));
    let response = service.oneshot(Request::new(())).now_or_never().unwrap();
    let mut body = response.unwrap().into_body();
    let mut given = Vec::new();
    while let Some(frame) = body.frame().now_or_never() {
        given.push(frame.unwrap().unwrap().into_data().unwrap());
    }
    given
}

#[test]
fn data_that_cannot_be_an_error_passes_before_its_end() {
    let lines = "application/x-ndjson";
    let long = format!(r#"{{"text":"{}"#, "x".repeat(LIMIT));
    let message = "\0\0\0\0\u{9}half".to_owned();
    for (label, frames) in [
        ("application/connect+json", vec![message]),
        (lines, vec![long.clone()]),
        (lines, vec![long, "more".to_owned(), "and more".to_owned()]),
    ] {
        let given = before_a_stall(label, &frames).concat();
        assert_eq!(given.len(), frames.concat().len(), "{label}");
    }
    assert!(before_a_stall(lines, &[r#"{"error":"#.to_owned()]).is_empty());
}

#[tokio::test]
async fn the_rest_of_a_line_that_has_partly_passed_is_data() {
    let long = format!(r#"{{"text":"{}"#, "x".repeat(LIMIT));
    let busy = "{\"error\":{\"code\":429,\"message\":\"Slow down\"}}\n";
    let got = read("application/x-ndjson", vec![data(&long), data(busy)]).await;
    assert_eq!(got.text(), long + busy);
    assert!(got.error.is_none());
}

#[tokio::test]
async fn an_error_of_a_thousand_bytes_is_read_from_several_frames() {
    let message = "m".repeat(1000);
    let busy = format!("{{\"error\":{{\"code\":429,\"message\":\"{message}\"}}}}\n");
    let frames = busy.as_bytes().chunks(300).map(data).collect();
    assert_eq!(
        read("application/x-ndjson", frames).await.api().to_string(),
        message
    );
}

#[tokio::test]
async fn an_error_with_parameters_is_one_of_validation() {
    use tonic_types::{ErrorDetails, StatusExt};

    let mut details = ErrorDetails::new();
    details.add_bad_request_violation("name", "is taken");
    for (details, kind) in [
        (ErrorDetails::new(), ErrorKind::Request),
        (details, ErrorKind::Validation),
    ] {
        let code = tonic::Code::InvalidArgument;
        let status = tonic::Status::with_error_details(code, "no", details);
        let trailers = status.into_http::<()>().headers().clone();
        let got = read("application/grpc", vec![Ok(Frame::trailers(trailers))]).await;
        assert_eq!(got.api().kind(), kind);
    }
}

#[tokio::test]
async fn an_error_that_a_reader_found_has_the_status_of_one() {
    struct Fine;

    impl tower_error_envelope::read::ErrorReader for Fine {
        fn name(&self) -> &'static str {
            "fine"
        }

        fn read(&self, _: &Response<Bytes>) -> Option<Envelope> {
            Some(Envelope::new(StatusCode::OK, "found"))
        }
    }

    let layer = RaiseErrorsLayer::new().with_reader(Fine);
    let got = run(layer, "application/x-ndjson", vec![data(LABELS[1].2)]).await;
    assert_eq!(got.api().status(), StatusCode::INTERNAL_SERVER_ERROR);
}

/// llama.cpp's servers sent it so until autumn 2025.
#[tokio::test]
async fn an_error_in_a_field_of_its_own_is_read() {
    for (event, status, message) in [
        ("error: {\"code\":400,\"message\":\"the context is full\",\"type\":\"invalid_request_error\"}\n\n", 400, "the context is full"),
        ("error:{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}\r\n\r\n", 503, "Loading model"),
        ("id: 7\nerror: {\"message\":\"out of memory\"}\n\n", 500, "out of memory"),
    ] {
        for size in [1, 7, 1000] {
            let stream = format!("{TOKEN}{event}data: [DONE]\n\n");
            let frames = stream.as_bytes().chunks(size).map(data).collect();
            let got = read("text/event-stream", frames).await;
            assert_eq!(got.text(), TOKEN);
            let error = got.api();
            assert_eq!((error.status().as_u16(), error.to_string()), (status, message.into()));
        }
    }
    for event in [
        "error: none\n\n",
        "errors: {\"a\":1}\n\n",
        "error\n\n",
        ": error: {}\n\n",
    ] {
        let got = read("text/event-stream", vec![data(event)]).await;
        assert!(got.error.is_none(), "{event}");
        assert_eq!(got.text(), event);
    }
}

//! Bodies that do what bodies must not do, behind `with_last_frame`: they lie about their length and their end, fail twice, and go
//! on after their end.
#![cfg(feature = "tonic")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::join_all;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use tower::{service_fn, BoxError, Layer, ServiceExt};
use tower_error_envelope::layer::LastFrame;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

/// What a hostile body gives next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Data(&'static [u8]),
    Trailers,
    Error,
    End,
    Wait,
}

use Step::{Data, End, Error, Trailers, Wait};

/// A body that gives its steps in order, and after them data without end.
struct Hostile {
    steps: VecDeque<Step>,
    hint: SizeHint,
    says_end: bool,
}

impl Body for Hostile {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match self.steps.pop_front() {
            Some(Data(data)) => Frame::data(Bytes::from_static(data)),
            Some(Trailers) => Frame::trailers(HeaderMap::new()),
            Some(Error) => return Poll::Ready(Some(Err("10.0.0.7 is gone".into()))),
            Some(End) => return Poll::Ready(None),
            Some(Wait) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            None => Frame::data(Bytes::from_static(b"after the end")),
        };
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.says_end
    }

    fn size_hint(&self) -> SizeHint {
        self.hint
    }
}

fn hostile(steps: &[Step]) -> Hostile {
    Hostile {
        steps: steps.iter().copied().collect(),
        hint: SizeHint::default(),
        says_end: false,
    }
}

fn layer(told: &Arc<AtomicUsize>) -> ErrorEnvelopeLayer<LastFrame> {
    let told = Arc::clone(told);
    let layer = ErrorEnvelopeLayer::new().on_error(move |_| {
        told.fetch_add(1, Ordering::SeqCst);
    });
    layer.with_last_frame()
}

/// What a body gave: its data, whether it had trailers, its errors, and how often the hook was told.
#[derive(Debug, Default)]
struct Got {
    data: Vec<u8>,
    trailers: usize,
    errors: usize,
    told: usize,
}

/// Reads the body until it has ended three times.
async fn read(label: &str, request: Request<()>, body: Hostile) -> Got {
    let response = Response::builder().header("content-type", label);
    let mut response = Some(response.body(body).unwrap());
    let inner = service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let told = Arc::default();
    let response = layer(&told).layer(inner).oneshot(request).await.unwrap();
    let mut body = std::pin::pin!(response.into_body());
    let (mut got, mut ends) = (Got::default(), 0);
    while ends < 3 {
        let hint = body.size_hint();
        assert!(hint.upper().map_or(true, |upper| upper >= hint.lower()));
        match body.frame().await {
            None => ends += 1,
            Some(Err(_)) => got.errors += 1,
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => got.data.extend(data),
                Err(_) => got.trailers += 1,
            },
        }
    }
    assert!(body.is_end_stream() || got.errors + got.trailers == 0);
    got.told = told.load(Ordering::SeqCst);
    got
}

fn plain() -> Request<()> {
    Request::new(())
}

fn call() -> Request<()> {
    let call = Request::post("/shop.Shop/Buy").version(Version::HTTP_2);
    let call = call.header("content-type", "application/grpc");
    call.body(()).unwrap()
}

const LABELS: [&str; 9] = [
    "text/event-stream",
    "TEXT/Event-Stream ; Charset=\"utf-8\"",
    "application/X-NDJSON;profile=a",
    "application/json-seq",
    "application/connect+json",
    "application/grpc-web+proto",
    "application/GRPC-Web-Text",
    "application/grpc",
    "text/plain",
];

#[tokio::test]
async fn a_body_that_failed_is_not_polled_again_and_is_told_once() {
    let mut bodies = Vec::new();
    for label in LABELS {
        for steps in [
            &[Error][..],
            &[Error, Error, Error],
            &[Wait, Error, Data(b"more"), Trailers],
            &[Trailers, Error],
            &[Trailers, Wait, Trailers, Error, Error],
            &[Data(b""), Error, Error],
        ] {
            for request in [plain(), call()] {
                bodies.push(
                    async move { (label, steps, read(label, request, hostile(steps)).await) },
                );
            }
        }
    }
    for (label, steps, got) in join_all(bodies).await {
        assert_eq!(got.told, 1, "{label} {steps:?}");
        let text = String::from_utf8_lossy(&got.data).into_owned();
        let is_clean = !["10.0.0.7", "after the end", "more"]
            .iter()
            .any(|part| text.contains(part));
        assert!(is_clean, "{label} {steps:?} {text}");
        assert!(got.errors <= 1, "{label} {steps:?}");
    }
}

#[tokio::test]
async fn nothing_is_added_after_trailers() {
    for label in LABELS {
        for request in [plain(), call()] {
            let got = read(label, request, hostile(&[Trailers, Error])).await;
            // For a caller of HTTP the first frames of gRPC were read, and the error takes the place of the trailers.
            assert!(got.trailers == 1 || label == "application/grpc", "{got:?}");
            assert!(got.data.is_empty(), "{label}: {got:?}");
            assert_eq!(got.errors, 1, "{label}: {got:?}");
        }
    }
}

#[tokio::test]
async fn what_a_body_says_of_its_length_and_end_is_its_own_lie() {
    for (lower, upper) in [
        (0, Some(0)),
        (5, None),
        (u64::MAX, None),
        (3, Some(u64::MAX)),
    ] {
        for says_end in [false, true] {
            let mut body = hostile(&[Data(b"data: 1\n\n"), Error]);
            body.hint.set_lower(lower);
            upper
                .into_iter()
                .for_each(|upper| body.hint.set_upper(upper));
            body.says_end = says_end;
            let got = read("text/event-stream", plain(), body).await;
            assert!(got.data.starts_with(b"data: 1\n\n"));
            assert_eq!((got.errors, got.told), (1, 1));
        }
    }
}

#[tokio::test]
async fn half_a_character_does_not_swallow_the_last_frame() {
    for (label, sent) in [
        ("text/event-stream", &b"data: \xf0\x9f"[..]),
        ("text/event-stream", b"data: x\r"),
        ("text/event-stream", b"\xef\xbb"),
        ("application/x-ndjson", b"{\"a\":\"\xe2\x82"),
        ("application/x-ndjson", b"{}\r"),
        ("application/json-seq", b"\x1e{\"a\":\"\xc3"),
    ] {
        let got = read(label, plain(), hostile(&[Data(sent), Error])).await;
        let text = String::from_utf8_lossy(&got.data).into_owned();
        let lines: Vec<_> = text.split(['\n', '\r', '\u{1e}']).collect();
        let json = lines.iter().find_map(|line| {
            let data = line.strip_prefix("data: ").unwrap_or(line);
            Envelope::from_event(None, data)
        });
        let json = json.unwrap_or_else(|| panic!("{label}: {text:?}"));
        assert_eq!(json.status(), 500);
    }
}

/// As a client reads server-sent events: the name and the data of each event.
fn events(text: &str) -> Vec<(String, String)> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (mut events, mut name, mut data) = (Vec::new(), String::new(), Vec::new());
    for line in text.split_terminator('\n') {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() => {
                if !data.is_empty() {
                    events.push((name.clone(), data.join("\n")));
                }
                name.clear();
                data.clear();
            }
            "event" => value.clone_into(&mut name),
            "data" => data.push(value.to_owned()),
            _ => {}
        }
    }
    events
}

#[tokio::test]
async fn wherever_a_stream_of_events_breaks_its_reader_gets_one_event_of_an_error() {
    let whole = b": hello\r\nevent: token\r\ndata: a\r\n\r\ndata: b\n\nid: 7\rdata: c\r\rdata:\n\nretry: 10\n\n";
    let mut streams = Vec::new();
    for cut in 0..=whole.len() {
        for step in [1, 2, 5, 100] {
            let sent = whole[..cut].chunks(step).map(Data);
            let steps: Vec<_> = sent.chain([Error]).collect();
            streams.push(async move {
                let got = read("text/event-stream", plain(), hostile(&steps)).await;
                (cut, step, got)
            });
        }
    }
    // Each waits before its error, so they are read at the same time.
    for (cut, step, got) in join_all(streams).await {
        let text = String::from_utf8(got.data).unwrap();
        let errors: Vec<_> = events(&text)
            .into_iter()
            .filter(|(name, _)| name == "error")
            .collect();
        assert_eq!(errors.len(), 1, "{cut} by {step}: {text:?}");
        let read = Envelope::from_event(Some("error"), &errors[0].1);
        assert_eq!(read.unwrap().message(), "Internal Server Error", "{text:?}");
    }
}

#[tokio::test]
async fn a_request_without_a_body_in_its_answer_is_the_same() {
    for (method, status) in [(Method::HEAD, 200), (Method::GET, 204), (Method::GET, 304)] {
        let told = Arc::default();
        let inner = service_fn(move |_: Request<()>| {
            let response = Response::builder().status(status);
            let response = response.header("content-type", "text/event-stream");
            let mut body = hostile(&[End]);
            body.hint = SizeHint::with_exact(0);
            body.says_end = true;
            std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
        });
        let request = Request::builder().method(method).body(()).unwrap();
        let response = layer(&told).layer(inner).oneshot(request).await.unwrap();
        assert!(response.body().is_end_stream());
        assert_eq!(response.body().size_hint().exact(), Some(0));
        drop(response);
        assert_eq!(told.load(Ordering::SeqCst), 0);
    }
}

//! Many requests of every kind through one layer, each answer checked, and the memory compared.
//!
//! Ignored by default, because it takes long. `SOAK_SECONDS=60` or `SOAK_REQUESTS=200000` sets the length.
//!
//! ```sh
//! SOAK_SECONDS=60 cargo test --release --all-features --test soak -- --ignored --nocapture
//! ```

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use allocation_counter::measure;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, Version};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::ErrorEnvelopeLayer;

#[path = "support/documents.rs"]
mod documents;

const SECRET: &str = "hunter2hunter2";

/// A body that yields to other tasks before each frame.
struct Trickle {
    body: Bytes,
    /// Bytes of a frame.
    step: usize,
    ending: Ending,
    waited: bool,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Ends,
    Trailers,
    Fails,
    NeverEnds,
}

impl Body for Trickle {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.waited = !self.waited;
        if self.waited {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let length = self.step.min(self.body.len());
        if length > 0 {
            return Poll::Ready(Some(Ok(Frame::data(self.body.split_to(length)))));
        }
        match std::mem::replace(&mut self.ending, Ending::Ends) {
            Ending::Ends => Poll::Ready(None),
            Ending::Trailers => Poll::Ready(Some(Ok(Frame::trailers(HeaderMap::new())))),
            Ending::Fails => Poll::Ready(Some(Err(SECRET.into()))),
            Ending::NeverEnds => {
                self.ending = Ending::NeverEnds;
                Poll::Pending
            }
        }
    }
}

/// One kind of exchange, and its expected answer.
#[derive(Clone, Copy, Debug)]
struct Kind {
    method: &'static str,
    version: Version,
    uri: &'static str,
    request: &'static [(&'static str, &'static str)],
    status: u16,
    label: &'static str,
    body: &'static str,
    /// The status of the answer.
    want: u16,
    /// The beginning of its body.
    begins: &'static str,
}

const PLAIN: Kind = Kind {
    method: "GET",
    version: Version::HTTP_11,
    uri: "/x",
    request: &[],
    status: 404,
    label: "text/plain",
    body: "No such printer",
    want: 404,
    begins: r#"{"_error_message":"No such printer""#,
};
const MASKED: Kind = Kind {
    status: 500,
    body: "postgres://root:hunter2hunter2@db",
    want: 500,
    begins: r#"{"_error_message":"Internal Server Error""#,
    ..PLAIN
};
const FIELDS: Kind = Kind {
    status: 422,
    label: "application/json",
    body: r#"{"name": ["is taken"], "age": ["is too low"]}"#,
    want: 400,
    begins: r#"{"name":["is taken"],"age":["is too low"]}"#,
    ..PLAIN
};

const KINDS: [Kind; 13] = [
    PLAIN,
    MASKED,
    FIELDS,
    Kind {
        status: 200,
        body: "fine",
        want: 200,
        begins: "fine",
        ..PLAIN
    },
    Kind {
        method: "HEAD",
        begins: "",
        ..PLAIN
    },
    Kind {
        request: &[("accept", "application/problem+json")],
        begins: r#"{"title":"Not Found""#,
        ..PLAIN
    },
    Kind {
        label: "text/html",
        body: "<p>hunter2hunter2</p>",
        request: &[("accept", "text/html")],
        ..MASKED
    },
    Kind {
        label: "text/event-stream",
        ..MASKED
    },
    Kind {
        request: &[("content-type", "application/grpc")],
        ..MASKED
    },
    Kind {
        method: "POST",
        request: &[("connect-protocol-version", "1")],
        begins: r#"{"code":"internal""#,
        ..MASKED
    },
    Kind {
        uri: "/x?connect=v1",
        begins: r#"{"code":"internal""#,
        ..MASKED
    },
    Kind {
        method: "CONNECT",
        uri: "shop.example:443",
        ..MASKED
    },
    Kind {
        label: "application/json",
        body: r#"{"_error_message":"m","_error_type":"t"}"#,
        begins: r#"{"_error_message":"m","_error_type":"t"}"#,
        ..PLAIN
    },
];

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

fn layer() -> ErrorEnvelopeLayer {
    ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem)
        .with_dialect(Copr)
}

fn request(kind: Kind) -> Request<()> {
    let request = Request::builder()
        .method(kind.method)
        .version(kind.version)
        .uri(kind.uri);
    let request = kind.request.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    request.body(()).unwrap()
}

/// A service that gives the answers of this kind, with its body in frames of this size.
fn service(
    kind: Kind,
    step: usize,
    ending: Ending,
) -> impl Service<
    Request<()>,
    Response = Response<Trickle>,
    Error = BoxError,
    Future = std::future::Ready<Result<Response<Trickle>, BoxError>>,
> {
    tower::service_fn(move |_: Request<()>| {
        let body = Trickle {
            body: Bytes::from_static(kind.body.as_bytes()),
            step,
            ending,
            waited: false,
        };
        let response = Response::builder()
            .status(kind.status)
            .header("content-type", kind.label);
        std::future::ready(Ok(response.body(body).unwrap()))
    })
}

/// One exchange. Some are given up after a random number of polls.
fn exchange(layer: &ErrorEnvelopeLayer, kind: Kind, random: &mut Random) {
    let step = [1, 3, 4096][random.below(3)];
    let ending = [
        Ending::Ends,
        Ending::Trailers,
        Ending::Fails,
        Ending::NeverEnds,
    ][random.below(4)];
    let gives_up = matches!(ending, Ending::NeverEnds) || random.below(10) == 0;
    let polls = random.below(2 * kind.body.len() + 8);
    let mut answer = Box::pin(async {
        let response = layer
            .layer(service(kind, step, ending))
            .oneshot(request(kind))
            .await;
        let (parts, body) = response
            .unwrap_or_else(|never: Infallible| match never {})
            .into_parts();
        (parts, body.collect().await.map(|body| body.to_bytes()))
    });
    let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
    let limit = if gives_up { polls } else { 100_000 };
    for _ in 0..limit {
        if let Poll::Ready((parts, body)) = answer.as_mut().poll(&mut cx) {
            let context = format!("{kind:?} {step} {ending:?}");
            // A body that breaks off has no errors of parameters.
            let broke_off = matches!(ending, Ending::Fails);
            let want = if broke_off { kind.status } else { kind.want };
            assert_eq!(parts.status, want, "{context}");
            check(kind, ending, body, &context);
            return;
        }
    }
    assert!(gives_up, "no answer to {kind:?} {step} {ending:?}");
}

fn check(kind: Kind, ending: Ending, body: Result<Bytes, BoxError>, context: &str) {
    if kind.want < 400 {
        assert_eq!(
            body.is_err(),
            matches!(ending, Ending::Fails),
            "a success passes as it is: {context}"
        );
        return;
    }
    let body = body.unwrap_or_else(|error| panic!("{error}: {context}"));
    let text = String::from_utf8_lossy(&body);
    assert!(!text.contains(SECRET), "{text}: {context}");
    // A body that breaks off becomes the envelope of its status.
    if matches!(ending, Ending::Fails) {
        assert!(
            text.is_empty() || text.starts_with('{'),
            "{text}: {context}"
        );
    } else {
        assert!(text.starts_with(kind.begins), "{text}: {context}");
    }
}

#[test]
#[ignore = "takes as long as it is told to"]
fn every_answer_is_right_and_no_memory_is_kept() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|value| value.parse::<u64>().unwrap())
    };
    let requests = number("SOAK_REQUESTS");
    let seconds = number("SOAK_SECONDS").unwrap_or(if requests.is_some() { u64::MAX } else { 60 });
    let requests = requests.unwrap_or(u64::MAX);
    let (layer, mut random) = (layer(), Random(1));
    let started = Instant::now();
    let mut done = 0;
    while done < requests && started.elapsed() < Duration::from_secs(seconds.min(86_400)) {
        let kept = measure(|| {
            for _ in 0..1_000 {
                let kind = KINDS[random.below(KINDS.len())];
                exchange(&layer, kind, &mut random);
            }
        });
        done += 1_000;
        // The first round may fill caches.
        assert!(
            done == 1_000 || kept.bytes_current == 0,
            "{} bytes kept after {done}",
            kept.bytes_current
        );
    }
    println!(
        "{done} requests in {:.1} s, no byte kept",
        started.elapsed().as_secs_f32()
    );
}

/// A body with ten million empty frames, each ready at once.
struct Empty(Arc<AtomicUsize>);

impl Body for Empty {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let polls = self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready((polls < 10_000_000).then(|| Ok(Frame::data(Bytes::new()))))
    }
}

/// The layer stops reading ten million empty frames of an error early. Those of a success pass, one for each poll.
#[test]
#[ignore = "takes some seconds"]
fn ten_million_empty_frames_do_not_block_other_tasks() {
    for status in [404, 500, 200] {
        let polls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&polls);
        let service = tower::service_fn(move |_: Request<()>| {
            let body = Empty(Arc::clone(&counted));
            std::future::ready(Ok::<_, Infallible>(
                Response::builder().status(status).body(body).unwrap(),
            ))
        });
        let started = Instant::now();
        let response =
            tokio_test::block_on(layer().layer(service).oneshot(Request::new(()))).unwrap();
        assert_eq!(response.status(), status);
        let asked = polls.load(Ordering::SeqCst);
        let body = tokio_test::block_on(response.into_body().collect())
            .unwrap()
            .to_bytes();
        if status == 200 {
            assert_eq!((asked, polls.load(Ordering::SeqCst)), (0, 10_000_001));
        } else {
            assert!(
                asked < 1_000_000 && body.starts_with(b"{"),
                "{asked} frames"
            );
        }
        println!(
            "{status}: {asked} frames before the answer, {:.1} s",
            started.elapsed().as_secs_f32()
        );
    }
}

/// A long poll blocks all other tasks of its thread. The fastest of some runs counts, so that other load of the machine
/// does not.
#[test]
#[ignore = "the figure is one of release builds"]
fn no_body_holds_up_a_thread_for_two_milliseconds() {
    const MOST: Duration = Duration::from_millis(2);
    let mut slowest = (Duration::ZERO, "");
    for (name, body) in documents::hostile_documents() {
        let layer = ErrorEnvelopeLayer::new();
        let run = || {
            let body = http_body_util::Full::from(body.clone());
            let mut response = Response::new(body);
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            let service = tower::service_fn(move |_: Request<()>| {
                std::future::ready(Ok::<_, BoxError>(response.clone()))
            });
            let call = layer.layer(service).oneshot(Request::new(()));
            let started = Instant::now();
            let response = futures_util::FutureExt::now_or_never(call);
            (started.elapsed(), response.is_some())
        };
        let runs: Vec<_> = (0..50).map(|_| run()).collect();
        assert!(
            runs.iter().all(|(_, ready)| *ready),
            "{name} takes one poll"
        );
        let fastest = runs.iter().map(|(time, _)| *time).min().unwrap_or_default();
        println!("{fastest:>10.1?} {name}");
        slowest = slowest.max((fastest, name));
    }
    assert!(slowest.0 < MOST, "{slowest:?}");
}

/// Programs that abort on a panic can use the crate: it does not rely on unwinding.
#[test]
#[ignore = "builds the crate once more"]
fn the_crate_builds_where_a_panic_aborts() {
    let folder = std::env::temp_dir().join("tower-error-envelope-abort");
    let build = std::process::Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--all-features",
            "--example",
            "judged",
            "--target-dir",
        ])
        .arg(&folder)
        .env("CARGO_PROFILE_DEV_PANIC", "abort")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(build.unwrap().success());
    let _ = std::fs::remove_dir_all(folder);
}

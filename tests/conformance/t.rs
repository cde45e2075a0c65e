//! tower: what a layer owes to the services around it, and to their bodies.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{pin, Pin};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Origin, RaiseErrorsLayer};
use tower_test::mock;

use crate::kit::*;

type Mock = mock::Mock<Request<()>, Response<Full<Bytes>>>;
type Handle = mock::Handle<Request<()>, Response<Full<Bytes>>>;
type Layered = mock::Spawn<tower_error_envelope::ErrorEnvelopeService<Mock>>;

fn layered() -> (Layered, Handle) {
    mock::spawn_layer(ErrorEnvelopeLayer::new())
}

fn not_found() -> Response<Full<Bytes>> {
    Response::builder()
        .status(404)
        .body(Full::from("gone"))
        .unwrap()
}

/// T1: readiness is that of the very service that is called: pending, ready, and the failure of it.
#[tokio::test]
async fn t1_readiness_is_that_of_the_very_service_that_is_called() {
    let (mut service, mut handle) = layered();
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(service.poll_ready().is_ready());
    let answer = service.call(Request::new(()));
    handle
        .next_request()
        .await
        .unwrap()
        .1
        .send_response(not_found());
    assert_eq!(answer.await.unwrap().status(), 404);

    handle.send_error("broken");
    assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    assert_eq!(
        service.call(Request::new(())).await.unwrap().status(),
        500,
        "the failure is answered"
    );
}

/// A service that has failed once and then is ready again is called again, not answered for.
#[derive(Clone)]
struct Recovering(Arc<AtomicUsize>);

impl Service<Request<()>> for Recovering {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let polls = self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(if polls == 0 {
            Err("not yet".into())
        } else {
            Ok(())
        })
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        std::future::ready(Ok(Response::new(Full::from("fine"))))
    }
}

/// T2: the service that got ready is called, not a clone of it: a limit of one lets one through after the other.
#[tokio::test]
async fn t2_the_service_that_got_ready_is_called() {
    let limited = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .concurrency_limit(1)
        .service_fn(|_: Request<()>| async { Ok::<_, Infallible>(not_found()) });
    for _ in 0..3 {
        let answer = limited.clone().oneshot(Request::new(()));
        let answer = tokio::time::timeout(Duration::from_secs(5), answer).await;
        assert_eq!(answer.unwrap().unwrap().status(), 404);
    }
    let mut recovering = ErrorEnvelopeLayer::new().layer(Recovering(Arc::default()));
    let ready = |service: &mut tower_error_envelope::ErrorEnvelopeService<Recovering>| {
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        assert!(service.poll_ready(&mut cx).is_ready());
    };
    ready(&mut recovering);
    ready(&mut recovering);
    assert_eq!(
        recovering.call(Request::new(())).await.unwrap().status(),
        200,
        "it is ready again"
    );
}

/// T3: one call is one call inside, and asks for readiness once.
#[tokio::test]
async fn t3_one_call_is_one_call_inside() {
    let (ready, called) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    #[derive(Clone)]
    struct Counting(Arc<AtomicUsize>, Arc<AtomicUsize>);
    impl Service<Request<()>> for Counting {
        type Response = Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = std::future::Ready<Result<Self::Response, Infallible>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: Request<()>) -> Self::Future {
            self.1.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(not_found()))
        }
    }
    let service =
        ErrorEnvelopeLayer::new().layer(Counting(Arc::clone(&ready), Arc::clone(&called)));
    service.oneshot(Request::new(())).await.unwrap();
    assert_eq!(
        (ready.load(Ordering::SeqCst), called.load(Ordering::SeqCst)),
        (1, 1)
    );
}

/// T4: on the client side a service that fails to be ready fails so outside; on the server side it is answered for.
#[test]
fn t4_on_the_client_side_a_service_that_fails_to_be_ready_fails() {
    let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
    let mut client = ErrorEnvelopeLayer::client().layer(Recovering(Arc::default()));
    assert!(matches!(client.poll_ready(&mut cx), Poll::Ready(Err(_))));
    let seen = get(Inside::IsNotReady);
    assert_eq!((seen.status(), is_generic(&seen)), (500, true));
}

/// T5: what a service reserved by getting ready is free again when the layer is dropped before the call.
#[tokio::test]
async fn t5_what_a_service_reserved_by_getting_ready_is_free_again_when_the() {
    let permits = Arc::new(tokio::sync::Semaphore::new(1));
    let limit = tower::limit::GlobalConcurrencyLimitLayer::with_semaphore(Arc::clone(&permits));
    let service = tower::service_fn(|_: Request<()>| async { Ok::<_, Infallible>(not_found()) });
    let mut service = ErrorEnvelopeLayer::new().layer(limit.layer(service));
    service.ready().await.unwrap();
    assert_eq!(permits.available_permits(), 0);
    drop(service);
    assert_eq!(permits.available_permits(), 1);
}

/// T6: the service is `Clone`, `Send`, `Sync` and `Unpin` as the one inside is.
#[test]
fn t6_the_service_is_clone() {
    fn is<T: Clone + Send + Sync + Unpin + 'static>(_: &T) {}
    let service = tower::service_fn(|_: Request<()>| async { Ok::<_, Infallible>(not_found()) });
    is(&ErrorEnvelopeLayer::new());
    is(&ErrorEnvelopeLayer::new().layer(service));
    is(&ErrorEnvelopeLayer::client().layer(service));
    is(&RaiseErrorsLayer::new().layer(service));
}

/// T7: the server side never fails, so a router takes it without more; the client side fails as its service does.
#[test]
fn t7_the_server_side_never_fails() {
    let _: axum::Router = axum::Router::new().layer(ErrorEnvelopeLayer::new());
    let service = tower::service_fn(|_: Request<()>| async {
        Err::<Response<Full<Bytes>>, _>(std::fmt::Error)
    });
    fn error_of<S: Service<Request<()>>>(_: &S) -> std::marker::PhantomData<S::Error> {
        std::marker::PhantomData
    }
    let _: std::marker::PhantomData<Infallible> = error_of(&ErrorEnvelopeLayer::new().layer(
        tower::service_fn(|_: Request<()>| async {
            Err::<Response<Full<Bytes>>, BoxError>("x".into())
        }),
    ));
    let _: std::marker::PhantomData<std::fmt::Error> =
        error_of(&ErrorEnvelopeLayer::client().layer(service));
}

/// T8: a request of any type passes unread, and bodies may fail with any error.
#[tokio::test]
async fn t8_a_request_of_any_type_passes_unread() {
    struct Opaque(#[allow(dead_code, reason = "only carried")] Mutex<*const ()>);
    let body = || {
        StreamBody::new(futures_util::stream::iter([
            Ok(Frame::data(Bytes::from("gone"))),
            Err("no error type at all"),
        ]))
    };
    let service = tower::service_fn(move |request: Request<Opaque>| {
        let _carried: Opaque = request.into_body();
        std::future::ready(Ok::<_, Infallible>(
            Response::builder().status(404).body(body()).unwrap(),
        ))
    });
    let request = Request::new(Opaque(Mutex::new(std::ptr::null())));
    let answer = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(answer.status(), 404);
}

/// T9: no runtime is needed.
#[test]
fn t9_no_runtime_is_needed() {
    let service = tower::service_fn(|_: Request<()>| async { Ok::<_, Infallible>(not_found()) });
    let mut answer = pin!(ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(())));
    let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
    let Poll::Ready(answer) = answer.as_mut().poll(&mut cx) else {
        panic!("waits for something")
    };
    assert_eq!(answer.unwrap().status(), 404);
}

/// A body that tells when it is dropped.
struct Watched(Arc<AtomicBool>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// T10: whoever gives up half way drops the body inside at once.
#[test]
fn t10_whoever_gives_up_half_way_drops_the_body_inside_at_once() {
    for status in [404, 200] {
        let dropped = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&dropped);
        let service = tower::service_fn(move |_: Request<()>| {
            let body = Watched(Arc::clone(&flag));
            std::future::ready(Ok::<_, Infallible>(
                Response::builder().status(status).body(body).unwrap(),
            ))
        });
        let mut answer = Box::pin(
            ErrorEnvelopeLayer::new()
                .layer(service)
                .oneshot(Request::new(())),
        );
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        let polled = answer.as_mut().poll(&mut cx);
        assert!(!dropped.load(Ordering::SeqCst));
        drop((polled, answer));
        assert!(dropped.load(Ordering::SeqCst), "{status}");
    }
}

/// T11: a panic inside goes on; one that a layer inside caught is masked.
#[test]
fn t11_a_panic_inside_goes_on() {
    async fn panics(_: Request<()>) -> Result<Response<Full<Bytes>>, Infallible> {
        panic!("{SECRET}")
    }
    let loud = ErrorEnvelopeLayer::new().layer(tower::service_fn(panics));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        tokio_test::block_on(loud.oneshot(Request::new(())))
    }));
    assert!(caught.is_err());
    let quiet = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(tower_http::catch_panic::CatchPanicLayer::new())
        .service_fn(panics);
    let answer = collect(tokio_test::block_on(quiet.oneshot(Request::new(()))).unwrap());
    assert_eq!(
        (
            answer.status().as_u16(),
            answer
                .body()
                .starts_with(br#"{"_error_message":"Internal Server Error""#)
        ),
        (500, true)
    );
}

/// T13: errors of services are told by their types, however deep; the client side passes them.
#[test]
fn t13_errors_of_services_are_told_by_their_types() {
    let io = std::io::Error::other::<BoxError>;
    let length = || {
        let body = http_body_util::Limited::new(Full::<Bytes>::from("too long"), 1);
        tokio_test::block_on(body.collect()).unwrap_err()
    };
    let cases: Vec<(BoxError, u16)> = vec![
        (tower::timeout::error::Elapsed::new().into(), 504),
        (io(tower::timeout::error::Elapsed::new().into()).into(), 504),
        (
            io(io(tower::load_shed::error::Overloaded::new().into()).into()).into(),
            503,
        ),
        (length(), 413),
        (io(length()).into(), 413),
        (Envelope::new(StatusCode::CONFLICT, "taken").into(), 409),
        (
            std::io::Error::from(std::io::ErrorKind::TimedOut).into(),
            500,
        ),
    ];
    for (error, status) in cases {
        let context = format!("{error:?}");
        assert_eq!(fails_with(error).status(), status, "{context}");
    }
}

/// T14: a chain of errors that is a circle is left.
#[test]
fn t14_a_chain_of_errors_that_is_a_circle_is_left() {
    #[derive(Debug)]
    struct Circle;
    impl std::fmt::Display for Circle {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("again")
        }
    }
    impl std::error::Error for Circle {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(self)
        }
    }
    assert_eq!(fails_with(Circle).status(), 500);
}

/// T15: an error is found behind a buffer, and behind errors that show another's text as theirs.
#[tokio::test]
async fn t15_an_error_is_found_behind_a_buffer() {
    let failing = tower::service_fn(|_: Request<()>| async {
        Err::<Response<Full<Bytes>>, BoxError>(Envelope::new(StatusCode::CONFLICT, "taken").into())
    });
    let buffered = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .buffer(1)
        .service(failing);
    assert_eq!(
        buffered.oneshot(Request::new(())).await.unwrap().status(),
        409
    );

    // A buffer whose service does not get ready hands its error to all, in an `Arc`.
    struct NotReady;
    impl Service<Request<()>> for NotReady {
        type Response = Response<Full<Bytes>>;
        type Error = BoxError;
        type Future = std::future::Ready<Result<Self::Response, BoxError>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Err(
                Envelope::new(StatusCode::TOO_MANY_REQUESTS, "later").into()
            ))
        }
        fn call(&mut self, _: Request<()>) -> Self::Future {
            unreachable!("is not ready")
        }
    }
    let buffered = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .buffer(1)
        .service(NotReady);
    assert_eq!(
        buffered.oneshot(Request::new(())).await.unwrap().status(),
        429
    );
}

/// `io::Error` shows what it holds as its own, and has the source of that, not it.
#[test]
fn errors_that_hide_are_found() {
    for error in [
        std::io::Error::other(Envelope::new(StatusCode::CONFLICT, "taken")),
        std::io::Error::other(Arc::new(Envelope::new(StatusCode::CONFLICT, "taken"))),
    ] {
        assert_eq!(fails_with(error).status(), 409);
    }
}

/// T16: what an error prints is in no body of a server's error.
#[test]
fn t16_what_an_error_prints_is_in_no_body_of_a_servers_error() {
    for inside in [Inside::Fails, Inside::IsNotReady] {
        let seen = get(inside);
        assert!(!seen.shows_secret() && is_generic(&seen), "{}", seen.text());
    }
}

/// T17: a body that breaks off while it is read leaves the envelope of the status.
#[test]
fn t17_a_body_that_breaks_off_while_it_is_read_leaves_the_envelope() {
    for steps in [
        vec![Step::Fail],
        vec![data("half of it"), Step::Fail],
        vec![data(r#"{"error": "x"}"#), Step::Fail],
    ] {
        let seen = get(framed(404, &[TEXT], steps));
        let envelope: &Envelope = seen.head.extensions().get().unwrap();
        assert_eq!(
            (is_generic(&seen), envelope.origin()),
            (true, Origin::Inferred),
            "{}",
            seen.text()
        );
    }
}

/// T18: the frames of a success are asked for one by one, as whoever reads asks.
#[tokio::test]
async fn t18_the_frames_of_a_success_are_asked_for_one_by_one() {
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&polls);
    let service = tower::service_fn(move |_: Request<()>| {
        let counted = Arc::clone(&counted);
        let frames = futures_util::stream::repeat_with(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Frame::data(Bytes::from("x")))
        });
        std::future::ready(Ok::<_, Infallible>(Response::new(StreamBody::new(frames))))
    });
    let mut body = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap()
        .into_body();
    assert_eq!(polls.load(Ordering::SeqCst), 0);
    for count in 1..4 {
        body.frame().await;
        assert_eq!(polls.load(Ordering::SeqCst), count);
    }
}

/// T19: at the limit reading stops, and the envelope of the status is sent; never a body that is cut.
#[test]
fn t19_at_the_limit_reading_stops() {
    let layer = ErrorEnvelopeLayer::new().with_body_limit(8);
    for (length, is_read) in [(7, true), (8, true), (9, false), (1000, false)] {
        for is_exact in [true, false] {
            let body = Script {
                is_exact,
                ..Script::of("x".repeat(length))
            };
            let seen = send_to(
                &layer,
                "GET",
                &[],
                Inside::Answers(response(404, &[TEXT], "").map(|_| body)),
            );
            assert_eq!(!is_generic(&seen), is_read, "{length}: {}", seen.text());
            assert!(is_generic(&seen) || message(&seen) == "x".repeat(length));
        }
    }
}

/// T20: the length that is told is the length that is sent.
#[test]
fn t20_the_length_that_is_told_is_the_length_that_is_sent() {
    for body in ["text", r#"{"error": "x"}"#, r#"{"a": ["b"]}"#] {
        for limit in [2, 1000] {
            let inside = tower::service_fn(move |_: Request<()>| {
                std::future::ready(Ok::<_, Infallible>(response(404, &[JSON], body)))
            });
            let answer = ErrorEnvelopeLayer::new()
                .with_body_limit(limit)
                .layer(inside)
                .oneshot(Request::new(()));
            let body = tokio_test::block_on(answer).unwrap().into_body();
            let said = body.size_hint().exact();
            assert_eq!(
                said,
                Some(
                    tokio_test::block_on(body.collect())
                        .unwrap()
                        .to_bytes()
                        .len() as u64
                )
            );
        }
    }
}

/// A body that is always ready, with frames that say nothing.
#[derive(Clone)]
struct Idle(Arc<AtomicUsize>, fn() -> Frame<Bytes>);

impl Body for Idle {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let polls = self.0.fetch_add(1, Ordering::SeqCst);
        // Ends after all, so that a layer which reads on does not hang the test.
        Poll::Ready((polls < 3_000_000).then(|| Ok((self.1)())))
    }
}

/// T21: frames that say nothing cost a budget, in one poll and in all.
#[test]
fn t21_frames_that_say_nothing_cost_a_budget() {
    let kinds: [fn() -> Frame<Bytes>; 2] = [
        || Frame::data(Bytes::new()),
        || Frame::trailers(HeaderMap::new()),
    ];
    for kind in kinds {
        let body = Idle(Arc::default(), kind);
        let polls = Arc::clone(&body.0);
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(
                Response::builder().status(404).body(body.clone()).unwrap(),
            ))
        });
        let mut answer = Box::pin(
            ErrorEnvelopeLayer::new()
                .layer(service)
                .oneshot(Request::new(())),
        );
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        let mut most = 0;
        loop {
            let before = polls.load(Ordering::SeqCst);
            let polled = answer.as_mut().poll(&mut cx);
            most = most.max(polls.load(Ordering::SeqCst) - before);
            if let Poll::Ready(answer) = polled {
                assert_eq!(answer.unwrap().status(), 404);
                break;
            }
        }
        let all = polls.load(Ordering::SeqCst);
        assert!(
            most <= 10_000 && all <= 1_000_000,
            "{most} in one poll, {all} in all"
        );
    }
}

/// T22: what is read of a body in small pieces of large buffers is copied, so that the buffers are free.
#[test]
fn t22_what_is_read_of_a_body_in_small_pieces_of_large_buffers() {
    let memory = allocation_counter::measure(|| {
        let steps = (0..20_000).map(|_| data(Bytes::from(vec![b'x'; 4096]).slice(..1)));
        // Each piece is made when it is asked for.
        let frames = StreamBody::new(futures_util::stream::iter(steps.map(|step| match step {
            Step::Data(data) => Ok::<_, Infallible>(Frame::data(data)),
            _ => unreachable!("only data"),
        })));
        let mut body = Some(frames);
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(
                Response::builder()
                    .status(404)
                    .body(body.take().unwrap())
                    .unwrap(),
            ))
        });
        let answer = tokio_test::block_on(
            ErrorEnvelopeLayer::new()
                .layer(service)
                .oneshot(Request::new(())),
        )
        .unwrap();
        assert_eq!(answer.status(), 404);
    });
    assert!(
        memory.bytes_max < 1024 * 1024,
        "{} bytes at once",
        memory.bytes_max
    );
}

/// T23: the waker of the latest poll is woken.
#[test]
fn t23_the_waker_of_the_latest_poll_is_woken() {
    let (sender, frames) = tokio::sync::mpsc::channel::<Result<Frame<Bytes>, Infallible>>(1);
    let mut body = Some(StreamBody::new(
        tokio_stream::wrappers::ReceiverStream::new(frames),
    ));
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(
            Response::builder()
                .status(404)
                .body(body.take().unwrap())
                .unwrap(),
        ))
    });
    let mut service = ErrorEnvelopeLayer::new().layer(service);
    let call = service.call(Request::new(()));
    let (mut first, mut second) = (tokio_test::task::spawn(()), tokio_test::task::spawn(()));
    let mut call = Box::pin(call);
    assert!(first.enter(|cx, _| call.as_mut().poll(cx)).is_pending());
    assert!(second.enter(|cx, _| call.as_mut().poll(cx)).is_pending());
    drop(sender);
    assert!(second.is_woken());
    let answer = second.enter(|cx, _| call.as_mut().poll(cx));
    assert!(answer.is_ready());
}

/// T24: after its end a body gives nothing, and the one inside is not asked again.
#[test]
fn t24_after_its_end_a_body_gives_nothing() {
    struct Once(usize);
    impl Body for Once {
        type Data = Bytes;
        type Error = &'static str;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            self.0 += 1;
            match self.0 {
                1 => Poll::Ready(Some(Ok(Frame::data(Bytes::from("x"))))),
                2 => Poll::Ready(Some(Err("broken"))),
                _ => panic!("asked after its failure"),
            }
        }
    }
    let service = tower::service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(
            Response::builder().status(404).body(Once(0)).unwrap(),
        ))
    });
    let mut body = tokio_test::block_on(
        ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(())),
    )
    .unwrap()
    .into_body();
    assert!(tokio_test::block_on(body.frame()).is_some());
    assert!((0..3).all(|_| tokio_test::block_on(body.frame()).is_none()));
}

/// T25: trailers pass wherever they come.
#[test]
fn t25_trailers_pass_wherever_they_come() {
    let trailers = |name| Step::Trailers(header_map(&[(name, "1")]));
    let steps = [
        trailers("x-a"),
        data("a"),
        trailers("x-b"),
        data(""),
        data("b"),
    ];
    let seen = get(framed(200, &[], steps));
    assert_eq!(
        (seen.text(), seen.trailers),
        ("ab".to_owned(), header_map(&[("x-a", "1"), ("x-b", "1")]))
    );
}

/// T26: a success allocates nothing.
#[test]
fn t26_a_success_allocates_nothing() {
    let service = tower::service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::default())))
    });
    let mut service = ErrorEnvelopeLayer::new().layer(service);
    let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
    let requests: Vec<_> = (0..10)
        .map(|_| {
            Request::builder()
                .header("accept", "text/html")
                .body(())
                .unwrap()
        })
        .collect();
    let memory = allocation_counter::measure(|| {
        for request in requests {
            assert!(service.poll_ready(&mut cx).is_ready());
            assert!(pin!(service.call(request)).poll(&mut cx).is_ready());
        }
    });
    assert_eq!(memory.count_total, 0);
}

/// T27: hooks are called once for each error, before its body is sent, with values of their own.
#[test]
fn t27_hooks_are_called_once_for_each_error() {
    let seen = get(answer(404, &[TEXT], "gone"));
    assert_eq!(seen.events.len(), 1);
    assert!(get(answer(200, &[TEXT], "fine")).events.is_empty());
}

/// T28: the layer works among tower's own services.
#[tokio::test]
async fn t28_the_layer_works_among_towers_own_services() {
    let inner = || tower::service_fn(|_: Request<()>| async { Ok::<_, BoxError>(not_found()) });
    let stack = ServiceBuilder::new()
        .buffer::<Request<()>>(8)
        .retry(NoRetry)
        .layer(ErrorEnvelopeLayer::new())
        .timeout(Duration::from_secs(5))
        .service(inner());
    assert_eq!(stack.oneshot(Request::new(())).await.unwrap().status(), 404);
    let boxed = tower::util::BoxCloneSyncService::new(ErrorEnvelopeLayer::new().layer(inner()));
    assert_eq!(boxed.oneshot(Request::new(())).await.unwrap().status(), 404);
}

#[derive(Clone)]
struct NoRetry;

impl<Res, E> tower::retry::Policy<Request<()>, Res, E> for NoRetry {
    type Future = std::future::Ready<()>;

    fn retry(&mut self, _: &mut Request<()>, _: &mut Result<Res, E>) -> Option<Self::Future> {
        None
    }

    fn clone_request(&mut self, _: &Request<()>) -> Option<Request<()>> {
        None
    }
}

/// T30: what a layer prints has no text of the user's but the names of readers and dialects.
#[test]
fn t30_what_a_layer_prints_has_no_text_of_the_users_but_the() {
    let layer = ErrorEnvelopeLayer::new()
        .with_service_error(|_| Some(Envelope::new(StatusCode::CONFLICT, SECRET)))
        .map_envelope(|envelope, _| envelope.with_message(SECRET));
    let service = layer.layer(());
    for printed in [
        format!("{layer:?}"),
        format!("{layer:#?}"),
        format!("{service:?}"),
        format!("{:?}", RaiseErrorsLayer::new()),
    ] {
        assert!(!printed.contains(SECRET), "{printed}");
    }
}

/// T12: nothing that a service answers makes the layer panic.
#[test]
fn t12_nothing_that_a_service_answers_makes_the_layer_panic() {
    let bodies = [
        "",
        "{",
        "[",
        "\u{0}",
        "{\"a\":",
        "<",
        "]]>",
        "\\u",
        "\"\\ud800\"",
        "{\"error\":{\"error\":{}}}",
        "99e999",
    ];
    let labels = [
        "",
        "application/json",
        "text/html",
        "application/xml",
        "text/plain; charset=utf-16",
        "application/problem+json",
        "application/grpc",
    ];
    for status in [400, 422, 499, 500, 999] {
        for label in labels {
            for body in bodies {
                for method in ["GET", "HEAD", "POST", "CONNECT"] {
                    let seen = send(
                        method,
                        &[("accept", "text/html;q=0.1,*/*")],
                        Inside::Answers(response(status, &[("content-type", label)], body)),
                    );
                    assert!(seen.status() >= 400, "{status} {label} {body}");
                }
            }
        }
    }
}

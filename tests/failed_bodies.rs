//! Bodies that fail after their head was sent, without `with_last_frame`: hook and log are told, once.
#![cfg(feature = "tonic")]

mod support;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::util::BoxCloneService;
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::exchange::BodyFailed;
use tower_error_envelope::{ErrorEnvelopeLayer, Passthrough};

/// An error of which nothing is known: it has no text, and is no `Error`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Broken;

type Frames = Vec<Result<Frame<Bytes>, Broken>>;
type Stream =
    StreamBody<futures_util::stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, Broken>>>>;

/// A body with one frame of data, which then fails.
fn failing(data: &'static [u8]) -> Frames {
    vec![Ok(Frame::data(Bytes::from_static(data))), Err(Broken)]
}

fn stream(frames: Frames) -> Stream {
    StreamBody::new(futures_util::stream::iter(frames))
}

fn answer(status: u16, label: &str, frames: Frames) -> Response<Frames> {
    let response = Response::builder().status(status);
    response.header("content-type", label).body(frames).unwrap()
}

type Inner = BoxCloneService<Request<()>, Response<Stream>, Infallible>;

/// A service that answers each request with the same response.
fn service(response: Response<Frames>) -> Inner {
    let (parts, frames) = response.into_parts();
    // A frame is not `Clone`: the service answers one request.
    let frames = Arc::new(Mutex::new(Some(frames)));
    BoxCloneService::new(service_fn(move |_: Request<()>| {
        let frames = frames.lock().unwrap().take().unwrap();
        let response = Response::from_parts(parts.clone(), stream(frames));
        std::future::ready(Ok(response))
    }))
}

/// What a hook was told: the status, the original, the type of the error, and the request.
type Told = Arc<Mutex<Vec<(u16, String, &'static str, String)>>>;

fn hooked(layer: ErrorEnvelopeLayer, told: &Told) -> ErrorEnvelopeLayer {
    let told = Arc::clone(told);
    layer.on_error(move |event| {
        let source = event.source.and_then(|source| source.downcast_ref());
        let failed: &BodyFailed = source.expect("is a body that failed");
        assert_eq!(event.envelope.message(), "Internal Server Error");
        let original = event.original.map(|original| original.message().to_owned());
        told.lock().unwrap().push((
            event.status().as_u16(),
            original.unwrap_or_default(),
            failed.error_type(),
            format!("{} {}", event.request.method(), event.request.uri()),
        ));
    })
}

fn layer(told: &Told) -> ErrorEnvelopeLayer {
    hooked(ErrorEnvelopeLayer::new(), told)
}

/// Reads a body to its end, and twice beyond it. Returns its data and the number of its errors.
async fn read<B: Body<Data = Bytes>>(body: B) -> (Bytes, usize) {
    let mut body = std::pin::pin!(body);
    let (mut data, mut errors, mut ends) = (Vec::new(), 0, 0);
    while ends < 2 {
        match body.frame().await {
            Some(Ok(frame)) => data.extend(frame.into_data().unwrap_or_default()),
            Some(Err(_)) => errors += 1,
            None => ends += 1,
        }
    }
    (data.into(), errors)
}

fn asked() -> Request<()> {
    Request::get("/jobs?token=x").body(()).unwrap()
}

fn want() -> Vec<(u16, String, &'static str, String)> {
    let name = std::any::type_name::<Broken>();
    let original = format!("the body failed after its head was sent: {name}");
    vec![(500, original, name, "GET /jobs?token=x".to_owned())]
}

#[tokio::test]
async fn the_hook_is_told_once_of_a_success_that_breaks_off() {
    for label in [
        "text/event-stream",
        "application/json",
        "application/x-ndjson",
        "application/connect+json",
        "application/grpc-web",
        "x",
    ] {
        let told = Told::default();
        let service = layer(&told).layer(service(answer(200, label, failing(b"data"))));
        let response = service.oneshot(asked()).await.unwrap();
        assert!(told.lock().unwrap().is_empty());
        assert_eq!(read(response.into_body()).await, ("data".into(), 1));
        assert_eq!(*told.lock().unwrap(), want(), "{label}");
    }
}

#[tokio::test]
async fn an_error_that_passes_may_break_off_as_well() {
    let told = Told::default();
    let page = answer(404, "text/html", failing(b"<h1>Nothing"));
    let mut request = asked();
    let accept = "text/html".parse().unwrap();
    request.headers_mut().insert("accept", accept);
    let service_of = |response| layer(&told).layer(service(response));
    let response = service_of(page).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(read(response.into_body()).await, ("<h1>Nothing".into(), 1));
    assert_eq!(*told.lock().unwrap(), want());

    let events = answer(429, "text/event-stream", failing(b"data: 1"));
    let response = service_of(events).oneshot(asked()).await.unwrap();
    read(response.into_body()).await;
    assert_eq!(told.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_body_that_ends_well_or_is_dropped_tells_nothing() {
    let told = Told::default();
    let frames = || {
        vec![
            Ok(Frame::data("a".into())),
            Ok(Frame::trailers(HeaderMap::new())),
        ]
    };
    let service_of = |frames| layer(&told).layer(service(answer(200, "x", frames)));
    let response = service_of(frames()).oneshot(asked()).await.unwrap();
    assert_eq!(read(response.into_body()).await, ("a".into(), 0));

    let response = service_of(failing(b"data")).oneshot(asked()).await.unwrap();
    let mut body = response.into_body();
    assert!(body.frame().await.unwrap().is_ok());
    drop(body);
    assert!(told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_response_that_is_left_alone_and_a_client_tell_nothing() {
    let told = Told::default();
    for status in [200, 503] {
        let mut response = answer(status, "text/plain", failing(b"data"));
        response.extensions_mut().insert(Passthrough);
        let service = layer(&told).layer(service(response));
        let response = service.oneshot(asked()).await.unwrap();
        assert_eq!(read(response.into_body()).await, ("data".into(), 1));
    }
    let seen = Arc::clone(&told);
    let client = ErrorEnvelopeLayer::client().on_error(move |_| {
        seen.lock()
            .unwrap()
            .push((0, String::new(), "", String::new()));
    });
    let service = client.layer(service(answer(200, "x", failing(b"data"))));
    let response = service.oneshot(asked()).await.unwrap();
    assert_eq!(read(response.into_body()).await, ("data".into(), 1));
    assert!(told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn of_stacked_layers_one_tells() {
    let inner_and_outer = || (Told::default(), Told::default());
    let response = || service(answer(200, "x", failing(b"data")));

    let (inner, outer) = inner_and_outer();
    let both = layer(&outer).layer(layer(&inner).layer(response()));
    read(both.oneshot(asked()).await.unwrap().into_body()).await;
    assert_eq!(*inner.lock().unwrap(), want());
    assert!(outer.lock().unwrap().is_empty());

    // The failure before is forgotten.
    let (_, outer) = inner_and_outer();
    let around = layer(&outer).layer(ErrorEnvelopeLayer::new().layer(response()));
    read(around.oneshot(asked()).await.unwrap().into_body()).await;
    assert_eq!(*outer.lock().unwrap(), want());

    // A box between them, as a router of axum has it.
    let (inner, outer) = inner_and_outer();
    let boxed = layer(&inner).layer(response());
    let boxed = boxed.map_response(|response: Response<_>| response.map(BodyExt::boxed_unsync));
    read(
        layer(&outer)
            .layer(boxed)
            .oneshot(asked())
            .await
            .unwrap()
            .into_body(),
    )
    .await;
    assert_eq!(
        (inner.lock().unwrap().len(), outer.lock().unwrap().len()),
        (1, 0)
    );
}

#[tokio::test]
async fn a_status_of_grpc_that_is_masked_may_break_off_as_well() {
    let told = Told::default();
    let masking = layer(&told).with_masked_statuses();
    let call = Request::post("/a.B/C").version(http::Version::HTTP_2);
    let call = call
        .header("content-type", "application/grpc")
        .body(())
        .unwrap();
    let response = answer(200, "application/grpc", failing(b"\0\0\0\0\x01x"));
    let response = masking
        .layer(service(response))
        .oneshot(call)
        .await
        .unwrap();
    assert_eq!(read(response.into_body()).await.1, 1);
    assert_eq!(told.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_of_grpc_that_was_looked_into_may_break_off_as_well() {
    let told = Told::default();
    let response = answer(200, "application/grpc", failing(b"\0\0\0\0\x01x"));
    let response = layer(&told).layer(service(response)).oneshot(asked()).await;
    assert_eq!(read(response.unwrap().into_body()).await.1, 1);
    assert_eq!(*told.lock().unwrap(), want());
}

/// A thread serves many bodies. Each of these fails after another one has failed, and was looked into before it passed.
#[tokio::test]
async fn a_failure_is_told_also_after_that_of_another_body() {
    let message = b"\0\0\0\0\x01x";
    for (method, label, frames) in [
        ("GET", "application/grpc", failing(message)),
        ("POST", "application/grpc+proto", failing(message)),
        ("HEAD", "application/grpc", failing(message)),
        ("GET", "application/grpc", vec![Err(Broken)]),
    ] {
        let told = Told::default();
        let other = service(answer(200, "x", failing(b"data")));
        let other = ErrorEnvelopeLayer::new().on_error(|_| {}).layer(other);
        // As servers do, the reader drops the body when it fails.
        let response = other.oneshot(asked()).await.unwrap();
        assert!(response.into_body().collect().await.is_err());

        let mut request = asked();
        *request.method_mut() = method.parse().unwrap();
        let service = layer(&told).layer(service(answer(200, label, frames)));
        let response = service.oneshot(request).await.unwrap();
        let errors = read(response.into_body()).await.1;
        let told = told.lock().unwrap().len();
        assert_eq!((told, errors), (1, 1), "{method} {label}");
    }
}

#[tokio::test]
async fn of_stacked_layers_one_tells_of_a_body_that_was_looked_into() {
    for frames in [
        || failing(b"\0\0\0\0\x01x"),
        || vec![Err(Broken)],
        || vec![Ok(Frame::data("".into())), Err(Broken)],
    ] {
        let (inner, outer) = (Told::default(), Told::default());
        let response = service(answer(200, "application/grpc", frames()));
        let both = layer(&outer).layer(layer(&inner).layer(response));
        let response = both.oneshot(asked()).await.unwrap();
        assert!(response.into_body().collect().await.is_err());
        let told = (inner.lock().unwrap().len(), outer.lock().unwrap().len());
        assert_eq!(told, (1, 0));
    }
}

#[tokio::test]
async fn a_failure_before_the_first_byte_is_told_each_time() {
    for _ in 0..3 {
        let told = Told::default();
        let response = answer(200, "application/grpc", vec![Err(Broken)]);
        let response = layer(&told).layer(service(response)).oneshot(asked()).await;
        assert_eq!(read(response.unwrap().into_body()).await, ("".into(), 1));
        assert_eq!(*told.lock().unwrap(), want());
    }
    // The layer inside has told it, although the layer outside read the failure before it gave it.
    let (inner, outer) = (Told::default(), Told::default());
    let service = service(answer(200, "application/grpc", vec![Err(Broken)]));
    let boxed = layer(&inner).layer(service);
    let boxed = boxed.map_response(|response: Response<_>| response.map(BodyExt::boxed_unsync));
    let response = layer(&outer).layer(boxed).oneshot(asked()).await.unwrap();
    assert_eq!(read(response.into_body()).await.1, 1);
    let told = (inner.lock().unwrap().len(), outer.lock().unwrap().len());
    assert_eq!(told, (1, 0));
}

/// A length would make a server send the beginning as a complete body.
#[tokio::test]
async fn a_body_that_has_failed_already_announces_no_length() {
    let grpc = || service(answer(200, "application/grpc", vec![Err(Broken)]));
    let json = || service(answer(200, "application/json", failing(b"{\"ok\":")));
    let server = ErrorEnvelopeLayer::new().layer(grpc());
    let client = ErrorEnvelopeLayer::client().with_errors_in_success();
    for body in [
        server.oneshot(asked()).await.unwrap().into_body(),
        client
            .layer(json())
            .oneshot(asked())
            .await
            .unwrap()
            .into_body(),
    ] {
        assert_eq!(
            (body.size_hint().exact(), body.is_end_stream()),
            (None, false)
        );
        assert_eq!(read(body).await.1, 1);
    }
}

#[tokio::test]
async fn with_the_same_body_the_hook_is_told_as_well() {
    let told = Told::default();
    let inner = service(answer(200, "x", failing(b"data")));
    let boxed = || {
        inner
            .clone()
            .map_response(|response| response.map(BodyExt::boxed))
    };
    let service = layer(&told).with_same_body().layer(boxed());
    let response = service.oneshot(asked()).await.unwrap();
    assert_eq!(read(response.into_body()).await, ("data".into(), 1));
    assert_eq!(*told.lock().unwrap(), want());
}

#[tokio::test]
async fn a_hook_may_change_the_envelope_and_may_panic() {
    let told = Told::default();
    let seen = Arc::clone(&told);
    let layer = ErrorEnvelopeLayer::new()
        .map_envelope(|error, request| error.with_member("path", request.uri().path()))
        .on_error(move |event| {
            let path = event.envelope.members().get_as("path").unwrap();
            seen.lock().unwrap().push((0, path, "", String::new()));
            panic!("a hook");
        });
    let service = layer.layer(service(answer(200, "x", failing(b"data"))));
    let response = service.oneshot(asked()).await.unwrap();
    assert_eq!(read(response.into_body()).await, ("data".into(), 1));
    assert_eq!(told.lock().unwrap()[0].1, "/jobs");
}

#[tokio::test]
async fn an_envelope_that_nobody_gets_is_not_changed() {
    let calls = Arc::new(Mutex::new(0));
    let counted = |layer: ErrorEnvelopeLayer| {
        let calls = Arc::clone(&calls);
        layer.map_envelope(move |error, _| {
            *calls.lock().unwrap() += 1;
            error
        })
    };
    let response = || service(answer(200, "x", failing(b"data")));
    let alone = counted(ErrorEnvelopeLayer::new()).layer(response());
    read(alone.oneshot(asked()).await.unwrap().into_body()).await;
    assert_eq!(*calls.lock().unwrap(), 0);

    // The hook of the layer inside gets it.
    let told = Told::default();
    let outer = counted(ErrorEnvelopeLayer::new()).on_error(|_| {});
    let both = outer.layer(counted(layer(&told)).layer(response()));
    read(both.oneshot(asked()).await.unwrap().into_body()).await;
    assert_eq!((*calls.lock().unwrap(), told.lock().unwrap().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_hyper_tells_although_it_drops_the_error() {
    for protocol in support::PROTOCOLS {
        let told = Told::default();
        let service = service_fn(|_: Request<hyper::body::Incoming>| async {
            let frames = [
                Ok(Frame::data(Bytes::from("data"))),
                Err(std::io::Error::other("10.0.0.7")),
            ];
            let body = StreamBody::new(futures_util::stream::iter(frames));
            Ok::<_, Infallible>(Response::new(body))
        });
        let server = support::serve(layer(&told).layer(service)).await;
        let request = Request::get(format!("http://{server}/jobs")).body(Full::default());
        let response = support::client(protocol).request(request.unwrap()).await;
        // Over HTTP/1.1 the error may come before the head was sent.
        if let Ok(response) = response {
            assert_eq!(response.status(), StatusCode::OK);
            assert!(response.into_body().collect().await.is_err());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let told = told.lock().unwrap();
        assert_eq!(told.len(), 1, "{protocol:?}");
        assert_eq!(told[0].2, "std::io::error::Error");
        assert!(!told[0].1.contains("10.0.0.7"));
    }
}

#[cfg(feature = "tracing")]
mod log {
    use super::support::log::lines_of;
    use super::*;

    /// The lines that are logged while a body breaks off behind these layers.
    fn lines<L>(layer: L) -> Vec<String>
    where
        L: Layer<Inner>,
        L::Service: tower::Service<Request<()>, Response: IntoErrors, Error = Infallible>,
    {
        lines_of(async {
            let service = layer.layer(service(answer(200, "x", failing(b"data"))));
            let response = service.oneshot(asked()).await.unwrap();
            assert_eq!(response.errors().await, 1);
        })
    }

    trait IntoErrors {
        fn errors(self) -> impl std::future::Future<Output = usize>;
    }

    impl<B: Body<Data = Bytes>> IntoErrors for Response<B> {
        async fn errors(self) -> usize {
            read(self.into_body()).await.1
        }
    }

    #[test]
    fn without_a_hook_one_line_has_the_type_of_the_error() {
        let lines = lines(ErrorEnvelopeLayer::new());
        assert_eq!(lines.len(), 1, "{lines:?}");
        for part in [
            "ERROR tower_error_envelope:",
            "http.response.status_code=500",
            "the body failed after its head was sent: ",
            std::any::type_name::<Broken>(),
        ] {
            assert!(lines[0].contains(part), "{part}: {lines:?}");
        }
    }

    #[test]
    fn with_a_hook_or_around_another_layer_it_is_one_line_as_well() {
        let hooked = lines(ErrorEnvelopeLayer::new().on_error(|_| {}));
        assert_eq!(hooked.len(), 1, "{hooked:?}");
        assert!(hooked[0].contains("http.request.method=\"GET\"") && hooked[0].contains("/jobs"));
        let both = tower::ServiceBuilder::new()
            .layer(ErrorEnvelopeLayer::new().on_error(|_| {}))
            .layer(ErrorEnvelopeLayer::new());
        let stacked = lines(both.into_inner());
        assert_eq!(stacked.len(), 1, "{stacked:?}");
    }

    #[test]
    fn a_client_logs_nothing() {
        assert!(lines(ErrorEnvelopeLayer::client()).is_empty());
    }
}

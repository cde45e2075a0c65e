//! Counts allocations: none for a success, few for an error.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::task::Context;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masking, RaiseErrorsLayer};

type Answer = Result<Response<Full<Bytes>>, Infallible>;

fn service() -> impl Service<
    Request<()>,
    Response = Response<Full<Bytes>>,
    Error = Infallible,
    Future: Future<Output = Answer>,
> + Clone {
    tower::service_fn(|request: Request<()>| async move {
        let response = match request.uri().path() {
            "/" => Response::builder(),
            _ => Response::builder()
                .status(404)
                .header("content-type", "text/plain"),
        };
        Ok::<_, Infallible>(response.body(Full::from("no such thing")).unwrap())
    })
}

/// The number of allocations of one call, from `call` to the response.
fn allocations<S, B>(mut service: S, request: Request<B>) -> u64
where
    S: Service<Request<B>>,
{
    let mut answered = None;
    let measured = allocation_counter::measure(|| {
        let mut future = pin!(service.call(request));
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        answered = Some(future.as_mut().poll(&mut cx));
    });
    assert!(answered.unwrap().is_ready());
    measured.count_total
}

const ACCEPTS: [&str; 5] = [
    "*/*",
    "application/json",
    "application/problem+json;q=0.9, application/json;q=0.1",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "text/html;level=\"1, 2\", garbage, a/b;q=0.001, */*;q=0",
];

#[test]
fn a_success_allocates_nothing() {
    let layers = [
        ErrorEnvelopeLayer::new(),
        ErrorEnvelopeLayer::new().without_pages(),
        ErrorEnvelopeLayer::new()
            .with_dialect(Clustr)
            .with_dialect(Problem)
            .with_dialect(Copr),
        ErrorEnvelopeLayer::new()
            .with_namespace("shop")
            .with_masking(Masking::Upstream),
    ];
    for layer in layers {
        for accept in ACCEPTS {
            for content_type in [
                "application/json",
                "application/grpc",
                "multipart/form-data; boundary=x",
            ] {
                let request = || {
                    Request::post("/")
                        .header("accept", accept)
                        .header("content-type", content_type)
                        .body(())
                        .unwrap()
                };
                let bare = allocations(service(), request());
                assert_eq!(
                    allocations(layer.layer(service()), request()),
                    bare,
                    "{accept}"
                );
            }
        }
    }
    for content_type in ["application/json", "application/grpc"] {
        let request = || {
            let request = Request::post("/").header("content-type", content_type);
            request.body(()).unwrap()
        };
        assert_eq!(
            allocations(ErrorEnvelopeLayer::client().layer(service()), request()),
            allocations(service(), request()),
            "{content_type}"
        );
    }
}

#[cfg(feature = "axum")]
#[test]
fn in_a_router_a_success_allocates_as_much_as_with_an_empty_layer() {
    let router = || axum::Router::new().route("/", axum::routing::get(|| async { "fine" }));
    let request = |accept| {
        let request = Request::get("/").header("accept", accept);
        request.body(axum::body::Body::empty()).unwrap()
    };
    // `axum::serve` builds the routes once as well. Otherwise they are built for each request.
    let identity = || {
        router()
            .layer(tower::layer::util::Identity::new())
            .with_state(())
    };
    let layer = || ErrorEnvelopeLayer::new().with_same_body();
    for accept in ACCEPTS {
        let bare = allocations(identity(), request(accept));
        let layered = router().layer(layer()).with_state(());
        assert_eq!(allocations(layered, request(accept)), bare, "{accept}");
        for other in [
            router().layer(tower_http::catch_panic::CatchPanicLayer::new()),
            router().layer(axum::middleware::from_fn(pass)),
        ] {
            let others = allocations(other.with_state(()), request(accept));
            println!("{} more, ours 0", others - bare);
            assert!(others > bare, "{accept}");
        }
    }
}

#[cfg(feature = "axum")]
async fn pass(
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> axum::response::Response {
    next.run(request).await
}

#[test]
fn a_hook_costs_a_success_one_box_for_the_head_of_the_request() {
    let request = || Request::get("/").body(()).unwrap();
    let bare = allocations(service(), request());
    let layer = ErrorEnvelopeLayer::new();
    let layers = [
        layer.clone().map_envelope(|envelope, _| envelope),
        layer.clone().on_error(|_| {}),
        layer.with_request_id(),
    ];
    for layer in layers {
        assert_eq!(allocations(layer.layer(service()), request()), bare + 1);
    }
}

#[test]
fn an_error_allocates_seven_times_and_thrice_without_extensions() {
    let request = || Request::get("/missing").body(()).unwrap();
    let bare = allocations(service(), request());
    let layered = || ErrorEnvelopeLayer::new().layer(service());
    // The seed of the hasher is made once, with the first envelope.
    allocations(layered(), request());
    let rewritten = allocations(layered(), request());
    // The envelope, its texts, its JSON, and four for the extensions. Reading the body allocates nothing.
    assert_eq!(rewritten, bare + 7);
    let without = ErrorEnvelopeLayer::new().without_extensions();
    let rewritten = allocations(without.layer(service()), request());
    assert_eq!(rewritten, bare + 3);
}

#[cfg(feature = "axum")]
#[test]
fn with_the_same_body_an_error_allocates_one_more() {
    use axum::body::Body;
    let service = || {
        tower::service_fn(|_: Request<()>| {
            let answer = Response::builder().status(404);
            let answer = answer.header("content-type", "text/plain");
            let answer = answer.body(Body::from("no such thing")).unwrap();
            std::future::ready(Ok::<_, Infallible>(answer))
        })
    };
    let layered = || ErrorEnvelopeLayer::new().with_same_body().layer(service());
    let request = || Request::new(());
    let bare = allocations(service(), request());
    allocations(layered(), request());
    // The box of axum's body.
    assert_eq!(allocations(layered(), request()), bare + 8);
}

#[test]
fn data_for_a_client_allocates_nothing() {
    let layers = [
        RaiseErrorsLayer::new(),
        RaiseErrorsLayer::new()
            .with_body_limit(1)
            .with_predicate(|_| true),
    ];
    for layer in layers {
        for uri in [
            "http://127.0.0.1:3000/?page=2",
            "https://shop.example/",
            "/",
        ] {
            let request = || {
                let mut request = Request::new(());
                *request.uri_mut() = http::Uri::from_static(uri);
                request
            };
            let bare = allocations(always(), request());
            assert_eq!(allocations(layer.layer(always()), request()), bare, "{uri}");
        }
        let parsed = || {
            Request::get("http://shop.example/?page=2")
                .body(())
                .unwrap()
        };
        let bare = allocations(always(), parsed());
        assert_eq!(allocations(layer.layer(always()), parsed()), bare);
    }
}

/// A service that answers 200.
#[test]
fn data_in_which_an_error_is_looked_for_allocates_once() {
    let data = || {
        tower::service_fn(|_: Request<()>| async {
            let body = Full::<Bytes>::from(r#"{"id":123,"state":"succeeded"}"#);
            let response = Response::builder().header("content-type", "application/json");
            Ok::<_, Infallible>(response.body(body).unwrap())
        })
    };
    let bare = allocations(data(), Request::new(()));
    let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    let probed = allocations(layer.layer(data()), Request::new(()));
    assert_eq!(probed, bare + 1);
}

fn always() -> impl Service<Request<()>, Response = Response<Full<Bytes>>, Error = Infallible> {
    tower::service_fn(|_| std::future::ready(Ok(Response::new(Full::from("fine")))))
}

#[test]
fn an_error_that_is_kept_keeps_its_body_and_no_more() {
    /// The envelope of a short text that is a view of a large buffer. The frames of a connection are such views.
    fn error(status: u16) -> Option<tower_error_envelope::ApiError> {
        let buffer = Bytes::from(vec![b'x'; 1024 * 1024]);
        let mut response = Response::builder()
            .status(status)
            .body(Full::new(buffer.slice(..20)))
            .ok();
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        });
        let mut service = RaiseErrorsLayer::new().layer(service);
        let mut future = pin!(service.call(Request::new(())));
        let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
        match future.as_mut().poll(&mut cx) {
            std::task::Poll::Ready(result) => result.err()?.into_api().ok(),
            std::task::Poll::Pending => None,
        }
    }
    let mut kept = None;
    let measured = allocation_counter::measure(|| kept = error(404));
    let error = kept.unwrap();
    assert_eq!(error.envelope().message(), "x".repeat(20));
    let bytes = measured.bytes_current;
    assert!(bytes < 4 * 1024, "{bytes} bytes for {}", error.body().len());
}

#[cfg(feature = "axum")]
#[test]
fn a_returned_envelope_allocates_nine_times_where_json_of_a_struct_does_five_times() {
    use axum::response::IntoResponse;
    #[derive(serde::Serialize)]
    struct Answer {
        message: &'static str,
    }
    let envelope = || Envelope::new(http::StatusCode::NOT_FOUND, "no such thing");
    drop(envelope().into_response());
    let mut kept = None;
    let ours = allocation_counter::measure(|| kept = Some(envelope().into_response()));
    let message = "no such thing";
    let json = allocation_counter::measure(|| {
        let answer = axum::Json(Answer { message });
        kept = Some((http::StatusCode::NOT_FOUND, answer).into_response());
    });
    assert_eq!((ours.count_total, json.count_total), (9, 5));
}

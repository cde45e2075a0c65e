//! The layer in stacks: twice, and with the layers of tower and tower-http on either side.

mod support;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::Router;
use bytes::Bytes;
use http::{header, Request, Response, StatusCode};
use http_body_util::Full;
use support::{collect, serve, text, values};
use tower::buffer::BufferLayer;
use tower::limit::{ConcurrencyLimitLayer, GlobalConcurrencyLimitLayer};
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;

const NOT_FOUND: &str =
    r#"{"_error_message":"no such thing","_error_type":"clustr.exceptions.NotFound"}"#;

async fn not_found(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
    Ok(Response::builder()
        .status(404)
        .body(Full::from("no such thing"))?)
}

async fn never(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
    std::future::pending().await
}

fn request() -> Request<Full<Bytes>> {
    Request::new(Full::default())
}

async fn status_and_type<S, B>(mut service: S) -> (u16, String)
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let response = service
        .ready()
        .await
        .unwrap()
        .call(request())
        .await
        .unwrap();
    let error_type = response
        .extensions()
        .get::<Envelope>()
        .unwrap()
        .error_type()
        .to_string();
    let response = collect(response).await;
    assert!(text(&response).contains(&error_type));
    (response.status().as_u16(), error_type)
}

#[tokio::test]
async fn a_timeout_is_504() {
    let service = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(TimeoutLayer::new(Duration::ZERO))
        .service_fn(never);
    assert_eq!(
        status_and_type(service).await,
        (504, "clustr.exceptions.GatewayTimeout".into())
    );
}

#[tokio::test]
async fn overload_is_503() {
    let limit = GlobalConcurrencyLimitLayer::new(1);
    let service = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(LoadShedLayer::new())
        .layer(limit)
        .service_fn(never);
    let mut busy = service.clone();
    let _first = busy.ready().await.unwrap().call(request());
    assert_eq!(
        status_and_type(service).await,
        (503, "clustr.exceptions.ServiceUnavailable".into())
    );
}

#[tokio::test]
async fn a_closed_buffer_is_503_and_not_called() {
    let (buffer, worker) = tower::buffer::Buffer::pair(tower::service_fn(not_found), 1);
    drop(worker);
    let mut service = ErrorEnvelopeLayer::new().layer(buffer);
    for _ in 0..2 {
        assert_eq!(status_and_type(&mut service).await.0, 503);
    }
}

#[tokio::test]
async fn a_service_that_fails_behind_a_buffer_gets_the_status_of_its_error() {
    let timeout = TimeoutLayer::new(Duration::ZERO);
    let service = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(BufferLayer::new(1))
        .layer(timeout)
        .service_fn(never);
    assert_eq!(status_and_type(service).await.0, 504);
}

/// A service that is never ready.
#[derive(Debug)]
struct Broken;

impl Service<Request<Full<Bytes>>> for Broken {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), BoxError>> {
        std::task::Poll::Ready(Err("the pool is gone".into()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        panic!("called although it is not ready")
    }
}

#[tokio::test]
async fn a_service_behind_a_buffer_that_fails_to_be_ready_is_503() {
    let service = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(BufferLayer::new(1))
        .service(Broken);
    assert_eq!(status_and_type(service).await.0, 503);
}

#[tokio::test]
async fn a_service_that_fails_to_be_ready_is_answered_for() {
    assert_eq!(
        status_and_type(ErrorEnvelopeLayer::new().layer(Broken))
            .await
            .0,
        500
    );
}

#[tokio::test]
async fn a_client_gets_the_errors_of_its_service() {
    let mut client = ErrorEnvelopeLayer::client().layer(Broken);
    assert_eq!(
        client.ready().await.unwrap_err().to_string(),
        "the pool is gone"
    );
    let refuse = tower::service_fn(|_: Request<()>| async {
        Err::<Response<Full<Bytes>>, _>(std::io::Error::other("refused"))
    });
    let error: std::io::Error = ErrorEnvelopeLayer::client()
        .layer(refuse)
        .oneshot(Request::new(()))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "refused");
}

#[tokio::test]
async fn a_limit_inside_and_outside_changes_nothing() {
    let inside = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(ConcurrencyLimitLayer::new(1))
        .service_fn(not_found);
    let outside = ServiceBuilder::new()
        .layer(ConcurrencyLimitLayer::new(1))
        .layer(ErrorEnvelopeLayer::new())
        .service_fn(not_found);
    assert_eq!(
        text(&collect(inside.oneshot(request()).await.unwrap()).await),
        NOT_FOUND
    );
    assert_eq!(
        text(&collect(outside.oneshot(request()).await.unwrap()).await),
        NOT_FOUND
    );
}

fn app() -> Router {
    Router::new()
        .route(
            "/missing",
            get(|| async { (StatusCode::NOT_FOUND, "no such thing") }),
        )
        .route("/panic", get(panics))
        .route("/upload", axum::routing::post(|_: Bytes| async {}))
}

async fn panics() -> StatusCode {
    panic!("hunter2")
}

#[tokio::test]
async fn a_panic_caught_inside_is_masked_and_one_caught_outside_is_text() {
    let inside = serve(
        app()
            .layer(CatchPanicLayer::new())
            .layer(ErrorEnvelopeLayer::new()),
    )
    .await;
    let outside = serve(
        app()
            .layer(ErrorEnvelopeLayer::new())
            .layer(CatchPanicLayer::new()),
    )
    .await;
    let masked = support::get(inside, "/panic").await;
    assert_eq!(
        text(&masked),
        r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#
    );
    let text_of_outer = support::get(outside, "/panic").await;
    assert_eq!(
        (text_of_outer.status().as_u16(), text(&text_of_outer)),
        (500, "Service panicked")
    );
    for server in [inside, outside] {
        assert_eq!(text(&support::get(server, "/missing").await), NOT_FOUND);
    }
}

#[tokio::test]
async fn a_body_limit_works_on_either_side() {
    let inside = serve(
        app()
            .layer(RequestBodyLimitLayer::new(4))
            .layer(ErrorEnvelopeLayer::new()),
    )
    .await;
    let outside = serve(
        app()
            .layer(ErrorEnvelopeLayer::new())
            .layer(RequestBodyLimitLayer::new(4)),
    )
    .await;
    for (server, json) in [(inside, true), (outside, false)] {
        let upload = Request::post("/upload").body(Full::from("12345")).unwrap();
        let response = support::send(support::Protocol::Http1, server, upload).await;
        assert_eq!(
            (response.status().as_u16(), text(&response).starts_with('{')),
            (413, json)
        );
    }
}

#[tokio::test]
async fn compression_outside_compresses_the_envelope() {
    let outside = serve(
        app()
            .layer(ErrorEnvelopeLayer::new())
            .layer(CompressionLayer::new().compress_when(Always)),
    )
    .await;
    let ask = || {
        Request::get("/missing")
            .header("accept-encoding", "gzip")
            .body(Full::default())
            .unwrap()
    };
    let response = support::send(support::Protocol::Http1, outside, ask()).await;
    assert_eq!(
        (
            response.status().as_u16(),
            values(&response, "content-encoding")
        ),
        (404, vec!["gzip"])
    );
    assert_eq!(values(&response, "vary"), ["accept-encoding"]);
}

/// Without the feature `decompression` the message is lost, and never the status.
#[tokio::test]
async fn bodies_of_an_inner_compression_layer_are_read_with_the_feature() {
    let inside = serve(
        app()
            .layer(CompressionLayer::new().compress_when(Always))
            .layer(ErrorEnvelopeLayer::new()),
    )
    .await;
    let ask = Request::get("/missing")
        .header("accept-encoding", "gzip")
        .body(Full::default())
        .unwrap();
    let response = support::send(support::Protocol::Http1, inside, ask).await;
    assert_eq!(
        (
            response.status().as_u16(),
            values(&response, "content-encoding").len()
        ),
        (404, 0)
    );
    let message = match cfg!(feature = "decompression") {
        true => "no such thing",
        false => "Not Found",
    };
    assert_eq!(
        text(&response),
        format!(r#"{{"_error_message":"{message}","_error_type":"clustr.exceptions.NotFound"}}"#)
    );
}

#[derive(Clone, Copy)]
struct Always;

impl tower_http::compression::Predicate for Always {
    fn should_compress<B: http_body::Body>(&self, _: &Response<B>) -> bool {
        true
    }
}

#[tokio::test]
async fn cors_headers_reach_the_browser_from_either_side() {
    let inside = serve(
        app()
            .layer(CorsLayer::very_permissive())
            .layer(ErrorEnvelopeLayer::new()),
    )
    .await;
    let outside = serve(
        app()
            .layer(ErrorEnvelopeLayer::new())
            .layer(CorsLayer::very_permissive()),
    )
    .await;
    for server in [inside, outside] {
        for path in ["/missing", "/nowhere"] {
            let ask = Request::get(path)
                .header(header::ORIGIN, "https://app.example")
                .body(Full::default())
                .unwrap();
            let response = support::send(support::Protocol::Http1, server, ask).await;
            assert_eq!(response.status(), 404);
            assert_eq!(
                values(&response, "access-control-allow-origin"),
                ["https://app.example"],
                "{path}"
            );
            assert!(
                values(&response, "vary").join(",").contains("origin"),
                "{path}"
            );
        }
        let preflight = Request::options("/missing")
            .header(header::ORIGIN, "https://app.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
        let response = support::send(
            support::Protocol::Http1,
            server,
            preflight.body(Full::default()).unwrap(),
        )
        .await;
        assert_eq!(response.status(), 200);
    }
}

/// Answers of every kind.
fn answers() -> Vec<Response<Full<Bytes>>> {
    let bodies = [
        ("", ""),
        ("text/plain", "no such thing"),
        ("text/html", "<title>No such thing</title>"),
        (
            "application/json",
            r#"{"_error_message": "pretty",  "_error_type": "a.B"}"#,
        ),
        (
            "application/json",
            r#"{"email": ["one", "two"], "name": ["three"]}"#,
        ),
        (
            "application/json",
            r#"{"error": "name: is empty\nemail: is taken"}"#,
        ),
        (
            "application/problem+json",
            r#"{"title": "T", "detail": "D", "type": "urn:x:y", "status": 400}"#,
        ),
        ("application/json", r#"{"detail": "Not found."}"#),
        ("application/json", "not json"),
    ];
    let mut answers = Vec::new();
    for status in [200, 400, 404, 422, 500, 503] {
        for (media_type, body) in bodies {
            let response = Response::builder()
                .status(status)
                .header("content-type", media_type)
                .header("vary", "origin");
            answers.push(response.body(Full::from(body)).unwrap());
        }
    }
    for status in [StatusCode::CONFLICT, StatusCode::SERVICE_UNAVAILABLE] {
        let fields = FieldErrors::from_iter([("a", "b")]);
        for envelope in [
            Envelope::new(status, "meant"),
            Envelope::validation(fields).with_status(status),
        ] {
            let mut response = Response::builder()
                .status(status)
                .body(Full::default())
                .unwrap();
            response.extensions_mut().insert(envelope);
            answers.push(response);
        }
    }
    answers
}

#[tokio::test]
async fn twice_is_once() {
    let layers = [
        ErrorEnvelopeLayer::new(),
        ErrorEnvelopeLayer::new().with_dialect(Problem),
        ErrorEnvelopeLayer::new().with_dialect(Copr),
        ErrorEnvelopeLayer::new()
            .with_dialect(Clustr)
            .with_dialect(Problem),
        ErrorEnvelopeLayer::new().with_validation_status(StatusCode::UNPROCESSABLE_ENTITY),
        ErrorEnvelopeLayer::new().with_namespace("shop"),
        ErrorEnvelopeLayer::new().map_envelope(|envelope, _| {
            let more = format!("{}!", envelope.message());
            envelope.with_message(more)
        }),
    ];
    for layer in layers {
        for answer in answers() {
            for accept in ["*/*", "application/problem+json", "text/html"] {
                let answer = answer.clone();
                let service = tower::service_fn(move |_: Request<()>| {
                    std::future::ready(Ok::<_, Infallible>(answer.clone()))
                });
                let ask = || {
                    Request::builder()
                        .header("accept", accept)
                        .body(())
                        .unwrap()
                };
                let once =
                    collect(layer.layer(service.clone()).oneshot(ask()).await.unwrap()).await;
                let twice = collect(
                    layer
                        .layer(layer.layer(service))
                        .oneshot(ask())
                        .await
                        .unwrap(),
                )
                .await;
                assert_eq!(
                    (once.status(), once.headers(), once.body()),
                    (twice.status(), twice.headers(), twice.body())
                );
            }
        }
    }
}

#[tokio::test]
async fn a_client_twice_is_once() {
    for answer in answers() {
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(answer.clone()))
        });
        let layer = ErrorEnvelopeLayer::client();
        let once = collect(
            layer
                .layer(service.clone())
                .oneshot(Request::new(()))
                .await
                .unwrap(),
        )
        .await;
        let twice = collect(
            layer
                .layer(layer.layer(service))
                .oneshot(Request::new(()))
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(
            (once.status(), once.headers(), once.body()),
            (twice.status(), twice.headers(), twice.body())
        );
    }
}

#[tokio::test]
async fn the_documented_envelope_passes_byte_for_byte() {
    let bodies = [
        (
            404,
            r#"{ "_error_type" : "a.B",  "_error_message": "pretty" }"#,
        ),
        (500, "{\"_error_message\":\n\"meant \\u00e9\"}"),
        (400, r#"{"email":  ["one", "two"], "name": ["three"]}"#),
        (400, r#"{"_error_message": "both", "email": ["one"]}"#),
    ];
    for (status, body) in bodies {
        let service = tower::service_fn(move |_: Request<()>| async move {
            let response = Response::builder()
                .status(status)
                .header("content-type", "application/json; charset=utf-8")
                .header("etag", "\"v1\"");
            Ok::<_, Infallible>(response.body(Full::<Bytes>::from(body)).unwrap())
        });
        let response = collect(
            ErrorEnvelopeLayer::new()
                .layer(service)
                .oneshot(Request::new(()))
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (status, body)
        );
        assert_eq!(
            values(&response, "content-type"),
            ["application/json; charset=utf-8"]
        );
        assert_eq!(values(&response, "etag"), ["\"v1\""]);
    }
}

#[tokio::test]
async fn the_inner_of_two_layers_decides() {
    let inner = ErrorEnvelopeLayer::new().with_dialect(Copr);
    let api = Router::new()
        .route(
            "/cancel",
            get(|| async { (StatusCode::CONFLICT, "finished") }),
        )
        .layer(inner);
    let server = serve(
        Router::new()
            .nest("/api_3", api)
            .layer(ErrorEnvelopeLayer::new()),
    )
    .await;
    assert_eq!(
        text(&support::get(server, "/api_3/cancel").await),
        r#"{"error":"finished"}"#
    );
    assert!(text(&support::get(server, "/elsewhere").await).contains("_error_message"));
}

#[test]
fn the_service_is_clone_send_and_sync_as_the_inner_one_is() {
    fn is<T: Clone + Send + Sync + 'static>(_: T) {}
    is(ErrorEnvelopeLayer::new());
    is(ErrorEnvelopeLayer::client());
    is(ErrorEnvelopeLayer::new().layer(Arc::new(())));
}

fn answered(envelope: Envelope) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(Clustr::to_json(&envelope)));
    *response.status_mut() = envelope.status();
    response.extensions_mut().insert(envelope);
    response
}

#[tokio::test]
async fn without_extensions_nothing_is_left_and_the_answer_is_the_same() {
    let errors = [
        Envelope::new(StatusCode::CONFLICT, "taken"),
        Envelope::internal("postgres://root:hunter2@db"),
        Envelope::validation([("name", "too long")]),
    ];
    for error in errors {
        let service = tower::service_fn(move |_: Request<Full<Bytes>>| {
            let error = error.clone();
            async move { Ok::<_, Infallible>(answered(error)) }
        });
        let with = ErrorEnvelopeLayer::new().layer(service.clone());
        let without = ErrorEnvelopeLayer::new().without_extensions();
        let twice = without.layer(without.layer(service.clone()));
        let with = collect(with.oneshot(request()).await.unwrap()).await;
        for without in [
            collect(without.layer(service).oneshot(request()).await.unwrap()).await,
            collect(twice.oneshot(request()).await.unwrap()).await,
        ] {
            assert!(without.extensions().is_empty());
            assert_eq!(without.status(), with.status());
            assert_eq!(without.headers(), with.headers());
            assert_eq!(text(&without), text(&with));
        }
    }
}

#[tokio::test]
async fn a_server_masks_what_a_client_without_extensions_read() {
    for label in ["text/plain", "application/json", "text/html"] {
        let upstream = tower::service_fn(move |_: Request<Full<Bytes>>| {
            let response = Response::builder().status(500);
            let response = response.header("content-type", label);
            let body = Full::from("postgres://root:hunter2@db");
            std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
        });
        let client = ErrorEnvelopeLayer::client().without_extensions();
        for server in [
            ErrorEnvelopeLayer::new(),
            ErrorEnvelopeLayer::new().without_extensions(),
        ] {
            let proxy = server.layer(client.layer(upstream));
            let response = collect(proxy.oneshot(request()).await.unwrap()).await;
            assert!(!text(&response).contains("hunter2"), "{label}");
        }
    }
}

/// A proxy passes on what a stranger asks for. The label of gRPC turns the error of its upstream into a status for the client
/// inside, and the server outside still masks it.
#[cfg(feature = "tonic")]
#[tokio::test]
async fn a_label_that_a_stranger_sends_to_a_proxy_hides_no_error() {
    use http::Version;

    async fn upstream(_: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, BoxError> {
        let response = Response::builder().status(500);
        Ok(response.body(Full::from("password=hunter2"))?)
    }
    let servers = [
        ErrorEnvelopeLayer::new(),
        ErrorEnvelopeLayer::new().without_grpc(),
        ErrorEnvelopeLayer::new().with_masked_statuses(),
    ];
    let labels = [
        "application/grpc",
        "application/grpc-web",
        "application/connect+json",
        "application/json",
    ];
    for server in servers {
        for (label, version) in labels
            .into_iter()
            .flat_map(|label| [Version::HTTP_11, Version::HTTP_2].map(|version| (label, version)))
        {
            let told = Arc::new(std::sync::atomic::AtomicUsize::new(0));
            let count = Arc::clone(&told);
            let server = server.clone().on_error(move |_| {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            });
            let proxy = ServiceBuilder::new()
                .layer(server)
                .layer(ErrorEnvelopeLayer::client())
                .service_fn(upstream);
            let request = Request::post("/a.v1.B/C")
                .version(version)
                .header("content-type", label)
                .body(Full::default());
            let response = collect(proxy.oneshot(request.unwrap()).await.unwrap()).await;
            let context = format!("{label} {version:?}");
            let said = format!("{:?} {}", response.headers(), text(&response));
            assert!(!said.contains("hunter2"), "{context}: {said}");
            assert_eq!(
                told.load(std::sync::atomic::Ordering::Relaxed),
                1,
                "{context}"
            );
        }
    }
}

//! The layer in axum: around a whole router, as an optional layer, and with errors of clients as responses of handlers.
#![cfg(feature = "axum")]

mod support;

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::Router;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;
use support::{send, serve, text, Protocol};
use tower::util::option_layer;
use tower::{service_fn, BoxError, Layer, ServiceExt};
use tower_error_envelope::{
    ApiError, Envelope, ErrorEnvelopeLayer, ErrorKind, RaiseErrorsLayer, RaisedError,
};

const MISSING: &str =
    r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;

fn router() -> Router {
    Router::new().route("/", get(|| async { "fine" }))
}

async fn ask(server: SocketAddr, method: &str, path: &str) -> Response<Bytes> {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .body(Full::default());
    send(Protocol::Http1, server, request.unwrap()).await
}

#[tokio::test]
async fn a_layer_around_the_whole_router_is_served() {
    let app = ErrorEnvelopeLayer::new().with_same_body().layer(router());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let make = axum::ServiceExt::<Request>::into_make_service(app);
    tokio::spawn(async { axum::serve(listener, make).await });
    assert_eq!(text(&ask(server, "GET", "/").await), "fine");
    assert_eq!(text(&ask(server, "GET", "/nowhere").await), MISSING);
    let wrong = ask(server, "DELETE", "/").await;
    assert_eq!(
        (wrong.status(), &wrong.headers()["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET,HEAD".parse().unwrap())
    );
    assert!(text(&wrong).contains("clustr.exceptions.MethodNotAllowed"));
}

#[tokio::test]
async fn without_with_same_body_the_whole_router_is_a_fallback_service() {
    let app = ErrorEnvelopeLayer::new().layer(router());
    let server = serve(Router::new().fallback_service(app)).await;
    assert_eq!(text(&ask(server, "GET", "/").await), "fine");
    assert_eq!(text(&ask(server, "GET", "/nowhere").await), MISSING);
}

#[tokio::test]
async fn a_layer_can_be_optional() {
    for (is_there, want) in [(true, MISSING), (false, "")] {
        let layer = is_there.then(|| ErrorEnvelopeLayer::new().with_same_body());
        let server = serve(router().layer(option_layer(layer))).await;
        assert_eq!(text(&ask(server, "GET", "/nowhere").await), want);
        assert_eq!(text(&ask(server, "GET", "/").await), "fine");
    }
}

/// The error that a client raises for this response of an upstream.
async fn upstream(status: u16, body: &'static str) -> RaisedError<BoxError> {
    let service = service_fn(move |_: http::Request<()>| async move {
        let response = Response::builder()
            .status(status)
            .header("retry-after", "3");
        Ok::<_, BoxError>(response.body(Full::<Bytes>::from(body))?)
    });
    let request = http::Request::get("http://stock.example/items/7?token=hunter2").body(());
    let client = RaiseErrorsLayer::new().layer(service);
    client.oneshot(request.unwrap()).await.unwrap_err()
}

/// The answer of a server whose handler returns this error.
async fn answer(returned: impl IntoResponse) -> (StatusCode, String, Option<Envelope>) {
    let mut returned = Some(returned.into_response());
    let handler = service_fn(move |_: Request| {
        std::future::ready(Ok::<_, std::convert::Infallible>(returned.take().unwrap()))
    });
    let service = ErrorEnvelopeLayer::new().with_same_body().layer(handler);
    let response = service.oneshot(Request::new(Body::empty())).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1024).await.unwrap();
    let text = String::from_utf8(body.into()).unwrap();
    (parts.status, text, parts.extensions.get().cloned())
}

#[tokio::test]
async fn a_handler_passes_on_the_4xx_of_an_upstream_with_its_text() {
    let missing =
        r#"{"_error_message":"There is no item 7","_error_type":"clustr.exceptions.NotFound"}"#;
    let invalid = r#"{"count":["must be positive"]}"#;
    for (status, said, want) in [
        (404, "There is no item 7", missing),
        (400, invalid, invalid),
    ] {
        let api = upstream(status, said).await.into_api().unwrap();
        let (answered, body, _) = answer(api).await;
        assert_eq!((answered.as_u16(), &*body), (status, want));
        let raised = upstream(status, said).await;
        assert_eq!(answer(raised).await.1, want);
        let passed: Envelope = upstream(status, said).await.into();
        assert_eq!(answer(passed).await.1, want);
    }
}

#[tokio::test]
async fn of_an_upstream_that_failed_the_client_sees_the_status_only() {
    for (status, class) in [(500, "ServerError"), (503, "ServiceUnavailable")] {
        let error = upstream(status, "connect to 10.0.0.7: refused").await;
        let (answered, body, envelope) = answer(error).await;
        assert_eq!(answered.as_u16(), status);
        assert!(body.contains(class) && !body.contains("10.0.0.7"), "{body}");
        let envelope = envelope.unwrap();
        let source = envelope.source().unwrap().downcast_ref::<ApiError>();
        assert_eq!(source.unwrap().to_string(), "connect to 10.0.0.7: refused");
    }
    let nobody = RaisedError::Service(BoxError::from("connect to 10.0.0.7: refused"));
    let (answered, body, envelope) = answer(nobody).await;
    assert_eq!(answered, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!body.contains("10.0.0.7"), "{body}");
    assert!(envelope.unwrap().source().is_some());
}

#[tokio::test]
async fn the_conformance_kit_finds_the_first_error_that_is_not_enveloped() {
    use axum::extract::Path;
    use axum::Json;
    use tower_error_envelope::testing::ConformanceKit;
    use tower_error_envelope::write::{Copr, Problem};

    let routes = || {
        Router::new()
            .route(
                "/printers",
                axum::routing::post(|Json(name): Json<String>| async { name }),
            )
            .route(
                "/printers/{id}",
                get(|Path(id): Path<u32>| async move { id.to_string() }),
            )
    };
    let kit = ConformanceKit::new(["/printers", "/printers/7", "/printers/x"]);
    let layer = ErrorEnvelopeLayer::new;
    for layer in [
        layer(),
        layer().with_namespace("shop"),
        layer().with_request_id(),
    ] {
        let errors = kit.check(routes().layer(layer)).await.unwrap();
        assert!(errors > 100, "{errors}");
    }
    let problems = kit.clone().with_dialect(Problem);
    problems
        .check(routes().layer(layer().with_dialect(Problem)))
        .await
        .unwrap();
    let copr = kit.clone().with_dialect(Copr);
    copr.check(routes().layer(layer().with_dialect(Copr)))
        .await
        .unwrap();

    let bare = kit.check(routes()).await.unwrap_err().to_string();
    assert!(
        bare.starts_with("BREW /printers: 405 Method Not Allowed has no Content-Type"),
        "{bare}"
    );
    let other = problems.check(routes().layer(layer())).await.unwrap_err();
    assert!(
        other.to_string().contains("not application/problem+json"),
        "{other}"
    );
    // A route behind the layer, and a rejection in text.
    let late = routes()
        .layer(layer())
        .route("/late", axum::routing::post(|_: Json<u8>| async {}));
    let late = ConformanceKit::new(["/late"])
        .check(late)
        .await
        .unwrap_err()
        .to_string();
    assert!(late.contains("/late"), "{late}");
    let never = Router::new().fallback(|| async { "fine" });
    let never = kit.check(never).await.unwrap_err().to_string();
    assert_eq!(never, "no request was answered with an error");
    let failing = service_fn(|_: http::Request<Full<Bytes>>| async {
        Err::<Response<Full<Bytes>>, _>("no database")
    });
    let failed = kit.check(failing).await.unwrap_err().to_string();
    assert_eq!(failed, "BREW /printers: failed: no database");
}

#[tokio::test]
async fn the_error_of_main_shows_the_request_and_the_answer() {
    let error = upstream(404, "There is no item 7").await;
    let want = "NoResult: GET http://stock.example/items/7: 404 Not Found: There is no item 7";
    assert_eq!(format!("{error:?}"), want);
    assert_eq!(format!("{:?}", error.into_api().unwrap()), want);
    let list = upstream(400, r#"{"a": ["x"], "b": ["y\u001b[2J\nz"]}"#).await;
    let want =
        r"Validation: GET http://stock.example/items/7: 400 Bad Request: a: x; b: y\u{1b}[2J; z";
    assert_eq!(format!("{list:?}"), want);
    let silent = upstream(503, "").await.into_api().unwrap();
    assert_eq!(silent.kind(), ErrorKind::Server);
    let want = "Server: GET http://stock.example/items/7: 503 Service Unavailable";
    assert_eq!(format!("{silent:?}"), want);
    assert!(format!("{silent:#?}").contains("retry-after"));
    let nobody = RaisedError::Service(std::io::Error::other("refused"));
    assert!(format!("{nobody:?}").contains("refused"));
}

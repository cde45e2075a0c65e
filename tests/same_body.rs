//! `with_same_body`: each response has the body type of the inner service, and the same content.
#![cfg(feature = "axum")]

mod support;

use std::convert::Infallible;
use std::future::ready;

use axum::body::Body;
use axum::routing::get;
use axum::Router;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};
use http_body_util::{BodyExt, Full};
use support::{raw, serve};
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::write::Problem;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masked};

type Boxed = UnsyncBoxBody<Bytes, Infallible>;

fn boxed(text: &'static str) -> Boxed {
    let trailers = http::HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
    let body = Full::from(text).with_trailers(ready(Some(Ok(trailers))));
    UnsyncBoxBody::new(body)
}

/// The response through both forms of the layer, which must be equal.
async fn through(
    layer: ErrorEnvelopeLayer,
    method: Method,
    status: u16,
    text: &'static str,
) -> (Response<()>, Bytes) {
    let request = || Request::builder().method(&method).body(()).unwrap();
    let answer = || {
        let answer = Response::builder().status(status);
        Some(
            answer
                .header("content-type", "text/plain")
                .body(boxed(text)),
        )
    };
    let mut answers = [answer(), answer()];
    let [first, second] = &mut answers;
    let same = layer.clone().with_same_body();
    let same = same.layer(service_fn(|_| ready(first.take().unwrap())));
    let wrapped = layer.layer(service_fn(|_| ready(second.take().unwrap())));
    let same: Response<Boxed> = same.oneshot(request()).await.unwrap();
    let wrapped = wrapped.oneshot(request()).await.unwrap();

    let hints = (same.body().is_end_stream(), same.body().size_hint().exact());
    let wanted = (
        wrapped.body().is_end_stream(),
        wrapped.body().size_hint().exact(),
    );
    assert_eq!(hints, wanted, "{method} {status}");
    let (head, body) = same.into_parts();
    let (wanted, wrapped) = wrapped.into_parts();
    assert_eq!(
        (head.status, &head.headers),
        (wanted.status, &wanted.headers)
    );
    let body = body.collect().await.unwrap();
    let wrapped = wrapped.collect().await.unwrap();
    assert_eq!(body.trailers(), wrapped.trailers());
    let body = body.to_bytes();
    assert_eq!(body, wrapped.to_bytes());
    (Response::from_parts(head, ()), body)
}

#[tokio::test]
async fn both_forms_of_the_layer_say_the_same() {
    let layer = ErrorEnvelopeLayer::new;
    let (_, fine) = through(layer(), Method::GET, 200, "fine").await;
    assert_eq!(fine, "fine");
    let (_, missing) = through(layer(), Method::GET, 404, "no printer").await;
    let want = r#"{"_error_message":"no printer","_error_type":"clustr.exceptions.NotFound"}"#;
    assert_eq!(missing, want);
    let (_, passed) = through(layer().with_predicate(|_, _| false), Method::GET, 404, "x").await;
    assert_eq!(passed, "x");
    let (head, masked) = through(layer(), Method::GET, 500, "secret").await;
    assert!(masked.starts_with(br#"{"_error_message":"Internal Server Error""#));
    assert!(head.extensions().get::<Masked>().is_some());
    assert!(head.extensions().get::<Envelope>().is_some());
    let (_, none) = through(layer(), Method::HEAD, 404, "no printer").await;
    assert_eq!(none, "");
    let (_, problem) = through(layer().with_dialect(Problem), Method::GET, 404, "x").await;
    assert_eq!(
        problem,
        r#"{"title":"Not Found","status":404,"detail":"x","code":"clustr.exceptions.NotFound"}"#
    );
}

#[tokio::test]
async fn the_layer_can_be_configured_afterwards() {
    let layer = ErrorEnvelopeLayer::new()
        .with_same_body()
        .with_dialect(Problem)
        .with_validation_status(StatusCode::UNPROCESSABLE_ENTITY)
        .without_pages()
        .with_body_limit(1);
    let service =
        service_fn(|_: Request<()>| ready(Response::builder().status(404).body(boxed("too long"))));
    let response = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
}

#[tokio::test]
async fn a_service_that_fails_is_answered_with_its_own_body() {
    let failing = service_fn(|_: Request<()>| {
        ready(Err::<Response<Boxed>, _>(tower::BoxError::from(
            "no database",
        )))
    });
    let layer = ErrorEnvelopeLayer::new().with_same_body();
    let response = layer
        .layer(failing)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(response.into_body().size_hint().exact() > Some(0));
}

#[tokio::test]
async fn a_body_in_a_box_that_can_be_shared_is_in_such_a_box_afterwards() {
    let service = service_fn(|_: Request<()>| {
        let response = Response::builder().status(404);
        ready(response.body(BoxBody::new(Full::<Bytes>::from("no printer"))))
    });
    let layer = ErrorEnvelopeLayer::new().with_same_body();
    let response: Response<BoxBody<Bytes, Infallible>> = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.starts_with(br#"{"_error_message":"no printer""#));
}

#[tokio::test]
async fn a_client_that_looked_into_a_success_gives_it_on_whole() {
    let layer = ErrorEnvelopeLayer::client()
        .with_errors_in_success()
        .with_body_limit(4)
        .with_same_body();
    let service = service_fn(|_: Request<()>| {
        let response = Response::builder().header("content-type", "application/json");
        ready(response.body(UnsyncBoxBody::new(
            Full::<Bytes>::from("[1]").map_frame(|frame| frame),
        )))
    });
    let response = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "[1]"
    );
}

/// A router with a text error, its layer chosen by `layered`.
async fn head_and_get(layered: impl Fn(Router) -> Router) -> [String; 2] {
    let missing = get(|| async { (StatusCode::NOT_FOUND, "There is no printer 8") });
    let server = serve(layered(Router::new().route("/", missing))).await;
    let ask = |method: &'static str| async move {
        raw(
            server,
            &format!("{method} / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"),
        )
        .await
    };
    [ask("HEAD").await, ask("GET").await]
}

#[tokio::test]
async fn an_answer_to_head_claims_no_length_that_get_would_not_have() {
    let layers: [fn(Router) -> Router; 2] = [
        |router| router.layer(ErrorEnvelopeLayer::new()),
        |router| router.layer(ErrorEnvelopeLayer::new().with_same_body()),
    ];
    for layered in layers {
        let [head, get] = head_and_get(layered).await;
        assert!(head.starts_with("HTTP/1.1 404 Not Found\r\n"), "{head}");
        assert!(
            head.contains("content-type: application/json\r\n"),
            "{head}"
        );
        assert!(!head.contains("content-length"), "{head}");
        assert!(head.ends_with("\r\n\r\n"), "{head}");
        assert!(get.contains("content-length: 85\r\n"), "{get}");
    }
}

#[tokio::test]
async fn the_body_of_a_success_is_the_one_that_the_service_made() {
    let service =
        service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::new(Body::from("fine")))));
    let layer = ErrorEnvelopeLayer::new().with_same_body();
    let response: Response<Body> = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(response.body().size_hint().exact(), Some(4));
}

//! Deliberate errors: an `Envelope` returned from axum's handlers.
#![cfg(feature = "axum")]

mod support;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{header, HeaderValue, Request, StatusCode};
use http_body_util::Full;
use support::{get as ask, send, serve, text, values, Protocol};
use tower_error_envelope::write::{Clustr, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};

async fn broken(State(fixed): State<bool>) -> Result<Json<u32>, Envelope> {
    let retry = (header::RETRY_AFTER, HeaderValue::from(120));
    let broken = || {
        Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "The printer is on fire")
            .with_header(retry.0, retry.1)
    };
    fixed.then_some(Json(7)).ok_or_else(broken)
}

async fn invalid() -> Envelope {
    Envelope::validation(FieldErrors::from_iter([("name", "is empty")]))
}

fn app() -> Router {
    Router::new()
        .route("/broken", get(broken))
        .route("/invalid", get(invalid))
        .with_state(false)
}

const ON_FIRE: &str = r#"{"_error_message":"The printer is on fire","_error_type":"clustr.exceptions.ServiceUnavailable"}"#;

#[tokio::test]
async fn an_envelope_is_an_answer_with_and_without_the_layer() {
    let without = serve(app()).await;
    let with = serve(app().layer(ErrorEnvelopeLayer::new())).await;
    for server in [without, with] {
        let response = ask(server, "/broken").await;
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (503, ON_FIRE)
        );
        assert_eq!(values(&response, "retry-after"), ["120"]);
        assert_eq!(values(&response, "content-type"), ["application/json"]);
        let response = ask(server, "/invalid").await;
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (400, r#"{"name":["is empty"]}"#)
        );
    }
}

#[tokio::test]
async fn the_layer_writes_it_in_the_dialect_of_the_request() {
    let server = serve(
        app().layer(
            ErrorEnvelopeLayer::new()
                .with_dialect(Clustr)
                .with_dialect(Problem),
        ),
    )
    .await;
    let request = Request::get("/broken")
        .header("accept", "application/problem+json")
        .body(Full::default())
        .unwrap();
    let response = send(Protocol::Http2, server, request).await;
    assert_eq!(
        text(&response),
        r#"{"title":"Service Unavailable","status":503,"detail":"The printer is on fire","code":"clustr.exceptions.ServiceUnavailable"}"#
    );
    assert_eq!(values(&response, "retry-after"), ["120"]);
}

#[tokio::test]
async fn its_body_is_not_read_again() {
    /// The envelope in the extensions, with a body in another format.
    async fn odd() -> Response {
        let mut response = Envelope::new(StatusCode::CONFLICT, "taken").into_response();
        *response.body_mut() = "not read".into();
        response
    }
    let server = serve(
        Router::new()
            .route("/", get(odd))
            .layer(ErrorEnvelopeLayer::new()),
    )
    .await;
    assert_eq!(text(&ask(server, "/").await), "not read");
    let other = serve(
        Router::new().route("/", get(odd)).layer(
            ErrorEnvelopeLayer::new()
                .with_namespace("shop")
                .map_envelope(|e, _| e.with_message("mapped")),
        ),
    )
    .await;
    assert_eq!(
        text(&ask(other, "/").await),
        r#"{"_error_message":"mapped","_error_type":"shop.Conflict"}"#
    );
}

#[tokio::test]
async fn the_layer_gives_it_the_namespace() {
    let server = serve(app().layer(ErrorEnvelopeLayer::new().with_namespace("shop"))).await;
    assert!(text(&ask(server, "/broken").await).contains("shop.ServiceUnavailable"));
}

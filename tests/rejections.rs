//! What axum's extractors reject, as values: the same as what the layer reads from their text.
#![cfg(feature = "axum")]

use axum::body::Body;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use axum_extra::extract::WithRejection;
use http::{Request, StatusCode};
use serde::Deserialize;
use tower::ServiceExt;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

#[derive(Deserialize)]
#[allow(dead_code)]
struct Item {
    count: u8,
}

async fn raw_json(_: Json<Item>) {}
async fn raw_query(_: Query<Item>) {}
async fn raw_form(_: Form<Item>) {}
async fn raw_path(_: Path<u8>) {}

async fn json(_: WithRejection<Json<Item>, Envelope>) {}
async fn query(item: Result<Query<Item>, QueryRejection>) -> Result<(), Envelope> {
    item.map(drop).map_err(Into::into)
}
async fn form(item: Result<Form<Item>, FormRejection>) -> Result<(), Envelope> {
    item.map(drop).map_err(Into::into)
}
async fn path(id: Result<Path<u8>, PathRejection>) -> Result<(), Envelope> {
    id.map(drop).map_err(Into::into)
}

fn app() -> Router {
    Router::new()
        .route("/raw/json", post(raw_json))
        .route("/raw/query", get(raw_query))
        .route("/raw/form", post(raw_form))
        .route("/raw/path/{id}", get(raw_path))
        .route("/own/json", post(json))
        .route("/own/query", get(query))
        .route("/own/form", post(form))
        .route("/own/path/{id}", get(path))
        .layer(ErrorEnvelopeLayer::new())
}

async fn envelope(method: &str, path: &str, label: &str, body: &str) -> Envelope {
    let request = Request::builder().method(method).uri(path);
    let request = request
        .header("content-type", label)
        .body(Body::from(body.to_owned()));
    let response = app().oneshot(request.unwrap()).await.unwrap();
    response.extensions().get::<Envelope>().cloned().unwrap()
}

#[tokio::test]
async fn a_rejection_as_a_value_says_what_the_layer_reads_from_its_text() {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let cases = [
        ("POST", "/json", json, r#"{"count": 300}"#),
        ("POST", "/json", json, r#"{"count": "#),
        ("POST", "/json", json, "{}"),
        ("POST", "/json", "text/plain", "{}"),
        ("POST", "/form", form, "count=x"),
        ("POST", "/form", "text/plain", "count=x"),
        ("GET", "/query?count=x", json, ""),
        ("GET", "/query", json, ""),
        ("GET", "/path/x", json, ""),
    ];
    for (method, path, label, body) in cases {
        let raw = envelope(method, &format!("/raw{path}"), label, body).await;
        let own = envelope(method, &format!("/own{path}"), label, body).await;
        assert_eq!(own, raw, "{method} {path} {body}");
    }
    let own = envelope("POST", "/own/json", json, r#"{"count": 300}"#).await;
    assert_eq!(own.status(), StatusCode::BAD_REQUEST);
    assert!(own.field_errors().get("count").next().is_some(), "{own:?}");
}

#[tokio::test]
async fn a_rejection_is_the_source() {
    async fn handler(item: Result<Json<Item>, JsonRejection>) -> String {
        let error = Envelope::from(item.map(drop).unwrap_err());
        error.source().unwrap().is::<JsonRejection>().to_string()
    }
    let app = Router::new().route("/", post(handler));
    let request = Request::post("/").body(Body::from("{}")).unwrap();
    let response = app.oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 99)
        .await
        .unwrap();
    assert_eq!(body, "true");
}

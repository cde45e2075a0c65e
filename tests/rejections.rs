//! Rejections of axum's extractors: their conversion gives the same envelope that the layer reads from their text.
#![cfg(feature = "axum")]

use axum::body::Body;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Path, Query, WebSocketUpgrade};
use axum::handler::Handler;
use axum::routing::{any, get, post};
use axum::{Form, Json, Router};
use axum_extra::extract::{self as extra, JsonDeserializer, WithRejection};
use axum_extra::TypedHeader;
use http::{Request, StatusCode};
use serde::Deserialize;
use tower::ServiceExt;
use tower_error_envelope::read::Rejections;
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

#[derive(FromRequest)]
#[from_request(via(Json), rejection(Envelope))]
struct ApiJson<T>(T);

#[derive(FromRequestParts)]
#[from_request(via(Query), rejection(Envelope))]
struct ApiQuery<T>(T);

async fn derived_json(_: ApiJson<Item>) {}
async fn derived_query(_: ApiQuery<Item>) {}
async fn with_query(_: WithRejection<Query<Item>, Envelope>) {}
async fn with_path(_: WithRejection<Path<u8>, Envelope>) {}

async fn path(id: Result<Path<u8>, PathRejection>) -> Result<(), Envelope> {
    id.map(drop).map_err(Into::into)
}

fn app() -> Router {
    Router::new()
        .route("/raw/json", post(raw_json))
        .route("/raw/query", get(raw_query))
        .route("/raw/form", get(raw_form).post(raw_form))
        .route("/raw/path/{id}", get(raw_path))
        .route("/derived/json", post(derived_json))
        .route("/derived/query", get(derived_query))
        .route("/with/json", post(json))
        .route("/with/query", get(with_query))
        .route("/with/path/{id}", get(with_path))
        .route("/own/json", post(json))
        .route("/own/query", get(query))
        .route("/own/form", get(form).post(form))
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
async fn a_rejection_as_a_value_equals_the_envelope_read_from_its_text() {
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let cases = [
        ("POST", "/json", json, r#"{"count": 300}"#),
        ("POST", "/json", json, r#"{"count": "#),
        ("POST", "/json", json, "{}"),
        ("POST", "/json", "text/plain", "{}"),
        ("POST", "/form", form, "count=x"),
        ("POST", "/form", "text/plain", "count=x"),
        ("GET", "/form?count=x", json, ""),
        ("GET", "/form", json, ""),
        ("GET", "/query?count=x", json, ""),
        ("GET", "/query", json, ""),
        ("GET", "/path/x", json, ""),
    ];
    for (method, path, label, body) in cases {
        let raw = envelope(method, &format!("/raw{path}"), label, body).await;
        let own = envelope(method, &format!("/own{path}"), label, body).await;
        assert_eq!(own, raw, "{method} {path} {body}");
    }
    for path in ["/raw/form?count=x", "/raw/form", "/own/form?count=x"] {
        let read = envelope("GET", path, json, "").await;
        assert!(
            read.field_errors().get("count").next().is_some(),
            "{read:?}"
        );
    }
    let own = envelope("POST", "/own/json", json, r#"{"count": 300}"#).await;
    assert_eq!(own.status(), StatusCode::BAD_REQUEST);
    assert!(own.field_errors().get("count").next().is_some(), "{own:?}");
}

#[tokio::test]
async fn extractors_that_reject_with_an_envelope_say_the_same() {
    let json = "application/json";
    let cases = [
        (
            "POST",
            "/json",
            r#"{"count": 300}"#,
            &["/derived", "/with"][..],
        ),
        ("POST", "/json", "{", &["/derived", "/with"]),
        ("GET", "/query?count=x", "", &["/derived", "/with"]),
        ("GET", "/query", "", &["/derived", "/with"]),
        ("GET", "/path/x", "", &["/with"]),
    ];
    for (method, path, body, ways) in cases {
        let raw = envelope(method, &format!("/raw{path}"), json, body).await;
        for way in ways {
            let own = envelope(method, &format!("{way}{path}"), json, body).await;
            assert_eq!(own, raw, "{way} {method} {path} {body}");
        }
    }
}

/// The envelope that the layer reads if `handler` rejects a request.
async fn rejected<H, T>(handler: H, request: http::request::Builder, body: &str) -> Envelope
where
    H: Handler<T, ()>,
    T: 'static,
{
    let app = Router::new()
        .route("/", any(handler))
        .layer(ErrorEnvelopeLayer::new());
    let request = request.uri("/").body(Body::from(body.to_owned()));
    let response = app.oneshot(request.unwrap()).await.unwrap();
    response.extensions().get::<Envelope>().cloned().unwrap()
}

#[tokio::test]
async fn uploads_and_upgrades_that_are_none_say_why() {
    async fn multipart(_: Multipart) {}
    async fn socket(upgrade: WebSocketUpgrade) -> axum::response::Response {
        upgrade.on_upgrade(|_| async {})
    }
    async fn parts(mut form: Multipart) -> Result<(), axum::extract::multipart::MultipartError> {
        while form.next_field().await?.is_some() {}
        Ok(())
    }
    let post = || Request::post("/");
    let upload = || post().header("content-type", "multipart/form-data; boundary=x");
    let upgrade = || Request::get("/").header("connection", "upgrade");
    let bad = [
        (
            rejected(multipart, post(), "").await,
            "Invalid `boundary` for `multipart/form-data` request",
        ),
        (
            rejected(parts, upload(), "--x\r\n").await,
            "incomplete multipart stream",
        ),
        (
            rejected(socket, Request::get("/"), "").await,
            "Connection header did not include 'upgrade'",
        ),
        (
            rejected(socket, upgrade(), "").await,
            "`Upgrade` header did not include 'websocket'",
        ),
    ];
    for (error, message) in bad {
        assert_eq!(error, Envelope::new(StatusCode::BAD_REQUEST, message));
    }
    let method = rejected(socket, post(), "").await;
    assert_eq!(method.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn rejections_of_axum_extra_are_read_as_those_of_axum() {
    async fn form(_: extra::Form<Item>) {}
    async fn query(_: extra::Query<Item>) {}
    async fn json(json: JsonDeserializer<Item>) -> Result<(), extra::JsonDeserializerRejection> {
        json.deserialize().map(drop)
    }
    async fn header(_: TypedHeader<headers::ContentLength>) {}
    let post = |label: &str| Request::post("/").header("content-type", label);
    let urlencoded = "application/x-www-form-urlencoded";
    let named = [
        rejected(form, post(urlencoded), "count=x").await,
        rejected(query, Request::get("/"), "").await,
        rejected(json, post("application/json"), r#"{"count": 300}"#).await,
    ];
    for error in named {
        assert!(
            error.field_errors().get("count").next().is_some(),
            "{error:?}"
        );
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
    let unlabelled = rejected(form, Request::post("/"), "count=1").await;
    assert_eq!(unlabelled.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let missing = rejected(header, Request::get("/"), "").await;
    assert_eq!(
        missing.message(),
        "Header of type `content-length` was missing"
    );
}

#[tokio::test]
async fn a_rejection_without_an_impl_is_the_same_value_by_its_status_and_text() {
    async fn raw(_: extra::Form<Item>) {}
    async fn own(form: Result<extra::Form<Item>, extra::FormRejection>) -> Result<(), Envelope> {
        let rejected =
            |form: extra::FormRejection| Rejections.envelope(form.status(), form.body_text());
        form.map(drop).map_err(rejected)
    }
    async fn upload(
        form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
    ) -> Result<(), Envelope> {
        form.map(drop)
            .map_err(|form| Rejections.envelope(form.status(), form.body_text()))
    }
    let post = || Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    for body in ["count=x", "", "count=1&count=2"] {
        assert_eq!(
            rejected(own, post(), body).await,
            rejected(raw, post(), body).await,
            "{body}"
        );
    }
    let error = rejected(upload, post(), "").await;
    assert_eq!(
        error.message(),
        "Invalid `boundary` for `multipart/form-data` request"
    );
}

#[cfg(all(feature = "axum-multipart", feature = "axum-ws"))]
#[tokio::test]
async fn uploads_and_upgrades_reject_with_an_envelope_by_their_features() {
    use axum::extract::multipart::MultipartRejection;

    async fn upload(form: Result<Multipart, MultipartRejection>) -> Result<(), Envelope> {
        let mut form = form?;
        while form.next_field().await?.is_some() {}
        Ok(())
    }
    async fn with(_: WithRejection<Multipart, Envelope>) {}
    async fn socket(_: WithRejection<WebSocketUpgrade, Envelope>) {}
    let post = || Request::post("/");
    let form = || post().header("content-type", "multipart/form-data; boundary=x");
    let boundary = "Invalid `boundary` for `multipart/form-data` request";
    let upgrade = "Connection header did not include 'upgrade'";
    for (error, message) in [
        (rejected(upload, post(), "").await, boundary),
        (rejected(with, post(), "").await, boundary),
        (
            rejected(upload, form(), "--x").await,
            "incomplete multipart stream",
        ),
        (rejected(socket, Request::get("/"), "").await, upgrade),
    ] {
        assert_eq!(error, Envelope::new(StatusCode::BAD_REQUEST, message));
        assert!(error.source().is_some());
    }
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

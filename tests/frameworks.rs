//! The errors of axum and tower-http themselves, over HTTP/1.1 and HTTP/2, with the layer inside the router and around it.

mod support;

use std::time::Duration;

use axum::error_handling::HandleErrorLayer;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Query, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::{any, get, post};
use axum::{Form, Json, Router};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use serde::Deserialize;
use support::{send, serve, text, values, PROTOCOLS};
use tower::{BoxError, Layer, ServiceBuilder};
use tower_error_envelope::ErrorEnvelopeLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

#[derive(Deserialize)]
#[allow(dead_code, reason = "only its rejections are of interest")]
struct Number {
    n: u8,
}

fn routes() -> Router {
    // A common mistake: a string as an answer has the status 200.
    let handled = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(|_: BoxError| async {
            "request timed out"
        }))
        .timeout(Duration::ZERO);
    let slow = || tokio::time::sleep(Duration::from_secs(60));
    Router::new()
        .route("/json", post(|_: Json<Number>| async {}))
        .route("/form", post(|_: Form<Number>| async {}))
        .route("/query", get(|_: Query<Number>| async {}))
        .route("/path/{id}", get(|_: Path<u32>| async {}))
        .route("/pair/{id}/{name}", get(|_: Path<(u32, String)>| async {}))
        .route("/named/{n}", get(|_: Path<Number>| async {}))
        .route("/multipart", post(|_: Multipart| async {}))
        .route(
            "/ws",
            any(|ws: WebSocketUpgrade| async { ws.on_upgrade(|_| async {}) }),
        )
        .route("/text", post(|_: String| async {}))
        .route(
            "/small",
            post(|_: Bytes| async {}).layer(DefaultBodyLimit::max(4)),
        )
        .route("/teapot", get(|| async { StatusCode::IM_A_TEAPOT }))
        .route("/panic", get(panics).layer(CatchPanicLayer::new()))
        .route(
            "/timeout",
            get(slow).layer(TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                Duration::ZERO,
            )),
        )
        .route(
            "/limit",
            post(|_: Bytes| async {}).layer(RequestBodyLimitLayer::new(4)),
        )
        .route(
            "/accept",
            get(|| async {}).layer(ValidateRequestHeaderLayer::accept("text/csv")),
        )
        .route(
            "/gzip",
            post(|_: Bytes| async {}).layer(RequestDecompressionLayer::new()),
        )
        .route("/handled", get(slow).layer(handled))
        .route("/ok", get(|| async { "fine" }))
}

async fn panics() -> Response {
    panic!("at the database of 10.0.0.5")
}

struct Row {
    line: &'static str,
    header: (&'static str, &'static str),
    body: &'static [u8],
    status: u16,
    answer: &'static str,
}

const PLAIN: (&str, &str) = ("accept", "*/*");
const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

macro_rules! envelope {
    ($message:literal, $class:literal) => {
        concat!(
            r#"{"_error_message":""#,
            $message,
            r#"","_error_type":"clustr.exceptions."#,
            $class,
            r#""}"#
        )
    };
}

#[rustfmt::skip]
const ROWS: [Row; 28] = [
    Row { line: "GET /nowhere", header: PLAIN, body: b"", status: 404, answer: envelope!("Not Found", "NotFound") },
    Row { line: "DELETE /query", header: PLAIN, body: b"", status: 405, answer: envelope!("Method Not Allowed", "MethodNotAllowed") },
    Row { line: "POST /json", header: PLAIN, body: b"{}", status: 415, answer: envelope!("Expected request with `Content-Type: application/json`", "UnsupportedMediaType") },
    Row { line: "POST /json", header: JSON, body: b"{n", status: 400, answer: envelope!("Failed to parse the request body as JSON: key must be a string at line 1 column 2", "BadRequest") },
    Row { line: "POST /json", header: JSON, body: br#"{"n": 300}"#, status: 400, answer: r#"{"n":["invalid value: integer `300`, expected u8"]}"# },
    Row { line: "POST /json", header: JSON, body: b"{}", status: 400, answer: r#"{"n":["missing field `n`"]}"# },
    Row { line: "POST /json", header: JSON, body: br#"{"n": 1} x"#, status: 400, answer: envelope!("Failed to parse the request body as JSON: trailing characters at line 1 column 10", "BadRequest") },
    Row { line: "POST /form", header: PLAIN, body: b"n=1", status: 415, answer: envelope!("Form requests must have `Content-Type: application/x-www-form-urlencoded`", "UnsupportedMediaType") },
    Row { line: "POST /form", header: FORM, body: b"n=x", status: 400, answer: r#"{"n":["invalid digit found in string"]}"# },
    Row { line: "POST /form", header: FORM, body: b"", status: 400, answer: r#"{"n":["missing field `n`"]}"# },
    Row { line: "GET /query?n=x", header: PLAIN, body: b"", status: 400, answer: r#"{"n":["invalid digit found in string"]}"# },
    Row { line: "GET /query", header: PLAIN, body: b"", status: 400, answer: r#"{"n":["missing field `n`"]}"# },
    Row { line: "GET /path/abc", header: PLAIN, body: b"", status: 400, answer: envelope!("Invalid URL: Cannot parse `abc` to a `u32`", "BadRequest") },
    Row { line: "GET /path/%ff", header: PLAIN, body: b"", status: 400, answer: envelope!("Invalid URL: Invalid UTF-8 in `id`", "BadRequest") },
    Row { line: "GET /pair/abc/x", header: PLAIN, body: b"", status: 400, answer: envelope!("Invalid URL: Cannot parse value at index 0 with value `abc` to a `u32`", "BadRequest") },
    Row { line: "GET /named/abc", header: PLAIN, body: b"", status: 400, answer: r#"{"n":["Cannot parse `n` with value `abc` to a `u8`"]}"# },
    Row { line: "POST /multipart", header: PLAIN, body: b"", status: 400, answer: envelope!("Invalid `boundary` for `multipart/form-data` request", "BadRequest") },
    Row { line: "POST /text", header: PLAIN, body: b"\xff", status: 400, answer: envelope!("Request body didn't contain valid UTF-8: invalid utf-8 sequence of 1 bytes from index 0", "BadRequest") },
    Row { line: "POST /small", header: PLAIN, body: b"12345", status: 413, answer: envelope!("Failed to buffer the request body: length limit exceeded", "ContentTooLarge") },
    Row { line: "GET /teapot", header: PLAIN, body: b"", status: 418, answer: envelope!("I'm a teapot", "BadRequest") },
    Row { line: "GET /panic", header: PLAIN, body: b"", status: 500, answer: envelope!("Internal Server Error", "ServerError") },
    Row { line: "GET /timeout", header: PLAIN, body: b"", status: 408, answer: envelope!("Request Timeout", "RequestTimeout") },
    Row { line: "POST /limit", header: PLAIN, body: b"12345", status: 413, answer: envelope!("length limit exceeded", "ContentTooLarge") },
    Row { line: "GET /accept", header: JSON, body: b"", status: 200, answer: "" },
    Row { line: "GET /accept", header: ("accept", "application/json"), body: b"", status: 406, answer: envelope!("Not Acceptable", "NotAcceptable") },
    Row { line: "POST /gzip", header: ("content-encoding", "br3"), body: b"x", status: 415, answer: envelope!("Unsupported Media Type", "UnsupportedMediaType") },
    Row { line: "GET /handled", header: PLAIN, body: b"", status: 200, answer: "request timed out" },
    Row { line: "GET /ok", header: PLAIN, body: b"", status: 200, answer: "fine" },
];

impl Row {
    fn request(&self) -> Request<Full<Bytes>> {
        let (method, path) = self.line.split_once(' ').unwrap();
        let request = Request::builder().method(method).uri(path);
        let request = request.header(self.header.0, self.header.1);
        request.body(Full::from(self.body)).unwrap()
    }
}

/// The two positions of the layer.
async fn placements() -> [(&'static str, std::net::SocketAddr); 2] {
    let inside = serve(routes().layer(ErrorEnvelopeLayer::new())).await;
    let around = serve(ErrorEnvelopeLayer::new().layer(routes())).await;
    [("inside the router", inside), ("around the router", around)]
}

#[tokio::test]
async fn every_answer_of_the_framework_becomes_the_envelope() {
    for (place, server) in placements().await {
        for protocol in PROTOCOLS {
            for row in &ROWS {
                let response = send(protocol, server, row.request()).await;
                let context = format!("{} {place}, {protocol:?}", row.line);
                assert_eq!(
                    (response.status().as_u16(), text(&response)),
                    (row.status, row.answer),
                    "{context}"
                );
                assert_eq!(
                    values(&response, "content-length"),
                    [row.answer.len().to_string()],
                    "{context}"
                );
                if row.status >= 400 {
                    assert_eq!(
                        values(&response, "content-type"),
                        ["application/json"],
                        "{context}"
                    );
                    assert_eq!(
                        values(&response, "x-content-type-options"),
                        ["nosniff"],
                        "{context}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn headers_that_belong_to_the_status_stay() {
    for (place, server) in placements().await {
        for protocol in PROTOCOLS {
            let answer = |line: &'static str| {
                let row = ROWS
                    .iter()
                    .find(|row| row.line == line && row.status != 200)
                    .unwrap();
                send(protocol, server, row.request())
            };
            let wrong_method = answer("DELETE /query").await;
            assert_eq!(
                values(&wrong_method, "allow"),
                ["GET,HEAD"],
                "{place}, {protocol:?}"
            );
            let wrong_coding = answer("POST /gzip").await;
            assert_eq!(
                values(&wrong_coding, "accept-encoding"),
                ["zstd,gzip,deflate,br"],
                "{place}, {protocol:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_rejected_upgrade_keeps_status_and_reason() {
    for (place, server) in placements().await {
        let upgrade = Request::get("/ws").body(Full::default()).unwrap();
        let response = send(support::Protocol::Http1, server, upgrade).await;
        let want = envelope!("Connection header did not include 'upgrade'", "BadRequest");
        assert_eq!(
            (response.status().as_u16(), text(&response)),
            (400, want),
            "{place}"
        );
    }
}

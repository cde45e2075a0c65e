//! A server with every kind of error that the layer changes, for the tools in `tests/judges/`.
//!
//! `GET /kinds` names the kinds, `/kind/NAME` answers with one. A proxy asks `/auth` before it lets a request pass.
//!
//! ```sh
//! cargo run --example judged -- 127.0.0.1:3000
//! ```

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::Router;
use http::{HeaderMap, StatusCode};
use tower_error_envelope::write::{Clustr, Problem};
use tower_error_envelope::ErrorEnvelopeLayer;

type Kind = (
    &'static str,
    u16,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const TEXT: (&str, &str) = ("content-type", "text/plain; charset=utf-8");
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");
const JSON: (&str, &str) = ("content-type", "application/json");
const PROBLEM: (&str, &str) = ("content-type", "application/problem+json");
const PAGE: &str = "<html><head><title>Gone</title></head><body><p>No such page</p></body></html>";
const DOCUMENTED: &str = r#"{"_error_message":"No such printer","_error_type":"shop.NotFound"}"#;

/// The errors of the inner service. Some of their headers are wrong for the new body, and some must stay.
#[rustfmt::skip]
const KINDS: [Kind; 30] = [
    ("text", 404, &[TEXT], "There is no such printer"),
    ("empty", 404, &[], ""),
    ("html", 404, &[HTML, ("etag", "\"page\""), ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT")], PAGE),
    ("html-500", 500, &[HTML], PAGE),
    ("json", 409, &[JSON], r#"{"error": "The name is taken"}"#),
    ("fields", 422, &[JSON], r#"{"name": ["is taken"], "age": ["is too low", "is no number"]}"#),
    ("problem", 409, &[PROBLEM], r#"{"type": "https://shop.example/taken", "title": "Taken", "detail": "The name is taken"}"#),
    ("documented", 404, &[JSON], DOCUMENTED),
    ("documented-gzip-label", 404, &[JSON, ("content-encoding", "gzip")], DOCUMENTED),
    ("masked", 500, &[TEXT], "postgres://root:hunter2hunter2@db"),
    ("masked-json", 503, &[JSON, ("retry-after", "30")], r#"{"error": "hunter2hunter2"}"#),
    ("masked-events", 500, &[("content-type", "text/event-stream")], "data: hunter2hunter2\n\n"),
    ("masked-no-transform", 500, &[TEXT, ("cache-control", "no-transform")], "hunter2hunter2"),
    ("gzip-label", 404, &[TEXT, ("content-encoding", "gzip")], "no gzip at all"),
    ("digests", 404, &[TEXT, ("content-digest", "sha-256=:AAAA:"), ("repr-digest", "sha-256=:AAAA:")], "gone"),
    ("range", 416, &[TEXT, ("content-range", "bytes */1234"), ("accept-ranges", "bytes")], "not there"),
    ("range-of-another", 404, &[TEXT, ("content-range", "bytes 0-1/2")], "not there"),
    ("etag", 404, &[TEXT, ("etag", "not quoted")], "gone"),
    ("validators", 412, &[TEXT, ("etag", "\"v2\"")], "changed since"),
    ("disposition", 404, &[TEXT, ("content-disposition", "attachment; filename=\"a.pdf\"")], "gone"),
    ("language", 400, &[TEXT, ("content-language", "de")], "Das geht nicht"),
    ("login", 401, &[TEXT, ("www-authenticate", "Bearer realm=\"a\""), ("www-authenticate", "Basic realm=\"b\"")], "Log in"),
    ("method", 405, &[TEXT, ("allow", "GET, HEAD")], "Not so"),
    ("busy", 429, &[TEXT, ("retry-after", "3")], "Slow down"),
    ("cookies", 403, &[TEXT, ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/")], "Not you"),
    ("cached", 404, &[TEXT, ("cache-control", "max-age=60"), ("vary", "origin")], "gone"),
    ("events", 429, &[("content-type", "text/event-stream")], "data: slow down\n\n"),
    ("no-transform", 404, &[TEXT, ("cache-control", "no-transform")], "gone"),
    ("moved", 301, &[TEXT, ("location", "/kind/fine")], "moved"),
    ("fine", 200, &[TEXT], "fine"),
];

async fn kind(Path(name): Path<String>) -> Response {
    let Some((_, status, headers, body)) = KINDS.iter().find(|(kind, ..)| *kind == name) else {
        return (StatusCode::NOT_FOUND, "There is no such kind").into_response();
    };
    let mut response = body.into_response();
    *response.status_mut() = StatusCode::from_u16(*status).unwrap_or_default();
    response.headers_mut().remove(http::header::CONTENT_TYPE);
    for (name, value) in *headers {
        let value = http::HeaderValue::from_static(value);
        response.headers_mut().append(*name, value);
    }
    response
}

/// Accepts requests that have the password.
async fn auth(headers: HeaderMap) -> StatusCode {
    match headers.get("authorization") {
        Some(word) if word == "Bearer open-sesame" => StatusCode::OK,
        _ => StatusCode::UNAUTHORIZED,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem);
    let names: Vec<_> = KINDS.iter().map(|(name, ..)| *name).collect();
    let app = Router::new()
        .route("/kinds", any(move || async move { names.join("\n") }))
        .route("/kind/{name}", any(kind))
        .route("/auth", any(auth))
        .route(
            "/upload",
            axum::routing::post(|_: axum::body::Bytes| async { "got it" }),
        )
        .layer(tower_http::limit::RequestBodyLimitLayer::new(1024))
        .layer(layer);
    let address = std::env::args().nth(1);
    let address = address.unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}

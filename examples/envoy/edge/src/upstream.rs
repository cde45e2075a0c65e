//! The upstream: an axum service with usual and unusual answers.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::{Html, IntoResponse};
use axum::routing::any;
use axum::Router;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::BoxError;

/// Longer than any limit in the table.
const BIG: usize = 3 * 1024 * 1024;

/// Starts the service on a free port.
pub(crate) async fn start() -> Result<SocketAddr, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router()).await });
    Ok(address)
}

fn router() -> Router {
    let axum = Router::new()
        .route(
            "/html",
            any(|| async { (StatusCode::NOT_FOUND, Html("<h1>No such page</h1>")) }),
        )
        .route(
            "/text",
            any(|| async { (StatusCode::NOT_FOUND, "no such order") }),
        );
    Router::new()
        .nest("/axum", axum)
        .route("/app/{*rest}", any(answer))
        .route("/h2/{*rest}", any(answer))
        .route("/open/{*rest}", any(answer))
        .route("/shop.Shop/{*method}", any(grpc))
}

async fn answer(request: Request) -> Response<Body> {
    let path = request.uri().path();
    let name = path.rsplit('/').next().unwrap_or_default();
    match name {
        "ok" => text(200, "application/json", r#"{"order":7}"#),
        "moved" => with(text(302, "text/plain", ""), &[("location", "/app/ok")]),
        "none" => Response::builder()
            .status(204)
            .body(Body::empty())
            .unwrap_or_default(),
        "problem" => text(
            409,
            "application/problem+json",
            r#"{"type":"https://shop.example/taken","title":"Taken","detail":"Name is taken"}"#,
        ),
        "fastapi" => text(
            422,
            "application/json",
            r#"{"detail":[{"loc":["body","email"],"msg":"value is not a valid email address","type":"value_error.email"}]}"#,
        ),
        "secret" => text(
            500,
            "text/plain",
            "connect to db.internal:5432 as admin failed",
        ),
        "own" => text(
            404,
            "application/json",
            r#"{"_error_message":"No order 7","_error_type":"shop.exceptions.NoSuchOrder"}"#,
        ),
        "login" => with(
            text(401, "text/plain", "who are you?"),
            &[
                ("www-authenticate", "Bearer realm=\"shop\""),
                ("www-authenticate", "Basic realm=\"shop\""),
                ("set-cookie", "a=1; Path=/"),
                ("set-cookie", "b=2; Path=/"),
                ("x-keep", "kept"),
                ("etag", "\"old\""),
            ],
        ),
        "busy" => with(
            text(429, "text/plain", "slow down"),
            &[("retry-after", "7")],
        ),
        "gzip" => with(
            body(
                404,
                "application/json",
                gzip(br#"{"message":"No such order"}"#),
            ),
            &[("content-encoding", "gzip")],
        ),
        "bomb" => with(
            body(404, "text/plain", gzip(&vec![b'a'; 16 * BIG])),
            &[("content-encoding", "gzip")],
        ),
        "declared" => body(404, "text/plain", vec![b'x'; BIG]),
        "chunked" => streamed(404, "text/plain", chunks(BIG / 16384)),
        "endless" => streamed(404, "text/plain", chunks(usize::MAX)),
        "stalls" => streamed(
            404,
            "text/plain",
            paused(&["no such "], Duration::from_secs(60)),
        ),
        "breaks" => streamed(404, "text/plain", breaking()),
        "trailers" => streamed(404, "text/plain", with_trailers("no such order")),
        "page" => text(404, "text/html", "<!doctype html><h1>Nothing here</h1>"),
        "verbatim" => with(
            text(404, "text/plain", "as it is"),
            &[("cache-control", "no-transform")],
        ),
        "events" => streamed(
            200,
            "text/event-stream",
            paused(&["data: 1\n\n", "data: 2\n\n"], Duration::from_millis(400)),
        ),
        "events-503" => streamed(
            503,
            "text/event-stream",
            paused(&["data: 1\n\n", "data: 2\n\n"], Duration::from_millis(400)),
        ),
        "slow" => {
            sleep(Duration::from_secs(60)).await;
            text(200, "text/plain", "late")
        }
        // Answers at which the module panics, with and without a length, in one piece and in many.
        "panic-head" => with(
            text(404, "text/plain", "the original"),
            &[("x-panic", "head")],
        ),
        "panic-body" => with(
            text(404, "text/plain", "the original"),
            &[("x-panic", "body")],
        ),
        "panic-end" => with(
            text(404, "text/plain", "the original"),
            &[("x-panic", "end")],
        ),
        "panic-chunked" => with(
            streamed(404, "text/plain", chunks(3)),
            &[("x-panic", "body")],
        ),
        "panic-trailers" => with(
            streamed(404, "text/plain", with_trailers("the original")),
            &[("x-panic", "trailers")],
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn grpc(request: Request) -> Response<Body> {
    let path = request.uri().path();
    match path.rsplit('/').next().unwrap_or_default() {
        "Ok" => stream_of(1, "0"),
        "Stream" => stream_of(3, "0"),
        "Late" => stream_of(1, "13"),
        "NotFound" => with(
            body(200, "application/grpc", Vec::new()),
            &[("grpc-status", "5"), ("grpc-message", "no order 7")],
        ),
        "Unimplemented" => with(
            body(200, "application/grpc", Vec::new()),
            &[("grpc-status", "12")],
        ),
        "Html" => text(404, "text/html", "<h1>No such page</h1>"),
        "Empty" => StatusCode::NOT_FOUND.into_response(),
        "Taken" => text(
            409,
            "application/problem+json",
            r#"{"title":"Taken","detail":"Name is taken"}"#,
        ),
        "Secret" => text(
            500,
            "text/plain",
            "connect to db.internal:5432 as admin failed",
        ),
        "Big" => streamed(404, "text/plain", chunks(BIG / 16384)),
        "Slow" => {
            sleep(Duration::from_secs(60)).await;
            stream_of(1, "0")
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn text(status: u16, content_type: &'static str, text: &'static str) -> Response<Body> {
    body(status, content_type, text)
}

fn body(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap_or_default()
}

fn streamed<S>(status: u16, content_type: &'static str, frames: S) -> Response<Body>
where
    S: Stream<Item = Result<Frame<Bytes>, BoxError>> + Send + 'static,
{
    body(status, content_type, Body::new(StreamBody::new(frames)))
}

fn with(mut response: Response<Body>, headers: &[(&'static str, &'static str)]) -> Response<Body> {
    for &(name, value) in headers {
        response
            .headers_mut()
            .append(name, HeaderValue::from_static(value));
    }
    response
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

type Item = Result<Frame<Bytes>, BoxError>;

fn data(bytes: impl Into<Bytes>) -> Item {
    Ok(Frame::data(bytes.into()))
}

fn chunks(count: usize) -> impl Stream<Item = Item> {
    stream::iter((0..count).map(|_| data(Bytes::from_static(&[b'x'; 16384]))))
}

/// One piece after the other, with a pause behind each.
fn paused(pieces: &'static [&'static str], pause: Duration) -> impl Stream<Item = Item> {
    stream::unfold(0_usize, move |at| async move {
        let piece = pieces.get(at.saturating_sub(1));
        if at > 0 && piece.is_some() {
            sleep(pause).await;
        }
        pieces.get(at).map(|piece| (data(*piece), at + 1))
    })
}

fn breaking() -> impl Stream<Item = Item> {
    stream::unfold(0, |at| async move {
        match at {
            0 => Some((data("no such "), 1)),
            _ => {
                sleep(Duration::from_millis(50)).await;
                Some((Err("broken off".into()), 2))
            }
        }
    })
}

fn with_trailers(text: &'static str) -> impl Stream<Item = Item> {
    let mut trailers = HeaderMap::new();
    trailers.insert("x-checksum", HeaderValue::from_static("17"));
    stream::iter([data(text), Ok(Frame::trailers(trailers))])
}

/// A gRPC answer with `count` messages, and its status in the trailers.
fn stream_of(count: usize, status: &'static str) -> Response<Body> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static(status));
    let frames = (0..count)
        .map(|_| data(Bytes::from_static(b"\0\0\0\0\x02\x08\x07")))
        .chain([Ok(Frame::trailers(trailers))])
        .collect::<Vec<_>>();
    streamed(200, "application/grpc", stream::iter(frames))
}

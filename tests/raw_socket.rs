//! The bytes on the wire. A wrong length allows response smuggling, so these tests run in release as well: there hyper does
//! not check lengths.

mod support;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::sse::{Event, Sse};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use axum::Router;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use http::{header, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use support::{raw, serve};
use tower::{Layer, ServiceExt};
use tower_error_envelope::ErrorEnvelopeLayer;

const SPLITTING: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// Answers 400 with a message that looks like a response, and with a wrong length.
async fn stale_length(length: &'static str) -> std::net::SocketAddr {
    let service = tower::service_fn(move |_: Request<Incoming>| async move {
        let response = Response::builder()
            .status(400)
            .header(header::CONTENT_LENGTH, length);
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from(SPLITTING)).unwrap())
    });
    serve(ErrorEnvelopeLayer::new().layer(service)).await
}

#[tokio::test]
async fn a_stale_length_splits_no_response() {
    for stale in ["0", "2", "9999"] {
        let server = stale_length(stale).await;
        let answers = raw(
            server,
            "GET /1 HTTP/1.1\r\nhost: a\r\n\r\nGET /2 HTTP/1.1\r\nhost: a\r\n\r\n",
        )
        .await;
        assert_eq!(
            answers.matches("HTTP/1.1 400 Bad Request\r\n").count(),
            2,
            "{stale}: {answers}"
        );
        assert!(!answers.contains("\r\nHTTP/1.1 200"), "{stale}: {answers}");
        let body = r#"{"_error_message":"HTTP/1.1 200 OK\r\ncontent-length: 0","_error_type":"clustr.exceptions.BadRequest"}"#;
        assert_eq!(
            answers.matches(&format!("\r\n\r\n{body}")).count(),
            2,
            "{stale}: {answers}"
        );
        assert_eq!(
            answers
                .matches(&format!("content-length: {}\r\n", body.len()))
                .count(),
            2,
            "{stale}: {answers}"
        );
    }
}

#[tokio::test]
async fn a_stale_length_breaks_no_http2_stream() {
    let server = stale_length("50").await;
    let request = Request::get("/").body(Full::default()).unwrap();
    let response = support::send(support::Protocol::Http2, server, request).await;
    assert_eq!(
        support::values(&response, "content-length"),
        [response.body().len().to_string()]
    );
}

#[tokio::test]
async fn transfer_encoding_of_the_old_body_falls() {
    let service = tower::service_fn(|_: Request<Incoming>| async {
        let response = Response::builder()
            .status(404)
            .header(header::TRANSFER_ENCODING, "chunked");
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from("gone")).unwrap())
    });
    let server = serve(ErrorEnvelopeLayer::new().layer(service)).await;
    let answers = raw(
        server,
        "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
    )
    .await;
    assert_eq!(
        answers.matches("HTTP/1.1 404 Not Found\r\n").count(),
        2,
        "{answers}"
    );
    assert!(!answers.contains("transfer-encoding"), "{answers}");
}

fn head_routes() -> Router {
    let endless = || async {
        let chunks = futures_util::stream::repeat_with(|| Ok::<_, Infallible>("x"));
        (
            StatusCode::BAD_REQUEST,
            axum::body::Body::from_stream(chunks),
        )
    };
    Router::new()
        .route("/text", get(|| async { (StatusCode::CONFLICT, "taken") }))
        .route("/endless", get(endless))
        .route("/ok", get(|| async { "fine" }))
}

#[tokio::test]
async fn head_is_answered_with_the_head_of_get() {
    let inside = serve(head_routes().layer(ErrorEnvelopeLayer::new())).await;
    let around = serve(ErrorEnvelopeLayer::new().layer(head_routes())).await;
    for server in [inside, around] {
        for path in ["/text", "/nowhere", "/ok"] {
            let ask = |method: &str| format!("{method} {path} HTTP/1.1\r\nhost: a\r\n\r\n");
            let (head, get) = (
                raw(server, &ask("HEAD")).await,
                raw(server, &ask("GET")).await,
            );
            let (get_head, _) = get.split_once("\r\n\r\n").unwrap();
            let (head, body) = head.split_once("\r\n\r\n").unwrap();
            assert_eq!(body, "", "{path}");
            let fields = |head: &str| -> Vec<String> {
                let mut fields: Vec<_> = head
                    .lines()
                    .filter(|line| !line.starts_with("date"))
                    .map(str::to_owned)
                    .collect();
                fields.sort_unstable();
                fields
            };
            // The length may be missing, but not differ.
            let length = |head: &str| {
                fields(head)
                    .into_iter()
                    .find(|line| line.starts_with("content-length"))
            };
            assert!(
                length(head).is_none() || length(head) == length(get_head),
                "{path}: {head}\n{get_head}"
            );
            let others = |head: &str| {
                fields(head)
                    .into_iter()
                    .filter(|line| !line.starts_with("content-length"))
                    .collect::<Vec<_>>()
            };
            assert_eq!(others(head), others(get_head), "{path}");
        }
    }
}

#[tokio::test]
async fn head_does_not_wait_for_an_endless_body() {
    let server = serve(head_routes().layer(ErrorEnvelopeLayer::new())).await;
    let twice = "HEAD /endless HTTP/1.1\r\nhost: a\r\n\r\nHEAD /ok HTTP/1.1\r\nhost: a\r\n\r\n";
    let answers = tokio::time::timeout(Duration::from_secs(5), raw(server, twice))
        .await
        .unwrap();
    assert!(
        answers.contains("HTTP/1.1 400 Bad Request\r\n"),
        "{answers}"
    );
    assert!(answers.contains("HTTP/1.1 200 OK\r\n"), "{answers}");
}

#[tokio::test]
async fn http_1_0_and_closing_clients_get_a_known_length() {
    let server = serve(head_routes().layer(ErrorEnvelopeLayer::new())).await;
    for request in [
        "GET /text HTTP/1.0\r\n\r\n",
        "GET /text HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    ] {
        let answer = raw(server, request).await;
        let body = r#"{"_error_message":"taken","_error_type":"clustr.exceptions.Conflict"}"#;
        assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
        assert!(
            answer.contains(&format!("content-length: {}\r\n", body.len())),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn an_expectation_is_answered_before_the_body_is_sent() {
    let limit = tower_http::limit::RequestBodyLimitLayer::new(4);
    let app = Router::new()
        .route("/", axum::routing::post(|_: Bytes| async {}))
        .layer(limit);
    let server = serve(app.layer(ErrorEnvelopeLayer::new())).await;
    let answer = raw(
        server,
        "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n",
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains(r#""_error_type":"clustr.exceptions.ContentTooLarge""#),
        "{answer}"
    );
}

#[tokio::test]
async fn a_web_socket_works_through_the_layer() {
    async fn echo(mut socket: WebSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            let _ = socket.send(message).await;
        }
    }
    let app = Router::new().route(
        "/",
        any(|ws: WebSocketUpgrade| async { ws.on_upgrade(echo) }),
    );
    let server = serve(app.layer(ErrorEnvelopeLayer::new())).await;
    let (mut socket, response) = tokio_tungstenite::connect_async(format!("ws://{server}/"))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    socket.send("ping".into()).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap().unwrap().into_text().unwrap(),
        "ping"
    );
}

/// One event, and then an endless wait: with 200 and with an error.
async fn events(status: StatusCode) -> impl IntoResponse {
    let one = futures_util::stream::iter([Ok::<_, Infallible>(Event::default().data("first"))]);
    (status, Sse::new(one.chain(futures_util::stream::pending())))
}

#[tokio::test]
async fn the_first_event_arrives_before_the_stream_ends() {
    let app = Router::new()
        .route("/200", get(|| events(StatusCode::OK)))
        .route("/429", get(|| events(StatusCode::TOO_MANY_REQUESTS)));
    let server = serve(app.layer(ErrorEnvelopeLayer::new())).await;
    for (path, status) in [("/200", 200), ("/429", 429)] {
        let request = Request::builder()
            .method(Method::GET)
            .uri(format!("http://{server}{path}"));
        let request = request.body(Full::default()).unwrap();
        let client = support::client(support::Protocol::Http1);
        let mut response = client.oneshot(request).await.unwrap();
        assert_eq!(response.status(), status);
        let frame = tokio::time::timeout(Duration::from_secs(5), response.body_mut().frame());
        let frame = frame.await.unwrap().unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "data: first\n\n", "{path}");
    }
}

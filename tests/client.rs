//! The layer around a real client, over HTTP/1.1 and HTTP/2, with a real server that does not use this crate.

mod support;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::Full;
use serde_json::json;
use support::{collect, serve, text, values, PROTOCOLS};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Origin};

fn foreign() -> Router {
    let problem = r#"{"type": "https://shop.example/no-stock", "title": "No stock", "detail": "Item 7 is sold out"}"#;
    let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>The backend is down</h1></body></html>";
    let fields =
        json!({"username": ["This field is required."], "non_field_errors": ["Both are wrong."]});
    Router::new()
        .route(
            "/django",
            get(move || async { (StatusCode::BAD_REQUEST, Json(fields)) }),
        )
        .route(
            "/detail",
            get(|| async {
                (
                    StatusCode::NOT_FOUND,
                    Json(json!({"detail": "Not found.", "code": "not_found"})),
                )
            }),
        )
        .route(
            "/nested",
            get(|| async {
                (
                    StatusCode::BAD_REQUEST,
                    Json(json!({"error": {"message": "Bad id", "code": "bad_id"}})),
                )
            }),
        )
        .route(
            "/problem",
            get(move || async move {
                (
                    StatusCode::CONFLICT,
                    [(CONTENT_TYPE, "application/problem+json")],
                    problem,
                )
            }),
        )
        .route(
            "/copr",
            get(|| async {
                (
                    StatusCode::FORBIDDEN,
                    Json(json!({"error": "Only admins may do this"})),
                )
            }),
        )
        .route(
            "/page",
            get(move || async move { (StatusCode::BAD_GATEWAY, Html(page)) }),
        )
        .route(
            "/text",
            get(|| async {
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    [("retry-after", "3")],
                    "slow down\n",
                )
            }),
        )
        .route("/empty", get(|| async { StatusCode::GONE }))
        .route("/ok", get(|| async { "fine" }))
}

struct Read {
    path: &'static str,
    status: u16,
    format: Origin,
    body: &'static str,
}

#[rustfmt::skip]
const READ: [Read; 8] = [
    Read { path: "/django", status: 400, format: Origin::Wire("json"), body: r#"{"_error_message":"Both are wrong.","username":["This field is required."]}"# },
    Read { path: "/detail", status: 404, format: Origin::Wire("json"), body: r#"{"_error_message":"Not found.","_error_type":"not_found"}"# },
    Read { path: "/nested", status: 400, format: Origin::Wire("json"), body: r#"{"_error_message":"Bad id","_error_type":"bad_id"}"# },
    Read { path: "/problem", status: 409, format: Origin::Wire("problem"), body: r#"{"_error_message":"Item 7 is sold out","_error_type":"https://shop.example/no-stock","_error_details":{"title":"No stock"}}"# },
    Read { path: "/copr", status: 403, format: Origin::Wire("json"), body: r#"{"_error_message":"Only admins may do this","_error_type":"clustr.exceptions.PermissionDenied"}"# },
    Read { path: "/page", status: 502, format: Origin::Wire("html"), body: r#"{"_error_message":"The backend is down","_error_type":"clustr.exceptions.BadGateway"}"# },
    Read { path: "/text", status: 429, format: Origin::Wire("text"), body: r#"{"_error_message":"slow down","_error_type":"clustr.exceptions.Throttled"}"# },
    Read { path: "/empty", status: 410, format: Origin::Inferred, body: r#"{"_error_message":"Gone","_error_type":"clustr.exceptions.Gone"}"# },
];

#[tokio::test]
async fn every_format_arrives_as_the_envelope() {
    let server = serve(foreign()).await;
    for protocol in PROTOCOLS {
        for read in &READ {
            let request = Request::get(format!("http://{server}{}", read.path))
                .body(Full::<Bytes>::default())
                .unwrap();
            let client = ErrorEnvelopeLayer::client().layer(support::client(protocol));
            let response = client.oneshot(request).await.unwrap();
            let envelope: Envelope = response.extensions().get::<Envelope>().unwrap().clone();
            assert_eq!(envelope.origin(), read.format, "{}", read.path);
            let response = collect(response).await;
            assert_eq!(
                (response.status().as_u16(), text(&response)),
                (read.status, read.body),
                "{}",
                read.path
            );
            assert_eq!(
                values(&response, "content-type"),
                ["application/json"],
                "{}",
                read.path
            );
            let again: Envelope = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(
                again.with_status(envelope.status()),
                envelope,
                "{}",
                read.path
            );
        }
    }
}

#[tokio::test]
async fn other_headers_arrive_as_they_were_sent() {
    let server = serve(foreign()).await;
    let request = Request::get(format!("http://{server}/text"))
        .body(Full::<Bytes>::default())
        .unwrap();
    let client = ErrorEnvelopeLayer::client().layer(support::client(support::Protocol::Http1));
    let response = client.oneshot(request).await.unwrap();
    assert_eq!(values(&response, "retry-after"), ["3"]);
    assert!(
        values(&response, "x-content-type-options").is_empty(),
        "a client is no server"
    );
}

#[tokio::test]
async fn a_success_arrives_as_it_was_sent() {
    let server = serve(foreign()).await;
    let request = Request::get(format!("http://{server}/ok"))
        .body(Full::<Bytes>::default())
        .unwrap();
    let client = ErrorEnvelopeLayer::client().layer(support::client(support::Protocol::Http2));
    let response = client.oneshot(request).await.unwrap();
    assert!(response.extensions().get::<Envelope>().is_none());
    assert_eq!(text(&collect(response).await), "fine");
}

#[tokio::test]
async fn one_connection_serves_many_errors() {
    let connections = Arc::new(AtomicUsize::new(0));
    let server = counting_server(Arc::clone(&connections)).await;
    let mut client = ErrorEnvelopeLayer::client().layer(support::client(support::Protocol::Http1));
    for _ in 0..50 {
        let request = Request::get(format!("http://{server}/text"))
            .body(Full::<Bytes>::default())
            .unwrap();
        let response = client.ready().await.unwrap();
        let response = tower::Service::call(response, request).await.unwrap();
        assert_eq!(collect(response).await.status(), 429);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

async fn counting_server(connections: Arc<AtomicUsize>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            connections.fetch_add(1, Ordering::SeqCst);
            let service = hyper_util::service::TowerToHyperService::new(foreign());
            let stream = hyper_util::rt::TokioIo::new(stream);
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(stream, service),
            );
        }
    });
    address
}

#[tokio::test]
async fn the_request_id_of_a_header_is_a_member_for_clients_alone() {
    let id = "7f3a-1";
    for (name, body, member) in [
        ("x-request-id", "Slow down please", Some(id)),
        ("x-amzn-requestid", "", Some(id)),
        (
            "x-correlation-id",
            r#"{"message":"Slow down please","requestId":"own"}"#,
            Some("own"),
        ),
        (
            "x-request-id",
            r#"{"_error_message":"Slow down please"}"#,
            None,
        ),
        ("x-other", "Slow down please", None),
    ] {
        let answers = move || {
            tower::service_fn(move |_: Request<()>| {
                let response = Response::builder().status(429).header(name, id);
                let response = response.header("content-type", "application/json");
                let body = Full::<Bytes>::from(body);
                std::future::ready(Ok::<_, std::convert::Infallible>(
                    response.body(body).unwrap(),
                ))
            })
        };
        let client = ErrorEnvelopeLayer::client().layer(answers());
        let response = client.oneshot(Request::new(())).await.unwrap();
        let envelope = response.extensions().get::<Envelope>().unwrap();
        let want = member.map(serde_json::Value::from);
        assert_eq!(envelope.members().get("request_id"), want, "{name} {body}");

        let server = ErrorEnvelopeLayer::new().layer(answers());
        let response = server.oneshot(Request::new(())).await.unwrap();
        let envelope = response.extensions().get::<Envelope>().unwrap();
        let want = want.filter(|id| id == "own");
        assert_eq!(envelope.members().get("request_id"), want, "{name} {body}");
    }
}

#[tokio::test]
async fn an_error_that_is_a_stream_without_end_passes_at_once() {
    let service = tower::service_fn(|_: Request<()>| async {
        let endless = futures_util::stream::pending::<Result<Frame<Bytes>, std::io::Error>>();
        let response = Response::builder().status(500);
        let response = response.header("content-type", "multipart/mixed; boundary=a");
        response.body(http_body_util::StreamBody::new(endless))
    });
    let client = ErrorEnvelopeLayer::client().layer(service);
    let response = client.oneshot(Request::new(())).now_or_never().unwrap();
    assert_eq!(response.unwrap().status(), 500);
}

#[tokio::test]
async fn a_client_that_asks_for_pages_reads_the_error_in_one() {
    let service = tower::service_fn(|_: Request<()>| async {
        let response = Response::builder().status(404);
        let response = response.header("content-type", "text/html");
        response.body(Full::<Bytes>::from("<title>There is no printer 8</title>"))
    });
    let request = Request::builder().header("accept", "text/html").body(());
    let client = ErrorEnvelopeLayer::client().layer(service);
    let response = collect(client.oneshot(request.unwrap()).await.unwrap()).await;
    assert!(text(&response).starts_with(r#"{"_error_message":"There is no printer 8""#));
}

#[tokio::test]
async fn a_list_without_end_is_data_also_after_blanks() {
    let frames =
        ["\r\n\t [1", ",2"].map(|text| Ok::<_, std::io::Error>(Frame::data(Bytes::from(text))));
    let frames = futures_util::stream::iter(frames).chain(futures_util::stream::pending());
    let response = Response::builder().header("content-type", "application/json");
    let mut response = Some(
        response
            .body(http_body_util::StreamBody::new(frames))
            .unwrap(),
    );
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, std::convert::Infallible>(response.take().unwrap()))
    });
    let client = ErrorEnvelopeLayer::client()
        .with_errors_in_success()
        .layer(service);
    assert!(client.oneshot(Request::new(())).now_or_never().is_some());
}

/// The response keeps its headers, and the envelope in its extensions knows what they say of a retry.
#[tokio::test]
async fn the_envelope_knows_the_delay_in_the_headers_of_its_response() {
    use std::time::Duration;
    use tower_error_envelope::RetryAdvice;

    let seconds = |seconds| RetryAdvice::After(Duration::from_secs(seconds));
    let documented =
        r#"{"_error_message":"Slow down","_error_type":"clustr.exceptions.Throttled"}"#;
    for (status, header, body, advice) in [
        (429, ("retry-after", "7"), "Slow down", seconds(7)),
        (429, ("retry-after", "7"), documented, seconds(7)),
        (503, ("retry-after", "7"), "", seconds(7)),
        (404, ("retry-after", "7"), "no such job yet", seconds(7)),
        (429, ("retry-after-ms", "2000"), "Slow down", seconds(2)),
        (429, ("x-ratelimit-reset", "9"), "Slow down", seconds(9)),
        (409, ("x-ratelimit-reset", "9"), "taken", RetryAdvice::No),
        (503, ("x-should-retry", "false"), "down", RetryAdvice::No),
        (429, ("retry-after", "9000"), "Slow down", RetryAdvice::No),
        (503, ("x-other", "7"), "down", RetryAdvice::Backoff),
        (
            429,
            ("retry-after", "7"),
            r#"{"message": "Slow down", "retry_after": 3}"#,
            seconds(7),
        ),
    ] {
        let response = Response::builder()
            .status(status)
            .header(header.0, header.1);
        let response = response.body(Full::<Bytes>::from(body)).unwrap();
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, std::convert::Infallible>(response.clone()))
        });
        let client = ErrorEnvelopeLayer::client().layer(service);
        let response = client.oneshot(Request::new(())).await.unwrap();
        let envelope: &Envelope = response.extensions().get().unwrap();
        assert_eq!(
            envelope.retry_advice(),
            advice,
            "{status} {header:?} {body}"
        );
        assert_eq!(response.headers()[header.0], header.1);
    }
}

/// As the `RetryInfo` of gRPC.
#[cfg(feature = "tonic")]
#[tokio::test]
async fn a_delay_in_the_envelope_of_a_reader_is_kept_beside_that_of_the_headers() {
    use std::time::Duration;
    use tonic_types::{ErrorDetails, StatusExt};
    use tower_error_envelope::read::ErrorReader;
    use tower_error_envelope::RetryAdvice;

    struct Busy;
    impl ErrorReader for Busy {
        fn name(&self) -> &'static str {
            "busy"
        }
        fn read(&self, _: &Response<Bytes>) -> Option<Envelope> {
            let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(1500)));
            let code = tonic::Code::Unavailable;
            Some(tonic::Status::with_error_details(code, "busy", details).into())
        }
    }

    let service = tower::service_fn(|_: Request<()>| {
        let response = Response::builder().status(503).header("retry-after", "7");
        let response = response.body(Full::<Bytes>::from("busy")).unwrap();
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    let client = ErrorEnvelopeLayer::client()
        .with_reader(Busy)
        .layer(service);
    let response = client.oneshot(Request::new(())).await.unwrap();
    let envelope: &Envelope = response.extensions().get().unwrap();
    let advice = RetryAdvice::After(Duration::from_millis(1500));
    assert_eq!(envelope.retry_advice(), advice);
}

//! gRPC services and plain HTTP routes in one tonic router, as in the README, called by clients of both.
#![cfg(all(feature = "axum", feature = "tonic"))]

mod support;

use std::net::SocketAddr;

use axum::extract::Path;
use axum::routing::get;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use support::{send, serve, text, values, Protocol, PROTOCOLS};
use tonic::service::Routes;
use tonic::transport::Endpoint;
use tonic::Code;
use tonic_health::pb::{health_client::HealthClient, HealthCheckRequest};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

async fn printer(Path(id): Path<u32>) -> Result<String, Envelope> {
    match id {
        7 => Ok("laser".into()),
        _ => Err((StatusCode::NOT_FOUND, format!("There is no printer {id}")).into()),
    }
}

async fn server() -> SocketAddr {
    let (_, health) = tonic_health::server::health_reporter();
    let app = Routes::new(health)
        .into_axum_router()
        .route("/printers/{id}", get(printer))
        .layer(ErrorEnvelopeLayer::new());
    serve(app).await
}

async fn ask(protocol: Protocol, server: SocketAddr, method: &str, path: &str) -> Response<Bytes> {
    let request = Request::builder().method(method).uri(path);
    send(protocol, server, request.body(Full::default()).unwrap()).await
}

#[tokio::test]
async fn an_unknown_path_is_404_for_callers_of_http() {
    let server = server().await;
    let missing = r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;
    for protocol in PROTOCOLS {
        for method in ["GET", "POST", "DELETE"] {
            for path in ["/nope", "/", "/printers", "/no.such.Service/Method"] {
                let answer = ask(protocol, server, method, path).await;
                assert_eq!(
                    (answer.status().as_u16(), text(&answer)),
                    (404, missing),
                    "{method} {path}"
                );
                assert_eq!(values(&answer, "content-type"), ["application/json"]);
                assert!(!answer.headers().contains_key("grpc-status"));
            }
        }
        let head = ask(protocol, server, "HEAD", "/nope").await;
        assert_eq!((head.status().as_u16(), head.body().len()), (404, 0));
    }
}

#[tokio::test]
async fn routes_answer_callers_of_http_unchanged() {
    let server = server().await;
    let laser = ask(Protocol::Http1, server, "GET", "/printers/7").await;
    assert_eq!(text(&laser), "laser");
    let missing = ask(Protocol::Http1, server, "GET", "/printers/8").await;
    assert!(text(&missing).contains("There is no printer 8"));
    let wrong = ask(Protocol::Http1, server, "DELETE", "/printers/7").await;
    assert_eq!(wrong.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn callers_of_grpc_are_answered_in_grpc() {
    let server = server().await;
    let endpoint = Endpoint::from_shared(format!("http://{server}")).unwrap();
    let mut client = HealthClient::new(endpoint.connect().await.unwrap());
    let request = HealthCheckRequest {
        service: "nobody".into(),
    };
    let status = client.check(request).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::NotFound, "service not registered")
    );
    for path in ["/nope", "/no.such.Service/Method", "/printers"] {
        let request = Request::post(path).header("content-type", "application/grpc");
        let request = request.body(Full::from(&[0; 5][..])).unwrap();
        let answer = send(Protocol::Http2, server, request).await;
        assert_eq!(
            (answer.status().as_u16(), values(&answer, "grpc-status")),
            (200, vec!["12"]),
            "{path}"
        );
    }
}

#[tokio::test]
async fn callers_of_connect_are_answered_in_connect() {
    let server = server().await;
    let request = Request::post("/no.such.Service/Method")
        .header("content-type", "application/json")
        .header("connect-protocol-version", "1");
    let answer = send(
        Protocol::Http1,
        server,
        request.body(Full::from("{}")).unwrap(),
    )
    .await;
    assert!(
        text(&answer).starts_with(r#"{"code":"unimplemented""#),
        "{}",
        text(&answer)
    );
}

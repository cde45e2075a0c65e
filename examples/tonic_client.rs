//! A tonic client behind a proxy that answers HTML. Without the layer, the call fails with an error about the byte `<`. With the
//! layer, the error has the message of the proxy.
//!
//! ```sh
//! cargo run --example tonic_client --features tonic                             # with proxies of the example
//! cargo run --example tonic_client --features tonic -- http://127.0.0.1:50051   # any server: asks for its health
//! ```

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tonic::transport::Endpoint;
use tonic::Status;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::HealthCheckRequest;
use tonic_types::StatusExt;
use tower::{BoxError, ServiceBuilder};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    if let Some(url) = std::env::args().nth(1) {
        return ask(&url).await;
    }
    let page = "<html><head><title>The backend is down</title></head></html>";
    let login = r#"{"error": "Log in first", "code": "login_required"}"#;
    for (status, content_type, body) in [
        (502, "text/html", page),
        (401, "application/json", login),
        (503, "text/plain", ""),
    ] {
        let proxy = proxy(status, content_type, body).await?;
        println!("a proxy that answers {status} {content_type}");
        ask(&format!("http://{proxy}")).await?;
    }
    Ok(())
}

async fn ask(url: &str) -> Result<(), BoxError> {
    let channel = Endpoint::from_shared(url.to_owned())?.connect().await?;

    let bare = HealthClient::new(channel.clone());
    show(
        "without",
        { bare }.check(HealthCheckRequest::default()).await.err(),
    );

    // The one line: the layer between tonic's client and its channel.
    let channel = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::client())
        .service(channel);
    let layered = HealthClient::new(channel);
    show(
        "with   ",
        { layered }.check(HealthCheckRequest::default()).await.err(),
    );
    Ok(())
}

fn show(which: &str, error: Option<Status>) {
    let Some(status) = error else {
        println!("  {which} the layer: fine");
        return;
    };
    println!(
        "  {which} the layer: {:?}: {}",
        status.code(),
        status.message()
    );
    if let Some(info) = status.get_details_error_info() {
        println!("    details:  {} of {}", info.reason, info.domain);
    }
    if let Some(sent) = status.metadata().get("http-status") {
        println!("    metadata: http-status {sent:?}");
        let envelope = Envelope::from(status);
        println!(
            "    envelope: {} {} {envelope}",
            envelope.status(),
            envelope.error_type()
        );
    }
}

/// Answers every request with this response.
async fn proxy(
    status: u16,
    content_type: &'static str,
    body: &'static str,
) -> Result<SocketAddr, BoxError> {
    let answer = move |_: Request<Incoming>| async move {
        let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
        let content_type = http::HeaderValue::from_static(content_type);
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        Ok::<_, Infallible>(response)
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                let _ = server
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    });
    Ok(address)
}

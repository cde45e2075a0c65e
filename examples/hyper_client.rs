//! A hyper client that reads the errors of unknown services.
//!
//! ```sh
//! cargo run --example hyper_client                                # with services of the example
//! cargo run --example hyper_client -- http://localhost:8080/nope  # any other
//! ```

use std::net::SocketAddr;

use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use axum::Router;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::TokioExecutor;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    if let Some(url) = std::env::args().nth(1) {
        return show(&url).await;
    }
    let server = foreign_services().await?;
    for path in ["django", "spring", "copr", "nginx", "gone"] {
        show(&format!("http://{server}/{path}")).await?;
    }
    Ok(())
}

async fn show(url: &str) -> Result<(), BoxError> {
    let http: Client<HttpConnector, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    let mut client = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::client())
        .service(http);

    let request = Request::get(url).body(Empty::new())?;
    let response = client.ready().await?.call(request).await?;
    println!("GET {url}: {}", response.status());
    if let Some(error) = response.extensions().get::<Envelope>() {
        println!("  message  {}", error.message());
        println!("  type     {}", error.error_type());
        for (name, messages) in error.field_errors() {
            println!("  {name:<8} {}", messages.collect::<Vec<_>>().join(" | "));
        }
    }
    let body = response.into_body().collect().await?.to_bytes();
    println!("  body     {}\n", String::from_utf8_lossy(&body));
    Ok(())
}

/// One server with the error formats of several systems.
async fn foreign_services() -> Result<SocketAddr, BoxError> {
    let django =
        r#"{"username": ["This field is required."], "age": ["A valid integer is required."]}"#;
    let spring = r#"{"type": "https://shop.example/no-stock", "title": "No stock", "status": 409, "detail": "Item 7 is sold out"}"#;
    let nginx = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>";
    let answer = |status: StatusCode, media_type: &'static str, body: &'static str| {
        get(move || async move { (status, [(CONTENT_TYPE, media_type)], body) })
    };
    let app = Router::new()
        .route(
            "/django",
            answer(StatusCode::BAD_REQUEST, "application/json", django),
        )
        .route(
            "/spring",
            answer(StatusCode::CONFLICT, "application/problem+json", spring),
        )
        .route(
            "/copr",
            answer(
                StatusCode::FORBIDDEN,
                "application/json",
                r#"{"error": "Only admins may do this"}"#,
            ),
        )
        .route(
            "/nginx",
            answer(StatusCode::BAD_GATEWAY, "text/html", nginx),
        )
        .route("/gone", get(|| async { StatusCode::GONE }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}

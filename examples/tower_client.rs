//! A hyper client with the layers that most clients have, in the order in which they work together.
//!
//! ```sh
//! cargo run --example tower_client --features retry                          # with a failing server of the example
//! cargo run --example tower_client --features retry -- http://localhost:8080/nope
//! ```

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::Router;
use bytes::Bytes;
use futures_util::{stream, StreamExt};
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::TokioExecutor;
use tower::{BoxError, ServiceBuilder, ServiceExt};
use tower_error_envelope::{ApiError, RaiseErrorsLayer, RaisedError, RetryPolicy};
use tower_http::compression::CompressionLayer;
use tower_http::decompression::DecompressionLayer;
use tower_http::timeout::ResponseBodyTimeoutLayer;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    if let Some(url) = std::env::args().nth(1) {
        return show(&url).await;
    }
    let server = bad_server().await?;
    for path in ["busy", "missing", "stalling", "slow"] {
        show(&format!("http://{server}/{path}")).await?;
    }
    Ok(())
}

async fn show(url: &str) -> Result<(), BoxError> {
    println!("GET {url}");
    match fetch(url).await {
        Ok(data) => println!("  data       {}", String::from_utf8_lossy(&data)),
        Err(error) => match error.downcast_ref::<ApiError>() {
            Some(error) => {
                println!("  {:<10} {error}", format!("{:?}", error.kind()));
                println!("  status     {}", error.status());
                println!("  body       {:?}", error.body());
                if let Some(source) = error.source() {
                    println!("  broke off  {source}");
                }
            }
            None => println!("  no answer  {error}"),
        },
    }
    Ok(())
}

/// The body of a success.
async fn fetch(url: &str) -> Result<Bytes, BoxError> {
    let http: Client<HttpConnector, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    let client = ServiceBuilder::new()
        // Outermost: a timeout for all attempts and the delays between them. When it expires, the response and its status
        // are lost.
        .timeout(Duration::from_secs(10))
        // tower's timeout needs boxed errors. The timeout below makes boxed errors, so RaisedError<BoxError> is unpacked.
        .map_err(RaisedError::into_boxed)
        // Outside of the layer that raises, because it reads the advice of errors. Inside, it would get no errors.
        .retry(RetryPolicy::new(3))
        // The one line: data, or an error.
        .layer(RaiseErrorsLayer::new())
        // Inside, so that errors are readable. Outside, only successes would be decoded.
        .layer(DecompressionLayer::new())
        // Inside: if a body stalls, only the rest of the body is lost, and the status is kept.
        .layer(ResponseBodyTimeoutLayer::new(Duration::from_secs(1)))
        // Innermost: a timeout for one attempt, until its head has arrived. Before that, there is no status.
        .timeout(Duration::from_secs(1))
        .service(http);
    let request = Request::get(url).body(Full::default())?;
    let response = client.oneshot(request).await?;
    Ok(response.into_body().collect().await?.to_bytes())
}

async fn bad_server() -> Result<SocketAddr, BoxError> {
    let was_asked = Arc::new(AtomicBool::new(false));
    let busy = move || {
        let again = was_asked.swap(true, Ordering::SeqCst);
        async move {
            if again {
                return "served at the second attempt".into_response();
            }
            (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "0.1")]).into_response()
        }
    };
    let long = format!("There is no such thing{}", " at all".repeat(10));
    let half = || async {
        let half = stream::iter([Ok::<_, Infallible>("half a mess")]);
        let body = Body::from_stream(half.chain(stream::pending()));
        (StatusCode::CONFLICT, body)
    };
    let app = Router::new()
        .route("/busy", get(busy))
        .route("/missing", get(|| async { (StatusCode::NOT_FOUND, long) }))
        .layer(CompressionLayer::new())
        .route("/stalling", get(half))
        .route("/slow", get(std::future::pending::<()>));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}

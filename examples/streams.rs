//! A server that fails in the middle of its streams, and three clients: of server-sent events, of JSON lines, and of gRPC.
//! Without the layers, each client loses the reason of the failure. With them, each gets a typed error.
//!
//! ```sh
//! cargo run --example streams --features axum,tonic                     # servers and clients, side by side
//! cargo run --example streams --features axum,tonic -- 127.0.0.1:3000   # the server with the layer, for curl -N
//! ```

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use axum::routing::{get, post};
use axum::Router;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::TokioExecutor;
use prost::Message;
use tokio::net::TcpListener;
use tonic::transport::Endpoint;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};
use tower::{BoxError, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer, RaisedError};

fn app() -> Router {
    Router::new()
        .route("/events", get(events))
        .route("/lines", get(lines))
        .route("/grpc.health.v1.Health/Watch", post(watch))
}

/// A completion of a language model. The quota is used up in the middle.
async fn events() -> Response {
    let quota = Envelope::new(StatusCode::TOO_MANY_REQUESTS, "The quota is used up");
    let quota = quota
        .with_error_type("quota_exceeded")
        .with_header("retry-after", 7);
    let tokens = [
        "data: {\"token\":\"Hello\"}\n\n",
        "data: {\"token\":\" wor\"}\n\n",
    ];
    failing("text/event-stream", tokens.map(Bytes::from), quota)
}

/// The rows of a table. The database fails in the middle. Its error is logged, and never sent.
async fn lines() -> Response {
    let rows = ["{\"row\":1}\n", "{\"row\":2}\n{\"ro"];
    failing(
        "application/x-ndjson",
        rows.map(Bytes::from),
        "connect to 10.0.0.7: refused",
    )
}

/// A gRPC service behind a proxy that loses it.
async fn watch() -> Response {
    let message = HealthCheckResponse { status: 1 }.encode_to_vec();
    let length = u32::try_from(message.len())
        .unwrap_or_default()
        .to_be_bytes();
    let message = [&[0][..], &length, &message].concat();
    let gone = Envelope::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "The printer is being moved",
    );
    failing("application/grpc", [message.into()], gone)
}

/// A stream that gives these bytes, and then fails.
fn failing<const N: usize>(label: &str, data: [Bytes; N], error: impl Into<BoxError>) -> Response {
    let error = error.into();
    let data = stream::iter(data).map(Ok::<_, BoxError>);
    let failure = stream::once(async {
        // Time for the client to read the data.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(error)
    });
    let mut response = Response::new(Body::from_stream(data.chain(failure)));
    if let Ok(label) = label.parse() {
        response.headers_mut().insert("content-type", label);
    }
    response
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // The one line of the server.
    let layered = app().layer(ErrorEnvelopeLayer::new().with_last_frame());
    if let Some(address) = std::env::args().nth(1) {
        let listener = TcpListener::bind(address).await?;
        println!("listening on http://{}", listener.local_addr()?);
        return Ok(axum::serve(listener, layered).await?);
    }
    let (bare, layered) = (serve(app()).await?, serve(layered).await?);
    for path in ["/events", "/lines"] {
        println!("{path}");
        println!("  without  {}", read(bare, path).await?);
        println!("  with     {}", read_typed(layered, path).await?);
    }
    println!("gRPC");
    println!("  without  {}", call(bare).await?);
    println!("  with     {}", call(layered).await?);
    Ok(())
}

async fn serve(app: Router) -> Result<SocketAddr, BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}

fn client() -> Client<HttpConnector, Empty<Bytes>> {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Reads a stream without the layers.
async fn read(server: SocketAddr, path: &str) -> Result<String, BoxError> {
    let request = Request::get(format!("http://{server}{path}")).body(Empty::new())?;
    let mut body = client().request(request).await?.into_body();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes += frame.data_ref().map_or(0, Bytes::len),
            Err(error) => return Ok(format!("{bytes} bytes, then: {error}")),
        }
    }
    Ok(format!("{bytes} bytes, then the end"))
}

/// The same client with one line more.
async fn read_typed(server: SocketAddr, path: &str) -> Result<String, BoxError> {
    let layer = RaiseErrorsLayer::new().with_errors_in_streams();
    let client = ServiceBuilder::new().layer(layer).service(client());
    let request = Request::get(format!("http://{server}{path}")).body(Empty::new())?;
    let response = client
        .oneshot(request)
        .await
        .map_err(RaisedError::into_boxed)?;
    let (mut body, mut bytes) = (response.into_body(), 0);
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => bytes += frame.data_ref().map_or(0, Bytes::len),
            Err(RaisedError::Api(error)) => {
                let (kind, advice) = (error.kind(), error.retry_advice());
                return Ok(format!(
                    "{bytes} bytes, then {kind:?}: {error} (again: {advice:?})"
                ));
            }
            Err(RaisedError::Service(error)) => return Ok(format!("{bytes} bytes, then: {error}")),
        }
    }
    Ok(format!("{bytes} bytes, then the end"))
}

/// Watches with tonic's client. It needs no layer, because it reads the status from the trailers.
async fn call(server: SocketAddr) -> Result<String, BoxError> {
    let channel = Endpoint::from_shared(format!("http://{server}"))?
        .connect()
        .await?;
    let mut client = HealthClient::new(channel);
    let mut updates = client
        .watch(HealthCheckRequest::default())
        .await?
        .into_inner();
    let mut messages = 0;
    loop {
        match updates.message().await {
            Ok(Some(_)) => messages += 1,
            Ok(None) => return Ok(format!("{messages} messages, then the end")),
            Err(status) => {
                let error = Envelope::from(status);
                let (kind, advice) = (error.kind(), error.retry_advice());
                return Ok(format!(
                    "{messages} messages, then {kind:?}: {error} (again: {advice:?})"
                ));
            }
        }
    }
}

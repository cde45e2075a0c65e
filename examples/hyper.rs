//! A service without a framework: hyper, a function, and the layer around it.
//!
//! ```sh
//! cargo run --example hyper
//! curl -i http://127.0.0.1:3000/
//! ```

use std::num::ParseIntError;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tower::{BoxError, ServiceBuilder};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);

    let layer = ErrorEnvelopeLayer::new().with_service_error(|error| {
        // This error of our own is a 4xx. Any other error becomes a masked 500.
        let number = error.downcast_ref::<ParseIntError>()?;
        Some(Envelope::validation([("body", number.to_string())]))
    });
    let service = TowerToHyperService::new(ServiceBuilder::new().layer(layer).service_fn(double));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let server = auto::Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("connection failed: {error}");
            }
        });
    }
}

/// Doubles the number in the body. It can return any error, because the layer turns it into a response.
async fn double(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, BoxError> {
    if request.uri().path() != "/double" {
        let missing = Response::builder().status(StatusCode::NOT_FOUND);
        return Ok(missing.body(Full::from("POST a number to /double"))?);
    }
    let body = Limited::new(request.into_body(), 16)
        .collect()
        .await?
        .to_bytes();
    let number: u32 = String::from_utf8(body.into())?.trim().parse()?;
    let doubled = number
        .checked_mul(2)
        .ok_or("overflow in the doubling engine at 10.0.0.5")?;
    Ok(Response::new(Full::from(doubled.to_string())))
}

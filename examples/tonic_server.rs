//! A gRPC service and plain HTTP routes on one port, behind one layer: each caller is answered in its own protocol.
//!
//! ```sh
//! cargo run --example tonic_server --features tonic,axum
//! curl -i http://127.0.0.1:3000/printers/7                                  # 404 with the envelope
//! curl -i -X POST http://127.0.0.1:3000/printer.v1.Printer/Nope             # 501 with the envelope, from gRPC
//! buf curl --http2-prior-knowledge --protocol grpc --schema examples/printer/v1/printer.proto \
//!     -d '{}' http://127.0.0.1:3000/printer.v1.Printer/Print                # a status, from an envelope
//! buf curl --http2-prior-knowledge --protocol grpc --schema examples/printer/v1/printer.proto \
//!     -d '{}' http://127.0.0.1:3000/printer.v1.Plain/Empty404               # a status, from a 404 of axum's
//! buf curl --http2-prior-knowledge --protocol grpc --list-methods http://127.0.0.1:3000   # asks by reflection
//! ```

use std::pin::Pin;
use std::time::Duration;

use axum::extract::Path;
use axum::routing::get;
use axum::{http::StatusCode, Router};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};
use tonic_reflection::pb::v1alpha::server_reflection_server::{
    ServerReflection, ServerReflectionServer,
};
use tonic_reflection::server::Builder;
use tower::{BoxError, ServiceBuilder};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};

/// The descriptors of `printer/v1/printer.proto`, for reflection.
const DESCRIPTORS: &[u8] = include_bytes!("printer/v1/printer.binpb");

/// The Rust code that was generated from the same file.
#[allow(dead_code, unreachable_pub, unused_qualifications, clippy::all)]
mod printer {
    include!("printer/v1/printer.v1.rs");
}

use printer::printer_server::{Printer, PrinterServer};
use printer::{Job, Page};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app()).await?;
    Ok(())
}

fn app() -> Router {
    let layers = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        // Inside, so that its error is answered as well: tonic's own `Server::timeout` is outside of every layer.
        .timeout(Duration::from_secs(10));
    let (_, health) = tonic_health::server::health_reporter();
    Router::new()
        .route_service(
            "/grpc.reflection.v1alpha.ServerReflection/{*rest}",
            reflection(),
        )
        .route_service("/printer.v1.Printer/{*rest}", PrinterServer::new(Office))
        .route_service("/grpc.health.v1.Health/{*rest}", health)
        .route("/printers/{id}", get(find))
        // A path without a route is axum's 404. Each caller gets it in its own protocol.
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(layers)
}

/// Clients try version 1 first. They then try this one, because an empty 404 is `UNIMPLEMENTED` for them.
fn reflection() -> ServerReflectionServer<impl ServerReflection> {
    let builder = Builder::configure().register_encoded_file_descriptor_set(DESCRIPTORS);
    builder
        .build_v1alpha()
        .expect("descriptors that can be decoded")
}

async fn find(Path(id): Path<u32>) -> Result<&'static str, Envelope> {
    let missing = || Envelope::new(StatusCode::NOT_FOUND, format!("There is no printer {id}"));
    (id == 1).then_some("laser").ok_or_else(missing)
}

struct Office;

type Pages = Pin<Box<dyn Stream<Item = Result<Page, Status>> + Send>>;

#[tonic::async_trait]
impl Printer for Office {
    type CopyStream = Pages;
    type ChatStream = Pages;

    async fn print(&self, request: Request<Job>) -> Result<Response<Page>, Status> {
        Ok(Response::new(page(request.into_inner(), 1)?))
    }

    async fn copy(&self, request: Request<Job>) -> Result<Response<Pages>, Status> {
        let job = request.into_inner();
        let pages: Vec<_> = (1..=job.copies)
            .map(|number| page(job.clone(), number))
            .collect();
        Ok(Response::new(Box::pin(tokio_stream::iter(pages))))
    }

    async fn chat(&self, request: Request<Streaming<Job>>) -> Result<Response<Pages>, Status> {
        let pages = request.into_inner().map(|job| page(job?, 1));
        Ok(Response::new(Box::pin(pages)))
    }
}

/// An envelope becomes a status by `?`, with its parameters as details.
fn page(job: Job, number: u32) -> Result<Page, Status> {
    let text = job.text;
    if text.is_empty() {
        let fields = FieldErrors::from_iter([("text", "must not be empty")]);
        Err(Envelope::validation(fields))?;
    }
    Ok(Page { text, number })
}

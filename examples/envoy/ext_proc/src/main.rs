//! The error envelope as an external processor of Envoy: a gRPC service for meshes that load no modules.
//!
//! ```sh
//! error-envelope-ext-proc 127.0.0.1:9002
//! error-envelope-ext-proc 127.0.0.1:9002 settings.json
//! ```
//!
//! Envoy opens one call ([`service`]) for each error, if it is configured as `src/docs/edge.md` of the crate shows;
//! [`exchange`] decides by [`tower_error_envelope::exchange`], and [`message`] converts heads.

mod exchange;
mod message;
mod service;

use std::error::Error;
use std::net::SocketAddr;

use envoy_types::pb::envoy::service::ext_proc::v3::external_processor_server::ExternalProcessorServer;
use settings::Settings;
use tonic::transport::Server;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let address: SocketAddr = arguments
        .next()
        .ok_or("usage: error-envelope-ext-proc ADDRESS:PORT [SETTINGS.json]")?
        .parse()?;
    let json = match arguments.next() {
        Some(path) => std::fs::read(path)?,
        None => b"{}".to_vec(),
    };
    let settings = Settings::parse(&json).map_err(|error| format!("wrong settings: {error}"))?;
    let service = service::Processor::new(settings);
    Server::builder()
        .add_service(ExternalProcessorServer::new(service))
        .serve(address)
        .await?;
    Ok(())
}

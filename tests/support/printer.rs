//! A gRPC service that fails in every way, and plain HTTP handlers where gRPC callers do not expect any.

#![allow(dead_code, reason = "each test uses a part")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::response::Html;
use axum::routing::{any, get};
use axum::Router;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use hyper::body::Incoming;
use tokio_stream::{Stream, StreamExt};
use tonic::metadata::{KeyAndValueRef, MetadataMap};
use tonic::{Code, Response, Status, Streaming};
use tower::load_shed::error::Overloaded;
use tower::timeout::Timeout;
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};
use tower_http::catch_panic::CatchPanicLayer;

#[allow(unreachable_pub, unused_qualifications, clippy::all)]
pub(crate) mod pb {
    include!("../../examples/printer/v1/printer.v1.rs");
}

use pb::printer_server::{Printer, PrinterServer};
use pb::{Job, Page};

pub(crate) const SECRET: &str = "hunter2";

/// Longer than any head may be, and than most places to cut it are within a character.
pub(crate) fn long_message() -> String {
    format!("a{}", "😈".repeat(10_000))
}

/// The service without the layer.
pub(crate) async fn serve_bare() -> SocketAddr {
    crate::support::serve(router()).await
}

/// The service with the layer around all of it.
pub(crate) async fn serve_layered(layer: ErrorEnvelopeLayer) -> SocketAddr {
    crate::support::serve(layer.layer(failing())).await
}

/// gRPC, and what an application has beside it, on one port.
fn router() -> Router {
    let (_, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .unwrap();
    Router::new()
        .nest("/printer.v1.Plain", plain())
        .route("/printers/1", get(|| async { "laser" }))
        .route_service("/printer.v1.Printer/{*rest}", PrinterServer::new(Office))
        .route_service("/grpc.health.v1.Health/{*rest}", health)
        .route_service("/grpc.reflection.v1.ServerReflection/{*rest}", reflection)
}

/// One way to fail a route, none of them in gRPC.
fn plain() -> Router {
    let login = [
        (CONTENT_TYPE, "application/json"),
        (WWW_AUTHENTICATE, "Bearer"),
    ];
    let login_body = r#"{"error": "Log in first", "code": "login_required"}"#;
    let page = Html("<html><head><title>Staff only</title></head><body>Staff only</body></html>");
    let fields = [
        ("email", "is taken"),
        ("email", "is too long"),
        ("größe", "50 % zu groß 😈"),
    ];
    let rejection = "Failed to deserialize the JSON body into the target type: missing field `name` at line 1 column 2";
    let late = "100 % zu spät\r\n\tfür 😈";
    let envelope = |status, message| move || async move { Envelope::new(status, message) };
    let text = |status, text| move || async move { (status, text) };
    Router::new()
        .route(
            "/Json401",
            any(move || async move { (StatusCode::UNAUTHORIZED, login, login_body) }),
        )
        .route(
            "/Page403",
            any(move || async move { (StatusCode::FORBIDDEN, page) }),
        )
        .route("/Empty405", get(|| async {}))
        .route(
            "/Fields400",
            any(move || async move { Envelope::validation(FieldErrors::from_iter(fields)) }),
        )
        .route(
            "/Fields422",
            any(text(StatusCode::UNPROCESSABLE_ENTITY, rejection)),
        )
        .route(
            "/Long400",
            any(|| async { (StatusCode::BAD_REQUEST, long_message()) }),
        )
        .route("/Unicode409", any(envelope(StatusCode::CONFLICT, late)))
        .route(
            "/Text413",
            any(|_: Bytes| async {}).layer(DefaultBodyLimit::max(4)),
        )
        .route(
            "/Text429",
            any(|| async {
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    [(RETRY_AFTER, "3")],
                    "slow down",
                )
            }),
        )
        .route(
            "/Secret500",
            any(text(StatusCode::INTERNAL_SERVER_ERROR, SECRET)),
        )
        .route("/Panic500", any(panics).layer(CatchPanicLayer::new()))
        .route(
            "/Secret503",
            any(text(StatusCode::SERVICE_UNAVAILABLE, SECRET)),
        )
        .route(
            "/Meant503",
            any(envelope(StatusCode::SERVICE_UNAVAILABLE, "Back at noon")),
        )
}

async fn panics() {
    panic!("{SECRET}")
}

/// The router in a service that can fail.
fn failing(
) -> impl Service<Request<Incoming>, Response = http::Response<Body>, Error = BoxError, Future: Send>
       + Clone {
    let router = router();
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let data_loss = || Status::data_loss(SECRET);
            match request.uri().path() {
                "/printer.v1.Plain/Overloaded" => Err(Overloaded::new().into()),
                "/printer.v1.Plain/ServiceError" => Err(BoxError::from(SECRET)),
                "/printer.v1.Plain/StatusError" => Err(data_loss().into()),
                "/printer.v1.Plain/Timeout" => std::future::pending().await,
                _ => router
                    .oneshot(request)
                    .await
                    .map_err(|never| match never {}),
            }
        }
    });
    Timeout::new(service, Duration::from_secs(2))
}

pub(crate) struct Office;

type Pages = Pin<Box<dyn Stream<Item = Result<Page, Status>> + Send>>;

#[tonic::async_trait]
impl Printer for Office {
    type CopyStream = Pages;
    type ChatStream = Pages;

    async fn print(&self, request: tonic::Request<Job>) -> Result<Response<Page>, Status> {
        let own = own_metadata(request.metadata());
        let job = request.into_inner();
        tokio::time::sleep(Duration::from_millis(job.delay_ms.into())).await;
        end(&job, &own)?;
        let page = Page {
            text: job.text,
            number: 1,
        };
        let mut response = Response::new(page);
        *response.metadata_mut() = own;
        Ok(response)
    }

    async fn copy(&self, request: tonic::Request<Job>) -> Result<Response<Pages>, Status> {
        let own = own_metadata(request.metadata());
        let job = request.into_inner();
        let text = job.text.clone();
        let page = move |number| {
            let text = text.clone();
            Ok(Page { text, number })
        };
        let pages: Vec<_> = (1..=job.copies).map(page).collect();
        let end = end(&job, &own).err().map(Err);
        let pages = tokio_stream::iter(pages.into_iter().chain(end));
        let mut response = Response::new(Box::pin(pages) as Pages);
        *response.metadata_mut() = own;
        Ok(response)
    }

    async fn chat(
        &self,
        request: tonic::Request<Streaming<Job>>,
    ) -> Result<Response<Pages>, Status> {
        let pages = request.into_inner().map(|job| {
            let job = job?;
            end(&job, &MetadataMap::new())?;
            let text = job.text;
            Ok(Page { text, number: 1 })
        });
        Ok(Response::new(Box::pin(pages)))
    }
}

/// The status that a job asks for.
fn end(job: &Job, own: &MetadataMap) -> Result<(), Status> {
    let details = job.details.clone().into();
    match Code::from(job.code) {
        Code::Ok => Ok(()),
        code => Err(Status::with_details_and_metadata(
            code,
            job.message.clone(),
            details,
            own.clone(),
        )),
    }
}

/// What a caller sent for us to send back.
fn own_metadata(metadata: &MetadataMap) -> MetadataMap {
    let mut own = MetadataMap::new();
    for entry in metadata.iter() {
        match entry {
            KeyAndValueRef::Ascii(key, value) if key.as_str().starts_with("x-") => {
                own.append(key, value.clone());
            }
            KeyAndValueRef::Binary(key, value) if key.as_str().starts_with("x-") => {
                own.append_bin(key, value.clone());
            }
            _ => {}
        }
    }
    own
}

/// An HTTP server that answers every request with this.
pub(crate) async fn serve_answer(answer: http::Response<Bytes>) -> SocketAddr {
    let service = tower::service_fn(move |_: Request<Incoming>| {
        let answer = answer.clone().map(http_body_util::Full::from);
        std::future::ready(Ok::<_, Infallible>(answer))
    });
    crate::support::serve(service).await
}

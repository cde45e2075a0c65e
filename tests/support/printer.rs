//! A gRPC service with all kinds of errors, and plain HTTP handlers on paths of gRPC.

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
use tonic::client::GrpcService;
use tonic::metadata::{KeyAndValueRef, MetadataMap, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt};
use tower::load_shed::error::Overloaded;
use tower::timeout::Timeout;
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};
use tower_http::catch_panic::CatchPanicLayer;

#[allow(unreachable_pub, unused_qualifications, clippy::all)]
pub(crate) mod pb {
    include!("../../examples/printer/v1/printer.v1.rs");
}

use pb::printer_client::PrinterClient;
use pb::printer_server::{Printer, PrinterServer};
use pb::{Job, Page};

pub(crate) const SECRET: &str = "hunter2";

/// A method of `Plain`, and the error that its callers get. The reason is empty if there is no `ErrorInfo`.
pub(crate) struct Plain {
    pub(crate) method: &'static str,
    pub(crate) code: Code,
    pub(crate) message: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) fields: &'static [(&'static str, &'static str)],
}

#[rustfmt::skip]
pub(crate) const PLAIN: [Plain; 17] = [
    Plain { method: "Empty404", code: Code::Unimplemented, message: "Not Found", reason: "", fields: &[] },
    Plain { method: "Empty405", code: Code::Unimplemented, message: "Method Not Allowed", reason: "METHOD_NOT_ALLOWED", fields: &[] },
    Plain { method: "Json401", code: Code::Unauthenticated, message: "Log in first", reason: "LOGIN_REQUIRED", fields: &[] },
    Plain { method: "Page403", code: Code::PermissionDenied, message: "Staff only", reason: "", fields: &[] },
    Plain { method: "Fields400", code: Code::InvalidArgument, message: "- email: is taken\n- email: is too long\n- größe: 50 % zu groß 😈", reason: "", fields: &[("email", "is taken"), ("email", "is too long"), ("größe", "50 % zu groß 😈")] },
    Plain { method: "Fields422", code: Code::InvalidArgument, message: "name: missing field `name`", reason: "", fields: &[("name", "missing field `name`")] },
    Plain { method: "Unicode409", code: Code::Aborted, message: "100 % zu spät\r\n\tfür 😈", reason: "", fields: &[] },
    Plain { method: "Text413", code: Code::ResourceExhausted, message: "Failed to buffer the request body: length limit exceeded", reason: "CONTENT_TOO_LARGE", fields: &[] },
    Plain { method: "Text429", code: Code::ResourceExhausted, message: "slow down", reason: "", fields: &[] },
    Plain { method: "Secret500", code: Code::Internal, message: "Internal Server Error", reason: "", fields: &[] },
    Plain { method: "Panic500", code: Code::Internal, message: "Internal Server Error", reason: "", fields: &[] },
    Plain { method: "Secret503", code: Code::Unavailable, message: "Service Unavailable", reason: "", fields: &[] },
    Plain { method: "Meant503", code: Code::Unavailable, message: "Back at noon", reason: "", fields: &[] },
    Plain { method: "Overloaded", code: Code::Unavailable, message: "Service Unavailable", reason: "", fields: &[] },
    Plain { method: "Timeout", code: Code::DeadlineExceeded, message: "Gateway Timeout", reason: "", fields: &[] },
    Plain { method: "ServiceError", code: Code::Internal, message: "Internal Server Error", reason: "", fields: &[] },
    Plain { method: "StatusError", code: Code::DataLoss, message: "Internal Server Error", reason: "", fields: &[] },
];

/// A text that is longer than any head may be. Most cuts would split a character.
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

/// gRPC, and plain routes, on one port.
fn router() -> Router {
    let (_, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
    // Clients that ask for version 1 go on to this one if the router's 404 is `UNIMPLEMENTED` for them.
    let v1alpha = reflection.build_v1alpha();
    Router::new()
        .nest("/printer.v1.Plain", plain())
        .route("/printers/1", get(|| async { "laser" }))
        .route_service("/printer.v1.Printer/{*rest}", PrinterServer::new(Office))
        .route_service("/grpc.health.v1.Health/{*rest}", health)
        .route_service(
            "/grpc.reflection.v1alpha.ServerReflection/{*rest}",
            v1alpha.unwrap(),
        )
}

/// A route that fails in HTTP, not in gRPC.
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

/// The values that a caller asks the service to send back.
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

/// An HTTP server that answers every request with this response.
pub(crate) async fn serve_answer(answer: http::Response<Bytes>) -> SocketAddr {
    let service = tower::service_fn(move |_: Request<Incoming>| {
        let answer = answer.clone().map(http_body_util::Full::from);
        std::future::ready(Ok::<_, Infallible>(answer))
    });
    crate::support::serve(service).await
}

pub(crate) async fn channel(server: SocketAddr) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{server}")).unwrap();
    let endpoint = endpoint.timeout(Duration::from_secs(10));
    endpoint.connect().await.unwrap()
}

/// The result of one call of a tonic client: the pages, the code, the message, the details, the metadata.
pub(crate) type Outcome = (Vec<(String, u32)>, Code, String, Vec<u8>, Vec<String>);

/// The results of a printer that works: all codes, all kinds of calls.
pub(crate) async fn everything<T>(mut client: PrinterClient<T>) -> Vec<Outcome>
where
    T: GrpcService<tonic::body::Body>,
    T::Error: Into<BoxError>,
    T::ResponseBody: http_body::Body<Data = Bytes, Error: Into<BoxError> + Send> + Send + 'static,
{
    let mut outcomes = Vec::new();
    for code in 0..17 {
        for message in ["", "plain", "100 % %41 größer\r\n\t😈"] {
            let job = || job(code, message);
            outcomes.push(one(client.print(job()).await));
            outcomes.push(all(client.copy(job()).await).await);
            let jobs = [Job::default(), Job::default(), job().into_inner()];
            outcomes.push(all(client.chat(tokio_stream::iter(jobs)).await).await);
        }
    }
    let mut late = job(0, "");
    late.get_mut().delay_ms = 5000;
    late.set_timeout(Duration::from_millis(200));
    let (.., code, _, _, _) = one(client.print(late).await);
    // The clocks of both sides run for it: the client says CANCELLED, the server DEADLINE_EXCEEDED.
    assert!([Code::Cancelled, Code::DeadlineExceeded].contains(&code));
    let code = Code::DeadlineExceeded;
    outcomes.push((vec![], code, String::new(), vec![], vec![]));
    outcomes
}

fn job(code: i32, message: &str) -> tonic::Request<Job> {
    let mut details = ErrorDetails::new();
    details.set_resource_info("printer", "8", "", "broken");
    let details = Status::with_error_details(code.into(), message, details);
    let mut request = tonic::Request::new(Job {
        text: "hi".into(),
        copies: 2,
        code,
        message: message.into(),
        details: details.details().into(),
        delay_ms: 0,
    });
    for value in ["a", "b"] {
        request
            .metadata_mut()
            .append("x-twice", value.parse().unwrap());
    }
    let bytes = MetadataValue::from_bytes(&[0, 255]);
    request.metadata_mut().insert_bin("x-some-bin", bytes);
    request
}

fn one(answer: Result<Response<Page>, Status>) -> Outcome {
    match answer {
        Ok(response) => {
            let seen = shown(response.metadata());
            let page = response.into_inner();
            (
                vec![(page.text, page.number)],
                Code::Ok,
                String::new(),
                vec![],
                seen,
            )
        }
        Err(status) => ended(vec![], &status),
    }
}

async fn all(answer: Result<Response<Streaming<Page>>, Status>) -> Outcome {
    let mut pages = Vec::new();
    let (seen, mut stream) = match answer {
        Ok(response) => (shown(response.metadata()), response.into_inner()),
        Err(status) => return ended(pages, &status),
    };
    loop {
        match stream.message().await {
            Ok(Some(page)) => pages.push((page.text, page.number)),
            Ok(None) => return (pages, Code::Ok, String::new(), vec![], seen),
            Err(status) => return ended(pages, &status),
        }
    }
}

fn ended(pages: Vec<(String, u32)>, status: &Status) -> Outcome {
    let message = status.message().to_owned();
    let details = status.details().to_owned();
    (
        pages,
        status.code(),
        message,
        details,
        shown(status.metadata()),
    )
}

fn shown(metadata: &MetadataMap) -> Vec<String> {
    let all = metadata.as_ref().iter();
    let all = all.filter(|(name, _)| *name != "date");
    let mut shown: Vec<_> = all.map(|entry| format!("{entry:?}")).collect();
    shown.sort();
    shown
}

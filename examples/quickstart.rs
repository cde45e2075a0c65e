//! A dozen bad requests, sent to the same axum service without and with the layer.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::{header, Request, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http_body_util::BodyExt;
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::TokioExecutor;
use serde_json::json;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
use tower_http::catch_panic::CatchPanicLayer;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // One of the handlers panics.
    std::panic::set_hook(Box::new(|_| {}));

    let (before, after) = (serve(before()).await?, serve(after()).await?);
    for (number, sample) in (1..).zip(&SAMPLES) {
        println!("{}", bold(&format!("{number:2}. {sample}")));
        println!("    before  {}", sample.send_to(before).await?);
        println!("    after   {}", sample.send_to(after).await?);
    }

    println!(
        "\n{}",
        bold("The service without the layer, read by a client that has it")
    );
    let mut client = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::client())
        .service(http_client());
    for sample in SAMPLES.iter().filter(|sample| !sample.busy) {
        let response = client
            .ready()
            .await?
            .call(sample.request_to(before)?)
            .await?;
        let envelope = response
            .extensions()
            .get::<Envelope>()
            .ok_or("an error was expected")?;
        let (error_type, text) = (
            envelope.error_type().as_str(),
            envelope.to_string().replace('\n', "  "),
        );
        println!("    {:<18}{error_type:<46}{text}", sample.what);
    }
    Ok(())
}

/// The service without the layer: errors of layers need a handler of their own, and all errors look different.
fn before() -> Router {
    let handler =
        |error: BoxError| async move { (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()) };
    let layers = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(handler))
        .load_shed()
        .layer(GlobalConcurrencyLimitLayer::new(1))
        .timeout(Duration::from_millis(300))
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(100));
    routes().layer(layers)
}

/// The same service with the layer.
fn after() -> Router {
    let layers = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .load_shed()
        .layer(GlobalConcurrencyLimitLayer::new(1))
        .timeout(Duration::from_millis(300))
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(100));
    routes().layer(layers)
}

fn routes() -> Router {
    Router::new()
        .route("/printers", post(add_printer))
        .route("/printers/{id}", get(printer))
        .route("/slow", get(|| tokio::time::sleep(Duration::from_secs(10))))
        .route("/panic", get(panic))
        .route(
            "/manual",
            get(|| async { (StatusCode::NOT_FOUND, Html("<h1>No such page</h1>")) }),
        )
}

#[derive(serde::Deserialize)]
struct Printer {
    name: String,
}

async fn add_printer(Json(printer): Json<Printer>) -> Result<StatusCode, Response> {
    if printer.name.contains(' ') {
        let errors = json!({"name": ["must not contain blanks", "is reserved"]});
        return Err((StatusCode::BAD_REQUEST, Json(errors)).into_response());
    }
    Ok(StatusCode::CREATED)
}

async fn printer(Path(id): Path<u32>) -> (StatusCode, String) {
    (
        StatusCode::CONFLICT,
        format!("Printer {id} is out of paper"),
    )
}

async fn panic() {
    panic!("connection to 10.0.0.5 refused")
}

/// A request that fails.
struct Sample {
    what: &'static str,
    line: &'static str,
    header: (&'static str, &'static str),
    body: &'static str,
    /// Whether another request uses the service at the same time.
    busy: bool,
}

const CURL: (&str, &str) = ("accept", "*/*");
const JSON: (&str, &str) = ("content-type", "application/json");
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
const LARGE: &str = r#"{"name": "a name of far more than the hundred bytes that this service takes, and so one that it refuses"}"#;

#[rustfmt::skip]
const SAMPLES: [Sample; 12] = [
    Sample { what: "no route", line: "GET /nowhere", header: CURL, body: "", busy: false },
    Sample { what: "wrong method", line: "DELETE /printers", header: CURL, body: "", busy: false },
    Sample { what: "malformed JSON", line: "POST /printers", header: JSON, body: "{", busy: false },
    Sample { what: "missing field", line: "POST /printers", header: JSON, body: "{}", busy: false },
    Sample { what: "wrong media type", line: "POST /printers", header: CURL, body: "name=laser", busy: false },
    Sample { what: "too large", line: "POST /printers", header: JSON, body: LARGE, busy: false },
    Sample { what: "handler error", line: "GET /printers/7", header: CURL, body: "", busy: false },
    Sample { what: "validation error", line: "POST /printers", header: JSON, body: r#"{"name": "a b"}"#, busy: false },
    Sample { what: "panic", line: "GET /panic", header: CURL, body: "", busy: false },
    Sample { what: "timeout", line: "GET /slow", header: CURL, body: "", busy: false },
    Sample { what: "overload", line: "GET /printers/7", header: CURL, body: "", busy: true },
    Sample { what: "browser", line: "GET /manual", header: BROWSER, body: "", busy: false },
];

impl Sample {
    fn request_to(&self, server: SocketAddr) -> Result<Request<Body>, BoxError> {
        let (method, path) = self.line.split_once(' ').ok_or("a request line")?;
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{server}{path}"));
        Ok(request
            .header(self.header.0, self.header.1)
            .body(Body::from(self.body))?)
    }

    async fn send_to(&self, server: SocketAddr) -> Result<String, BoxError> {
        let slow = Self {
            line: "GET /slow",
            ..*self
        };
        let slow = self.busy.then(|| slow.request_to(server)).transpose()?;
        let slow = slow.map(|request| tokio::spawn(http_client().request(request)));
        if slow.is_some() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let response = http_client().request(self.request_to(server)?).await?;
        if let Some(slow) = slow {
            slow.await??;
        }
        let (parts, body) = response.into_parts();
        let media_type = parts
            .headers
            .get(header::CONTENT_TYPE)
            .map_or(Ok("-"), |label| label.to_str())?;
        let body = String::from_utf8(body.collect().await?.to_bytes().into())?;
        Ok(format!(
            "{} {media_type:<25} {body}",
            red(parts.status.as_str())
        ))
    }
}

impl std::fmt::Display for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:<18}{}", self.what, self.line)
    }
}

async fn serve(app: Router) -> Result<SocketAddr, BoxError> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}

fn http_client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn bold(text: &str) -> String {
    painted("1", text)
}

fn red(text: &str) -> String {
    painted("31", text)
}

fn painted(colour: &str, text: &str) -> String {
    match std::io::stdout().is_terminal() {
        true => format!("\x1b[{colour}m{text}\x1b[0m"),
        false => text.into(),
    }
}

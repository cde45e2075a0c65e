//! A small axum service with the layers that most services have, in the order in which they work together.
//!
//! ```sh
//! cargo run --example axum --features axum,tracing
//! curl -i http://127.0.0.1:3000/printers/7
//! curl -i http://127.0.0.1:3000/printers --json '{"name": ""}'
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{BoxError, ServiceBuilder};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::trace::TraceLayer;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    tracing_subscriber::fmt()
        .with_env_filter("tower_http=debug,tower_error_envelope=debug")
        .with_writer(std::io::stderr)
        .init();
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
        // Outside of the envelope: layers that see or change the final answer.
        .layer(TraceLayer::new_for_http()) // logs the final status
        .layer(CorsLayer::permissive()) // without its headers, a browser hides the error from the page
        .layer(CompressionLayer::new()) // inside, it would send compressed errors to this layer
        // the one line:
        .layer(ErrorEnvelopeLayer::new())
        // Inside: layers that can fail. The layer answers the errors of the first three …
        .load_shed() // 503 when there are more than
        .layer(GlobalConcurrencyLimitLayer::new(100))
        .timeout(Duration::from_secs(10)) // 504
        // … and rewrites the texts of these two.
        .layer(CatchPanicLayer::new()) // 500
        .layer(DefaultBodyLimit::max(64 * 1024)); // 413
    Router::new()
        .route("/printers", post(add))
        .route("/printers/{id}", get(find))
        .layer(layers)
        .with_state(Store::default())
}

type Store = Arc<Mutex<BTreeMap<u32, Printer>>>;

#[derive(Clone, Deserialize, Serialize)]
struct Printer {
    name: String,
}

async fn find(State(store): State<Store>, Path(id): Path<u32>) -> Result<Json<Printer>, Envelope> {
    let printers = store
        .lock()
        .map_err(|_| Envelope::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let missing = || Envelope::new(StatusCode::NOT_FOUND, format!("There is no printer {id}"));
    printers.get(&id).cloned().map(Json).ok_or_else(missing)
}

async fn add(
    State(store): State<Store>,
    Json(printer): Json<Printer>,
) -> Result<(StatusCode, Json<u32>), Envelope> {
    let mut errors = FieldErrors::new();
    if printer.name.is_empty() {
        errors.push("name", "must not be empty");
    }
    if !errors.is_empty() {
        return Err(Envelope::validation(errors));
    }
    let mut printers = store
        .lock()
        .map_err(|_| Envelope::from_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let id = printers.keys().last().map_or(1, |last| last + 1);
    printers.insert(id, printer);
    Ok((StatusCode::CREATED, Json(id)))
}

//! The server of `benches/load.sh`: the same app with and without the layer.
//!
//! ```sh
//! cargo run --release --features axum --example load -- layer 127.0.0.1:3000
//! ```

use axum::extract::Path;
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use tower_error_envelope::ErrorEnvelopeLayer;

async fn printer(Path(id): Path<u32>) -> Result<Json<u32>, (StatusCode, &'static str)> {
    match id {
        7 => Ok(Json(id)),
        _ => Err((StatusCode::NOT_FOUND, "There is no such printer")),
    }
}

// One thread, so that its time is the time of the requests.
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut app = Router::new().route("/printers/{id}", get(printer));
    if arguments.next().as_deref() == Some("layer") {
        app = app.layer(ErrorEnvelopeLayer::new().with_same_body());
    }
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, app).await
}

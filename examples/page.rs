//! The server of `benches/browser.sh`: a page with fifty parts, with and without the layer.
//!
//! ```sh
//! cargo run --release --features axum --example page -- layer 127.0.0.1:3000
//! ```
//!
//! `GET /stop` ends the server. It then prints how many requests it has answered.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use tower_error_envelope::ErrorEnvelopeLayer;

static ANSWERED: AtomicU64 = AtomicU64::new(0);

/// Twenty images, ten style sheets, ten scripts, and ten documents that a script fetches.
async fn page() -> impl IntoResponse {
    ANSWERED.fetch_add(1, Ordering::Relaxed);
    let mut html = String::from("<!doctype html><html><head><title>Printers</title>");
    for number in 0..10 {
        html += &format!("<link rel=\"stylesheet\" href=\"/parts/{number}.css\"><script src=\"/parts/{number}.js\"></script>");
    }
    html += "</head><body>";
    for number in 0..20 {
        html += &format!("<img src=\"/parts/{number}.svg\" alt=\"\">");
    }
    html += "<script>for (let i = 0; i < 10; i++) fetch(`/parts/${i}.json?of=${i}`)</script></body></html>";
    Html(html)
}

async fn part(Path(name): Path<String>) -> impl IntoResponse {
    ANSWERED.fetch_add(1, Ordering::Relaxed);
    let (label, text) = match name.rsplit('.').next() {
        Some("css") => ("text/css", "p { margin: 0 }"),
        Some("js") => ("text/javascript", "window.loaded = true"),
        Some("svg") => (
            "image/svg+xml",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        ),
        _ => return Json("idle").into_response(),
    };
    ([(CONTENT_TYPE, label)], text).into_response()
}

async fn stop() {
    println!("{}", ANSWERED.load(Ordering::Relaxed));
    std::process::exit(0);
}

// One thread, so that its instructions are those of the requests.
#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let app = Router::new()
        .route("/", get(page))
        .route("/stop", get(stop));
    let mut app = app.route("/parts/{name}", get(part));
    match arguments.next().as_deref() {
        Some("layer") => app = app.layer(ErrorEnvelopeLayer::new()),
        Some("same body") => app = app.layer(ErrorEnvelopeLayer::new().with_same_body()),
        _ => {}
    }
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, app).await
}

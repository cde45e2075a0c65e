//! reqwest, with errors that keep headers and body.
//!
//! ```sh
//! cargo run --example reqwest_client --features reqwest                                   # with a server of the example
//! cargo run --example reqwest_client --features reqwest -- http://localhost:8080/nope
//! ```

use std::net::SocketAddr;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use tower::BoxError;
use tower_error_envelope::ResponseExt;
use tower_error_envelope::{ApiError, OptionalResult};

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let client = Client::new();
    if let Some(url) = std::env::args().nth(1) {
        return show(client.get(url)).await;
    }
    let server = format!("http://{}", printers().await?);
    show(client.get(format!("{server}/printers/7"))).await?;
    show(client.post(format!("{server}/printers"))).await?;
    show(client.get(format!("{server}/nowhere"))).await?;

    // A missing object as a normal result:
    let response = client.get(format!("{server}/printers/8")).send().await?;
    match response.error_for_envelope().await.optional()? {
        Some(response) => println!("printer 8: {}", response.text().await?),
        None => println!("printer 8: none"),
    }
    Ok(())
}

async fn show(request: RequestBuilder) -> Result<(), BoxError> {
    // If no answer came, the error is reqwest's own. If the server answered with an error, it is an `ApiError`.
    let response = request.send().await?;
    println!("{}", response.url());
    match response.error_for_envelope().await {
        Ok(response) => println!("  data: {}", response.text().await?),
        Err(error) => print(&error),
    }
    Ok(())
}

fn print(error: &ApiError) {
    println!("  {:?}, {}: {error}", error.kind(), error.status());
    for (field, messages) in error.envelope().field_errors() {
        println!("  {field}: {}", messages.collect::<Vec<_>>().join(", "));
    }
    for (name, value) in error.headers() {
        println!("  | {name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    println!("  | {}", String::from_utf8_lossy(error.body()));
}

/// A server that does not use this crate.
async fn printers() -> Result<SocketAddr, BoxError> {
    let printer = |Path(id): Path<u32>| async move {
        let missing = (StatusCode::NOT_FOUND, format!("There is no printer {id}"));
        if id == 7 {
            Ok("laser")
        } else {
            Err(missing)
        }
    };
    let invalid = json!({"name": ["is missing"], "tray": ["is empty", "is open"]});
    let app = Router::new().route("/printers/{id}", get(printer)).route(
        "/printers",
        post(|| async { (StatusCode::BAD_REQUEST, Json(invalid)) }),
    );
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, app).await });
    Ok(address)
}

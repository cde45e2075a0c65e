//! The service of the documentation: an API whose errors are the documented envelope.
//!
//! ```sh
//! cargo run --example clustr_server --features axum
//! curl -i http://127.0.0.1:3000/api --json '{"email": "a@b.example", "username": "a b"}'
//! ```

use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tower::BoxError;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};

const MAX_CHARS: usize = 255;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = Router::new()
        .route("/api", post(update))
        .layer(ErrorEnvelopeLayer::new().with_same_body());
    axum::serve(listener, app).await?;
    Ok(())
}

#[derive(Deserialize, Serialize)]
struct Account {
    email: String,
    username: String,
}

async fn update(Json(account): Json<Account>) -> Result<Json<Account>, Envelope> {
    if account.username == "admin" {
        return Err(Envelope::new(StatusCode::FORBIDDEN, "admin is not yours"));
    }
    let errors = account.errors();
    if !errors.is_empty() {
        return Err(Envelope::validation(errors));
    }
    Ok(Json(account))
}

impl Account {
    /// With the messages of the documentation.
    fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::new();
        if let Some(message) = too_long(&self.email) {
            errors.push("email", message);
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if !self.username.chars().all(is_plain) {
            let message =
                "only alphanumberic charaters with '_', '-' and '.' without spaces is allowed.";
            errors.push("username", message);
        }
        if let Some(message) = too_long(&self.username) {
            errors.push("username", message);
        }
        errors
    }
}

fn too_long(value: &str) -> Option<String> {
    let chars = value.chars().count();
    (chars > MAX_CHARS).then(|| format!("contains {chars} characters, max. is {MAX_CHARS}."))
}

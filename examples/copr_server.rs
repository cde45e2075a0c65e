//! A small version of Copr's API v3: builds, projects, and all its kinds of errors.
//!
//! ```sh
//! cargo run --example copr_server --features axum
//! cargo run --example copr_client -- cancel 123
//! curl -i http://127.0.0.1:3000/api_3/build/124
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::{header, request::Parts, HeaderValue, StatusCode};
use axum::response::Html;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use headers::{authorization::Basic, Authorization, HeaderMapExt};
use serde::Deserialize;
use serde_json::{json, Value};
use tower::{BoxError, ServiceBuilder};
use tower_error_envelope::write::Copr;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors, Origin, RequestHead};
use tower_http::catch_panic::CatchPanicLayer;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    // One of the handlers panics.
    std::panic::set_hook(Box::new(|panic| eprintln!("{panic}")));
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app()).await?;
    Ok(())
}

fn app() -> Router {
    let errors = ErrorEnvelopeLayer::new()
        .with_dialect(Copr)
        .map_envelope(in_words_of_copr);
    let layers = ServiceBuilder::new()
        .layer(errors)
        .timeout(Duration::from_secs(1))
        .layer(CatchPanicLayer::new());
    let api = Router::new()
        .route("/auth-check", get(auth_check))
        .route("/build/{id}", get(build))
        .route("/build/cancel/{id}", put(cancel))
        .route("/build/list", get(build_list))
        .route("/monitor", get(monitor))
        .route("/project/add/{owner}", post(add_project))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(layers)
        .with_state(Builds::default());
    let nothing_here = (StatusCode::NOT_FOUND, Html("<h1>Page Not Found</h1>"));
    Router::new()
        .nest("/api_3", api)
        .fallback(move || async move { nothing_here })
}

/// The message of Copr for an error without a message.
fn in_words_of_copr(envelope: Envelope, _: &RequestHead) -> Envelope {
    let words = match (envelope.origin(), envelope.status()) {
        (Origin::Deliberate, _) => return envelope,
        (_, StatusCode::NOT_FOUND) => "Such API endpoint doesn't exist",
        (_, StatusCode::GATEWAY_TIMEOUT) => "The API request timeouted",
        (_, StatusCode::INTERNAL_SERVER_ERROR) => {
            "Request wasn't successful, there is probably a bug in the Copr code."
        }
        _ => return envelope,
    };
    envelope.with_message(words)
}

/// The states of the builds: 123 can still be canceled.
#[derive(Clone)]
struct Builds(Arc<Mutex<BTreeMap<u32, &'static str>>>);

impl Default for Builds {
    fn default() -> Self {
        let builds = BTreeMap::from([(122, "succeeded"), (123, "running")]);
        Self(Arc::new(Mutex::new(builds)))
    }
}

async fn build(State(builds): State<Builds>, Path(id): Path<u32>) -> Result<Json<Value>, Envelope> {
    let builds = builds.0.lock().unwrap_or_else(PoisonError::into_inner);
    let state = builds.get(&id).ok_or_else(|| no_build(id))?;
    Ok(Json(json!({"id": id, "state": state})))
}

/// The documented error with status 500. It is not masked, because a handler returns it as an envelope.
async fn cancel(
    State(builds): State<Builds>,
    Path(id): Path<u32>,
    _: User,
) -> Result<Json<Value>, Envelope> {
    let mut builds = builds.0.lock().unwrap_or_else(PoisonError::into_inner);
    let state = builds.get_mut(&id).ok_or_else(|| no_build(id))?;
    if *state != "running" {
        let message = format!("Cannot cancel build {id}");
        return Err(Envelope::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    }
    *state = "canceled";
    Ok(Json(json!({"id": id, "state": state})))
}

fn no_build(id: u32) -> Envelope {
    Envelope::new(StatusCode::NOT_FOUND, format!("Build {id} does not exist."))
}

/// Never answers in time.
async fn build_list() {
    std::future::pending().await
}

/// Panics.
async fn monitor() -> Json<Value> {
    let builds: Vec<Value> = Vec::new();
    Json(builds[0].clone())
}

#[derive(Deserialize)]
struct NewProject {
    name: String,
    #[serde(default)]
    chroots: Vec<String>,
}

async fn add_project(
    Path(owner): Path<String>,
    User(user): User,
    Json(project): Json<NewProject>,
) -> Result<Json<Value>, Envelope> {
    if owner != user {
        let message = format!("Only {owner} and admins may add projects of {owner}.");
        return Err(Envelope::new(StatusCode::FORBIDDEN, message));
    }
    let errors = project.errors();
    if !errors.is_empty() {
        return Err(Envelope::validation(errors));
    }
    let full_name = format!("{owner}/{}", project.name);
    Ok(Json(
        json!({"ownername": owner, "name": project.name, "full_name": full_name}),
    ))
}

impl NewProject {
    fn errors(&self) -> FieldErrors {
        let mut errors = FieldErrors::new();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if self.name.is_empty() || !self.name.chars().all(is_plain) {
            let message = "Name must contain only letters, digits, underscores, dashes and dots.";
            errors.push("name", message);
        }
        if self.chroots.is_empty() {
            errors.push("chroots", "At least one chroot must be selected.");
        }
        errors
    }
}

async fn auth_check(User(name): User) -> Json<Value> {
    Json(json!({"name": name}))
}

/// The user that is logged in. There is only one user.
struct User(String);

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Envelope;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Envelope> {
        let login = parts.headers.typed_get::<Authorization<Basic>>();
        match login {
            Some(login) if (login.username(), login.password()) == ("login", "token") => {
                Ok(Self("frodo".into()))
            }
            _ => Err(login_required()),
        }
    }
}

fn login_required() -> Envelope {
    let challenge = HeaderValue::from_static(r#"Basic realm="copr""#);
    Envelope::new(
        StatusCode::UNAUTHORIZED,
        "Login invalid/expired. Please get a new API token.",
    )
    .with_header(header::WWW_AUTHENTICATE, challenge)
}

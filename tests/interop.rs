//! Compares the Rust client with Python clients. The tables in `interop/` hold the results that the real python-copr, and a
//! program with requests, get from our servers. The Rust client must get the same.
#![cfg(feature = "full")]

mod support;

use std::net::SocketAddr;

use http::{Method, Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy;
use serde::Deserialize;
use serde_json::{json, Map, Value};
use support::example::Server;
use support::Protocol;
use tower::{ServiceBuilder, ServiceExt};
use tower_error_envelope::{ErrorKind, RaiseErrorsLayer, RaisedError};
use tower_http::auth::AddAuthorizationLayer;

type Outcome = Result<Value, RaisedError<legacy::Error>>;

/// Sends JSON, and returns the data of the response.
async fn send(
    layer: &RaiseErrorsLayer,
    server: SocketAddr,
    token: &str,
    request: (&str, &str, Option<&Value>),
) -> Outcome {
    let (method, path, body) = request;
    let client = ServiceBuilder::new()
        .layer(layer.clone())
        .layer(AddAuthorizationLayer::basic("login", token))
        .service(support::client(Protocol::Http1));
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{server}{path}"))
        .header("content-type", "application/json");
    let body = body.map(Value::to_string).unwrap_or_default();
    let response = client
        .oneshot(request.body(Full::from(body)).unwrap())
        .await?;
    let response: Response<_> = support::collect(response).await;
    Ok(serde_json::from_slice(response.body()).unwrap())
}

#[derive(Deserialize)]
struct Route {
    name: String,
    method: String,
    path: String,
    body: Option<Value>,
    #[serde(default)]
    anonymous: bool,
    data: Option<Map<String, Value>>,
    class: Option<String>,
    text: Option<String>,
    status: Option<u16>,
}

#[tokio::test]
async fn the_routes_of_copr_give_the_results_of_python_copr() {
    let routes: Vec<Route> =
        serde_json::from_str(include_str!("interop/copr_routes.json")).unwrap();
    assert!(routes.len() > 10);
    for layer in [RaiseErrorsLayer::copr(), RaiseErrorsLayer::new()] {
        // Builds have states, so each layer gets a new server.
        let server = Server::start("copr_server", &["127.0.0.1:0"]);
        for route in &routes {
            let path = format!("/api_3{}", route.path);
            let request = (route.method.as_str(), path.as_str(), route.body.as_ref());
            let token = if route.anonymous { "expired" } else { "token" };
            match send(&layer, server.address, token, request).await {
                Ok(data) => {
                    let want = route.data.as_ref().unwrap();
                    assert!(
                        want.iter().all(|(name, value)| data[name] == *value),
                        "{}",
                        route.name
                    );
                }
                Err(error) => {
                    let error = error.into_api().unwrap();
                    let got = (
                        class(error.kind()),
                        error.to_string(),
                        error.status().as_u16(),
                    );
                    let want = (route.class.as_deref(), route.text.clone(), route.status);
                    assert_eq!(
                        (Some(got.0), Some(got.1), Some(got.2)),
                        want,
                        "{}",
                        route.name
                    );
                }
            }
        }
    }
}

fn class(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Auth => "CoprAuthException",
        ErrorKind::NoResult => "CoprNoResultException",
        ErrorKind::Timeout => "CoprTimeoutException",
        _ => "CoprRequestException",
    }
}

#[derive(Deserialize)]
struct Documented {
    email: Text,
    username: Text,
    texts: Vec<Shown>,
    generic: Vec<Generic>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default)]
    first: String,
    characters: usize,
}

#[derive(Deserialize)]
struct Shown {
    fields: Vec<String>,
    text: String,
}

#[derive(Deserialize)]
struct Generic {
    path: String,
    json: Value,
    status: u16,
    text: String,
}

#[tokio::test]
async fn the_documented_algorithm_gives_the_same_text_as_in_python() {
    let documented: Documented = serde_json::from_str(include_str!("interop/clustr.json")).unwrap();
    let server = Server::start("clustr_server", &["127.0.0.1:0"]);
    let long = |text: &Text| format!("{:x<width$}", text.first, width = text.characters);
    let account = json!({"email": long(&documented.email), "username": long(&documented.username)});

    let post = |path: &'static str, body: Value| async move {
        let layer = RaiseErrorsLayer::new();
        let request = (Method::POST.as_str(), path, Some(&body));
        let outcome = send(&layer, server.address, "", request).await;
        outcome.unwrap_err().into_api().unwrap()
    };
    let error = post("/api", account).await;
    assert_eq!(
        (error.kind(), error.status().as_u16()),
        (ErrorKind::Validation, 400)
    );
    for shown in &documented.texts {
        let fields: Vec<_> = shown.fields.iter().map(String::as_str).collect();
        assert_eq!(
            error.envelope().message_for(&fields),
            shown.text,
            "{fields:?}"
        );
    }
    for generic in documented.generic {
        let error = post(generic.path.leak(), generic.json).await;
        assert_eq!(
            (error.status().as_u16(), error.to_string()),
            (generic.status, generic.text)
        );
    }
}

//! The client itself: one proxy for each part of the API, as in python-copr.
//!
//! Its methods return data, or fail with an error.

use std::time::Duration;

use bytes::Bytes;
use http::{header, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value};
use tower::timeout::Timeout;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};
use tower_error_envelope::{RaiseErrorsLayer, RaiseErrorsService, RaisedError};
use tower_http::auth::{AddAuthorization, AddAuthorizationLayer};

pub(crate) type Result<T> = std::result::Result<T, RaisedError<BoxError>>;

type Http = legacy::Client<HttpConnector, Full<Bytes>>;

/// A client of one Copr server. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Client {
    http: RaiseErrorsService<AddAuthorization<Timeout<Http>>>,
    url: String,
}

#[derive(Deserialize)]
pub(crate) struct Build {
    pub(crate) id: u32,
    pub(crate) state: String,
}

#[derive(Deserialize)]
pub(crate) struct Project {
    pub(crate) full_name: String,
}

impl Client {
    pub(crate) fn new(url: &str, login: &str, token: &str) -> Self {
        let http = legacy::Client::builder(TokioExecutor::new()).build_http();
        let http = ServiceBuilder::new()
            // By Copr's own rules: an `error` in a body counts with any status.
            .layer(RaiseErrorsLayer::copr())
            .layer(AddAuthorizationLayer::basic(login, token))
            .timeout(Duration::from_secs(30))
            .service(http);
        let url = format!("{}/api_3", url.trim_end_matches('/'));
        Self { http, url }
    }

    pub(crate) fn builds(&self) -> BuildProxy<'_> {
        BuildProxy { client: self }
    }

    pub(crate) fn projects(&self) -> ProjectProxy<'_> {
        ProjectProxy { client: self }
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        let request = request.body(Full::from(
            body.map(|body| body.to_string()).unwrap_or_default(),
        ));
        let mut request = request.map_err(no_answer)?;
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);

        let mut http = self.http.clone();
        let response = http.ready().await?.call(request).await?;
        let body = response.into_body().collect().await.map_err(no_answer)?;
        serde_json::from_slice(&body.to_bytes()).map_err(no_answer)
    }
}

fn no_answer(error: impl Into<BoxError>) -> RaisedError<BoxError> {
    RaisedError::Service(error.into())
}

/// Builds.
pub(crate) struct BuildProxy<'c> {
    client: &'c Client,
}

impl BuildProxy<'_> {
    pub(crate) async fn get(&self, id: u32) -> Result<Build> {
        let path = format!("/build/{id}");
        self.client.send(Method::GET, &path, None).await
    }

    pub(crate) async fn cancel(&self, id: u32) -> Result<Build> {
        let path = format!("/build/cancel/{id}");
        self.client.send(Method::PUT, &path, None).await
    }

    pub(crate) async fn list(&self, owner: &str, project: &str) -> Result<Vec<Build>> {
        let path = format!("/build/list?ownername={owner}&projectname={project}");
        self.client.send(Method::GET, &path, None).await
    }
}

/// Projects.
pub(crate) struct ProjectProxy<'c> {
    client: &'c Client,
}

impl ProjectProxy<'_> {
    pub(crate) async fn add(&self, owner: &str, name: &str, chroots: &[String]) -> Result<Project> {
        let body = json!({"name": name, "chroots": chroots});
        let path = format!("/project/add/{owner}");
        self.client.send(Method::POST, &path, Some(body)).await
    }
}

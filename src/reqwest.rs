//! Typed errors for responses of reqwest, with the feature `reqwest`.
//!
//! `Response::error_for_status` drops headers and body. This keeps them:
//!
//! ```no_run
//! use tower_error_envelope::ResponseExt;
//!
//! # async fn get() -> Result<(), reqwest::Error> {
//! let response = reqwest::get("http://127.0.0.1:3000/printers/8").await?;
//! match response.error_for_envelope().await {
//!     Ok(response) => println!("{}", response.text().await?),
//!     Err(error) if error.is_no_result() => println!("there is none: {error}"),
//!     Err(error) => println!("{} {:?}\n{error}", error.status(), error.headers()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Timeouts are those of the request: `RequestBuilder::timeout` and `ClientBuilder::read_timeout` also end the reading
//! of an error that stalls. It then has its status, its headers, what came of its body, and the timeout as its source.

use std::future::Future;

use http::{response, Method};
use http_body_util::BodyExt;
use reqwest::{Body, Response, ResponseBuilderExt, Url};
use tower::BoxError;

use crate::http::status;
use crate::raise::{ApiError, RaiseErrorsLayer};

/// Typed errors, in place of [`Response::error_for_status`]. Not for implementing.
pub trait ResponseExt: Sized + Send + sealed::Sealed {
    /// The response, or the error that it is by its status: with headers, body and envelope.
    ///
    /// A response does not tell the method of its request, and so neither does the error;
    /// [`retry_advice`](ApiError::retry_advice) then does not count on its being idempotent.
    ///
    /// # Errors
    ///
    /// The error that the server answered with: 4xx, 5xx, and whatever lies above.
    fn error_for_envelope(self) -> impl Future<Output = Result<Self, ApiError>> + Send;

    /// The same by the rules of a layer: another limit, other readers, or python-copr's idea of an error.
    ///
    /// # Errors
    ///
    /// What the layer raises.
    fn error_for_envelope_by(
        self,
        rules: &RaiseErrorsLayer,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send;
}

impl ResponseExt for Response {
    async fn error_for_envelope(self) -> Result<Self, ApiError> {
        // The rules are made for errors alone: a success allocates nothing.
        match status::is_error(self.status()) {
            true => raise(&RaiseErrorsLayer::new(), None, self).await,
            false => Ok(self),
        }
    }

    async fn error_for_envelope_by(self, rules: &RaiseErrorsLayer) -> Result<Self, ApiError> {
        raise(rules, None, self).await
    }
}

/// The response, or what `rules` raise of it.
pub(crate) async fn raise(
    rules: &RaiseErrorsLayer,
    method: Option<Method>,
    response: Response,
) -> Result<Response, ApiError> {
    if !rules.concerns(method.as_ref(), response.status()) {
        return Ok(response);
    }
    let (parts, body, url) = into_parts(response);
    let uri = url.as_str().parse().unwrap_or_default();
    // The URL is the caller's to show, and may hold a secret.
    let body = body.map_err(reqwest::Error::without_url);
    let response = rules
        .raise(method, uri, http::Response::from_parts(parts, body))
        .await?;
    let (parts, body) = response.into_parts();
    Ok(from_parts(parts, body, url))
}

/// The head, the body and the URL of a response.
pub(crate) fn into_parts(response: Response) -> (response::Parts, Body, Url) {
    let url = response.url().clone();
    let (parts, body) = http::Response::from(response).into_parts();
    (parts, body, url)
}

/// The response with this head, this body and this URL.
pub(crate) fn from_parts<B>(mut parts: response::Parts, body: B, url: Url) -> Response
where
    B: http_body::Body<Data = bytes::Bytes> + Send + Sync + 'static,
    B::Error: Into<BoxError>,
{
    // reqwest takes the URL from an extension that only a builder can set.
    let (marked, ()) = http::Response::builder()
        .url(url)
        .body(())
        .unwrap_or_default()
        .into_parts();
    parts.extensions.extend(marked.extensions);
    http::Response::from_parts(parts, Body::wrap(body)).into()
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for reqwest::Response {}
}

//! Typed errors for responses of reqwest 0.13, with the feature `reqwest`.
//!
//! In: a response, and the rules of a [`RaiseErrorsLayer`]. Out: the response, or an [`ApiError`]. Programs call [`ResponseExt`], and
//! the middleware for reqwest calls [`raise`].

use std::future::{ready, Future, Ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{response, Method, StatusCode};
use http_body_util::BodyExt;
use reqwest::{Body, Response, ResponseBuilderExt, Url};
use tower::BoxError;

use crate::envelope::Envelope;
use crate::http::status;
use crate::raise::{may_be_grpc, ApiError, RaiseErrorsLayer, RaisedError};

/// Typed errors, in place of [`Response::error_for_status`]. It is sealed.
///
/// It is implemented for the `Response` of reqwest 0.13, and not for other versions.
///
/// `Response::error_for_status` drops headers and body. This method keeps them:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest::Error> {
/// # let server = wiremock::MockServer::start().await; let url = server.uri();
/// use tower_error_envelope::ResponseExt;
///
/// let response = reqwest::get(url).await?; // 404
/// let error = response.error_for_envelope().await.unwrap_err();
/// assert!(error.is_no_result());
/// assert_eq!(error.to_string(), "Not Found");
/// assert_eq!(error.headers()["content-length"], "0");
/// # Ok(()) }
/// ```
///
/// The operator `?` turns both kinds of errors into a [`RaisedError`], or in a handler into an [`Envelope`]:
///
/// ```
/// use tower_error_envelope::{Envelope, ResponseExt};
///
/// async fn handler(url: &str) -> Result<String, Envelope> {
///     let response = reqwest::get(url).await?; // without an answer: 502 or 504
///     Ok(response.error_for_envelope().await?.text().await?) // passes a 404 on, and a 503 without its text
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let server = wiremock::MockServer::start().await;
/// assert_eq!(handler(&server.uri()).await.unwrap_err().status(), 404);
/// assert_eq!(handler("http://127.0.0.1:1").await.unwrap_err().status(), 502);
/// # }
/// ```
///
/// The timeouts of the request apply: `RequestBuilder::timeout` and `ClientBuilder::read_timeout` also end the reading of an
/// error that stalls. The error then has its status, its headers, the bytes that arrived, and the timeout as its source.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Response` of reqwest 0.13",
    note = "`error_for_envelope` is for reqwest 0.13; `cargo tree -d` shows whether there are two versions"
)]
pub trait ResponseExt: Sized + Send + sealed::Sealed {
    /// The response, or an error if its status is one of an error. The error has headers, body and envelope.
    ///
    /// An answer of gRPC without data is an error if its `grpc-status` is one (feature `tonic`).
    ///
    /// A response of reqwest does not know the method of its request, so the error has no method.
    /// [`retry_advice`](ApiError::retry_advice) then assumes that the request is not idempotent.
    ///
    /// # Errors
    ///
    /// The error that the server answered with: 4xx, 5xx, and every higher status.
    fn error_for_envelope(self) -> impl Future<Output = Result<Self, ApiError>> + Send;

    /// The same, with the settings of a layer: another limit, other readers, errors that come with a success, or the rules of
    /// python-copr.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest::Error> {
    /// # use wiremock::{matchers::any, Mock, MockServer, ResponseTemplate};
    /// # let server = MockServer::start().await;
    /// # let answer = ResponseTemplate::new(200).set_body_json(serde_json::json!({"ok": false, "error": "channel_not_found"}));
    /// # Mock::given(any()).respond_with(answer).mount(&server).await; let url = server.uri();
    /// use tower_error_envelope::{RaiseErrorsLayer, ResponseExt};
    ///
    /// let rules = RaiseErrorsLayer::new().with_errors_in_success();
    /// let response = reqwest::get(url).await?; // 200 `{"ok": false, "error": "channel_not_found"}`
    /// let error = response.error_for_envelope_by(&rules).await.unwrap_err();
    /// assert_eq!(error.envelope().error_type(), "channel_not_found");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors that the layer raises.
    fn error_for_envelope_by(
        self,
        rules: &RaiseErrorsLayer,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send;
}

impl ResponseExt for Response {
    fn error_for_envelope(self) -> impl Future<Output = Result<Self, ApiError>> + Send {
        // The rules are created for errors only: a success allocates nothing.
        match status::is_error(self.status()) || may_be_grpc(self.headers()) {
            true => Raised::Error(Box::pin(async {
                raise(&RaiseErrorsLayer::new(), None, self).await
            })),
            false => Raised::Data(ready(Ok(self))),
        }
    }

    fn error_for_envelope_by(
        self,
        rules: &RaiseErrorsLayer,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send {
        match rules.concerns(self.status(), self.headers()) {
            true => Raised::Error(Box::pin(raise(rules, None, self))),
            false => Raised::Data(ready(Ok(self))),
        }
    }
}

/// The future of `error_for_envelope`: ready if the head shows that the response is data, else boxed.
///
/// An `async fn` would be as large as the boxed part, and would move each success two more times, for 80 instructions.
enum Raised<'r> {
    Data(Ready<Result<Response, ApiError>>),
    Error(Pin<Box<dyn Future<Output = Result<Response, ApiError>> + Send + 'r>>),
}

impl Future for Raised<'_> {
    type Output = Result<Response, ApiError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Data(response) => Pin::new(response).poll(cx),
            Self::Error(raised) => raised.as_mut().poll(cx),
        }
    }
}

/// The response, or its error by the rules of the layer `rules`.
pub(crate) async fn raise(
    rules: &RaiseErrorsLayer,
    method: Option<Method>,
    response: Response,
) -> Result<Response, ApiError> {
    if !rules.concerns(response.status(), response.headers()) {
        return Ok(response);
    }
    let (parts, body, url) = into_parts(response);
    let uri = url.as_str().parse().unwrap_or_default();
    // The URL may hold a secret, so the error does not show it.
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

/// The error of a call that got no answer, so that `?` works for both kinds of errors.
impl From<reqwest::Error> for RaisedError<reqwest::Error> {
    fn from(error: reqwest::Error) -> Self {
        Self::Service(error)
    }
}

/// For a service that calls an upstream with `?`: 504 if no answer came in time, 502 if there was no readable answer, 500 if
/// the request could not be built.
///
/// The client sees only the status. The error becomes the [`source`](Envelope::source), without the URL, because a URL may
/// contain a secret.
impl From<reqwest::Error> for Envelope {
    fn from(error: reqwest::Error) -> Self {
        Self::from_status(status_of(&error)).with_source(error.without_url())
    }
}

/// The status for the client of a service that got no answer from its upstream.
pub(crate) fn status_of(error: &reqwest::Error) -> StatusCode {
    if error.is_timeout() {
        StatusCode::GATEWAY_TIMEOUT
    } else if error.is_builder() {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::BAD_GATEWAY
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for reqwest::Response {}
}

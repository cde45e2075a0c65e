//! The error that a client gets if the server answered with an error.
//!
//! In: a whole response, and the [`Content`] that was read from it. Out: an [`ApiError`]. `reading` makes it, and `streams/` makes it
//! for an error in a stream.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use tower::BoxError;

use super::grpc;
use super::judgement::{Content, SentRequest};
use crate::envelope::{Envelope, ErrorKind};
use crate::exchange::Cut;

/// An error that a server answered with. It has the kind of the error, and keeps the whole response.
///
/// It has the size of a pointer. [`Display`](std::fmt::Display) prints the message of the server. Several lines become one
/// bullet each. `Display` and `Debug` show no values of headers, no query of the URI, and no password in it.
///
/// If the body broke off, [`source`](Error::source) is the error of the connection. For a call of gRPC, it is the
/// `tonic::Status` that the error is (feature `tonic`): a client of tonic finds it there.
///
/// ```
/// use http::{Request, Response, StatusCode};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::{ErrorKind, RaiseErrorsLayer, RaisedError};
/// # use http_body_util::Full;
/// # async fn copr(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
/// #     let body = Full::from(r#"{"error": "name: Name must contain only letters.\nchroots: Select one."}"#);
/// #     Ok(Response::builder().status(400).header("server", "Werkzeug").body(body).unwrap())
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http::Error> {
/// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(copr));
/// let request = Request::post("http://copr.example/api_3/project/add/me?token=hunter2").body(())?;
///
/// let Err(RaisedError::Api(error)) = client.oneshot(request).await else { unreachable!() };
/// assert_eq!(error.kind(), ErrorKind::Validation);
/// assert_eq!(error.status(), StatusCode::BAD_REQUEST);
/// assert_eq!(error.headers()["server"], "Werkzeug");
/// assert_eq!(error.envelope().message_for(&["chroots"]), "chroots - Select one.");
/// assert_eq!(error.to_string(), "\n- name: Name must contain only letters.\n- chroots: Select one.");
/// assert!(!format!("{error:?}").contains("hunter2"));
/// # Ok(())
/// # }
/// ```
pub struct ApiError {
    inner: Box<Inner>,
}

struct Inner {
    request: SentRequest,
    content: Content,
    response: Response<Bytes>,
    trailers: Option<HeaderMap>,
    truncated: bool,
    source: Option<BoxError>,
}

impl ApiError {
    /// An error whose body was read to its end.
    pub(super) fn new(request: SentRequest, content: Content, response: Response<Bytes>) -> Self {
        // A client of gRPC looks for its status among the sources.
        let status = request
            .is_grpc
            .then(|| grpc::status(&content.envelope, &response));
        Self {
            inner: Box::new(Inner {
                request,
                content,
                response,
                trailers: None,
                truncated: false,
                source: status.flatten(),
            }),
        }
    }

    /// The same error, with the end of its body: why reading stopped, the error of the connection, and the trailers.
    pub(super) fn with_end(
        mut self,
        cut: Option<Cut>,
        source: Option<BoxError>,
        trailers: Option<HeaderMap>,
    ) -> Self {
        self.inner.truncated = cut.is_some();
        if self.inner.source.is_none() {
            self.inner.source = source;
        }
        self.inner.trailers = trailers;
        self
    }

    /// The kind of the error. See [`ErrorKind`] for the hierarchy.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.content.kind
    }

    /// The status of the error. It is the status of the response, with one exception: an error that
    /// [`with_errors_in_success`](super::RaiseErrorsLayer::with_errors_in_success) found has the status that it gives or implies.
    /// Then [`response`](Self::response) has the status that was sent.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.content.status
    }

    /// The headers of the response, as they were sent. Repeated headers keep their order.
    ///
    /// They still describe the body as it was sent: `Content-Length` and `Content-Encoding` are there as well.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.response.headers()
    }

    /// The trailers of the response ([RFC 9110 §6.5](https://www.rfc-editor.org/rfc/rfc9110#section-6.5)); `None` if it had none,
    /// or if its end was not reached.
    #[must_use]
    pub fn trailers(&self) -> Option<&HeaderMap> {
        self.inner.trailers.as_ref()
    }

    /// The bytes of the body as they were received, at most as many as the
    /// [limit](super::RaiseErrorsLayer::with_body_limit) allows. A compressed body stays compressed here.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.inner.response.body()
    }

    /// Whether bytes of the body are missing from [`body`](Self::body): it was longer than the limit, or it broke off.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.inner.truncated
    }

    /// The error as an envelope, whatever its format: message, type, errors of parameters, and members.
    ///
    /// If the body is [truncated](Self::is_truncated), the envelope is read from the head alone.
    #[must_use]
    pub fn envelope(&self) -> &Envelope {
        &self.inner.content.envelope
    }

    /// The whole response: status, version, headers, extensions, and the bytes of the body.
    ///
    /// ```
    /// # use http::{Request, Response};
    /// # use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// # use tower_error_envelope::RaiseErrorsLayer;
    /// # async fn gone(_: Request<()>) -> Result<Response<String>, std::convert::Infallible> {
    /// #     Ok(Response::builder().status(410).header("x-trace", "7").body("It was sold".into()).unwrap())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(gone));
    /// let request = Request::delete("http://shop.example/items/7?token=x").body(())?;
    /// let error = client.oneshot(request).await.unwrap_err().into_api()?;
    /// assert_eq!((error.method().unwrap().as_str(), error.uri().path()), ("DELETE", "/items/7"));
    /// assert_eq!((error.body(), error.is_truncated()), (&"It was sold".into(), false));
    /// assert!(error.trailers().is_none());
    ///
    /// let response = error.into_response();
    /// assert_eq!((response.status().as_u16(), &response.headers()["x-trace"]), (410, &"7".parse()?));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn response(&self) -> &Response<Bytes> {
        &self.inner.response
    }

    /// The whole response, by value. The bytes of the body are not copied.
    #[must_use]
    pub fn into_response(self) -> Response<Bytes> {
        self.inner.response
    }

    /// The method of the request; `None` if the client does not know it, as with `reqwest::Response`.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        self.inner.request.method.as_ref()
    }

    /// The URI of the request, with its query. It may contain secrets.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.inner.request.uri
    }

    /// The values that were read from the response: kind, status, envelope, and the text of python-copr.
    pub(super) fn content(&self) -> &Content {
        &self.inner.content
    }
}

impl Error for ApiError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.inner.source.as_deref()?;
        Some(source)
    }
}

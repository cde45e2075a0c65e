//! The error that a client gets instead of data.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use tower::BoxError;

use super::judgement::{Content, SentRequest};
use crate::envelope::{Envelope, ErrorKind};
use crate::exchange::Cut;

/// An error that a server answered with: what went wrong, and the whole response for whoever wants to look deeper.
///
/// One word big. [`Display`](std::fmt::Display) says what the server said, as python-copr prints it: one message as it
/// is, several as one bullet a line, below whatever stands before them. Neither that nor `Debug` shows the value of a
/// header, the query of the URI or a password in it.
///
/// [`source`](Error::source) is the error of the connection where the body broke off.
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
        Self {
            inner: Box::new(Inner {
                request,
                content,
                response,
                trailers: None,
                truncated: false,
                source: None,
            }),
        }
    }

    /// An error of which nothing is known but its status.
    pub(super) fn of_status(response: Response<Bytes>) -> Self {
        let content = Content {
            kind: ErrorKind::of(response.status(), false),
            status: response.status(),
            envelope: Envelope::from_status(response.status()),
            text: None,
        };
        Self::new(SentRequest::default(), content, response)
    }

    /// The same error, with how reading its body ended.
    pub(super) fn with_end(
        mut self,
        cut: Option<Cut>,
        source: Option<BoxError>,
        trailers: Option<HeaderMap>,
    ) -> Self {
        self.inner.truncated = cut.is_some();
        self.inner.source = source;
        self.inner.trailers = trailers;
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.content.kind
    }

    /// The status of the response. Of an error that came with a success, the status that it implies;
    /// [`response`](Self::response) then has the one that was sent.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.content.status
    }

    /// The headers of the response, each as it was sent, repeated ones in order.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.inner.response.headers()
    }

    /// The trailers of the response, if it had any and they were reached.
    #[must_use]
    pub fn trailers(&self) -> Option<&HeaderMap> {
        self.inner.trailers.as_ref()
    }

    /// The bytes of the body as they were received: all of them, unless it [`is_truncated`](Self::is_truncated).
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.inner.response.body()
    }

    /// Whether the body is longer than what [`body`](Self::body) has of it: it was longer than the limit, or broke off.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.inner.truncated
    }

    /// What the server said, whatever the format: message, type, and the errors of parameters.
    #[must_use]
    pub fn envelope(&self) -> &Envelope {
        &self.inner.content.envelope
    }

    /// The response: status, version, headers, extensions, and the bytes of the body.
    #[must_use]
    pub fn response(&self) -> &Response<Bytes> {
        &self.inner.response
    }

    /// The response, to keep.
    #[must_use]
    pub fn into_response(self) -> Response<Bytes> {
        self.inner.response
    }

    /// The method of the request; `None` where a client does not tell it, as `reqwest::Response` does not.
    #[must_use]
    pub fn method(&self) -> Option<&Method> {
        self.inner.request.method.as_ref()
    }

    /// The URI of the request, with its query. It may hold what should not be shown.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.inner.request.uri
    }

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

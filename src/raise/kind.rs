//! Questions about the kind of an [`ApiError`].
//!
//! In: an error. Out: yes or no. Programs call it to choose what to do.

use super::error::ApiError;
use crate::envelope::ErrorKind;

/// Questions about the kind of an error. Each is `kind().is_a(…)`, so a parent is true for all kinds below it.
///
/// ```
/// use http::{Request, Response};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::RaiseErrorsLayer;
/// # use http_body_util::Empty;
/// # async fn busy(_: Request<()>) -> Result<Response<Empty<bytes::Bytes>>, std::convert::Infallible> {
/// #     Ok(Response::builder().status(429).body(Empty::new()).unwrap())
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(busy));
/// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
/// assert!(error.is_rate_limited() && error.is_request());
/// assert!(!error.is_server() && !error.is_timeout());
/// # Ok(())
/// # }
/// ```
impl ApiError {
    /// Whether parameters are invalid: the status is 400 or 422, and the [`envelope`](Self::envelope) has errors of parameters.
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.kind().is_a(ErrorKind::Validation)
    }

    /// Whether this is a [`Request`](ErrorKind::Request) error, or of a kind below it: any status except 403, 404 and 504.
    #[must_use]
    pub fn is_request(&self) -> bool {
        self.kind().is_a(ErrorKind::Request)
    }

    /// Whether a login is missing: 401.
    #[must_use]
    pub fn is_not_authenticated(&self) -> bool {
        self.kind().is_a(ErrorKind::NotAuthenticated)
    }

    /// Whether the user is logged in but may not do this: 403.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.kind().is_a(ErrorKind::Auth)
    }

    /// Whether the requested thing does not exist: 404. [`OptionalResult`](super::OptionalResult) turns it into `Ok(None)`.
    #[must_use]
    pub fn is_no_result(&self) -> bool {
        self.kind().is_a(ErrorKind::NoResult)
    }

    /// Whether a gateway gave up waiting: 504.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind().is_a(ErrorKind::Timeout)
    }

    /// Whether there were too many requests: 429.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.kind().is_a(ErrorKind::RateLimited)
    }

    /// Whether the server failed: 500 and above, except 504.
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.kind().is_a(ErrorKind::Server)
    }
}

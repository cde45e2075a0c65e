//! A missing thing as a value: a 404 becomes `Ok(None)`.
//!
//! In: the result of a call. Out: the same with an `Option`. Programs call it.

use super::error::ApiError;
use super::raised_error::RaisedError;

/// Turns the error [`NoResult`](super::ErrorKind::NoResult) into `Ok(None)`. It is implemented for results with an
/// [`ApiError`] or a [`RaisedError`].
///
/// ```
/// use http::{Request, Response};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::{OptionalResult, RaiseErrorsLayer};
/// # async fn printers(request: Request<()>) -> Result<Response<String>, std::convert::Infallible> {
/// #     let status = if request.uri().path() == "/printers/7" { 200 } else { 404 };
/// #     Ok(Response::builder().status(status).body(String::new()).unwrap())
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(printers));
/// let printer = |path| client.clone().oneshot(Request::get(path).body(()).unwrap());
///
/// assert!(printer("/printers/7").await.optional()?.is_some());
/// assert!(printer("/printers/8").await.optional()?.is_none());
/// # Ok(())
/// # }
/// ```
pub trait OptionalResult<T> {
    /// The error of the result.
    type Error;

    /// `Ok(None)` for an error of the kind [`NoResult`](super::ErrorKind::NoResult), and `Ok(Some(…))` for data.
    ///
    /// A wrong URL gives a 404 as well, so use this only if the URL is known to be right.
    ///
    /// # Errors
    ///
    /// Every other error, unchanged.
    fn optional(self) -> Result<Option<T>, Self::Error>;
}

impl<T> OptionalResult<T> for Result<T, ApiError> {
    type Error = ApiError;

    fn optional(self) -> Result<Option<T>, ApiError> {
        match self {
            Err(error) if error.is_no_result() => Ok(None),
            result => result.map(Some),
        }
    }
}

impl<T, E> OptionalResult<T> for Result<T, RaisedError<E>> {
    type Error = RaisedError<E>;

    fn optional(self) -> Result<Option<T>, RaisedError<E>> {
        match self {
            Err(RaisedError::Api(error)) if error.is_no_result() => Ok(None),
            result => result.map(Some),
        }
    }
}

//! The error of a call.
//!
//! In: an [`ApiError`], or the error of the inner service. Out: a [`RaisedError`]. Calls through the layer fail with it.

use std::error::Error;
use std::fmt;

use tower::BoxError;

use super::error::ApiError;

/// The error of a call through a [`RaiseErrorsLayer`](super::RaiseErrorsLayer): the server answered with an error, or the inner
/// service failed and there is no answer.
///
/// `Display`, `Debug` and [`source`](Error::source) are those of the error that it holds.
///
/// ```
/// use http::{Request, Response};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::{RaiseErrorsLayer, RaisedError};
/// # use http_body_util::Empty;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let down = service_fn(|_: Request<()>| async {
///     Err::<Response<Empty<bytes::Bytes>>, _>(std::io::Error::other("connection refused"))
/// });
/// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(down);
/// let error = client.oneshot(Request::new(())).await.unwrap_err();
/// assert!(error.api().is_none());
/// assert_eq!(error.to_string(), "connection refused");
/// assert!(matches!(error, RaisedError::Service(_)));
/// # }
/// ```
#[allow(clippy::exhaustive_enums)] // There is an answer, or there is none.
pub enum RaisedError<E> {
    /// The server answered with an error.
    Api(ApiError),
    /// There is no answer: no connection, a timeout, or a service that is not ready.
    Service(E),
}

impl<E> RaisedError<E> {
    /// The error that the server answered with; `None` if there is no answer.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::Service(_) => None,
        }
    }

    /// The error that the server answered with, by value.
    ///
    /// # Errors
    ///
    /// The error of the service, if there is no answer.
    ///
    /// ```
    /// use tower_error_envelope::RaisedError;
    ///
    /// let error = RaisedError::Service("connection refused");
    /// assert_eq!(error.into_api().unwrap_err(), "connection refused");
    /// ```
    pub fn into_api(self) -> Result<ApiError, E> {
        match self {
            Self::Api(error) => Ok(error),
            Self::Service(error) => Err(error),
        }
    }

    /// The error that this holds, in a box. `downcast_ref::<ApiError>()` finds an `ApiError` in it.
    ///
    /// Use `.map_err(RaisedError::into_boxed)` if `E` is a [`BoxError`] already, as with tower's timeout inside. The operator `?`
    /// does not work there, because a `BoxError` does not implement [`Error`].
    ///
    /// ```
    /// use tower::BoxError;
    /// use tower_error_envelope::RaisedError;
    ///
    /// let error = RaisedError::Service(BoxError::from("deadline has elapsed"));
    /// assert_eq!(error.into_boxed().to_string(), "deadline has elapsed");
    /// ```
    pub fn into_boxed(self) -> BoxError
    where
        E: Into<BoxError>,
    {
        match self {
            Self::Api(error) => error.into(),
            Self::Service(error) => error.into(),
        }
    }
}

impl<E> From<ApiError> for RaisedError<E> {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

/// The `Debug` of the error that it holds.
impl<E: fmt::Debug> fmt::Debug for RaisedError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Display> fmt::Display for RaisedError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl<E: Error + 'static> Error for RaisedError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Api(error) => error.source(),
            Self::Service(error) => error.source(),
        }
    }
}

//! What a call fails with.

use std::error::Error;
use std::fmt;

use tower::BoxError;

use super::error::ApiError;

/// What a call through a [`RaiseErrorsLayer`](super::RaiseErrorsLayer) fails with: an error that the server answered
/// with, or one of the service below, which got no answer.
///
/// It is as good as the error that it holds: it prints the same, also with `{:?}`, and has the same [`source`](Error::source).
#[allow(clippy::exhaustive_enums)] // There is an answer, or there is none.
pub enum RaisedError<E> {
    /// The server answered with an error.
    Api(ApiError),
    /// There is no answer: no connection, a timeout, a service that is not ready.
    Service(E),
}

impl<E> RaisedError<E> {
    /// The error that the server answered with, if it did.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::Service(_) => None,
        }
    }

    /// The error that the server answered with, to keep.
    ///
    /// # Errors
    ///
    /// The error of the service, if there was no answer.
    pub fn into_api(self) -> Result<ApiError, E> {
        match self {
            Self::Api(error) => Ok(error),
            Self::Service(error) => Err(error),
        }
    }

    /// The error that this holds, in a box, where `downcast_ref::<ApiError>()` finds it.
    ///
    /// For stacks in which `E` is a [`BoxError`] already, as it is around tower's timeout: such a box is no
    /// [`Error`], and neither is what holds it. `.map_err(RaisedError::into_boxed)` stands for `?` there.
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

/// The error that it holds.
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

//! A missing thing as a value: a 404 becomes `Ok(None)`.
//!
//! In: the result of a call. Out: the same with an `Option`. Programs call it.

use super::error::ApiError;
use super::raised_error::RaisedError;

/// Turns the error [`NoResult`](super::ErrorKind::NoResult) into `Ok(None)`. It is implemented for results with an
/// [`ApiError`] or a [`RaisedError`].
///
/// ```
/// use tower_error_envelope::{ApiError, OptionalResult};
///
/// # struct Build;
/// # struct Builds;
/// # impl Builds { fn get(&self, _: u32) -> Result<Build, ApiError> { Ok(Build) } }
/// fn last_of(builds: &Builds) -> Result<Option<Build>, ApiError> {
///     builds.get(123).optional()
/// }
/// # assert!(last_of(&Builds).unwrap().is_some());
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

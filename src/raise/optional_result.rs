//! Nothing there, as a value.

use super::error::ApiError;
use super::raised_error::RaisedError;

/// `Ok(None)` where there is no such thing.
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
/// ```
pub trait OptionalResult<T> {
    /// The error, if it is another.
    type Error;

    /// `Ok(None)` for an error of the kind [`NoResult`](super::ErrorKind::NoResult).
    ///
    /// A mistyped address is a 404 as well: ask so only where the address is right.
    ///
    /// # Errors
    ///
    /// Every other error, as it was.
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

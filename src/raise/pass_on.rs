//! Passing on what an upstream said.

use std::error::Error;

use super::error::ApiError;
use super::raised_error::RaisedError;
use crate::envelope::Envelope;
use crate::http::status;

/// For a service that passes on the error of an upstream by `?`.
///
/// What the client did wrong is passed on as it is. Of an upstream that failed (5xx), only the status is passed on, and
/// the error is the [`source`](Envelope::source).
///
/// ```
/// use tower_error_envelope::{ApiError, Envelope};
///
/// fn answer(result: Result<u32, ApiError>) -> Result<String, Envelope> {
///     Ok(result?.to_string())
/// }
/// ```
impl From<ApiError> for Envelope {
    fn from(error: ApiError) -> Self {
        let envelope = error.envelope();
        if status::is_server_error(envelope.status()) {
            return Self::from_status(envelope.status()).with_source(error);
        }
        envelope.clone().with_source(error)
    }
}

/// As an [`ApiError`]; an error of the service as one inside the server, which clients do not see.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<RaisedError<E>> for Envelope {
    fn from(error: RaisedError<E>) -> Self {
        match error {
            RaisedError::Api(error) => error.into(),
            RaisedError::Service(error) => Self::internal(error),
        }
    }
}

//! What an error is, by its kind.

use super::error::ApiError;
use crate::envelope::ErrorKind;

/// What an error is, by its kind.
impl ApiError {
    /// Whether parameters are invalid: 400 or 422, with the errors of parameters in the
    /// [`envelope`](Self::envelope).
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.kind().is_a(ErrorKind::Validation)
    }

    /// Whether this is a [`Request`](ErrorKind::Request) error, or of a kind below.
    #[must_use]
    pub fn is_request(&self) -> bool {
        self.kind().is_a(ErrorKind::Request)
    }

    /// Whether a login is missing: 401.
    #[must_use]
    pub fn is_not_authenticated(&self) -> bool {
        self.kind().is_a(ErrorKind::NotAuthenticated)
    }

    /// Whether who is logged in may not do this: 403.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.kind().is_a(ErrorKind::Auth)
    }

    /// Whether there is no such thing: 404. [`OptionalResult`](super::OptionalResult) makes `Ok(None)` of it.
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

    /// Whether the server failed: 500 and above, but for 504.
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.kind().is_a(ErrorKind::Server)
    }
}

//! Whether to send a request again, and when.

use std::time::Duration;

use super::error::ApiError;
use crate::envelope::{Failure, RetryAdvice};

impl ApiError {
    /// Whether to send the request again, and when. Nothing is sent: that is for a retry layer to do.
    ///
    /// See [`RetryAdvice`] for what decides.
    #[must_use]
    pub fn retry_advice(&self) -> RetryAdvice {
        advise(self, RetryAdvice::MAX_DELAY)
    }

    /// As [`retry_advice`](Self::retry_advice), with another bound than [`RetryAdvice::MAX_DELAY`]: a server that
    /// wants to be left alone for longer is not asked again.
    #[must_use]
    pub fn retry_advice_within(&self, max_delay: Duration) -> RetryAdvice {
        advise(self, max_delay)
    }
}

fn advise(error: &ApiError, max_delay: Duration) -> RetryAdvice {
    let failure = Failure {
        status: error.status(),
        headers: error.headers(),
        body: error.body(),
        method: error.method(),
    };
    failure.advice(max_delay)
}

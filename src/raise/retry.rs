//! Whether to send a request again, and when.

use std::time::Duration;

use http::{Method, StatusCode};

use super::error::ApiError;
use super::hints;

/// Whether to send the request of an [`ApiError`] again, and when.
///
/// The first of these that the response has decides:
///
/// 1. `x-should-retry: false`: do not.
/// 2. A delay: `retry-after-ms`, [`Retry-After`](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3) (seconds,
///    also with a fraction, or a date, counted from the `Date` of the response), the `retryDelay` of a
///    [`google.rpc.RetryInfo`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto),
///    the `retryAfterSeconds` of a Kubernetes
///    [`Status`](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/), and, where a limit
///    is exceeded (429, 503, and 403 with nothing remaining), the reset of
///    [`RateLimit`](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/), `RateLimit-Reset` or
///    `X-RateLimit-Reset`. Beyond the bound: do not.
/// 3. `x-should-retry: true`: do.
/// 4. The status: 408, 425, 429, 500, 502, 503 and 504, if the method is idempotent
///    ([RFC 9110 §9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)) and known.
///
/// ```
/// use std::time::Duration;
/// use tower_error_envelope::RetryAdvice;
///
/// assert_eq!(RetryAdvice::After(Duration::from_secs(2)).delay(), Some(Duration::from_secs(2)));
/// assert!(RetryAdvice::Backoff.is_retry() && RetryAdvice::Backoff.delay().is_none());
/// assert!(!RetryAdvice::No.is_retry());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAdvice {
    /// Not at all.
    No,
    /// After a delay of the caller's choice, which should grow.
    Backoff,
    /// After this long.
    After(Duration),
}

impl RetryAdvice {
    /// Delays above this are not waited for, unless the caller says otherwise: 2 minutes.
    pub const MAX_DELAY: Duration = Duration::from_secs(120);

    /// Whether to send the request again at all.
    #[must_use]
    pub fn is_retry(self) -> bool {
        self != Self::No
    }

    /// How long to wait before, if the server said so.
    #[must_use]
    pub fn delay(self) -> Option<Duration> {
        match self {
            Self::After(delay) => Some(delay),
            Self::No | Self::Backoff => None,
        }
    }
}

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
    let wanted = hints::wanted(error.headers());
    if wanted == Some(false) {
        return RetryAdvice::No;
    }
    match hints::delay(error.response()) {
        Some(delay) if delay > max_delay => RetryAdvice::No,
        Some(delay) => RetryAdvice::After(delay),
        None if wanted == Some(true) || may_pass(error) => RetryAdvice::Backoff,
        None => RetryAdvice::No,
    }
}

/// Whether the failure is one that passes, and sending the request twice does no harm.
fn may_pass(error: &ApiError) -> bool {
    is_transient(error.status()) && error.method().is_some_and(is_idempotent)
}

fn is_transient(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

fn is_idempotent(method: &Method) -> bool {
    method.is_safe() || [Method::PUT, Method::DELETE].contains(method)
}

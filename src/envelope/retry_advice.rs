//! Whether and when to send a request again.
//!
//! In: the status, the headers and the body of an error, and the method of its request. Out: a [`RetryAdvice`]. Clients and retry
//! layers ask for it. Nothing here sends or waits.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use super::{retry_hints, Envelope};

/// Whether to send the request of an [`ApiError`](crate::ApiError) again, and when.
///
/// The first of these that is in the response decides:
///
/// 1. `x-should-retry: false`: do not.
/// 2. A delay: `retry-after-ms`, [`Retry-After`](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3) (seconds, also with
///    a fraction, or a date, counted from the `Date` of the response), the `retryDelay` of a
///    [`google.rpc.RetryInfo`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto), the
///    `retryAfterSeconds` of a Kubernetes
///    [`Status`](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/), and, if a limit is
///    exceeded (429, 503, and 403 with nothing remaining), the reset of
///    [`RateLimit`](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/), `RateLimit-Reset` or
///    `X-RateLimit-Reset`. If the delay is above the limit: do not.
/// 3. `x-should-retry: true`: do.
/// 4. The status: 408, 425, 429, 500, 502, 503, 504 and 529, if the method is idempotent
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
    /// Do not send it again.
    No,
    /// Send it again after a delay of the caller's choice, which should grow with each attempt.
    Backoff,
    /// Send it again after this delay, which the server named.
    After(Duration),
}

impl RetryAdvice {
    /// The longest delay that is advised by default: 2 minutes. If the server names a longer one, the advice is [`No`](Self::No).
    pub const MAX_DELAY: Duration = Duration::from_secs(120);

    /// Whether to send the request again.
    #[must_use]
    pub fn is_retry(self) -> bool {
        self != Self::No
    }

    /// The delay that the server named; `None` if it named none, or if the advice is [`No`](Self::No).
    #[must_use]
    pub fn delay(self) -> Option<Duration> {
        match self {
            Self::After(delay) => Some(delay),
            Self::No | Self::Backoff => None,
        }
    }
}

/// The facts that the advice is based on. For an envelope alone, the request is not known.
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure<'f> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'f HeaderMap,
    /// A body that may have a delay.
    pub(crate) body: &'f Bytes,
    pub(crate) method: Option<&'f Method>,
}

#[cfg_attr(not(feature = "layer"), allow(dead_code))]
impl Failure<'_> {
    pub(crate) fn advice(&self, max_delay: Duration) -> RetryAdvice {
        let said = || retry_hints::in_body(self.body);
        let delay = || retry_hints::delay(self.status, self.headers, said);
        advice(self.headers, delay, max_delay, || self.may_pass())
    }

    /// Whether a request with this method may be sent twice.
    #[cfg(feature = "reqwest-retry")]
    pub(crate) fn is_idempotent(method: &Method) -> bool {
        is_idempotent(method)
    }

    /// Whether the failure may be temporary, and sending the request twice does no harm.
    fn may_pass(&self) -> bool {
        is_transient(self.status) && self.method.is_some_and(is_idempotent)
    }
}

impl Envelope {
    /// Adds the delay that the headers of its response name, unless the error names one itself. `x-should-retry: false` is a delay
    /// without end.
    pub(crate) fn add_retry_hints(&mut self, headers: &HeaderMap) {
        if self.retry_delay().is_some() || !retry_hints::may_be_in(headers) {
            return;
        }
        let delay = match retry_hints::wanted(headers) {
            Some(false) => Some(Duration::MAX),
            _ => retry_hints::delay(self.status(), headers, || None),
        };
        if let Some(delay) = delay {
            self.set_retry_delay(delay);
        }
    }

    /// Whether and when to send the request of this error again. Only the error is known, not the request.
    ///
    /// Without the method, the advice is [`Backoff`](RetryAdvice::Backoff) only for statuses that mean that the request was
    /// not processed: 425, 429, 503 and 529, so also `UNAVAILABLE` and `RESOURCE_EXHAUSTED` of gRPC. The delay of a
    /// `google.rpc.RetryInfo` and the member `retry_after`, in seconds, count as well, and
    /// so does the delay in the headers of a response that a client's layer has read.
    /// [`ApiError::retry_advice`](crate::ApiError::retry_advice) also knows the method.
    ///
    /// ```
    /// use std::time::Duration;
    /// use http::StatusCode;
    /// use tower_error_envelope::{Envelope, RetryAdvice};
    ///
    /// let busy = Envelope::from_status(StatusCode::SERVICE_UNAVAILABLE);
    /// assert_eq!(busy.retry_advice(), RetryAdvice::Backoff);
    /// let busy = busy.with_header("retry-after", 3);
    /// assert_eq!(busy.retry_advice(), RetryAdvice::After(Duration::from_secs(3)));
    /// ```
    #[must_use]
    pub fn retry_advice(&self) -> RetryAdvice {
        let headers = self.headers();
        let delay = || {
            let own = self.own_delay();
            let said = retry_hints::delay(self.status(), headers, || own);
            // `Retry-After` has whole seconds. If it was computed from the delay, the delay is exact.
            own.filter(|own| {
                said.is_some_and(|said| said.as_secs_f64() == own.as_secs_f64().ceil())
            })
            .or(said)
        };
        let is_unprocessed = || matches!(self.status().as_u16(), 425 | 429 | 503 | OVERLOADED);
        advice(headers, delay, RetryAdvice::MAX_DELAY, is_unprocessed)
    }

    /// The delay outside of headers: that of the protocol, else that of a member.
    pub(crate) fn own_delay(&self) -> Option<Duration> {
        let in_members = || retry_hints::in_members(self.members());
        self.retry_delay().or_else(in_members)
    }
}

fn advice(
    headers: &HeaderMap,
    delay: impl FnOnce() -> Option<Duration>,
    max_delay: Duration,
    may_pass: impl FnOnce() -> bool,
) -> RetryAdvice {
    let wanted = retry_hints::wanted(headers);
    if wanted == Some(false) {
        return RetryAdvice::No;
    }
    match delay() {
        Some(delay) if delay > max_delay => RetryAdvice::No,
        Some(delay) => RetryAdvice::After(delay),
        None if wanted == Some(true) || may_pass() => RetryAdvice::Backoff,
        None => RetryAdvice::No,
    }
}

/// The status of Anthropic and others for overload, besides 503.
const OVERLOADED: u16 = 529;

#[cfg_attr(not(feature = "layer"), allow(dead_code))]
fn is_transient(status: StatusCode) -> bool {
    matches!(
        status.as_u16(),
        408 | 425 | 429 | 500 | 502 | 503 | 504 | OVERLOADED
    )
}

#[cfg_attr(not(feature = "layer"), allow(dead_code))]
fn is_idempotent(method: &Method) -> bool {
    method.is_safe() || [Method::PUT, Method::DELETE].contains(method)
}

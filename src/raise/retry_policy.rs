//! A policy for tower's `Retry` that follows the advice of errors, with the feature `retry`.
//!
//! In: the result of a call. Out: the wait before the next attempt, or nothing. tower's `Retry` calls it.

use std::time::Duration;

use http::Request;
use tokio::time::Sleep;
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::retry::Policy;
use tower::util::rng::HasherRng;

use super::raised_error::RaisedError;
use crate::envelope::RetryAdvice;

/// The share of a delay that is added at random.
const JITTER: f64 = 0.25;

/// The policy for tower's [`Retry`](tower::retry::Retry) that follows the [`RetryAdvice`] of an error.
///
/// It sends a request again if the advice allows it. It waits for the delay that the server named. If the server named none, it waits
/// for a delay that doubles with each attempt. It needs a Tokio runtime with time. Put it outside of the layer that raises:
///
/// ```
/// # use std::sync::atomic::{AtomicU16, Ordering};
/// use http::{Request, Response};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::{RaiseErrorsLayer, RetryPolicy};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let calls = &*Box::leak(Box::new(AtomicU16::new(0)));
/// // The first answer is 503 with `Retry-After: 0`, and the second is 200.
/// let busy = service_fn(|_: Request<String>| async {
///     match calls.fetch_add(1, Ordering::Relaxed) {
///         0 => Response::builder().status(503).header("retry-after", 0).body(String::new()),
///         _ => Response::builder().body("Printed".to_owned()),
///     }
/// });
/// let client = ServiceBuilder::new()
///     .retry(RetryPolicy::new(3))
///     .layer(RaiseErrorsLayer::new())
///     .service(busy);
/// assert_eq!(client.oneshot(Request::new(String::new())).await?.status(), 200);
/// assert_eq!(calls.load(Ordering::Relaxed), 2);
/// # Ok(())
/// # }
/// ```
///
/// If the inner service fails, there is no answer, and the client does not know whether the server got the request. So the policy does
/// not retry it. Requests are cloned, so their body must be `Clone`. A clone of `Full<Bytes>` copies no bytes.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    retries: usize,
    max_delay: Duration,
    delays: (Duration, Duration),
    // It is made at the first retry, so that requests which fail together get different random numbers.
    backoff: Option<ExponentialBackoff>,
}

impl RetryPolicy {
    /// Sends a request again at most `retries` times. So there are at most `retries + 1` attempts.
    ///
    /// The delay is the one that the server names, up to [`RetryAdvice::MAX_DELAY`] (2 minutes). If the server names none, the delay is
    /// 0.5 seconds, and doubles with each attempt up to 8 seconds. Up to a quarter is added at random.
    #[must_use]
    pub fn new(retries: usize) -> Self {
        Self {
            retries,
            max_delay: RetryAdvice::MAX_DELAY,
            delays: (Duration::from_millis(500), Duration::from_secs(8)),
            backoff: None,
        }
    }

    /// The same policy with a limit for the delays that servers name. If a server names a longer delay, the request is not sent
    /// again. Default: 2 minutes.
    #[must_use]
    pub fn with_max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = max_delay;
        self
    }

    /// The same policy with other delays for servers that name none: `first`, then twice as long each time, up to `last`. Default:
    /// 0.5 seconds, and 8 seconds.
    ///
    /// ```
    /// # use http::{Request, Response};
    /// # use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// # use tower_error_envelope::RaiseErrorsLayer;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let busy = service_fn(|_: Request<String>| async { Response::builder().status(503).body(String::new()) });
    /// use std::time::{Duration, Instant};
    /// use tower_error_envelope::RetryPolicy;
    ///
    /// let policy = RetryPolicy::new(2)
    ///     .with_max_delay(Duration::from_secs(10))
    ///     .with_backoff(Duration::from_millis(10), Duration::from_millis(20));
    /// let client = ServiceBuilder::new().retry(policy).layer(RaiseErrorsLayer::new()).service(busy); // always 503
    /// let start = Instant::now();
    /// assert_eq!(client.oneshot(Request::new(String::new())).await.unwrap_err().api().unwrap().status(), 503);
    /// assert!(start.elapsed() >= Duration::from_millis(10 + 20));
    /// # }
    /// ```
    #[must_use]
    pub fn with_backoff(mut self, first: Duration, last: Duration) -> Self {
        self.delays = (first, last);
        self
    }
}

/// The delays as tower computes them. tower refuses a delay of zero, and a last delay below the first. This function corrects both.
fn backoff((first, last): (Duration, Duration)) -> ExponentialBackoff {
    let last = last.max(first).max(Duration::from_nanos(1));
    let maker = ExponentialBackoffMaker::new(first, last, JITTER, HasherRng::new());
    maker.unwrap_or_default().make_backoff()
}

impl<B: Clone, Res, E> Policy<Request<B>, Res, RaisedError<E>> for RetryPolicy {
    type Future = Sleep;

    fn retry(
        &mut self,
        _: &mut Request<B>,
        result: &mut Result<Res, RaisedError<E>>,
    ) -> Option<Sleep> {
        let error = result.as_ref().err()?.api()?;
        let advice = error.retry_advice_within(self.max_delay);
        self.retries = self.retries.checked_sub(1)?;
        match advice {
            RetryAdvice::No => None,
            RetryAdvice::Backoff => {
                let delays = self.delays;
                let backoff = self.backoff.get_or_insert_with(|| backoff(delays));
                Some(backoff.next_backoff())
            }
            RetryAdvice::After(delay) => Some(tokio::time::sleep(delay)),
        }
    }

    fn clone_request(&mut self, request: &Request<B>) -> Option<Request<B>> {
        Some(request.clone())
    }
}

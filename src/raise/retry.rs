//! Whether and when to send the request of an [`ApiError`] again.
//!
//! In: an error. Out: a [`RetryAdvice`]. Programs and the retry policies of this crate call it.

use std::time::Duration;

use http::Response;

use super::error::ApiError;
use crate::envelope::{Failure, RetryAdvice};
use crate::read;

impl ApiError {
    /// Whether and when to send the request again. [`RetryAdvice`] lists the signs that decide.
    ///
    /// It sends nothing and does not wait: that is the task of a retry layer, such as `RetryPolicy` (feature `retry`). A delay of
    /// more than [`RetryAdvice::MAX_DELAY`], 2 minutes, gives [`No`](RetryAdvice::No).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::{RaiseErrorsLayer, RetryAdvice};
    /// # use http_body_util::Empty;
    /// # async fn busy(_: Request<()>) -> Result<Response<Empty<bytes::Bytes>>, std::convert::Infallible> {
    /// #     Ok(Response::builder().status(503).header("retry-after", 5).body(Empty::new()).unwrap())
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(busy));
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert_eq!(error.retry_advice(), RetryAdvice::After(Duration::from_secs(5)));
    /// assert_eq!(error.retry_advice_within(Duration::from_secs(2)), RetryAdvice::No);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn retry_advice(&self) -> RetryAdvice {
        self.retry_advice_within(RetryAdvice::MAX_DELAY)
    }

    /// The same as [`retry_advice`](Self::retry_advice), with another limit than [`RetryAdvice::MAX_DELAY`]. If the server names a
    /// longer delay than `max_delay`, the advice is [`No`](RetryAdvice::No).
    #[must_use]
    pub fn retry_advice_within(&self, max_delay: Duration) -> RetryAdvice {
        // `body` is as it was received.
        let decoded = read::decoded_by_default(self.response());
        let failure = Failure {
            status: self.status(),
            headers: self.headers(),
            body: decoded.as_ref().map_or(self.body(), Response::body),
            method: self.method(),
        };
        let advice = failure.advice(max_delay);
        // A status of gRPC has its delay in its details, its metadata or its members. `Failure` reads only HTTP.
        let is_silent =
            !matches!(advice, RetryAdvice::After(_)) && !self.headers().contains_key(SHOULD_RETRY);
        match self.envelope().own_delay().filter(|_| is_silent) {
            Some(delay) if delay <= max_delay => RetryAdvice::After(delay),
            Some(_) => RetryAdvice::No,
            None => advice,
        }
    }
}

/// The header by which a server allows or forbids a retry. If it is there, the delay of the envelope does not count.
const SHOULD_RETRY: &str = "x-should-retry";

//! Retries for reqwest-middleware by the advice of errors, with the feature `reqwest-retry`.
//!
//! Alone, reqwest-retry 0.9 repeats every 5xx, 408 and 429 after its own delays. It ignores `Retry-After`, and repeats a POST as
//! well. With [`RetryMiddleware`] it follows the [`RetryAdvice`] of each error.
//!
//! In: a request, and the responses or errors of the next middleware. Out: the last of them.
//!
//! 1. [`AdvisedStrategy`] decides whether to send the request again, and notes the delay that the server named.
//! 2. [`AdvisedPolicy`] asks the policy of the user whether a retry is left. It replaces its delay by the noted one.
//! 3. reqwest-retry waits, and sends the request again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Extensions, Method};
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use reqwest_retry::{
    default_on_request_failure, RetryDecision, RetryError, RetryPolicy, RetryTransientMiddleware,
    Retryable, RetryableStrategy,
};

use crate::envelope::{Failure, RetryAdvice};
use crate::http::status;
use crate::reqwest_middleware::ErrorExt;

/// Sends a request again if the advice of its error says so. It waits for the delay that the server named. If the server named
/// none, it waits for the delay of a policy of reqwest-retry.
///
/// | result of an attempt | next step |
/// | --- | --- |
/// | success, redirect | it is returned |
/// | error status | the [`RetryAdvice`] decides whether and when, and the policy decides how often |
/// | no answer | see below |
///
/// It works outside and inside of [`RaiseErrorsMiddleware`](crate::RaiseErrorsMiddleware) and
/// [`NormaliseErrorsMiddleware`](crate::NormaliseErrorsMiddleware). Delays in a body (Google, Kubernetes) count only if it
/// is outside of the first.
///
/// If there was no answer, a request is sent again in two cases: no connection was made, or the request is idempotent and
/// reqwest-retry regards the failure as temporary.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest_middleware::Error> {
/// # use wiremock::{matchers::any, Mock, MockServer, ResponseTemplate};
/// # let server = MockServer::start().await;
/// # let busy = ResponseTemplate::new(503).insert_header("retry-after", "0");
/// # Mock::given(any()).respond_with(busy).up_to_n_times(1).mount(&server).await;
/// # Mock::given(any()).respond_with(ResponseTemplate::new(200)).mount(&server).await;
/// # let url = server.uri();
/// use reqwest_middleware::ClientBuilder;
/// use reqwest_retry::policies::ExponentialBackoff;
/// use tower_error_envelope::{RaiseErrorsMiddleware, RetryMiddleware};
///
/// let retries = ExponentialBackoff::builder().build_with_max_retries(3);
/// let client = ClientBuilder::new(reqwest::Client::new())
///     .with(RetryMiddleware::new(retries))
///     .with(RaiseErrorsMiddleware::new())
///     .build();
/// let response = client.get(url).send().await?; // 503 with `Retry-After: 0`, then 200
/// assert_eq!(response.status(), 200);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RetryMiddleware {
    policy: Arc<dyn RetryPolicy + Send + Sync>,
    max_delay: Duration,
}

impl RetryMiddleware {
    /// Sends a request again as often as `policy` allows.
    ///
    /// If a server names no delay, the delay of the policy applies. If it names one of more than
    /// [`RetryAdvice::MAX_DELAY`] (2 minutes), the request is not sent again.
    ///
    /// A request whose body is a stream cannot be copied, so reqwest-retry fails for it.
    #[must_use]
    pub fn new(policy: impl RetryPolicy + Send + Sync + 'static) -> Self {
        Self {
            policy: Arc::new(policy),
            max_delay: RetryAdvice::MAX_DELAY,
        }
    }

    /// The same middleware with another limit for the delays that servers name. If a server names a longer delay, the request is
    /// not sent again. Default: [`RetryAdvice::MAX_DELAY`], 2 minutes.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), reqwest_middleware::Error> {
    /// # use {std::time::Duration, reqwest_middleware::ClientBuilder, wiremock::{matchers::any, Mock, MockServer, ResponseTemplate}};
    /// # let (server, busy) = (MockServer::start().await, ResponseTemplate::new(503).insert_header("retry-after", "11"));
    /// # Mock::given(any()).respond_with(busy).expect(1).mount(&server).await;
    /// # let url = server.uri();
    /// use reqwest_retry::policies::ExponentialBackoff;
    /// use tower_error_envelope::RetryMiddleware;
    ///
    /// let policy = ExponentialBackoff::builder().build_with_max_retries(3);
    /// let retries = RetryMiddleware::new(policy).with_max_delay(Duration::from_secs(10));
    /// let client = ClientBuilder::new(reqwest::Client::new()).with(retries).build();
    /// let response = client.get(url).send().await?; // 503 with `Retry-After: 11`: one attempt
    /// assert_eq!(response.status(), 503);
    /// # server.verify().await;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = max_delay;
        self
    }
}

impl fmt::Debug for RetryMiddleware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryMiddleware")
            .field("max_delay", &self.max_delay)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Middleware for RetryMiddleware {
    /// A policy of reqwest-retry gets no response, and a strategy gets no request. So each request gets a pair of its own,
    /// which shares the delay.
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let delay = Delay::default();
        let policy = AdvisedPolicy {
            policy: Arc::clone(&self.policy),
            delay: delay.clone(),
        };
        let strategy = AdvisedStrategy {
            method: request.method().clone(),
            max_delay: self.max_delay,
            delay,
        };
        RetryTransientMiddleware::new_with_policy_and_strategy(policy, strategy)
            .handle(request, extensions, next)
            .await
            .map_err(without_retries)
    }
}

/// Restores an error that was not retried. reqwest-retry wraps it in an error of its own, which forwards only the source.
fn without_retries(error: Error) -> Error {
    let Error::Middleware(error) = error else {
        return error;
    };
    match error.downcast() {
        Ok(RetryError::Error(error)) => error,
        Ok(error @ RetryError::WithRetries { .. }) => Error::Middleware(error.into()),
        Err(error) => Error::Middleware(error),
    }
}

/// The delay that the server named for the next attempt; `None` if it named none. The strategy sets it, and the policy takes it.
#[derive(Clone, Default)]
struct Delay(Arc<Mutex<Option<Duration>>>);

impl Delay {
    fn replace(&self, delay: Option<Duration>) -> Option<Duration> {
        let mut old = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *old, delay)
    }
}

/// Decides whether to send a request again. It knows the method of the request.
struct AdvisedStrategy {
    method: Method,
    max_delay: Duration,
    delay: Delay,
}

impl RetryableStrategy for AdvisedStrategy {
    fn handle(&self, result: &Result<Response>) -> Option<Retryable> {
        let advice = match result {
            Ok(response) if status::is_error(response.status()) => self.advice(response),
            Ok(_) => return None,
            // The body of an error that was raised inside counts as well.
            Err(error) => match error.api_error() {
                Some(error) => error.retry_advice_within(self.max_delay),
                None => return Some(self.without_answer(error)),
            },
        };
        self.delay.replace(advice.delay());
        Some(retryable(advice.is_retry()))
    }
}

impl AdvisedStrategy {
    /// The advice for a response whose body was not read: only its head counts.
    fn advice(&self, response: &Response) -> RetryAdvice {
        let failure = Failure {
            status: response.status(),
            headers: response.headers(),
            body: &Bytes::new(),
            method: Some(&self.method),
        };
        failure.advice(self.max_delay)
    }

    /// Whether to send a request again that got no answer.
    fn without_answer(&self, error: &Error) -> Retryable {
        let is_unseen = matches!(error, Error::Reqwest(error) if error.is_connect());
        let passes = default_on_request_failure(error) == Some(Retryable::Transient);
        retryable(passes && (is_unseen || Failure::is_idempotent(&self.method)))
    }
}

fn retryable(is: bool) -> Retryable {
    match is {
        true => Retryable::Transient,
        false => Retryable::Fatal,
    }
}

/// The policy of the user, with the delay of the server.
struct AdvisedPolicy {
    policy: Arc<dyn RetryPolicy + Send + Sync>,
    delay: Delay,
}

impl RetryPolicy for AdvisedPolicy {
    fn should_retry(&self, start: SystemTime, past_retries: u32) -> RetryDecision {
        let delay = self.delay.replace(None);
        let decision = self.policy.should_retry(start, past_retries);
        let advised = delay.and_then(|delay| SystemTime::now().checked_add(delay));
        match (decision, advised) {
            (RetryDecision::Retry { .. }, Some(execute_after)) => {
                RetryDecision::Retry { execute_after }
            }
            (decision, _) => decision,
        }
    }
}

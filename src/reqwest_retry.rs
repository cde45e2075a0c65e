//! Retries for reqwest-middleware by the advice of errors, with the feature `reqwest-retry`.
//!
//! reqwest-retry 0.9 repeats every 5xx, 408 and 429 with its own delays: three times within milliseconds, whatever
//! `Retry-After` says, and also for a POST. With [`RetryMiddleware`] it follows the [`RetryAdvice`] of each error.

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
use crate::raise::ApiError;
use crate::reqwest_middleware::ErrorExt;

/// Sends a request again if the advice of its error says so. It waits for the delay that the server named. If the server named
/// none, it waits for the delay of a policy of reqwest-retry.
///
/// The policy decides how often a request is sent. The [`RetryAdvice`] decides whether and when. It works on both sides of
/// [`RaiseErrorsMiddleware`](crate::RaiseErrorsMiddleware) and
/// [`NormaliseErrorsMiddleware`](crate::NormaliseErrorsMiddleware); it knows delays in a body (Google, Kubernetes) only if it
/// stands outside of the first.
///
/// If there was no answer, a request is sent again in two cases: no connection was made, or the request is idempotent and
/// reqwest-retry regards the failure as temporary.
///
/// ```no_run
/// use reqwest_middleware::ClientBuilder;
/// use reqwest_retry::policies::ExponentialBackoff;
/// use tower_error_envelope::{RaiseErrorsMiddleware, RetryMiddleware};
///
/// let retries = ExponentialBackoff::builder().build_with_max_retries(3);
/// let client = ClientBuilder::new(reqwest::Client::new())
///     .with(RetryMiddleware::new(retries))
///     .with(RaiseErrorsMiddleware::new())
///     .build();
/// # drop(client);
/// ```
#[derive(Clone)]
pub struct RetryMiddleware {
    policy: Arc<dyn RetryPolicy + Send + Sync>,
    max_delay: Duration,
}

impl RetryMiddleware {
    /// Sends a request again as often as `policy` allows.
    ///
    /// If a server names no delay, the delay of the policy applies.
    #[must_use]
    pub fn new(policy: impl RetryPolicy + Send + Sync + 'static) -> Self {
        Self {
            policy: Arc::new(policy),
            max_delay: RetryAdvice::MAX_DELAY,
        }
    }

    /// The same with another limit than [`RetryAdvice::MAX_DELAY`]. If a server names a longer delay, the request is not sent
    /// again.
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
    /// The policy of reqwest-retry sees no response, and its strategy no request. So each request has a pair of its own.
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

/// The delay that the server named for the next attempt.
#[derive(Clone, Default)]
struct Delay(Arc<Mutex<Option<Duration>>>);

impl Delay {
    fn set(&self, delay: Option<Duration>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = delay;
    }

    fn take(&self) -> Option<Duration> {
        let mut delay = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        delay.take()
    }
}

/// Whether to send a request again.
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
            Err(error) => match error.api_error() {
                Some(error) => self.advice_of(error),
                None => return Some(self.without_answer(error)),
            },
        };
        self.delay.set(advice.delay());
        Some(match advice.is_retry() {
            true => Retryable::Transient,
            false => Retryable::Fatal,
        })
    }
}

impl AdvisedStrategy {
    fn advice(&self, response: &Response) -> RetryAdvice {
        let failure = Failure {
            status: response.status(),
            headers: response.headers(),
            body: &Bytes::new(),
            method: Some(&self.method),
        };
        failure.advice(self.max_delay)
    }

    fn advice_of(&self, error: &ApiError) -> RetryAdvice {
        error.retry_advice_within(self.max_delay)
    }

    fn without_answer(&self, error: &Error) -> Retryable {
        let is_unseen = matches!(error, Error::Reqwest(error) if error.is_connect());
        let passes = default_on_request_failure(error) == Some(Retryable::Transient);
        match passes && (is_unseen || Failure::is_idempotent(&self.method)) {
            true => Retryable::Transient,
            false => Retryable::Fatal,
        }
    }
}

/// How often and when to send a request again.
struct AdvisedPolicy {
    policy: Arc<dyn RetryPolicy + Send + Sync>,
    delay: Delay,
}

impl RetryPolicy for AdvisedPolicy {
    fn should_retry(&self, start: SystemTime, past_retries: u32) -> RetryDecision {
        let delay = self.delay.take();
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

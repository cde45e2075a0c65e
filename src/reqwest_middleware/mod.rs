//! Middleware for reqwest-middleware 0.5 and reqwest 0.13, with the feature `reqwest-middleware`.
//!
//! In: the response of the next middleware. Out: the response with an envelope ([`NormaliseErrorsMiddleware`]), or an error
//! ([`RaiseErrorsMiddleware`]). The client of reqwest-middleware calls them.

mod answer;
mod normalise;

use http::{Extensions, StatusCode};
use reqwest::Request;
use reqwest_middleware::{Error, Middleware, Next, Result};

use self::answer::Answer;
pub use self::normalise::NormaliseErrorsMiddleware;
use crate::envelope::Envelope;
use crate::raise::{ApiError, OptionalResult, RaiseErrorsLayer};
use crate::reqwest::{raise, status_of};

/// Raises error responses: the request fails with an [`ApiError`], which [`ErrorExt::api_error`] finds.
///
/// Such an error prints the request, the status and the message of the server:
/// `GET https://copr.example/api_3/build/123: 404 Not Found: Build 123 does not exist.`
///
/// It is for reqwest-middleware 0.5 and reqwest 0.13.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let server = wiremock::MockServer::start().await;
/// # let url = server.uri();
/// use reqwest_middleware::ClientBuilder;
/// use reqwest_retry::{policies::ExponentialBackoff, RetryTransientMiddleware};
/// use tower_error_envelope::{ErrorExt, RaiseErrorsMiddleware};
///
/// let retries = ExponentialBackoff::builder().build_with_max_retries(3);
/// let client = ClientBuilder::new(reqwest::Client::new())
///     .with(RaiseErrorsMiddleware::new()) // outside
///     .with(RetryTransientMiddleware::new_with_policy(retries)) // inside
///     .build();
///
/// let error = client.get(url).send().await.unwrap_err(); // 404
/// assert!(error.api_error().unwrap().is_no_result());
/// let error = client.get("http://127.0.0.1:1").send().await.unwrap_err(); // no answer
/// assert!(error.api_error().is_none());
/// # }
/// ```
///
/// # Order
///
/// The middleware that is attached first is outermost. Attach [`RaiseErrorsMiddleware`] before reqwest-retry, so that it is
/// **outside**. Inside, it turns a 503 into an error of a middleware, which reqwest-retry does not retry. `RetryMiddleware`
/// (feature `reqwest-retry`) knows this error, and waits as long as the server asks. [`NormaliseErrorsMiddleware`] changes
/// no status, so it works on both sides. Outside, it reads only the last answer.
#[derive(Clone, Debug, Default)]
pub struct RaiseErrorsMiddleware {
    rules: RaiseErrorsLayer,
}

impl RaiseErrorsMiddleware {
    /// Raises every response with an error status, by the rules of [`RaiseErrorsLayer::new`]. `From` takes a layer with other
    /// rules.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// Raises by the rules of a layer, for example of [`RaiseErrorsLayer::copr`].
impl From<RaiseErrorsLayer> for RaiseErrorsMiddleware {
    fn from(rules: RaiseErrorsLayer) -> Self {
        Self { rules }
    }
}

// Without `async_trait`: see [`Answer`].
impl Middleware for RaiseErrorsMiddleware {
    fn handle<'m, 'e, 'n, 'f>(
        &'m self,
        request: Request,
        extensions: &'e mut Extensions,
        next: Next<'n>,
    ) -> Answer<'f>
    where
        Self: 'f,
        'm: 'f,
        'e: 'f,
        'n: 'f,
    {
        let method = request.method().clone();
        let response = next.run(request, extensions);
        Box::pin(async move {
            let response = response.await?;
            if !self.rules.concerns(response.status(), response.headers()) {
                return Ok(response);
            }
            let raised_of = raise(&self.rules, Some(method), response);
            Box::pin(raised_of).await.map_err(raised)
        })
    }
}

/// The error is wrapped in a context, so it is the source of another error. Some layers forward only the source of the
/// error that they hold, as reqwest-retry does. Without the context, the [`ApiError`] would be lost.
fn raised(error: ApiError) -> Error {
    let line = error.summary();
    match Error::middleware(error) {
        Error::Middleware(error) => Error::Middleware(error.context(line)),
        other => other,
    }
}

/// Finds an [`ApiError`] inside of an error of reqwest-middleware. It is sealed.
pub trait ErrorExt: sealed::Sealed {
    /// The error that the server answered with; `None` for any other error. [`RaiseErrorsMiddleware`] raises it. It is also found
    /// inside the errors of other middleware, such as reqwest-retry.
    fn api_error(&self) -> Option<&ApiError>;
}

impl ErrorExt for Error {
    fn api_error(&self) -> Option<&ApiError> {
        find(self)
    }
}

/// The error of this type in `error`. It may be inside the errors of other middleware.
fn find<E: std::error::Error + 'static>(error: &Error) -> Option<&E> {
    match error {
        Error::Reqwest(error) => (error as &dyn std::error::Error).downcast_ref(),
        Error::Middleware(error) => error.chain().find_map(|error| {
            let held = || find(error.downcast_ref()?);
            error.downcast_ref().or_else(held)
        }),
    }
}

impl<T> OptionalResult<T> for Result<T> {
    type Error = Error;

    fn optional(self) -> Result<Option<T>> {
        match self {
            Err(error) if error.api_error().is_some_and(ApiError::is_no_result) => Ok(None),
            result => result.map(Some),
        }
    }
}

/// For a service that passes on the error of an upstream with `?`.
///
/// An error that the server answered with is converted like an [`ApiError`]. Any other error is converted like a
/// `reqwest::Error`.
///
/// ```
/// use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
/// use tower_error_envelope::{Envelope, RaiseErrorsMiddleware};
///
/// async fn stock(client: &ClientWithMiddleware, url: &str) -> Result<String, Envelope> {
///     Ok(client.get(url).send().await?.text().await?)
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let server = wiremock::MockServer::start().await;
/// let client = ClientBuilder::new(reqwest::Client::new()).with(RaiseErrorsMiddleware::new()).build();
/// assert_eq!(stock(&client, &server.uri()).await.unwrap_err().status(), 404);
/// assert_eq!(stock(&client, "http://127.0.0.1:1").await.unwrap_err().status(), 502);
/// # }
/// ```
impl From<Error> for Envelope {
    fn from(error: Error) -> Self {
        if let Error::Reqwest(error) = error {
            return error.into();
        }
        let Some(raised) = error.api_error() else {
            let status = find(&error).map(status_of);
            return Self::from_status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
                .with_source(error);
        };
        raised.public_envelope().with_source(error)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for reqwest_middleware::Error {}
}

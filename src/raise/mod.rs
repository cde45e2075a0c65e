//! Typed errors for clients: data only on success.
#![doc = include_str!("../docs/clients.md")]

mod builder;
mod config;
mod copr;
mod display;
mod error;
mod future;
mod grpc;
mod judgement;
mod kind;
mod optional_result;
mod pass_on;
#[cfg(feature = "reqwest")]
mod raise_response;
mod raised_error;
mod reading;
mod request_id;
mod retry;
#[cfg(feature = "retry")]
mod retry_policy;
mod service;
mod streams;
mod watching;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tower_layer::Layer;

use self::config::{Config, Mode};
pub use self::error::ApiError;
pub use self::future::ResponseFuture;
#[cfg(feature = "reqwest")]
pub(crate) use self::grpc::may_be_answer as may_be_grpc;
pub use self::optional_result::OptionalResult;
pub use self::raised_error::RaisedError;
#[cfg(feature = "retry")]
pub use self::retry_policy::RetryPolicy;
pub use self::service::RaiseErrorsService;
pub use self::streams::RaisingBody;
pub use self::watching::{Unwatched, Watched, Watching};
pub use crate::envelope::{ErrorKind, RetryAdvice};

/// Gives a client data, or a typed error that keeps the whole response.
///
/// With [`new`](Self::new), the status decides what is an error. With [`copr`](Self::copr), the rules of python-copr decide. The
/// [module docs](self) say where this layer stands among other layers.
///
/// ```
/// use http::{Request, Response};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::{RaiseErrorsLayer, RaisedError};
/// # use http_body_util::Full;
/// # async fn printers(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
/// #     Ok(Response::builder().status(404).body(Full::from("There is no printer 8\n")).unwrap())
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), http::Error> {
/// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(printers));
///
/// match client.oneshot(Request::get("/printers/8").body(())?).await {
///     Err(RaisedError::Api(error)) if error.is_no_result() => {
///         assert_eq!(error.to_string(), "There is no printer 8");
///         assert_eq!(error.body(), "There is no printer 8\n");
///     }
///     other => panic!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct RaiseErrorsLayer<W = Unwatched> {
    config: Arc<Config>,
    watching: PhantomData<fn() -> W>,
}

impl RaiseErrorsLayer {
    /// Raises every response with an error status: 4xx, 5xx, and all above. Every other response is data, also a redirect.
    pub fn new() -> Self {
        Self::with_config(Arc::new(Config::new(Mode::Strict)))
    }

    /// Raises what python-copr 2.7 raises, and prints it in the same words.
    ///
    /// - A JSON object with the member `error` is an error, with any status, also with 200.
    /// - Any other JSON is data, with any status, also with 500.
    /// - A body that is not JSON is an error, with any status. It is a [`Timeout`](ErrorKind::Timeout) with 504, else a
    ///   kind of [`Request`](ErrorKind::Request), also with 403 and 404.
    ///
    /// For this, the layer reads every response, up to the [limit](Self::with_body_limit). A longer body is data unless its
    /// status is an error. Do not put an [`ErrorEnvelopeLayer`](crate::ErrorEnvelopeLayer) inside: it removes the member `error`.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::RaiseErrorsLayer;
    /// # use http_body_util::Full;
    /// # async fn copr(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
    /// #     Ok(Response::new(Full::from(r#"{"error": "Cannot cancel build 123"}"#)))
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::copr()).service(service_fn(copr));
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert_eq!((error.status().as_u16(), error.to_string()), (200, "Cannot cancel build 123".into()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn copr() -> Self {
        Self::with_config(Arc::new(Config::new(Mode::Copr)))
    }
}

impl<W> RaiseErrorsLayer<W> {
    fn with_config(config: Arc<Config>) -> Self {
        let watching = PhantomData;
        Self { config, watching }
    }
}

impl Default for RaiseErrorsLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<W> fmt::Debug for RaiseErrorsLayer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaiseErrorsLayer")
            .field("config", &self.config)
            .finish()
    }
}

impl<S, W> Layer<S> for RaiseErrorsLayer<W> {
    type Service = RaiseErrorsService<S, W>;

    fn layer(&self, inner: S) -> Self::Service {
        RaiseErrorsService::new(inner, Arc::clone(&self.config))
    }
}

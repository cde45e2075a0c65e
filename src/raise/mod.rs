//! Typed errors for clients: data only on success.
#![doc = include_str!("../docs/clients.md")]

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
mod retry;
#[cfg(feature = "retry")]
mod retry_policy;
mod service;
mod streams;

use std::fmt;
use std::sync::Arc;

use http::response::Parts;
use tower_layer::Layer;

use self::config::{Config, Mode};
pub use self::error::ApiError;
pub use self::future::ResponseFuture;
pub use self::optional_result::OptionalResult;
pub use self::raised_error::RaisedError;
#[cfg(feature = "retry")]
pub use self::retry_policy::{RetryPolicy, Wait};
pub use self::service::RaiseErrorsService;
pub use self::streams::{
    RaiseErrorsInStreamsLayer, RaiseErrorsInStreamsService, RaisingBody, StreamsFuture,
};
pub use crate::envelope::{ErrorKind, RetryAdvice};
use crate::read::ErrorReader;

/// Gives a client data, or a typed error that keeps the whole response.
///
/// [`new`](Self::new) goes by the status, [`copr`](Self::copr) by what python-copr does. See the
/// [module docs](self) for where it stands among other layers.
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
///     Ok(response) => println!("{}", response.status()),
///     Err(RaisedError::Api(error)) if error.is_no_result() => {
///         assert_eq!(error.to_string(), "There is no printer 8");
///         assert_eq!(error.body(), "There is no printer 8\n");
///     }
///     Err(error) => panic!("{error}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct RaiseErrorsLayer {
    config: Arc<Config>,
}

impl RaiseErrorsLayer {
    /// Raises every response with an error status: 4xx, 5xx, and whatever lies above. All others are data, redirects
    /// as well.
    pub fn new() -> Self {
        Self {
            config: Arc::new(Config::new(Mode::Strict)),
        }
    }

    /// Raises what python-copr 2.7 raises, and prints it in the same words.
    ///
    /// - A JSON object with the member `error` is an error, whatever the status: also 200.
    /// - Any other JSON is data, whatever the status: also 500.
    /// - What is no JSON is an error, whatever the status; it is a [`Timeout`](ErrorKind::Timeout) with 504, else a
    ///   kind of [`Request`](ErrorKind::Request), also with 403 and 404.
    ///
    /// Every response has to be read for that, up to the [limit](Self::with_body_limit); what is longer is data unless
    /// its status says otherwise. An [`ErrorEnvelopeLayer`](crate::ErrorEnvelopeLayer) inside would leave no `error` to
    /// be found.
    pub fn copr() -> Self {
        Self {
            config: Arc::new(Config::new(Mode::Copr)),
        }
    }

    /// Asks this reader for what an error says before those of the crate, and after those named before it.
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|config| config.readers.push(Arc::new(reader)))
    }

    /// How many bytes of an error's body are kept at most. Default: 65,536.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|config| config.body_limit = bytes)
    }

    /// Raises only those errors for whose head `predicate` says yes. Default: all.
    pub fn with_predicate(
        self,
        predicate: impl Fn(&Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.configured(|config| config.predicate = Some(Arc::new(predicate)))
    }

    /// Raises errors that travel with a success as well: `{"ok": false, …}`, `{"error": "…"}`, GraphQL's `errors`
    /// without data, JSON-RPC, JSend, S3's and SOAP's XML (feature `xml`), or what a reader of the user knows.
    ///
    /// Such an error has the status that it gives as a number, else the one that its type implies, else 400. Only
    /// documents in JSON and XML are read for that, up to the [limit](Self::with_body_limit); what is longer is data, and
    /// so is a stream, of which no more than the first item is held back. It has no effect on [`copr`](Self::copr).
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::RaiseErrorsLayer;
    /// # use http_body_util::Full;
    /// # async fn slack(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
    /// #     let body = Full::from(r#"{"ok": false, "error": "channel_not_found"}"#);
    /// #     Ok(Response::builder().header("content-type", "application/json").body(body).unwrap())
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let layer = RaiseErrorsLayer::new().with_errors_in_success();
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(slack));
    ///
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert!(error.is_no_result());
    /// assert_eq!((error.status().as_u16(), error.response().status().as_u16()), (404, 200));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_errors_in_success(self) -> Self {
        self.configured(|config| config.errors_in_success = true)
    }

    fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

impl Default for RaiseErrorsLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for RaiseErrorsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaiseErrorsLayer")
            .field("config", &self.config)
            .finish()
    }
}

impl<S> Layer<S> for RaiseErrorsLayer {
    type Service = RaiseErrorsService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        RaiseErrorsService::new(inner, Arc::clone(&self.config))
    }
}

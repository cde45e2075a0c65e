//! The layer around a service.
#![doc = include_str!("../docs/layering.md")]

mod config;
mod dialects;
mod extension;
mod facts;
mod future;
#[cfg_attr(not(feature = "tonic"), path = "no_grpc.rs")]
mod grpc;
mod head;
mod labels;
mod log;
mod plan;
mod reading;
mod rewrite;
mod server;
mod service;
mod service_error;
mod side;
mod success;
mod work;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use http::response::Parts;
use http::StatusCode;
use tower_layer::Layer;

use self::config::Config;
pub use self::extension::{Masked, Passthrough};
pub use self::future::ResponseFuture;
pub use self::service::ErrorEnvelope;
pub use self::side::{Client, SameBody, Server, Serving, Side};
#[cfg(doc)]
use crate::body::ResponseBody;
use crate::envelope::{Envelope, Namespace};
use crate::read::ErrorReader;

/// Makes one envelope of every error that passes.
///
/// [`new`](Self::new) is for servers, [`client`](Self::client) for clients. See the [module docs](self) for what is
/// touched and what is not.
///
/// ```
/// use tower::ServiceBuilder;
/// use tower_error_envelope::ErrorEnvelopeLayer;
/// # use http::{Request, Response, StatusCode};
/// # use http_body_util::{BodyExt, Full};
/// # use tower::{BoxError, ServiceExt};
/// # async fn nothing_here(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, BoxError> {
/// #     Ok(Response::builder().status(404).body(Full::from("No such printer"))?)
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let service = ServiceBuilder::new().layer(ErrorEnvelopeLayer::new()).service_fn(nothing_here);
///
/// let response = service.oneshot(Request::new(())).await?;
/// assert_eq!(response.status(), StatusCode::NOT_FOUND);
/// assert_eq!(response.headers()["content-type"], "application/json");
/// let body = response.into_body().collect().await?.to_bytes();
/// assert_eq!(body, r#"{"_error_message":"No such printer","_error_type":"clustr.exceptions.NotFound"}"#);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct ErrorEnvelopeLayer<Side = Server> {
    config: Arc<Config>,
    side: PhantomData<fn() -> Side>,
}

impl ErrorEnvelopeLayer<Server> {
    /// The layer for servers, as [`server`](Self::server).
    pub fn new() -> Self {
        Self::server()
    }

    /// The layer for servers: answers every error, also those of the service itself, and masks those of the server
    /// that nobody meant for the client.
    ///
    /// The service that it makes never fails: its error is [`Infallible`](std::convert::Infallible).
    pub fn server() -> Self {
        Self {
            config: Arc::new(Config::server()),
            side: PhantomData,
        }
    }
}

impl ErrorEnvelopeLayer<Client> {
    /// The layer for clients: reads every error response, whatever its format, and gives it on as the documented
    /// envelope. Errors of the service stay as they are.
    pub fn client() -> Self {
        Self {
            config: Arc::new(Config::client()),
            side: PhantomData,
        }
    }

    /// Looks for errors in successes as well: `{"ok": false, …}`, `{"error": "…"}`, GraphQL's `errors` without data,
    /// JSON-RPC, JSend, S3's and SOAP's XML (feature `xml`), or what a reader of the user knows.
    ///
    /// Such an error gets the status that it gives as a number, else the one that its type implies, else 400. For that
    /// documents in JSON and XML are read, up to the [limit](Self::with_body_limit); no other body is touched. What
    /// only looks alike passes byte for byte: `{"error": null}`, data beside errors, a job that failed.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response, StatusCode};
    /// use http_body_util::Full;
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http::Error> {
    /// let slack = service_fn(|_: Request<()>| async {
    ///     let body = Full::<Bytes>::from(r#"{"ok": false, "error": "channel_not_found"}"#);
    ///     Response::builder().header("content-type", "application/json").body(body)
    /// });
    /// let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    /// let client = ServiceBuilder::new().layer(layer).service(slack);
    ///
    /// let response = client.oneshot(Request::new(())).await?;
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_errors_in_success(self) -> Self {
        self.configured(|config| config.looks_into_successes = true)
    }
}

impl<Side> ErrorEnvelopeLayer<Side> {
    /// Has responses keep the body type of the service inside, instead of a [`ResponseBody`] around it.
    ///
    /// For services whose bodies are boxed anyway, as those of axum and tonic: an axum router would box a `ResponseBody`
    /// once more, for one allocation a response and some 50 instructions a frame. The type must be
    /// [`From<ResponseBody<_>>`](ResponseBody); with the features of their names axum's and tonic's are, and the boxes of
    /// `http-body-util` always.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] {
    /// use axum::Router;
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let app: Router = Router::new().layer(ErrorEnvelopeLayer::new().with_same_body());
    /// # }
    /// ```
    pub fn with_same_body(self) -> ErrorEnvelopeLayer<SameBody<Side>> {
        ErrorEnvelopeLayer {
            config: self.config,
            side: PhantomData,
        }
    }

    /// Asks this reader before those of the crate, and after those named before it.
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|config| config.readers.push(Arc::new(reader)))
    }

    /// How many bytes of an error's body are read at most. Default: 65,536.
    ///
    /// A longer one is not read; the error is then the envelope of its status.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|config| config.body_limit = bytes)
    }

    /// Touches only those error responses for whose head `predicate` says yes. Default: all.
    pub fn with_predicate(
        self,
        predicate: impl Fn(&Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.configured(|config| config.predicate = Some(Arc::new(predicate)))
    }

    /// The namespace of the types of errors that came without one: `<namespace>.<Class>`.
    /// Default: `clustr.exceptions`.
    pub fn with_namespace<'a>(self, namespace: impl Into<Cow<'a, str>>) -> Self {
        let namespace = Namespace::new(&namespace.into());
        self.configured(|config| config.namespace = Some(Arc::new(namespace)))
    }

    /// Changes each envelope before it is written, after masking.
    pub fn map_envelope(self, map: impl Fn(Envelope) -> Envelope + Send + Sync + 'static) -> Self {
        self.configured(|config| config.map = Some(Arc::new(map)))
    }

    /// Calls `hook` once for each error, before it is sent: with the status, the envelope as the client gets it, and
    /// the original if that was masked.
    pub fn on_error<F>(self, hook: F) -> Self
    where
        F: Fn(StatusCode, &Envelope, Option<&Envelope>) + Send + Sync + 'static,
    {
        self.configured(|config| config.on_error = Some(Arc::new(hook)))
    }

    fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

impl Default for ErrorEnvelopeLayer<Server> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Side> Clone for ErrorEnvelopeLayer<Side> {
    fn clone(&self) -> Self {
        Self {
            config: Arc::clone(&self.config),
            side: PhantomData,
        }
    }
}

impl<Side> fmt::Debug for ErrorEnvelopeLayer<Side> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorEnvelopeLayer")
            .field("config", &self.config)
            .finish()
    }
}

impl<S, Side> Layer<S> for ErrorEnvelopeLayer<Side> {
    type Service = ErrorEnvelope<S, Side>;

    fn layer(&self, inner: S) -> Self::Service {
        ErrorEnvelope::new(inner, Arc::clone(&self.config))
    }
}

//! The layer around a service.
#![doc = include_str!("../docs/layering.md")]

mod builder;
mod calling;
mod future;
mod last_frame;
mod probing;
mod respond;
mod service;
mod serving;
mod shared_error;
mod side;
mod with_last_frame;

#[cfg(feature = "reqwest-middleware")]
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "reqwest-middleware")]
use http::Response;
use tower_layer::Layer;

pub use self::future::ResponseFuture;
pub use self::last_frame::LastFrameBody;
pub use self::service::ErrorEnvelopeService;
pub use self::side::{Calling, Client, LastFrame, SameBody, Server, Serving, Side};
#[cfg(feature = "reqwest-middleware")]
use crate::body::ResponseBody;
pub use crate::body::SameBodyType;
use crate::exchange::Normaliser;
#[cfg(feature = "reqwest-middleware")]
use crate::exchange::{Caller, RequestHead};

/// Turns every error that passes into an envelope.
///
/// [`new`](Self::new) is for servers, [`client`](Self::client) for clients. The [module docs](self) list
/// which responses change and which pass.
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
    normaliser: Normaliser,
    side: PhantomData<fn() -> Side>,
}

impl ErrorEnvelopeLayer<Server> {
    /// The layer for servers: it answers every error, also the errors of the service itself. It masks a 5xx that was not
    /// written for the client.
    ///
    /// Its service never fails: the error type is `std::convert::Infallible`.
    ///
    /// Use it around an axum `Router`, in tonic's `Server`, in a proxy, and around any other service that answers requests.
    /// For the HTTP client of a server, use [`client`](ErrorEnvelopeLayer::client).
    pub fn new() -> Self {
        Self::of(Normaliser::server())
    }
}

impl ErrorEnvelopeLayer<Client> {
    /// The layer for clients: it reads every error response in any format, and returns it as the documented envelope. Errors
    /// of the service stay as they are.
    ///
    /// **Not for servers.** Around an axum `Router` it compiles, but it *masks nothing*: clients get the text of a 5xx. It
    /// does not answer errors of the service, and it ignores `Accept`. Servers use [`new`](ErrorEnvelopeLayer::new).
    pub fn client() -> Self {
        Self::of(Normaliser::client())
    }
}

impl<Side> ErrorEnvelopeLayer<Side> {
    fn of(normaliser: Normaliser) -> Self {
        Self {
            normaliser,
            side: PhantomData,
        }
    }
}

/// For middleware that is not a tower service: `NormaliseErrorsMiddleware` calls it.
#[cfg(feature = "reqwest-middleware")]
impl ErrorEnvelopeLayer<Client> {
    /// The decisions of this layer. The middleware calls them before it takes a response apart.
    pub(crate) fn normaliser(&self) -> &Normaliser {
        &self.normaliser
    }

    /// The response that this layer returns for `response`. `request` is the head for hooks. It waits until the body of an error is
    /// read.
    pub(crate) async fn answer<B: http_body::Body<Data = bytes::Bytes>>(
        &self,
        caller: Caller,
        request: Option<RequestHead>,
        response: Response<B>,
    ) -> Response<ResponseBody<B>> {
        let inner = std::future::ready(Ok::<_, Infallible>(response));
        let request = request.map(|head| self.normaliser.context_of(head));
        let future: ResponseFuture<_, B, Client> =
            ResponseFuture::new(inner, self.normaliser.clone(), caller, request);
        match future.await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

impl Default for ErrorEnvelopeLayer<Server> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Side> Clone for ErrorEnvelopeLayer<Side> {
    fn clone(&self) -> Self {
        Self::of(self.normaliser.clone())
    }
}

impl<Side> fmt::Debug for ErrorEnvelopeLayer<Side> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorEnvelopeLayer")
            .field("normaliser", &self.normaliser)
            .finish()
    }
}

/// The decisions of this layer, without tower.
impl<Side> From<ErrorEnvelopeLayer<Side>> for Normaliser {
    fn from(layer: ErrorEnvelopeLayer<Side>) -> Self {
        layer.normaliser
    }
}

impl<S, Side> Layer<S> for ErrorEnvelopeLayer<Side> {
    type Service = ErrorEnvelopeService<S, Side>;

    fn layer(&self, inner: S) -> Self::Service {
        ErrorEnvelopeService::new(inner, self.normaliser.clone())
    }
}

//! The builder of the layer: the methods for both sides.
//!
//! In: a layer, and one setting. Out: the layer with this setting. Programs call it, in any order. Each method sets the
//! [`Normaliser`] that the layer holds.

use std::borrow::Cow;

use http::response::Parts;

use super::side::SameBody;
use super::ErrorEnvelopeLayer;
use crate::envelope::Envelope;
use crate::exchange::{ErrorEvent, Normaliser, RequestHead};
use crate::read::ErrorReader;

/// For both sides.
impl<Side> ErrorEnvelopeLayer<Side> {
    /// Makes responses keep the body type of the inner service. Default: the body type is a [`ResponseBody`](crate::ResponseBody) around it.
    ///
    /// Use it for services whose bodies are boxed already, such as those of axum and tonic. Without it, an axum router boxes
    /// the `ResponseBody` once more, which costs one allocation for each response and about 50 instructions for each frame.
    /// The body type must implement [`From<ResponseBody<_>>`](crate::ResponseBody). The boxes of `http-body-util` do. So do the
    /// bodies of axum and tonic, with the features `axum` and `tonic`. With a hook, each body is boxed once more: the
    /// [hook](Self::on_error) then gets its failure.
    ///
    /// It does not compile around a layer that changes the type of the body, such as tower-http's `CatchPanicLayer`,
    /// `CompressionLayer` and `TraceLayer`. Leave the call out there.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] { use {axum::body::Body, http::Request, tower::ServiceExt};
    /// # #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// use axum::Router;
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let app: Router = Router::new().layer(ErrorEnvelopeLayer::new().with_same_body());
    /// let response = app.oneshot(Request::get("/nowhere").body(Body::empty())?).await?;
    /// assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (404, &"application/json".parse()?));
    /// # Ok(()) } main().unwrap() }
    /// ```
    pub fn with_same_body(self) -> ErrorEnvelopeLayer<SameBody<Side>> {
        ErrorEnvelopeLayer::of(self.normaliser)
    }

    /// Adds a reader for one more format. It is asked before the readers of this crate, and after the readers that were added
    /// before it.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let text = "Failed to deserialize the JSON body into the target type: missing field `name` at line 1 column 2";
    /// # let axum = service_fn(|_: Request<()>| async { Response::builder().status(422).body(text.to_owned()) });
    /// use tower_error_envelope::{read::Rejections, Envelope, ErrorEnvelopeLayer};
    ///
    /// // A client of an axum service that has no such layer.
    /// let layer = ErrorEnvelopeLayer::client().with_reader(Rejections);
    /// let response = layer.layer(axum).oneshot(Request::new(())).await?;
    /// let error = response.extensions().get::<Envelope>().unwrap();
    /// assert_eq!(error.message_for(&["name"]), "name - missing field `name`");
    /// # Ok(()) }
    /// ```
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|normaliser| normaliser.with_reader(reader))
    }

    /// How many bytes of an error's body are read at most. Default: 65,536.
    ///
    /// A longer body is not used: the error becomes the envelope of its status. An error that was read is written with at most
    /// twice as many bytes, and 512 more. An [`Envelope`] of a handler is written whole.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let printers = service_fn(|_: Request<()>| async { Response::builder().status(404).body("There is no printer 8".to_owned()) });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let service = ErrorEnvelopeLayer::new().with_body_limit(10).layer(printers);
    /// let response = service.oneshot(Request::new(())).await?;
    /// assert_eq!(response.extensions().get::<Envelope>().unwrap().message(), "Not Found");
    /// # Ok(()) }
    /// ```
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|normaliser| normaliser.with_body_limit(bytes))
    }

    /// Changes only the errors that `predicate` selects by their head. Default: all.
    ///
    /// Any other error passes as it is: it is not masked and not logged, and no hook gets it.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let health = service_fn(|_: Request<()>| async { Response::builder().status(503).body("2 of 3 disks".to_owned()) });
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let layer = ErrorEnvelopeLayer::new().with_predicate(|request, _response| request.uri().path() != "/health");
    /// let response = layer.layer(health).oneshot(Request::get("/health").body(()).unwrap()).await?;
    /// assert!(!response.headers().contains_key("content-type"));
    /// # Ok(()) }
    /// ```
    pub fn with_predicate<F>(self, predicate: F) -> Self
    where
        F: Fn(&RequestHead, &Parts) -> bool + Send + Sync + 'static,
    {
        self.configured(|normaliser| normaliser.with_predicate(predicate))
    }

    /// Leaves coded bodies unread: such an error becomes the envelope of its status. Default with the feature `decompression`:
    /// the layer decodes gzip, deflate, Brotli and zstd, in errors only, up to the body limit
    /// ([RFC 9110 §8.4](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)).
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let coded = service_fn(|_: Request<()>| async {
    /// #     let body = http_body_util::Full::from(&b"\x0b\x09\x80There is no printer\x03"[..]);
    /// #     Response::builder().status(404).header("content-encoding", "br").body(body)
    /// # });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let response = ErrorEnvelopeLayer::new().without_decompression().layer(coded).oneshot(Request::new(())).await?;
    /// assert_eq!(response.extensions().get::<Envelope>().unwrap().message(), "Not Found");
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "decompression")]
    pub fn without_decompression(self) -> Self {
        self.configured(Normaliser::without_decompression)
    }

    /// Sets the namespace of generated types: `<namespace>.<Class>`. An error that came with a type keeps it.
    /// Default: `clustr.exceptions`.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let nothing = service_fn(|_: Request<()>| async { Response::builder().status(404).body(String::new()) });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let layer = ErrorEnvelopeLayer::new().with_namespace("shop.exceptions");
    /// let response = layer.layer(nothing).oneshot(Request::new(())).await?;
    /// let error = response.extensions().get::<Envelope>().unwrap();
    /// assert_eq!(error.error_type().as_str(), "shop.exceptions.NotFound");
    /// # Ok(()) }
    /// ```
    pub fn with_namespace<'a>(self, namespace: impl Into<Cow<'a, str>>) -> Self {
        self.configured(|normaliser| normaliser.with_namespace(namespace))
    }

    /// Changes each envelope before a client or [`on_error`](Self::on_error) gets it, after masking.
    ///
    /// An error stays an error: if the hook sets a status below 400, the status before it is restored.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let nothing = service_fn(|_: Request<()>| async { Response::builder().status(404).body(String::new()) });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let layer = ErrorEnvelopeLayer::new().map_envelope(|error, request| error.with_member("path", request.uri().path()));
    /// let response = layer.layer(nothing).oneshot(Request::get("/8").body(()).unwrap()).await?;
    /// let error = response.extensions().get::<Envelope>().unwrap();
    /// assert_eq!(error.members().get_as::<String>("path").as_deref(), Some("/8"));
    /// # Ok(()) }
    /// ```
    pub fn map_envelope<F>(self, map: F) -> Self
    where
        F: Fn(Envelope, &RequestHead) -> Envelope + Send + Sync + 'static,
    {
        self.configured(|normaliser| normaliser.map_envelope(map))
    }

    /// Calls `hook` once for each error, before it is sent. The hook gets the envelope as the client gets it, the original of a
    /// masked error, the cause if there is one, and the head of the request.
    ///
    /// A server also calls it if a body fails after its head was sent: see [`BodyFailed`](crate::exchange::BodyFailed).
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let broken = service_fn(|_: Request<()>| async { Response::builder().status(500).body("disk full".to_owned()) });
    /// use std::sync::mpsc::channel;
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let (log, lines) = channel();
    /// let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
    ///     let original = event.original.map(ToString::to_string);
    ///     log.send((event.status().as_u16(), event.envelope.to_string(), original)).unwrap();
    /// });
    /// layer.layer(broken).oneshot(Request::new(())).await?;
    /// assert_eq!(lines.recv().unwrap(), (500, "Internal Server Error".into(), Some("disk full".into())));
    /// # Ok(()) }
    /// ```
    pub fn on_error(self, hook: impl Fn(&ErrorEvent<'_>) + Send + Sync + 'static) -> Self {
        self.configured(|normaliser| normaliser.on_error(hook))
    }

    /// Puts the `x-request-id` of the request into each error, as the member `request_id`. Default: errors have no such member.
    ///
    /// An id is used only if it has 1 to 128 bytes and plain characters: see [`RequestHead::request_id`].
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let nothing = service_fn(|_: Request<()>| async { Response::builder().status(404).body(String::new()) });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let request = Request::get("/").header("x-request-id", "7f3a").body(()).unwrap();
    /// let response = ErrorEnvelopeLayer::new().with_request_id().layer(nothing).oneshot(request).await?;
    /// let error = response.extensions().get::<Envelope>().unwrap();
    /// assert_eq!(error.members().get_as::<String>("request_id").as_deref(), Some("7f3a"));
    /// # Ok(()) }
    /// ```
    pub fn with_request_id(self) -> Self {
        self.configured(Normaliser::with_request_id)
    }

    /// For servers: leaves no [`Envelope`] and no [`Masked`](crate::Masked) in the extensions of responses. Each error then costs four
    /// allocations less. Default: they are there for outer layers. A client always leaves them, so that a server around it can
    /// mask a 5xx.
    ///
    /// Another layer of this crate around this one then treats the answer like that of any service.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let printers = service_fn(|_: Request<()>| async { Response::builder().status(404).body("There is no printer 8".to_owned()) });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let response = ErrorEnvelopeLayer::new().without_extensions().layer(printers).oneshot(Request::new(())).await?;
    /// assert!(response.extensions().get::<Envelope>().is_none());
    /// # Ok(()) }
    /// ```
    pub fn without_extensions(self) -> Self {
        self.configured(Normaliser::without_extensions)
    }

    /// Answers callers of gRPC and gRPC-Web like callers of HTTP. Use it for services without gRPC methods.
    ///
    /// Default with the feature `tonic`: they get a gRPC status. Without that feature this method has no effect.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let nothing = service_fn(|_: Request<()>| async { Response::builder().status(404).body(String::new()) });
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let call = Request::post("/shop.Printers/Get").version(http::Version::HTTP_2);
    /// let call = call.header("content-type", "application/grpc").body(()).unwrap();
    /// let response = ErrorEnvelopeLayer::new().without_grpc().layer(nothing).oneshot(call).await?;
    /// assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (404, &"application/json".parse().unwrap()));
    /// # Ok(()) }
    /// ```
    pub fn without_grpc(self) -> Self {
        self.configured(Normaliser::without_grpc)
    }

    /// The same layer with another configuration.
    pub(super) fn configured(self, change: impl FnOnce(Normaliser) -> Normaliser) -> Self {
        Self::of(change(self.normaliser))
    }
}

//! The builder of the layer: the methods for servers.
//!
//! In: a layer for servers, and one setting. Out: the layer with this setting. Programs call it, in any order.

use std::error::Error;

use http::{HeaderName, StatusCode};

use super::side::Serving;
use super::ErrorEnvelopeLayer;
use crate::envelope::Envelope;
use crate::exchange::{Masking, Normaliser};
use crate::write::ErrorWriter;

/// For servers.
impl<Side: Serving> ErrorEnvelopeLayer<Side> {
    /// Offers a dialect. If there are several, the `Accept` of the request chooses. The first is the default.
    ///
    /// Without this call, the layer offers only [`Clustr`](crate::write::Clustr).
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let nothing = service_fn(|_: Request<()>| async { Response::builder().status(404).body(String::new()) });
    /// use tower_error_envelope::write::{Clustr, Problem};
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// // The documented JSON, and RFC 9457 for requests that prefer `application/problem+json`.
    /// let layer = ErrorEnvelopeLayer::new().with_dialect(Clustr).with_dialect(Problem);
    /// let request = Request::get("/").header("accept", "application/problem+json").body(()).unwrap();
    /// let response = layer.layer(nothing).oneshot(request).await?;
    /// assert_eq!(response.headers()["content-type"], "application/problem+json");
    /// # Ok(()) }
    /// ```
    pub fn with_dialect<W: ErrorWriter + 'static>(self, dialect: W) -> Self {
        self.configured(|normaliser| normaliser.with_dialect(dialect))
    }

    /// Sets the status of validation errors. Default: 400. A validation error has parameters, and came with the status 400 or
    /// 422.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}};
    /// use http::StatusCode;
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    /// # #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// // On the server side, an envelope is also an error that a service may fail with.
    /// let taken = service_fn(|_: Request<()>| async {
    ///     Err::<Response<String>, _>(Envelope::validation([("email", "is taken")]))
    /// });
    /// let layer = ErrorEnvelopeLayer::new().with_validation_status(StatusCode::UNPROCESSABLE_ENTITY);
    /// assert_eq!(layer.layer(taken).oneshot(Request::new(())).await?.status(), 422);
    /// # Ok(()) }
    /// ```
    pub fn with_validation_status(self, status: StatusCode) -> Self {
        self.configured(|normaliser| normaliser.with_validation_status(status))
    }

    /// Sets which 5xx are masked. Default: [`Masking::All`].
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}};
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masking, ResponseOrigin};
    ///
    /// // A proxy marks its own errors. A 5xx of its upstreams is masked, and its own 5xx is not.
    /// async fn proxy(request: Request<()>) -> Result<Response<String>, http::Error> {
    ///     let response = Response::builder().status(503);
    ///     match request.uri().path() {
    ///         "/full" => response.extension(ResponseOrigin::Proxy).body("The cache is full".into()),
    ///         _ => response.body("connect to 10.0.0.7: refused".into()),
    ///     }
    /// }
    ///
    /// # #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// let service = ErrorEnvelopeLayer::new().with_masking(Masking::Upstream).layer(service_fn(proxy));
    /// for (path, message) in [("/full", "The cache is full"), ("/printers", "Service Unavailable")] {
    ///     let response = service.clone().oneshot(Request::get(path).body(()).unwrap()).await?;
    ///     assert_eq!(response.extensions().get::<Envelope>().unwrap().message(), message);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn with_masking(self, masking: Masking) -> Self {
        self.configured(|normaliser| normaliser.with_masking(masking))
    }

    /// Switches masking off: clients get the text of a 5xx. For development only, because such a text may name addresses, SQL
    /// statements or tokens. It is the same as [`with_masking(Masking::None)`](Self::with_masking).
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let broken = service_fn(|_: Request<()>| async { Response::builder().status(500).body("disk full".to_owned()) });
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let response = ErrorEnvelopeLayer::new().with_insecure_internals().layer(broken).oneshot(Request::new(())).await?;
    /// assert_eq!(response.extensions().get::<Envelope>().unwrap().message(), "disk full");
    /// # Ok(()) }
    /// ```
    pub fn with_insecure_internals(self) -> Self {
        self.with_masking(Masking::None)
    }

    /// Masks a status that a gRPC service answers to callers of gRPC with the code `UNKNOWN`, `INTERNAL` or `DATA_LOSS`: its
    /// message and its details, in heads and in trailers. Default: such a status passes. It needs the feature `tonic`.
    ///
    /// ```
    /// # #[cfg(feature = "tonic")] {
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}};
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    /// # #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// // 13 is INTERNAL.
    /// let broken = service_fn(|_: Request<()>| async {
    ///     let response = Response::builder().header("content-type", "application/grpc").header("grpc-status", "13");
    ///     response.header("grpc-message", "connect to 10.0.0.7: refused").body(String::new())
    /// });
    /// let call = Request::post("/shop.Printers/Get").version(http::Version::HTTP_2);
    /// let call = call.header("content-type", "application/grpc").body(()).unwrap();
    /// let response = ErrorEnvelopeLayer::new().with_masked_statuses().layer(broken).oneshot(call).await?;
    /// assert_eq!(response.headers()["grpc-status"], "13");
    /// assert_eq!(response.headers()["grpc-message"], "Internal Server Error");
    /// # Ok(()) }
    /// # main().unwrap();
    /// # }
    /// ```
    pub fn with_masked_statuses(self) -> Self {
        self.configured(Normaliser::with_masked_statuses)
    }

    /// Writes the errors for callers of gRPC and Connect without details: code, message and metadata alone. Default: with details.
    ///
    /// It is for servers behind a gateway that writes an empty body if it does not know the messages of the details, such as
    /// Envoy's JSON transcoder: see the guide `docs::grpc`. Details that a gRPC service answers
    /// itself pass.
    ///
    /// ```
    /// # #[cfg(feature = "tonic")] {
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// let taken = service_fn(|_: Request<()>| async {
    ///     Err::<Response<String>, _>(Envelope::validation([("name", "is taken")]))
    /// });
    /// let call = Request::post("/shop.Printers/Add").version(http::Version::HTTP_2);
    /// let call = call.header("content-type", "application/grpc").body(()).unwrap();
    /// let response = ErrorEnvelopeLayer::new().without_grpc_details().layer(taken).oneshot(call).await?;
    /// assert_eq!(response.headers()["grpc-message"], "name: is taken");
    /// assert!(!response.headers().contains_key("grpc-status-details-bin"));
    /// # Ok(()) }
    /// # main().unwrap();
    /// # }
    /// ```
    pub fn without_grpc_details(self) -> Self {
        self.configured(Normaliser::without_grpc_details)
    }

    /// Replaces HTML pages for browsers as well. Default: a request that prefers HTML keeps the page of a 4xx.
    ///
    /// With this setting and only one dialect, the layer does not read `Accept`.
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// # let page = service_fn(|_: Request<()>| async {
    /// #     Response::builder().status(404).header("content-type", "text/html").body("<h1>Not here</h1>".to_owned())
    /// # });
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let layer = ErrorEnvelopeLayer::new();
    /// for (layer, label) in [(layer.clone(), "text/html"), (layer.without_pages(), "application/json")] {
    ///     let request = Request::get("/").header("accept", "text/html").body(()).unwrap();
    ///     let response = layer.layer(page).oneshot(request).await?;
    ///     assert_eq!(response.headers()["content-type"], label);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn without_pages(self) -> Self {
        self.configured(Normaliser::without_pages)
    }

    /// Sets a hook that turns an error of the service into an envelope. If it returns `None`, the type of the error decides.
    ///
    /// `map` gets the error itself, and can follow its [`source`](Error::source).
    ///
    /// ```
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}}; #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// use http::StatusCode;
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("no quota is left")]
    /// struct NoQuota;
    ///
    /// let layer = ErrorEnvelopeLayer::new().with_service_error(|error| {
    ///     error.is::<NoQuota>().then(|| Envelope::new(StatusCode::TOO_MANY_REQUESTS, "No quota is left"))
    /// });
    /// let service = service_fn(|_: Request<()>| async { Err::<Response<String>, _>(NoQuota) });
    /// assert_eq!(layer.layer(service).oneshot(Request::new(())).await?.status(), 429);
    /// # Ok(()) }
    /// ```
    pub fn with_service_error<F>(self, map: F) -> Self
    where
        F: Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync + 'static,
    {
        self.configured(|normaliser| normaliser.with_service_error(map))
    }

    /// Lets the metadata `name` of a `tonic::Status` become an HTTP header. Default: only names that are always safe,
    /// such as `retry-after` and `x-request-id`. Each call adds one name. It needs the feature `tonic`.
    ///
    /// ```
    /// # #[cfg(feature = "tonic")] {
    /// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}};
    /// use http::HeaderName;
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    /// # #[tokio::main] async fn main() -> Result<(), tower::BoxError> {
    /// let busy = service_fn(|_: Request<()>| async {
    ///     let mut status = tonic::Status::unavailable("The printer warms up");
    ///     status.metadata_mut().insert("x-printer", "7".parse().unwrap());
    ///     status.metadata_mut().insert("x-secret", "hunter2".parse().unwrap());
    ///     Err::<Response<String>, _>(status)
    /// });
    /// let layer = ErrorEnvelopeLayer::new().with_metadata(HeaderName::from_static("x-printer"));
    /// let response = layer.layer(busy).oneshot(Request::new(())).await?;
    /// assert_eq!((response.status().as_u16(), &response.headers()["x-printer"]), (503, &"7".parse().unwrap()));
    /// assert!(!response.headers().contains_key("x-secret"));
    /// # Ok(()) }
    /// # main().unwrap();
    /// # }
    /// ```
    pub fn with_metadata(self, name: HeaderName) -> Self {
        self.configured(|normaliser| normaliser.with_metadata(name))
    }
}

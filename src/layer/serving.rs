//! The builder of the layer: the methods for servers.

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
    /// use tower_error_envelope::write::{Clustr, Problem};
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// // The documented JSON, and RFC 9457 for requests that prefer `application/problem+json`.
    /// let layer = ErrorEnvelopeLayer::new().with_dialect(Clustr).with_dialect(Problem);
    /// # drop(layer);
    /// ```
    pub fn with_dialect<W: ErrorWriter + 'static>(self, dialect: W) -> Self {
        self.configured(|normaliser| normaliser.with_dialect(dialect))
    }

    /// The status of validation errors (those with parameters, sent with 400 or 422). Default: 400.
    pub fn with_validation_status(self, status: StatusCode) -> Self {
        self.configured(|normaliser| normaliser.with_validation_status(status))
    }

    /// Sets which 5xx are masked. Default: [`Masking::All`].
    ///
    /// ```
    /// use http::Response;
    /// use tower_error_envelope::{ErrorEnvelopeLayer, Masking, ResponseOrigin};
    ///
    /// // A proxy that marks its own errors. A 5xx of its upstreams is masked, and its own 5xx is not.
    /// let layer = ErrorEnvelopeLayer::new().with_masking(Masking::Upstream);
    /// let mut full = Response::new("The cache is full");
    /// full.extensions_mut().insert(ResponseOrigin::Proxy);
    /// # drop(layer);
    /// ```
    pub fn with_masking(self, masking: Masking) -> Self {
        self.configured(|normaliser| normaliser.with_masking(masking))
    }

    /// Switches masking off: clients get the text of a 5xx. For development only.
    pub fn with_insecure_internals(self) -> Self {
        self.with_masking(Masking::None)
    }

    /// Masks a status that a gRPC service answers to callers of gRPC with the code `UNKNOWN`, `INTERNAL` or `DATA_LOSS`: its
    /// message and its details, in heads and in trailers. Default: such a status passes.
    pub fn with_masked_statuses(self) -> Self {
        self.configured(Normaliser::with_masked_statuses)
    }

    /// Writes the errors for callers of gRPC and Connect without details: code, message and metadata alone. Default: with details.
    ///
    /// It is for servers behind a gateway that writes an empty body if it does not know the messages of the details, such as
    /// Envoy's JSON transcoder. See the [guide](crate::docs::grpc#behind-the-filters-of-envoy). Details that a gRPC service answers
    /// itself pass.
    pub fn without_grpc_details(self) -> Self {
        self.configured(Normaliser::without_grpc_details)
    }

    /// Replaces HTML pages for browsers as well. Default: a request that prefers HTML keeps the page of a 4xx.
    ///
    /// With this setting and only one dialect, the layer does not read `Accept`.
    pub fn without_pages(self) -> Self {
        self.configured(Normaliser::without_pages)
    }

    /// Sets a hook that turns an error of the service into an envelope. If it returns `None`, the type of the error decides.
    ///
    /// `map` gets the error itself, and can follow its [`source`](Error::source).
    ///
    /// ```
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
    /// # drop(layer);
    /// ```
    pub fn with_service_error<F>(self, map: F) -> Self
    where
        F: Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync + 'static,
    {
        self.configured(|normaliser| normaliser.with_service_error(map))
    }

    /// Lets the metadata `name` of a `tonic::Status` become an HTTP header. Default: only names that are always safe,
    /// such as `retry-after` and `x-request-id`.
    pub fn with_metadata(self, name: HeaderName) -> Self {
        self.configured(|normaliser| normaliser.with_metadata(name))
    }
}

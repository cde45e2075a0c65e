//! The builder of a [`Normaliser`]: each method changes its configuration.
//!
//! The layer's builder calls these methods.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use http::response::Parts;
use http::{HeaderName, StatusCode};

use super::extensions::Masking;
use super::hooks::{ErrorEvent, RequestHead};
use super::normaliser::Normaliser;
use crate::envelope::{Envelope, Namespace};
use crate::read::ErrorReader;
use crate::write::ErrorWriter;

/// Configuration. Each method is explained at the method of the same name of
/// [`ErrorEnvelopeLayer`](crate::ErrorEnvelopeLayer). Methods that are for one side have no effect on the other.
impl Normaliser {
    /// Asks this reader before those of the crate, and after those named before it.
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|config| config.readers.push(Arc::new(reader)))
    }

    /// How many bytes of an error's body are read at most. Default: 65,536.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|config| config.body_limit = bytes)
    }

    /// Leaves coded bodies unread. Default: they are decoded.
    #[cfg(feature = "decompression")]
    pub fn without_decompression(self) -> Self {
        self.configured(|config| config.decodes = false)
    }

    /// Touches only those errors for whose head `predicate` says yes. Default: all.
    pub fn with_predicate(
        self,
        predicate: impl Fn(&RequestHead, &Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.configured(|config| config.predicate = Some(Arc::new(predicate)))
    }

    /// The namespace of types that nobody sent: `<namespace>.<Class>`. Default: `clustr.exceptions`.
    pub fn with_namespace<'a>(self, namespace: impl Into<Cow<'a, str>>) -> Self {
        let namespace = Namespace::new(&namespace.into());
        self.configured(|config| config.namespace = Some(Arc::new(namespace)))
    }

    /// Changes each envelope before it is written, after masking.
    pub fn map_envelope<F>(self, map: F) -> Self
    where
        F: Fn(Envelope, &RequestHead) -> Envelope + Send + Sync + 'static,
    {
        self.configured(|config| config.map_envelope = Some(Arc::new(map)))
    }

    /// Calls `hook` once for each error, before it is sent.
    pub fn on_error(self, hook: impl Fn(&ErrorEvent<'_>) + Send + Sync + 'static) -> Self {
        self.configured(|config| config.on_error = Some(Arc::new(hook)))
    }

    /// Puts the `x-request-id` of the request into each error, as the member `request_id`.
    pub fn with_request_id(self) -> Self {
        self.configured(|config| config.request_id = true)
    }

    /// Answers callers of gRPC as those of HTTP.
    pub fn without_grpc(self) -> Self {
        self.configured(|config| config.grpc = false)
    }

    /// For clients: looks for errors in successes as well.
    pub fn with_errors_in_success(self) -> Self {
        self.configured(|config| config.errors_in_success = true)
    }

    /// For servers: offers this dialect. Of several, the request's `Accept` chooses; the first is the default.
    pub fn with_dialect<W: ErrorWriter + 'static>(self, dialect: W) -> Self {
        self.configured(|config| config.dialects.push(dialect))
    }

    /// For servers: the status of validation errors. Default: 400.
    pub fn with_validation_status(self, status: StatusCode) -> Self {
        self.configured(|config| config.validation_status = status)
    }

    /// For servers: whose errors are masked. Default: all.
    pub fn with_masking(self, masking: Masking) -> Self {
        self.configured(|config| config.masking = masking)
    }

    /// For servers: masks statuses of gRPC that mean no more than that something broke.
    pub fn with_masked_statuses(self) -> Self {
        self.configured(|config| config.masked_statuses = true)
    }

    /// For servers: replaces HTML pages for browsers as well.
    pub fn without_pages(self) -> Self {
        self.configured(|config| config.keeps_pages = false)
    }

    /// For servers: the envelope of an error of the service, where `map` knows one.
    pub fn with_service_error<F>(self, map: F) -> Self
    where
        F: Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync + 'static,
    {
        self.configured(|config| config.map_service_error = Some(Arc::new(map)))
    }

    /// For servers: lets this metadata of a `tonic::Status` become an HTTP header, beside what is always safe.
    pub fn with_metadata(self, name: HeaderName) -> Self {
        self.configured(|config| config.metadata.push(name))
    }
}

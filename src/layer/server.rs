//! What can be said of the layer of a server.

use std::error::Error;
use std::sync::Arc;

use http::StatusCode;

use super::config::ServerConfig;
use super::side::Serving;
use super::ErrorEnvelopeLayer;
use crate::envelope::Envelope;
use crate::write::ErrorWriter;

impl<Side: Serving> ErrorEnvelopeLayer<Side> {
    /// Offers this dialect. Of several, the request's `Accept` chooses; the first is the default.
    ///
    /// Until a dialect is named, [`Clustr`](crate::write::Clustr) alone is offered.
    pub fn with_dialect<W: ErrorWriter + 'static>(self, dialect: W) -> Self {
        self.serving(|server| server.dialects.push(dialect))
    }

    /// The status of validation errors (those with parameters, sent with 400 or 422). Default: 400.
    pub fn with_validation_status(self, status: StatusCode) -> Self {
        self.serving(|server| server.validation_status = status)
    }

    /// Sends clients what errors of the server say, instead of masking it. For development only.
    pub fn with_insecure_internals(self) -> Self {
        self.serving(|server| server.masks = false)
    }

    /// Replaces HTML pages for browsers as well. Default: a request that prefers HTML keeps the page of a 4xx.
    ///
    /// With one dialect the layer then has no reason to look at `Accept`.
    pub fn without_pages(self) -> Self {
        self.serving(|server| server.keeps_pages = false)
    }

    /// The envelope of an error of the service, where `map` knows one; else it is told by its type.
    ///
    /// `map` gets the error itself, and can follow its [`source`](Error::source).
    pub fn with_service_error<F>(self, map: F) -> Self
    where
        F: Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync + 'static,
    {
        self.serving(|server| server.service_error = Some(Arc::new(map)))
    }

    fn serving(self, change: impl FnOnce(&mut ServerConfig)) -> Self {
        self.configured(|config| {
            if let Some(server) = &mut config.server {
                change(server);
            }
        })
    }
}

//! The values that hooks get: the head of the request, and one event for each error.
//!
//! In: the head of a request. Out: a [`RequestHead`] and an [`ErrorEvent`].
//!
//! [`Normaliser::request_head`](super::Normaliser::request_head) makes the first, and the engine puts it into the extensions of the
//! response. `report` makes the second when the error is answered.

use std::error::Error;

use crate::envelope::Envelope;
pub use crate::http::request_head::RequestHead;

/// One error, as the hook [`on_error`](crate::ErrorEnvelopeLayer::on_error) gets it.
///
/// ```
/// use tower_error_envelope::exchange::ErrorEvent;
///
/// fn log_line(event: &ErrorEvent<'_>) -> String {
///     // For logs, the original says more than the masked envelope.
///     let error = event.original.unwrap_or(event.envelope);
///     format!("{} {} {}: {error}", event.status(), event.request.method(), event.request.uri().path())
/// }
/// # use http::{HeaderMap, Method, Uri, Version};
/// # use tower_error_envelope::exchange::Normaliser;
/// # let normaliser = Normaliser::server().on_error(|event| {
/// #     assert_eq!(log_line(event), "500 Internal Server Error GET /: the disk is full");
/// # });
/// # let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
/// # drop(normaliser.service_error(caller, None, "the disk is full".into()));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ErrorEvent<'e> {
    /// The envelope as the client gets it, with the status of the error. For a gRPC caller the status on the wire is 200.
    pub envelope: &'e Envelope,
    /// The error before it was masked; `None` if it was not masked.
    pub original: Option<&'e Envelope>,
    /// The cause of the error, if one is known: the error of the service, or the one given with [`Envelope::with_source`].
    pub source: Option<&'e (dyn Error + 'static)>,
    /// The head of the request that failed.
    pub request: &'e RequestHead,
}

impl ErrorEvent<'_> {
    /// The status of the error, as its envelope has it.
    #[must_use]
    pub fn status(&self) -> http::StatusCode {
        self.envelope.status()
    }
}

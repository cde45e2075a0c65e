//! What responses carry beside headers and body, for and from the layers.

use crate::envelope::Envelope;

/// Put into the extensions of a response, this has the layer leave it alone, whatever its status.
///
/// For documents that are sent with an error status on purpose: a health report with 503, the answer of an upstream.
///
/// ```
/// use http::{Response, StatusCode};
/// use tower_error_envelope::Passthrough;
///
/// let mut report = Response::new(r#"{"database": "down", "cache": "up"}"#);
/// *report.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
/// report.extensions_mut().insert(Passthrough);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passthrough;

/// In the extensions of a response, what a masked error really said: for logs, never for the client.
///
/// ```
/// # fn log(_: &str) {}
/// # fn outer_layer(response: &http::Response<()>) {
/// if let Some(masked) = response.extensions().get::<tower_error_envelope::Masked>() {
///     log(masked.original().message());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Masked(Envelope);

impl Masked {
    pub(super) fn new(original: Envelope) -> Self {
        Self(original)
    }

    /// The error as it was before it was masked.
    #[must_use]
    pub fn original(&self) -> &Envelope {
        &self.0
    }
}

//! Extensions of responses: what handlers and engines tell the layers, and what the layers leave for outer layers.

use bytes::Bytes;

use crate::envelope::Envelope;

/// An extension of a response: the layer leaves that response alone, whatever its status.
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

/// An extension of a response: the error before it was masked. It is for logs, never for the client.
///
/// There is none if the error said nothing, or if its body could not be read.
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
pub struct Masked {
    original: Envelope,
    body: Bytes,
}

impl Masked {
    /// Bytes of the body that are kept.
    pub(super) const MAX_BODY: usize = 4 * 1024;

    pub(super) fn new(original: Envelope, body: &Bytes) -> Self {
        let body = body.get(..Self::MAX_BODY).unwrap_or(body);
        Self {
            original,
            body: Bytes::copy_from_slice(body),
        }
    }

    /// The error as it was before it was masked.
    #[must_use]
    pub fn original(&self) -> &Envelope {
        &self.original
    }

    /// The first 4,096 bytes of the body that was replaced; empty if there was none, or if it was not read.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// An extension of a response: who made it. A proxy sets it before the response reaches the layer.
///
/// With [`Masking::Upstream`], what the proxy itself says is not masked. A response without this extension counts as
/// one of the upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseOrigin {
    /// A server behind the proxy made the response.
    Upstream,
    /// The proxy made the response: no upstream was there, or it timed out.
    Proxy,
}

/// Which 5xx are masked, of those that nobody wrote for the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Masking {
    /// All of them.
    #[default]
    All,
    /// All but those with [`ResponseOrigin::Proxy`].
    Upstream,
    /// None: clients are sent what the server says. For development only.
    None,
}

/// An extension of a response: its body was written from its envelope, and by whom.
///
/// It holds for this response and for this envelope: a response whose envelope was replaced afterwards has to be
/// written anew.
#[derive(Clone)]
pub(crate) struct Written {
    by: Writer,
    envelope: Envelope,
}

/// Who wrote the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    /// `IntoResponse`, in the documented JSON: a layer may leave the body as it is.
    #[cfg_attr(not(feature = "axum"), allow(dead_code))]
    Handler,
    /// A server's layer, in whatever dialect: it is done.
    Server,
    /// A client's layer: done for clients, and foreign to a server that passes it on.
    Client,
}

impl Written {
    pub(crate) fn new(by: Writer, envelope: &Envelope) -> Self {
        Self {
            by,
            envelope: envelope.clone(),
        }
    }

    /// Who wrote the body of the response with these extensions; `None` if the body is not that of its envelope.
    pub(crate) fn by(extensions: &http::Extensions, envelope: &Envelope) -> Option<Writer> {
        let written: &Self = extensions.get()?;
        written.envelope.is_same(envelope).then_some(written.by)
    }
}

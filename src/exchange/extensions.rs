//! Extensions of responses.
//!
//! In: handlers and engines set [`Passthrough`] and [`ResponseOrigin`]. `judge`, `in_success`, `config` and `last_frame` read them.
//! Out: `normalise` sets [`Written`] and [`Masked`], beside the [`Envelope`]. Outer layers and programs read these.

use bytes::Bytes;
use http::StatusCode;

use crate::envelope::Envelope;

/// An extension of a response: the layer does not change this response, whatever its status.
///
/// Use it for documents that have an error status on purpose: a health report with 503, or the answer of an upstream. Such a
/// response is not masked, not logged, and no hook gets it.
///
/// ```
/// use http::{HeaderMap, Method, Response, Uri, Version};
/// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
/// use tower_error_envelope::Passthrough;
///
/// let normaliser = Normaliser::server();
/// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/health"), &HeaderMap::new());
/// let report = Response::builder().status(503).extension(Passthrough);
/// let (mut parts, _) = report.body(r#"{"database": "down", "cache": "up"}"#)?.into_parts();
/// assert!(matches!(normaliser.head(caller, &mut parts, BodyHint::default()), Head::Pass));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passthrough;

/// An extension of a response: the error before it was masked. Use it in logs, and never send it to the client.
///
/// The layer sets it on each masked error that had a text. It stands beside the masked [`Envelope`]. An error had no text if its
/// body was empty or could not be read.
///
/// ```
/// use http::{HeaderMap, Method, Response, Uri, Version};
/// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
/// use tower_error_envelope::{Envelope, Masked};
///
/// let normaliser = Normaliser::server();
/// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
/// let (mut parts, ()) = Response::builder().status(500).body(())?.into_parts();
/// let Head::Read(mut reading) = normaliser.head(caller, &mut parts, BodyHint::default()) else { unreachable!() };
/// assert!(reading.push("the disk is full".into()).is_none());
/// let extensions = reading.end(Ok(())).parts.extensions;
///
/// // The client gets the first, the log the second.
/// assert_eq!(extensions.get::<Envelope>().unwrap().message(), "Internal Server Error");
/// let masked = extensions.get::<Masked>().unwrap();
/// assert_eq!((masked.original().message(), &masked.body()[..]), ("the disk is full", &b"the disk is full"[..]));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Masked {
    original: Envelope,
    body: Bytes,
}

impl Masked {
    /// The bytes of a body that are kept at most.
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

    /// The first 4,096 bytes of the body that was replaced. It is empty if there was no body, or if it was not read.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// An extension of a response: who made it. A proxy sets it before the response reaches the layer.
///
/// With [`Masking::Upstream`], the errors of the proxy itself are not masked. A response without this extension counts as one
/// of the upstream.
///
/// ```
/// use http::{HeaderMap, Method, Response, Uri, Version};
/// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
/// use tower_error_envelope::{Envelope, Masking, ResponseOrigin};
///
/// let normaliser = Normaliser::server().with_masking(Masking::Upstream);
/// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
/// for (origin, message) in [(ResponseOrigin::Proxy, "no healthy upstream"), (ResponseOrigin::Upstream, "Service Unavailable")] {
///     let (mut parts, ()) = Response::builder().status(503).extension(origin).body(())?.into_parts();
///     let hint = BodyHint { ended: false, length: None };
///     let Head::Read(mut reading) = normaliser.head(caller, &mut parts, hint) else { unreachable!() };
///     assert!(reading.push("no healthy upstream".into()).is_none());
///     let answer = reading.end(Ok(()));
///     assert_eq!(answer.parts.extensions.get::<Envelope>().unwrap().message(), message);
/// }
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResponseOrigin {
    /// A server behind the proxy made the response.
    Upstream,
    /// The proxy made the response: no upstream was there, or it timed out.
    Proxy,
}

/// Which 5xx a server masks, among those that were not written for the client.
///
/// A masked error keeps its status. Its message becomes the reason phrase, its type the class of the status, and its parameters
/// and members are removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Masking {
    /// All of them.
    #[default]
    All,
    /// All of them except responses with [`ResponseOrigin::Proxy`].
    Upstream,
    /// None: clients get the text of the server. For development only.
    None,
}

/// An extension of a response: who wrote its body from its envelope.
///
/// It holds for this response and for this envelope. If the envelope is replaced afterwards, the response has to be written
/// again.
#[derive(Clone)]
pub(crate) struct Written {
    by: Writer,
    envelope: Envelope,
    /// The HTTP status of the response, as it was written. It is not that of the envelope in gRPC and in Connect.
    status: StatusCode,
}

/// Who wrote the body of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writer {
    /// `IntoResponse`, in the documented JSON: a layer may leave the body as it is.
    #[cfg_attr(not(feature = "axum"), allow(dead_code))]
    Handler,
    /// A server's layer, in any dialect: nothing is left to do.
    Server,
    /// A client's layer: a client leaves it alone, and a server treats it as foreign.
    Client,
    /// The peer of a client, in Connect. The client's layer left it as it is.
    Peer,
}

impl Written {
    pub(crate) fn new(by: Writer, envelope: &Envelope, status: StatusCode) -> Self {
        Self {
            by,
            envelope: envelope.clone(),
            status,
        }
    }

    /// Removes all values about the error of the response from its extensions.
    pub(super) fn remove(extensions: &mut http::Extensions) {
        extensions.remove::<Self>();
        extensions.remove::<Envelope>();
        extensions.remove::<Masked>();
    }

    /// Who wrote the body of the response with these extensions; `None` if the body is not that of its envelope.
    pub(crate) fn by(extensions: &http::Extensions, envelope: &Envelope) -> Option<Writer> {
        let written: &Self = extensions.get()?;
        written.envelope.is_same(envelope).then_some(written.by)
    }

    /// Whether a client's layer, inside of this one, wrote the body of the response, or left it as its peer wrote it.
    pub(super) fn is_by_client(extensions: &http::Extensions) -> bool {
        let envelope = extensions.get();
        let by = envelope.and_then(|envelope| Self::by(extensions, envelope));
        matches!(by, Some(Writer::Client | Writer::Peer))
    }

    /// Whether this envelope and this HTTP status are those with which the response was written.
    pub(super) fn is_of(
        extensions: &http::Extensions,
        envelope: &Envelope,
        status: StatusCode,
    ) -> bool {
        let written: Option<&Self> = extensions.get();
        written
            .is_some_and(|written| written.status == status && written.envelope.is_same(envelope))
    }
}

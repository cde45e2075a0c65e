//! The values between an error and its response.
//!
//! In: an error that was found, as [`Found`]. `judge`, `reading`, `success_end`, `rpc_end` and `service_error` make it. Out: an
//! [`Answer`], which the engine sends. [`normalise`](super::normalise) makes it of a [`Found`]. [`Reading`](super::Reading) also
//! makes the answers of responses that pass.

use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};

use crate::body::AnswerBody;
use crate::envelope::Envelope;

/// The response that an engine has to send: an error in its final form, or a success that carries no error.
///
/// [`Normaliser::head`](super::Normaliser::head), [`Normaliser::service_error`](super::Normaliser::service_error) and
/// [`Reading`](super::Reading) make it. For an error, the extensions of `parts` hold the
/// [`Envelope`], and for a masked error [`Masked`](super::Masked) as well.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use tower_error_envelope::exchange::{Answer, AnswerBody};
///
/// /// What an engine sends, if it holds the unread rest of the inner body as bytes.
/// fn send(answer: Answer, rest: Bytes) -> Response<Vec<Bytes>> {
///     let frames = match answer.body {
///         AnswerBody::Full(bytes) => vec![bytes],
///         AnswerBody::HeadOnly | AnswerBody::EndsWithHead => vec![],
///         AnswerBody::Inner(read) => vec![read, rest],
///     };
///     Response::from_parts(answer.parts, frames)
/// }
/// # use tower_error_envelope::exchange::Normaliser;
/// # let normaliser = Normaliser::server();
/// # let caller = normaliser.caller(&http::Method::HEAD, http::Version::HTTP_11, &http::Uri::from_static("/"), &http::HeaderMap::new());
/// # let sent = send(normaliser.service_error(caller, None, "disk".into()), Bytes::new());
/// # assert!(sent.body().is_empty());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The head of the response. An error has no `Content-Length`: the server takes the length from the body.
    pub parts: Parts,
    /// The body of the response.
    pub body: AnswerBody,
    /// The error before it was masked; `None` if it was not masked, or if there was no text to mask.
    pub original: Option<Envelope>,
}

/// An error that was found.
pub(super) struct Found {
    pub(super) envelope: Envelope,
    /// The bytes of its body that were read.
    pub(super) body: Bytes,
    /// Where the body is, if it is the documented JSON of the envelope.
    pub(super) documented: Option<Documented>,
}

/// Where a documented body is. Such a body may be sent as it is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Documented {
    /// In [`Found::body`].
    Read,
    /// It was decoded to be read. These are the coded bytes, in the coding that the head names.
    Coded(Bytes),
    /// In the inner response: nothing of it was read.
    Unread,
}

impl Answer {
    /// The inner response as it is: the bytes that were read of its body, and the rest.
    pub(super) fn inner(parts: Parts, body: Bytes) -> Self {
        Self {
            parts,
            body: AnswerBody::Inner(body),
            original: None,
        }
    }
}

impl Found {
    /// An error that is known without its body.
    pub(super) fn known(envelope: Envelope) -> Self {
        Self {
            envelope,
            body: Bytes::new(),
            documented: None,
        }
    }

    /// An error whose body is the documented JSON of `envelope`, and was not read.
    pub(super) fn documented(envelope: Envelope) -> Self {
        Self {
            documented: Some(Documented::Unread),
            ..Self::known(envelope)
        }
    }
}

/// The head of an empty response with this status.
pub(super) fn empty_head(status: StatusCode) -> Parts {
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = status;
    parts
}

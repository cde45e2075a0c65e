//! The result of an exchange.
//!
//! In: an error that was found, as [`Found`]. Out: an [`Answer`], which the engine sends. [`normalise`](super::normalise) makes
//! answers of errors, and [`Reading`](super::Reading) those of responses that pass.

use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};

use crate::envelope::Envelope;

/// The response that has to be sent: an error as it was written, or a success that turned out to carry no error.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The head of the response. `Content-Length` is for the server to add, from the body.
    pub parts: Parts,
    /// The body of the response.
    pub body: AnswerBody,
    /// What the error said before it was masked; `None` if it was not masked.
    pub original: Option<Envelope>,
}

/// The body of an [`Answer`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // An engine has to handle each of them.
pub enum AnswerBody {
    /// These bytes, and no more.
    Full(Bytes),
    /// None, because only the head was asked for (HEAD). The length of GET's body is not known.
    HeadOnly,
    /// None, and the response must end with its head: a status of gRPC
    /// ([Trailers-Only](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses)).
    EndsWithHead,
    /// The body of the inner response: these bytes, which were read, and then what was not read of it.
    Inner(Bytes),
}

/// An error that was found.
pub(super) struct Found {
    pub(super) envelope: Envelope,
    /// What was read of its body.
    pub(super) body: Bytes,
    /// Whether the body of the response is the envelope in the documented JSON: read into `body`, or not read at all.
    pub(super) documented: Option<Documented>,
}

/// Where a documented body is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Documented {
    Read,
    /// It was decoded. These are the bytes that came, in the coding that the head names.
    Coded(Bytes),
    Unread,
}

impl Answer {
    /// The response as it is: what was read of its body, and the rest of it.
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

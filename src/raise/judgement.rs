//! The values that pass between the parts of this folder: what a response is, and the facts of its request.
//!
//! The service makes a [`SentRequest`] before the call. `config` makes a [`Judgement`] of the response, and then a [`Content`].
//! `error` keeps both for as long as the error lives.

use http::{Method, Request, StatusCode, Uri};

use super::grpc;
use crate::envelope::{Envelope, ErrorKind};
use crate::http::status;

/// Whether a response is data or an error.
pub(super) enum Judgement {
    /// It passes.
    Data,
    /// Its status is an error.
    Error,
    /// An error that came with a success status.
    InSuccess(Envelope),
    /// An error of this kind, or of a kind below it. Its `Display` is this text.
    Copr(ErrorKind, String),
}

/// The facts of a request that are kept until its response is there.
#[derive(Clone, Debug, Default)]
pub(super) struct SentRequest {
    /// `None` if the client does not know it.
    pub(super) method: Option<Method>,
    pub(super) uri: Uri,
    /// Whether a client of gRPC waits for the answer.
    pub(super) is_grpc: bool,
}

impl SentRequest {
    /// Copies the facts, before the request moves into the inner service.
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        Self {
            method: Some(request.method().clone()),
            uri: request.uri().clone(),
            is_grpc: grpc::is_call(request.headers()),
        }
    }

    /// Whether a response with this status opens a tunnel ([RFC 9110 §9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6)).
    pub(super) fn is_tunnel(&self, status: StatusCode) -> bool {
        self.method == Some(Method::CONNECT) && !status::is_error(status)
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == Some(Method::HEAD)
    }
}

/// The content of an error.
pub(super) struct Content {
    pub(super) kind: ErrorKind,
    pub(super) status: StatusCode,
    pub(super) envelope: Envelope,
    /// The text to print; `None` for that of the envelope.
    pub(super) text: Option<String>,
}

impl Content {
    /// The content of an error with this status, of the kind that follows from it.
    pub(super) fn new(status: StatusCode, envelope: Envelope) -> Self {
        Self {
            kind: ErrorKind::of(status, !envelope.field_errors().is_empty()),
            status,
            envelope,
            text: None,
        }
    }
}

//! The values that pass between the parts of this folder: what a response is, and the facts of its request.

use http::{Method, StatusCode, Uri};

use crate::envelope::{Envelope, ErrorKind};

/// What a response is.
pub(super) enum Judgement {
    Data,
    Error,
    /// An error that came with a success status.
    InSuccess(Envelope),
    /// An error of this kind or one below. It prints this text.
    Copr(ErrorKind, String),
}

/// The facts of a request that are kept until its response is there.
#[derive(Clone, Debug, Default)]
pub(super) struct SentRequest {
    /// `None` if the client does not know it.
    pub(super) method: Option<Method>,
    pub(super) uri: Uri,
}

impl SentRequest {
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

//! What a response is to a client, and what is known of the request that it answers.

use http::{Method, StatusCode, Uri};

use crate::envelope::{Envelope, ErrorKind};

/// What a response is.
pub(super) enum Judgement {
    Data,
    Error,
    /// An error that travels with a success.
    InSuccess(Envelope),
    /// An error of this kind or one below, which prints this text.
    Copr(ErrorKind, String),
}

/// What is remembered of a request while it is on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct SentRequest {
    /// `None` where a client does not tell it.
    pub(super) method: Option<Method>,
    pub(super) uri: Uri,
}

impl SentRequest {
    pub(super) fn is_head(&self) -> bool {
        self.method == Some(Method::HEAD)
    }
}

/// What an error says.
pub(super) struct Content {
    pub(super) kind: ErrorKind,
    pub(super) status: StatusCode,
    pub(super) envelope: Envelope,
    /// The text to be printed; `None` for that of the envelope.
    pub(super) text: Option<String>,
}

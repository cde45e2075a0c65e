//! An error that two owners hold: the envelope for hook and log, and the server.
//!
//! In: the error of a body. Out: an error for the server. [`LastFrameBody`](super::LastFrameBody) makes it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// The error of a body. The envelope for hook and log shares it. It behaves like the error itself.
pub(super) struct Shared(pub(super) Arc<dyn Error + Send + Sync>);

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The error itself is the source, so that a server finds it by its type.
impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

//! Tells that the body of a response failed after its head was sent.
//!
//! In: a body that failed, and who was told of it already. Out: a call of `exchange/`, which tells hook and log.
//! [`ResponseBody`](super::ResponseBody) calls it.

use std::any::{type_name, Any};
use std::fmt;
use std::sync::Arc;

use super::told::Told;
use crate::http::request_head::RequestHead;

/// Who hears that a body failed.
#[derive(Debug)]
pub(crate) enum Watch {
    /// The log alone. It gets the name of the error's type.
    Log(fn(&'static str, Told)),
    /// Hook and log.
    Hook(Box<Asked>),
}

/// The head of a request, and the configuration whose hooks get it.
pub struct Asked {
    pub(crate) head: RequestHead,
    /// Its type is known to `exchange/`.
    pub(crate) config: Arc<dyn Any + Send + Sync>,
    /// Tells hook and log that the body failed. It gets the name of the error's type.
    pub(crate) failed: fn(&Asked, &'static str, Told),
}

impl Watch {
    /// Tells that the body failed with an error of the type `E`, which need not have a text.
    #[cold]
    pub(super) fn tell<E>(self) {
        let (error_type, told) = (type_name::<E>(), Told::inside());
        match self {
            Self::Log(log) => log(error_type, told),
            Self::Hook(asked) => (asked.failed)(&asked, error_type, told),
        }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

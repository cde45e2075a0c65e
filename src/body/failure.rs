//! Reports that the body of a response failed after its head was sent.
//!
//! In: the inner body, and a [`Watch`] that `exchange/` made. Out: the frames of the body, and after a failure one call of the watch,
//! which reports to hook and log. [`ResponseBody`](super::ResponseBody) calls it.

use std::any::{type_name, Any};
use std::fmt;
use std::sync::Arc;

use super::reported::Reported;
use crate::http::request_head::RequestHead;

/// The receiver of the report that a body failed.
#[derive(Debug)]
pub(crate) enum Watch {
    /// The log alone. It gets the name of the error's type.
    Log(fn(&'static str, Reported)),
    /// Hook and log.
    Hook(Box<RequestContext>),
}

/// The head of a request, and the configuration whose hooks get it.
pub struct RequestContext {
    pub(crate) head: RequestHead,
    /// Its type is known to `exchange/`.
    pub(crate) config: Arc<dyn Any + Send + Sync>,
    /// Reports to hook and log that the body failed. It gets the name of the error's type.
    pub(crate) failed: fn(&Self, &'static str, Reported),
}

impl Watch {
    /// Reports that the body failed with an error of the type `E`. The type needs no `Display`.
    #[cold]
    pub(super) fn report<E>(self) {
        let (error_type, reported) = (type_name::<E>(), Reported::inside());
        match self {
            Self::Log(log) => log(error_type, reported),
            Self::Hook(context) => (context.failed)(&context, error_type, reported),
        }
    }
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

//! Tells that the body of a response failed after its head was sent.
//!
//! In: a body that failed, and who was told of it already. Out: a call of `exchange/`, which tells hook and log.
//! [`ResponseBody`](super::ResponseBody) calls it.

use std::fmt::Debug;

use super::told::Told;

/// Who hears that a body failed.
#[derive(Debug)]
pub enum Watch {
    /// The log alone.
    Log(Log),
    /// Hook and log.
    Hook(Box<dyn OnFailure>),
}

/// Logs that the body failed with an error of the type with this name, unless it is `told` already.
pub(crate) type Log = fn(error_type: &'static str, told: Told);

/// Hears that a body failed.
pub trait OnFailure: Debug + Send + Sync {
    /// The body failed with an error of the type with this name. `told` was told by a layer inside.
    fn failed(self: Box<Self>, error_type: &'static str, told: Told);
}

impl Watch {
    /// Tells that the body failed with an error of the type `E`, which need not have a text.
    pub(super) fn tell<E>(self) {
        let (error_type, told) = (std::any::type_name::<E>(), Told::inside());
        match self {
            Self::Log(log) => log(error_type, told),
            Self::Hook(hook) => hook.failed(error_type, told),
        }
    }
}

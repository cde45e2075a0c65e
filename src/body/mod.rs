//! Reads the body of a response within a limit, and defines the body of the responses that layers return.
//!
//! `layer/` and `raise/` read with [`poll_read()`] into a [`Gather`], and answer with a [`ResponseBody`]. `exchange/` needs
//! the [`Gather`] and the [`StatusChange`] alone.

#[cfg(feature = "layer")]
mod changed;
mod gather;
#[cfg(feature = "layer")]
mod poll_read;
#[cfg(feature = "layer")]
mod response;
mod status_change;

pub(crate) use self::gather::Gather;
#[cfg(feature = "layer")]
pub(crate) use self::poll_read::{poll_read, End};
#[cfg(feature = "layer")]
pub(crate) use self::response::Resumed;
#[cfg(feature = "layer")]
pub use self::response::{ResponseBody, SameBodyType};
pub(crate) use self::status_change::StatusChange;

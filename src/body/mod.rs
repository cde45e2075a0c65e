//! Reads the body of a response within a limit, and defines the body of the responses that layers return.
//!
//! `layer/` and `raise/` read with [`poll_feed()`] or [`poll_read()`] into a [`Gather`], and answer with a [`ResponseBody`].
//! `exchange/` needs the [`Gather`], the [`Feed`], the [`AnswerBody`] and the [`StatusChange`] alone.

mod answer_body;
#[cfg(feature = "layer")]
mod changed;
mod cut;
#[cfg(feature = "layer")]
mod failure;
#[cfg(feature = "layer")]
mod feed;
#[cfg(feature = "layer")]
mod frames;
mod gather;
#[cfg(feature = "layer")]
mod poll_read;
#[cfg(feature = "layer")]
mod response;
#[cfg(feature = "layer")]
mod resumed;
#[cfg(feature = "layer")]
mod same_body;
mod status_change;
mod told;

pub use self::answer_body::AnswerBody;
pub use self::cut::Cut;
#[cfg(feature = "layer")]
pub(crate) use self::failure::{Asked, Watch};
#[cfg(feature = "layer")]
pub(crate) use self::feed::{poll_feed, Feed};
pub(crate) use self::gather::{joined, Gather};
#[cfg(feature = "layer")]
pub(crate) use self::poll_read::{poll_read, End};
#[cfg(feature = "layer")]
pub use self::response::ResponseBody;
#[cfg(feature = "layer")]
pub(crate) use self::resumed::Resumed;
#[cfg(feature = "layer")]
pub use self::same_body::SameBodyType;
pub(crate) use self::status_change::StatusChange;
pub(crate) use self::told::Told;

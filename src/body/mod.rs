//! Reads the body of a response within a limit, and defines the body of the responses that layers return.
//!
//! In: the body of the inner service. Out: its bytes, or a [`ResponseBody`] around it.
//!
//! - `layer/` reads by [`poll_feed()`], and `raise/` by [`poll_read()`]. Both return a [`ResponseBody`].
//! - `exchange/` polls nothing. It uses the values: [`Gather`], [`Feed`], [`Cut`], [`AnswerBody`], [`StatusChange`], [`Watch`] and
//!   [`Reported`].

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
mod reported;
#[cfg(feature = "layer")]
mod response;
#[cfg(feature = "layer")]
mod resumed;
#[cfg(feature = "layer")]
mod same_body;
mod status_change;

pub use self::answer_body::AnswerBody;
pub use self::cut::Cut;
#[cfg(feature = "layer")]
pub(crate) use self::failure::{RequestContext, Watch};
#[cfg(feature = "layer")]
pub(crate) use self::feed::{poll_feed, Feed};
pub(crate) use self::gather::{joined, Gather};
#[cfg(feature = "layer")]
pub(crate) use self::poll_read::{poll_read, End};
pub(crate) use self::reported::Reported;
#[cfg(feature = "layer")]
pub use self::response::ResponseBody;
#[cfg(feature = "layer")]
pub(crate) use self::resumed::Resumed;
#[cfg(feature = "layer")]
pub use self::same_body::SameBodyType;
pub(crate) use self::status_change::StatusChange;

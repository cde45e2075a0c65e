//! The body that a layer gives out, and the bounded reading of the body that it takes in.

mod capture;
mod gather;
mod response;

pub(crate) use self::capture::Capture;
pub(crate) use self::gather::{Captured, End, Gather};
pub use self::response::ResponseBody;

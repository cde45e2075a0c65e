//! The body that a layer gives out, and the bounded reading of the body that it takes in.

mod capture;
mod response;

pub(crate) use self::capture::{Capture, Captured, End};
pub use self::response::ResponseBody;

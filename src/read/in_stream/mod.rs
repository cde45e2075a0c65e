//! Errors in streams.
//!
//! | file | content |
//! | --- | --- |
//! | `unit` | where the events, lines and messages of a stream end, and which of them is an error |
//! | `event` | the error that an event or a line is |
//! | `part` | the part of its JSON that tells the error |
//! | `own` | the forms in which this crate writes it |
//! | `status` | the status that it should have had |

mod event;
mod own;
mod part;
mod status;
#[cfg(feature = "layer")]
mod unit;

#[cfg(feature = "layer")]
pub(crate) use self::unit::{read_trailers, read_unit, UnitKind, Units};

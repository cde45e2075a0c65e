//! Errors in streams.
//!
//! | file | content |
//! | --- | --- |
//! | `unit` | where the events, lines and messages of a stream end, and which of them is an error |
//! | `web_text` | the messages of a stream of gRPC-Web in base64 (feature `tonic`) |
//! | `event` | the error that an event or a line is |
//! | `part` | the part of its JSON that tells the error |
//! | `error_object` | what an object says if it tells an error |
//! | `typed` | the events that name themselves errors |
//! | `own` | the forms in which this crate writes it |
//! | `status` | the status that it should have had |
//! | `surrogates` | halves of surrogate pairs in its JSON |

mod error_object;
mod event;
mod own;
mod part;
mod status;
mod surrogates;
mod typed;
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
mod unit;
#[cfg(all(feature = "layer", feature = "tonic"))]
mod web_text;

#[cfg(feature = "layer")]
pub(crate) use self::unit::read_trailers;
pub(crate) use self::unit::{read_unit, UnitKind, Units};
#[cfg(all(feature = "layer", feature = "tonic"))]
pub(crate) use self::web_text::{Scanned, WebText};

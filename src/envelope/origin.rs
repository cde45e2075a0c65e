//! Where an error came from.
//!
//! The reader of bodies and the layer set it. The policy reads it to decide what to mask.

/// Where an [`Envelope`](super::Envelope) came from.
///
/// A server masks a 5xx unless its origin is [`Deliberate`](Self::Deliberate), the documented JSON, or a gRPC status with
/// any code except `UNKNOWN`, `INTERNAL` and `DATA_LOSS`. A proxy can use it as well, for example to pass on errors with a
/// text and to answer 502 for errors of which only the status is known.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{Envelope, Origin};
///
/// assert_eq!(Envelope::new(StatusCode::GONE, "Sold").origin(), Origin::Deliberate);
/// let read: Envelope = serde_json::from_str(r#"{"_error_message": "Sold"}"#)?;
/// assert_eq!(read.origin(), Origin::Wire("clustr"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The program made it: an `Envelope` returned by a handler.
    Deliberate,
    /// Only the status is known: the body was empty, unreadable or too long, or the error was masked.
    Inferred,
    /// A peer sent it, in the format with this name, such as `"problem"`. [`read`](crate::read) lists the names.
    Wire(&'static str),
}

//! The trait for formats of users, the type for formats of the crate, and the result of reading.

use bytes::Bytes;
use http::Response;

use super::signs::Signs;
use super::source::Source;
use crate::envelope::Envelope;

/// A reader of one format of error responses.
///
/// The readers of users are asked before those of the crate, in the order in which they were added.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use tower_error_envelope::{read::ErrorReader, Envelope};
///
/// /// `ERR 17 no such printer`
/// struct LinePrinter;
///
/// impl ErrorReader for LinePrinter {
///     fn name(&self) -> &'static str {
///         "line-printer"
///     }
///
///     fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
///         let text = std::str::from_utf8(response.body()).ok()?.strip_prefix("ERR ")?;
///         let (code, message) = text.split_once(' ')?;
///         let envelope = Envelope::new(response.status(), message.to_owned());
///         Some(envelope.with_error_type(format!("printer.{code}")))
///     }
/// }
/// ```
pub trait ErrorReader: Send + Sync {
    /// The name of the format for [`Origin::Wire`](crate::Origin::Wire).
    fn name(&self) -> &'static str;

    /// Reads the error of `response`. `None` if the response is not of this format.
    ///
    /// The status of the envelope should be that of the response.
    fn read(&self, response: &Response<Bytes>) -> Option<Envelope>;
}

/// The result of reading, for the layers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadEnvelope {
    pub(crate) envelope: Envelope,
    /// Whether the body is the documented JSON of the envelope. Then it may pass byte for byte.
    pub(crate) is_documented: bool,
}

/// From a body in any other format.
impl From<Envelope> for ReadEnvelope {
    fn from(envelope: Envelope) -> Self {
        Self {
            envelope,
            is_documented: false,
        }
    }
}

/// A format that the crate knows: one file in `formats/`.
pub(super) struct Format {
    /// The name for [`Origin::Wire`](crate::Origin::Wire).
    pub(super) name: &'static str,
    /// A response in this format has at least one of these signs.
    pub(super) signs: Signs,
    /// Reads the error of a response. `None` if the response is not of this format.
    pub(super) read: fn(&Source<'_>) -> Option<ReadEnvelope>,
}

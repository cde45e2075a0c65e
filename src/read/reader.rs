//! What reads: the trait for formats of users, and what reading gives the rest of the crate.

use bytes::Bytes;
use http::Response;

use super::signs::Signs;
use super::source::Source;
use crate::envelope::Envelope;

/// A format of error responses that can be read.
///
/// Users' readers come before those of the crate, in the order in which they were given.
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
    /// The name of the format, as it stands in [`Origin::Wire`](crate::Origin::Wire).
    fn name(&self) -> &'static str;

    /// The error that `response` carries, or `None` if it is not of this format.
    ///
    /// The status of the envelope should be that of the response.
    fn read(&self, response: &Response<Bytes>) -> Option<Envelope>;
}

/// An envelope that was read, for the layers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadEnvelope {
    pub(crate) envelope: Envelope,
    /// Whether the body is exactly the documented JSON of the envelope, so that it may pass byte for byte.
    pub(crate) is_documented: bool,
}

/// Read from any other body.
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
    /// The name, as it stands in [`Origin::Wire`](crate::Origin::Wire).
    pub(super) name: &'static str,
    /// Signs of which a response in this format has at least one.
    pub(super) signs: Signs,
    /// The error in a response, or `None` if it is not of this format.
    pub(super) read: fn(&Source<'_>) -> Option<ReadEnvelope>,
}

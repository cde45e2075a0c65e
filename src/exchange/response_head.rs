//! The head of a response, and the facts of its body that are known before it is read.
//!
//! The engine makes both before it takes a response apart. The [judge](super::verdict) reads them.

use http::{Extensions, HeaderMap, StatusCode};

/// The facts of a body that are known before it is read.
///
/// For a `http_body::Body`, they are `is_end_stream()` and `size_hint().exact()`. The default says that nothing is known.
///
/// ```
/// use http_body::Body;
/// use tower_error_envelope::exchange::BodyHint;
///
/// let body = http_body_util::Full::<bytes::Bytes>::from("There is no printer 8");
/// let hint = BodyHint { ended: body.is_end_stream(), length: body.size_hint().exact() };
/// assert_eq!(hint, BodyHint { ended: false, length: Some(21) });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyHint {
    /// Whether there is no body, or whether its end was reached.
    pub ended: bool,
    /// The length of the body in bytes, if it is known.
    pub length: Option<u64>,
}

/// A borrowed head of a response, before the response is taken apart.
#[derive(Clone, Copy)]
pub(crate) struct HeadRef<'r> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) extensions: &'r Extensions,
}

//! The head of a response, and the facts of its body that are known before it is read.
//!
//! In: a response that is still whole. Out: a [`HeadRef`] and a [`BodyHint`]. The engine makes them. `class`, `judge` and
//! `in_success` read them.

use http::{Extensions, HeaderMap, Response, StatusCode};
use http_body::Body;

/// The facts of a body that are known before it is read.
///
/// The default says that nothing is known. [`from_body`](Self::from_body) asks a `http_body::Body`.
///
/// ```
/// use tower_error_envelope::exchange::BodyHint;
///
/// let body = http_body_util::Full::<bytes::Bytes>::from("There is no printer 8");
/// assert_eq!(BodyHint::from_body(&body), BodyHint { ended: false, length: Some(21) });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyHint {
    /// Whether there is no body, or whether its end was reached.
    pub ended: bool,
    /// The length of the body in bytes, if it is known.
    pub length: Option<u64>,
}

impl BodyHint {
    /// The facts of a body that was not polled yet.
    #[must_use]
    pub fn from_body<B: Body>(body: &B) -> Self {
        let length = body.size_hint().exact();
        Self {
            ended: length == Some(0) || body.is_end_stream(),
            length,
        }
    }
}

/// A borrowed head of a response, before the response is taken apart.
#[derive(Clone, Copy)]
pub(crate) struct HeadRef<'r> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) extensions: &'r Extensions,
}

impl<'r> HeadRef<'r> {
    #[cfg_attr(not(feature = "layer"), allow(dead_code))]
    pub(crate) fn new<B>(response: &'r Response<B>) -> Self {
        Self {
            status: response.status(),
            headers: response.headers(),
            extensions: response.extensions(),
        }
    }
}

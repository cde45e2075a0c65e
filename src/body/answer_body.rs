//! The body of an answer, before it is the body of a response.
//!
//! In: the bytes that `exchange/` wrote, or none. Out: a [`ResponseBody`]. `layer/` sends it.

use bytes::Bytes;
#[cfg(feature = "layer")]
use http_body::Body;

#[cfg(feature = "layer")]
use super::response::ResponseBody;

/// The body of an [`Answer`](crate::exchange::Answer). An engine has to handle each form.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)] // An engine has to handle each of them.
pub enum AnswerBody {
    /// The body is exactly these bytes.
    Full(Bytes),
    /// There is no body, because the request was HEAD. The engine must not announce the length 0: GET may have a body.
    HeadOnly,
    /// There is no body, and the head must end the stream: it carries a status of gRPC
    /// ([Trailers-Only](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses)).
    EndsWithHead,
    /// The body of the inner response: these bytes, which were read, followed by the rest that was not read.
    Inner(Bytes),
}

#[cfg(feature = "layer")]
impl AnswerBody {
    /// The body to send. `inner` is the inner body, if nothing was read of it.
    pub(crate) fn into_response_body<B: Body>(self, inner: Option<B>) -> ResponseBody<B> {
        match (self, inner) {
            (Self::Inner(_), Some(inner)) => ResponseBody::inner(inner),
            (Self::Full(bytes) | Self::Inner(bytes), _) => bytes.into(),
            (Self::EndsWithHead, _) => ResponseBody::default(),
            (Self::HeadOnly, _) => ResponseBody::unknown(),
        }
    }
}

//! Bodies that keep their type behind a layer.
//!
//! In: a [`ResponseBody`] around a body. Out: a body of the inner type. The side
//! [`SameBody`](crate::layer::SameBody) calls it, which [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body) selects.

use bytes::Bytes;
use http_body::Body;
use http_body_util::combinators::{BoxBody, UnsyncBoxBody};

use super::response::ResponseBody;

/// A body that can be made from a [`ResponseBody`] around it. Do not implement it: every body that implements
/// [`From<ResponseBody<Self>>`](From) has it.
#[diagnostic::on_unimplemented(
    message = "`with_same_body` cannot keep the body `{Self}`",
    label = "a service with this body is inside of the layer",
    note = "leave `with_same_body` out: responses then have a `ResponseBody` around this body, which every router and server takes",
    note = "a body can be kept if it is `From<ResponseBody<Self>>`: those of axum and tonic are, with the features of their names, and the boxes of `http-body-util`"
)]
pub trait SameBodyType: Sized + Body {
    #[doc(hidden)]
    fn from_response_body(body: ResponseBody<Self>) -> Self;
}

// Rust before 1.85 does not know the attribute.
#[allow(unknown_or_malformed_diagnostic_attributes)]
#[diagnostic::do_not_recommend]
impl<B: Body + From<ResponseBody<Self>>> SameBodyType for B {
    #[inline]
    fn from_response_body(body: ResponseBody<Self>) -> Self {
        body.into()
    }
}

impl<B: SameBodyType> ResponseBody<B> {
    /// The inner body as it is, unless a hook gets its failure. Any other body is converted to the type of the inner one.
    #[inline]
    pub(crate) fn into_same(self) -> B {
        self.into_inner().unwrap_or_else(B::from_response_body)
    }
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
impl<E> From<ResponseBody<Self>> for BoxBody<Bytes, E>
where
    E: Send + Sync + 'static,
{
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
impl<E: Send + 'static> From<ResponseBody<Self>> for UnsyncBoxBody<Bytes, E> {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

//! The two sides on which the layer stands, and their variants.
//!
//! In: the types of the inner service. Out: the types of the service that the layer makes. The service and its future use them.
//!
//! | side | body | error |
//! | --- | --- | --- |
//! | [`Server`] | [`ResponseBody<B>`] | [`Infallible`]: an error of the service becomes a response |
//! | [`Client`] | [`ResponseBody<B>`] | `E`, as it is |
//! | [`LastFrame`] | [`LastFrameBody<B>`] | [`Infallible`] |
//! | [`SameBody<T>`] | `B` | that of the side `T` |

use std::convert::Infallible;
use std::marker::PhantomData;

use bytes::Bytes;
use http::Response;
use http_body::Body;
use tower::BoxError;

#[cfg(doc)]
use super::last_frame::LastFrameBody;
use crate::body::{ResponseBody, SameBodyType};
use crate::exchange::{Caller, Normaliser, RequestContext, RequestHead};

/// The side of a server: the layer answers every error, also the errors of the service itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Server;

/// The side of a client: the layer reads every error response. Errors of the service stay errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client;

/// A side whose responses keep the body type of the inner service.
/// [`with_same_body`](super::ErrorEnvelopeLayer::with_same_body) selects it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SameBody<Side = Server>(PhantomData<fn() -> Side>);

/// The side of a server that ends a failed stream with an error in the format of its `Content-Type`.
/// [`with_last_frame`](super::ErrorEnvelopeLayer::with_last_frame) selects it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastFrame;

/// The types that a side makes from the body `B` and the error `E` of the inner service. It is sealed.
#[diagnostic::on_unimplemented(
    message = "`ErrorEnvelopeLayer` on the side `{Self}` cannot take responses with the body `{B}` and errors of type `{E}`",
    note = "the body must be an `http_body::Body` with `Data = Bytes`: `map_frame` of `http_body_util::BodyExt` makes one",
    note = "on the server side the error must be `Into<tower::BoxError>`, because it is answered with a response"
)]
pub trait Side<B, E>: sealed::Sealed {
    /// The body of the responses that leave the layer.
    type Body: Body<Data = Bytes>;
    /// The error of the service that the layer makes.
    type Error;

    #[doc(hidden)]
    fn body(body: ResponseBody<B>) -> Self::Body
    where
        B: Body;
    /// Whether a body that passes is watched, because a hook or the log gets its failure.
    #[doc(hidden)]
    fn watches(normaliser: &Normaliser) -> bool;
    /// A response whose body may be watched: an answer that the layer made, or a response that passes.
    #[doc(hidden)]
    fn done(
        normaliser: &Normaliser,
        caller: Caller,
        request: Option<Box<RequestContext>>,
        response: Response<ResponseBody<B>>,
    ) -> Response<Self::Body>
    where
        B: Body;
    /// `Ok` with the error of the service if a response answers it, `Err` with the error to return otherwise.
    #[doc(hidden)]
    fn intercept(error: E) -> Result<BoxError, Self::Error>;
}

impl<B: Body<Data = Bytes>, E: Into<BoxError>> Side<B, E> for Server {
    type Body = ResponseBody<B>;
    type Error = Infallible;

    #[inline]
    fn body(body: ResponseBody<B>) -> ResponseBody<B> {
        body
    }

    #[inline]
    fn watches(normaliser: &Normaliser) -> bool {
        normaliser.watches()
    }

    fn done(
        normaliser: &Normaliser,
        _: Caller,
        request: Option<Box<RequestContext>>,
        mut response: Response<ResponseBody<B>>,
    ) -> Response<ResponseBody<B>> {
        if response.body().is_inner() {
            let mut request = head_of(normaliser, request, &mut response);
            if let Some(watch) = normaliser.watch(&mut request, response.extensions()) {
                return response.map(|body| body.watch(watch));
            }
        }
        response
    }

    fn intercept(error: E) -> Result<BoxError, Infallible> {
        Ok(error.into())
    }
}

impl<B: Body<Data = Bytes>, E> Side<B, E> for Client {
    type Body = ResponseBody<B>;
    type Error = E;

    #[inline]
    fn body(body: ResponseBody<B>) -> ResponseBody<B> {
        body
    }

    #[inline]
    fn watches(_: &Normaliser) -> bool {
        false
    }

    #[inline]
    fn done(
        _: &Normaliser,
        _: Caller,
        _: Option<Box<RequestContext>>,
        response: Response<ResponseBody<B>>,
    ) -> Response<ResponseBody<B>> {
        response
    }

    fn intercept(error: E) -> Result<BoxError, E> {
        Err(error)
    }
}

impl<B, E, T> Side<B, E> for SameBody<T>
where
    B: Body<Data = Bytes> + SameBodyType,
    T: Side<B, E, Body = ResponseBody<B>>,
{
    type Body = B;
    type Error = T::Error;

    #[inline]
    fn body(body: ResponseBody<B>) -> B {
        body.into_same()
    }

    #[inline]
    fn watches(normaliser: &Normaliser) -> bool {
        T::watches(normaliser)
    }

    #[inline]
    fn done(
        normaliser: &Normaliser,
        caller: Caller,
        request: Option<Box<RequestContext>>,
        response: Response<ResponseBody<B>>,
    ) -> Response<B> {
        T::done(normaliser, caller, request, response).map(ResponseBody::into_same)
    }

    #[inline]
    fn intercept(error: E) -> Result<BoxError, T::Error> {
        T::intercept(error)
    }
}

/// The head of the request: `request`, or the head that is left in the extensions of a response that was read.
pub(super) fn head_of<B>(
    normaliser: &Normaliser,
    request: Option<Box<RequestContext>>,
    response: &mut Response<B>,
) -> Option<Box<RequestContext>> {
    let left = response.extensions_mut().remove::<RequestHead>();
    request.or_else(|| left.map(|head| normaliser.context_of(head)))
}

/// The sides of servers. The methods of the builder that are for servers ask for it. It is sealed.
pub trait Serving: sealed::Sealed {}
impl Serving for Server {}
impl Serving for LastFrame {}
impl Serving for SameBody<Server> {}

/// The sides of clients. The methods of the builder that are for clients ask for it. It is sealed.
pub trait Calling: sealed::Sealed {}
impl Calling for Client {}
impl Calling for SameBody<Client> {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Server {}
    impl Sealed for super::Client {}
    impl Sealed for super::LastFrame {}
    impl<T: Sealed> Sealed for super::SameBody<T> {}
}

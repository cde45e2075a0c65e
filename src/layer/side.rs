//! The two sides on which the layer stands.

use std::convert::Infallible;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;
use tower::BoxError;

use crate::body::ResponseBody;

/// The layer around a server's service: it answers every error, those of the service itself as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Server;

/// The layer around a client's service: it reads every error response; errors of the service stay errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client;

/// What a side makes of the inner service's body `B` and error `E`. Not for implementing.
#[diagnostic::on_unimplemented(
    message = "`ErrorEnvelope` on the side `{Self}` cannot take responses with the body `{B}` and errors of type `{E}`",
    note = "the body must be an `http_body::Body` with `Data = Bytes`: `map_frame` of `http_body_util::BodyExt` makes one",
    note = "on the server side the error must be `Into<tower::BoxError>`, because it is answered with a response"
)]
pub trait Side<B, E>: sealed::Sealed {
    /// The body of the responses that leave the layer.
    type Body: Body<Data = Bytes>;
    /// The error of the service that the layer makes.
    type Error;

    #[doc(hidden)]
    fn keep(body: B) -> Self::Body;
    /// The body as it is, but for what `repair` does to its trailers.
    #[doc(hidden)]
    fn keep_with(body: B, repair: fn(&mut HeaderMap)) -> Self::Body;
    #[doc(hidden)]
    fn replace(bytes: Bytes) -> Self::Body;
    /// No frames, of a length not known: what a server answers to HEAD.
    #[doc(hidden)]
    fn unknown() -> Self::Body;
    /// The error of the service if it is to be answered with a response, else the error to give on.
    #[doc(hidden)]
    fn intercept(error: E) -> Result<BoxError, Self::Error>;
}

impl<B: Body<Data = Bytes>, E: Into<BoxError>> Side<B, E> for Server {
    type Body = ResponseBody<B>;
    type Error = Infallible;

    fn keep(body: B) -> Self::Body {
        ResponseBody::inner(body)
    }

    fn keep_with(body: B, repair: fn(&mut HeaderMap)) -> Self::Body {
        ResponseBody::repaired(body, repair)
    }

    fn replace(bytes: Bytes) -> Self::Body {
        bytes.into()
    }

    fn unknown() -> Self::Body {
        ResponseBody::unknown()
    }

    fn intercept(error: E) -> Result<BoxError, Infallible> {
        Ok(error.into())
    }
}

impl<B: Body<Data = Bytes>, E> Side<B, E> for Client {
    type Body = ResponseBody<B>;
    type Error = E;

    fn keep(body: B) -> Self::Body {
        ResponseBody::inner(body)
    }

    fn keep_with(body: B, repair: fn(&mut HeaderMap)) -> Self::Body {
        ResponseBody::repaired(body, repair)
    }

    fn replace(bytes: Bytes) -> Self::Body {
        bytes.into()
    }

    fn unknown() -> Self::Body {
        ResponseBody::unknown()
    }

    fn intercept(error: E) -> Result<BoxError, E> {
        Err(error)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Server {}
    impl Sealed for super::Client {}
}

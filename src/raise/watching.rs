//! Whether the layer watches bodies for errors, as a type.
//!
//! In: data that the layer returns. Out: the same with the type of body that the layer promises. `future` calls it.

use http::Response;
use http_body::Body;

use super::config::Call;
use crate::body::ResponseBody;

/// Bodies pass as they are. It is the default of a [`RaiseErrorsLayer`](super::RaiseErrorsLayer).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unwatched;

/// Bodies raise the errors that come in a stream: see
/// [`with_errors_in_streams`](super::RaiseErrorsLayer::with_errors_in_streams).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched;

/// The body of the responses of a [`RaiseErrorsLayer`](super::RaiseErrorsLayer), by its type parameter. It is sealed.
pub trait Watching<B: Body>: sealed::Sealed {
    /// A [`ResponseBody`] with [`Unwatched`], and a [`RaisingBody`](super::RaisingBody) with [`Watched`].
    type Body;

    #[doc(hidden)]
    fn watch(call: &mut Call, response: Response<ResponseBody<B>>) -> Response<Self::Body>;
}

impl<B: Body> Watching<B> for Unwatched {
    type Body = ResponseBody<B>;

    #[inline]
    fn watch(_: &mut Call, response: Response<ResponseBody<B>>) -> Response<ResponseBody<B>> {
        response
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Unwatched {}
    impl Sealed for super::Watched {}
}

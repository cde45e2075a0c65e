//! The service that the layer makes.
//!
//! In: a request. Out: a [`ResponseFuture`]. Programs and other layers call it.
//!
//! 1. `poll_ready` asks the inner service. On a server, it keeps an error for the next call.
//! 2. `call` classifies the request, and copies its head if a hook needs it.
//! 3. It calls the inner service, unless this has failed.

use std::fmt;
use std::marker::PhantomData;
use std::task::{ready, Context, Poll};

use http::{Request, Response};
use tower::BoxError;
use tower_service::Service;

use super::future::ResponseFuture;
use super::side::{Server, Side};
use crate::exchange::Normaliser;

/// The service that an [`ErrorEnvelopeLayer`](super::ErrorEnvelopeLayer) makes of a service `S`.
///
/// It calls the inner service directly, so it is `Clone`, `Send` and `Sync` if the inner service is. It is ready when the inner
/// service is ready or has failed; a [`Client`](super::Client) then fails with the same error.
///
/// ```
/// use tower::Layer;
/// use tower_error_envelope::ErrorEnvelopeLayer;
///
/// let mut service = ErrorEnvelopeLayer::new().layer("the inner service");
/// assert_eq!(service.get_ref(), &"the inner service");
/// *service.get_mut() = "another one";
/// assert_eq!(service.into_inner(), "another one");
/// ```
pub struct ErrorEnvelopeService<S, Side = Server> {
    inner: S,
    normaliser: Normaliser,
    /// The error of `poll_ready`. The next call answers it.
    failed: Option<BoxError>,
    side: PhantomData<fn() -> Side>,
}

impl<S, T> ErrorEnvelopeService<S, T> {
    pub(super) fn new(inner: S, normaliser: Normaliser) -> Self {
        Self {
            inner,
            normaliser,
            failed: None,
            side: PhantomData,
        }
    }

    /// A reference to the inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// A mutable reference to the inner service.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, by value. The layer is dropped.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

/// A clone does not have the error of `poll_ready`, because one call only answers it. A clone is not ready yet.
impl<S: Clone, T> Clone for ErrorEnvelopeService<S, T> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), self.normaliser.clone())
    }
}

impl<S: fmt::Debug, T> fmt::Debug for ErrorEnvelopeService<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorEnvelopeService")
            .field("inner", &self.inner)
            .field("normaliser", &self.normaliser)
            .finish()
    }
}

impl<S, T, ReqBody, B> Service<Request<ReqBody>> for ErrorEnvelopeService<S, T>
where
    S: Service<Request<ReqBody>, Response = Response<B>>,
    T: Side<B, S::Error>,
    B: http_body::Body<Data = bytes::Bytes>,
{
    type Response = Response<T::Body>;
    type Error = T::Error;
    type Future = ResponseFuture<S::Future, B, T>;

    /// On the server side, the next call answers an error of `poll_ready`, and does not call the inner service. If the inner service
    /// has become ready before that call, the error is dropped.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.failed = match ready!(self.inner.poll_ready(cx)) {
            Ok(()) => None,
            Err(error) => Some(T::intercept(error)?),
        };
        Poll::Ready(Ok(()))
    }

    // If it is inlined, the compiler moves the futures of axum's routes once more, for 80 instructions.
    #[inline(never)]
    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let caller = self
            .normaliser
            .caller(method, request.version(), uri, headers);
        let head = self.normaliser.request_context(method, uri, headers);
        let normaliser = self.normaliser.clone();
        match self.failed.take() {
            Some(error) => ResponseFuture::failed(error, normaliser, caller, head),
            None => ResponseFuture::new(self.inner.call(request), normaliser, caller, head),
        }
    }
}

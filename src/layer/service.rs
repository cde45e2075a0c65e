//! The service that the layer makes.

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
/// It calls the inner service directly, so it is `Clone`, `Send` and `Sync` just when that is.
pub struct ErrorEnvelopeService<S, Side = Server> {
    inner: S,
    normaliser: Normaliser,
    /// Why the inner service is not ready, to be told to the next caller.
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

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service, without the layer.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

/// A failure is told to one caller: a clone starts without it, as it starts without the readiness of its original.
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

    /// On the server side a failure here is answered by the next call, and the inner service is then not called, unless
    /// it has become ready since.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.failed = match ready!(self.inner.poll_ready(cx)) {
            Ok(()) => None,
            Err(error) => Some(T::intercept(error)?),
        };
        Poll::Ready(Ok(()))
    }

    // Inlined, it has the futures of axum's routes moved once more, for 80 instructions.
    #[inline(never)]
    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let caller = self
            .normaliser
            .caller(method, request.version(), uri, headers);
        let head = self
            .normaliser
            .request_head(method, uri, headers)
            .map(Box::new);
        let normaliser = self.normaliser.clone();
        match self.failed.take() {
            Some(error) => ResponseFuture::failed(error, normaliser, caller, head),
            None => ResponseFuture::new(self.inner.call(request), normaliser, caller, head),
        }
    }
}

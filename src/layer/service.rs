//! The service that the layer makes.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{ready, Context, Poll};

use http::{Request, Response};
use tower::BoxError;
use tower_service::Service;

use super::config::Config;
use super::facts::Facts;
use super::future::ResponseFuture;
use super::side::{Server, Side};

/// The service that an [`ErrorEnvelopeLayer`](super::ErrorEnvelopeLayer) makes of a service `S`.
///
/// It calls the inner service directly, so it is `Clone`, `Send` and `Sync` just when that is.
pub struct ErrorEnvelope<S, Side = Server> {
    inner: S,
    config: Arc<Config>,
    /// Why the inner service is not ready, to be told to the next caller.
    failed: Option<BoxError>,
    side: PhantomData<fn() -> Side>,
}

impl<S, T> ErrorEnvelope<S, T> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self {
            inner,
            config,
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
impl<S: Clone, T> Clone for ErrorEnvelope<S, T> {
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), Arc::clone(&self.config))
    }
}

impl<S: fmt::Debug, T> fmt::Debug for ErrorEnvelope<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorEnvelope")
            .field("inner", &self.inner)
            .field("config", &self.config)
            .finish()
    }
}

impl<S, T, ReqBody, B> Service<Request<ReqBody>> for ErrorEnvelope<S, T>
where
    S: Service<Request<ReqBody>, Response = Response<B>>,
    T: Side<B, S::Error>,
    B: http_body::Body<Data = bytes::Bytes>,
{
    type Response = Response<T::Body>;
    type Error = T::Error;
    type Future = ResponseFuture<S::Future, B, T>;

    /// On the server side a service that fails here is answered for: the next call gets the response, and the inner
    /// service is not called.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if let Err(error) = ready!(self.inner.poll_ready(cx)) {
            self.failed = Some(T::intercept(error)?);
        }
        Poll::Ready(Ok(()))
    }

    // Inlined, it has the futures of axum's routes moved once more, for 80 instructions.
    #[inline(never)]
    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let facts = Facts::of(&request, |accept, headers| {
            self.config.choose(accept, headers)
        });
        let config = Arc::clone(&self.config);
        match self.failed.take() {
            Some(error) => ResponseFuture::failed(error, config, facts),
            None => ResponseFuture::new(self.inner.call(request), config, facts),
        }
    }
}

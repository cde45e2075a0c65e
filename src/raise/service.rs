//! The service that the layer makes.
//!
//! In: a request. Out: a [`ResponseFuture`]. Programs and other layers call it.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower::BoxError;
use tower_service::Service;

use super::config::{Call, Config};
use super::future::ResponseFuture;
use super::judgement::SentRequest;
use super::raised_error::RaisedError;
use super::watching::{Unwatched, Watching};

/// The service that a [`RaiseErrorsLayer`](super::RaiseErrorsLayer) makes from a service `S`. Its calls return data, or fail with a
/// [`RaisedError`].
///
/// It calls the inner service directly, so it is `Clone`, `Send` and `Sync` if the inner service is. It is ready when the
/// inner service is ready. An error of `poll_ready` becomes [`RaisedError::Service`].
///
/// ```
/// use tower::Layer;
/// use tower_error_envelope::RaiseErrorsLayer;
///
/// let mut client = RaiseErrorsLayer::new().layer("the inner service");
/// assert_eq!(client.get_ref(), &"the inner service");
/// *client.get_mut() = "another one";
/// assert_eq!(client.into_inner(), "another one");
/// ```
#[derive(Clone, Debug)]
pub struct RaiseErrorsService<S, W = Unwatched> {
    inner: S,
    config: Arc<Config>,
    watching: PhantomData<fn() -> W>,
}

impl<S, W> RaiseErrorsService<S, W> {
    pub(super) fn new(inner: S, config: Arc<Config>) -> Self {
        Self {
            inner,
            config,
            watching: PhantomData,
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

impl<S, W, ReqBody, B> Service<Request<ReqBody>> for RaiseErrorsService<S, W>
where
    S: Service<Request<ReqBody>, Response = Response<B>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    W: Watching<B>,
{
    type Response = Response<W::Body>;
    type Error = RaisedError<S::Error>;
    type Future = ResponseFuture<S::Future, B, W>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(RaisedError::Service)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let call = Call {
            config: Arc::clone(&self.config),
            request: SentRequest::of(&request),
        };
        ResponseFuture::new(self.inner.call(request), call)
    }
}

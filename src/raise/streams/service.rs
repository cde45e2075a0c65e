//! The service that the layer for streams makes, and its future.
//!
//! In: a request. Out: a response with a [`RaisingBody`], or a [`RaisedError`]. Programs and other layers call it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower::BoxError;
use tower_service::Service;

use super::body::RaisingBody;
use super::watch::Watch;
use crate::raise::future::ResponseFuture;
use crate::raise::raised_error::RaisedError;
use crate::raise::service::RaiseErrorsService;

/// The service that a [`RaiseErrorsInStreamsLayer`](super::RaiseErrorsInStreamsLayer) makes from a service `S`.
///
/// It raises errors by their head as [`RaiseErrorsService`] does. For a stream, the body of the response watches for errors.
///
/// It calls the inner service directly, so it is `Clone`, `Send` and `Sync` if the inner service is.
#[derive(Clone, Debug)]
pub struct RaiseErrorsInStreamsService<S> {
    inner: RaiseErrorsService<S>,
}

impl<S> RaiseErrorsInStreamsService<S> {
    pub(super) fn new(inner: RaiseErrorsService<S>) -> Self {
        Self { inner }
    }

    /// A reference to the inner service.
    pub fn get_ref(&self) -> &S {
        self.inner.get_ref()
    }

    /// A mutable reference to the inner service.
    pub fn get_mut(&mut self) -> &mut S {
        self.inner.get_mut()
    }

    /// The inner service, by value. The layer is dropped.
    pub fn into_inner(self) -> S {
        self.inner.into_inner()
    }
}

impl<S, ReqBody, B> Service<Request<ReqBody>> for RaiseErrorsInStreamsService<S>
where
    S: Service<Request<ReqBody>, Response = Response<B>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Response = Response<RaisingBody<B>>;
    type Error = RaisedError<S::Error>;
    type Future = StreamsFuture<S::Future, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let inner = self.inner.call(request);
        StreamsFuture { inner }
    }
}

pin_project! {
    /// The future of a [`RaiseErrorsInStreamsService`]. It waits for the head of a response, and for the body of an error.
    pub struct StreamsFuture<F, B: Body> {
        #[pin]
        inner: ResponseFuture<F, B>,
    }
}

impl<F, B, E> Future for StreamsFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<RaisingBody<B>>, RaisedError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut inner = self.project().inner;
        let response = ready!(inner.as_mut().poll(cx))?;
        let (parts, body) = response.into_parts();
        let (config, request) = inner.rules_and_request();
        let watch = match request.is_tunnel(parts.status) {
            true => None,
            false => Watch::new(config, request, &parts),
        };
        let body = RaisingBody::new(body, watch.map(Box::new));
        Poll::Ready(Ok(Response::from_parts(parts, body)))
    }
}

impl<F, B: Body> fmt::Debug for StreamsFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamsFuture")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

//! The future of a response that passes the layer.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tower::BoxError;

use super::config::Config;
use super::facts::Facts;
use super::plan::Sight;
use super::side::{Server, Side};
use super::work::{begin, poll_work, State, StateProj};
use super::{grpc, success};
use crate::body::ResponseBody;

pin_project! {
    /// The future of an [`ErrorEnvelope`](super::ErrorEnvelope): the inner future, and after it what an error takes.
    ///
    /// A success allocates nothing; what an error needs is boxed if it has to wait.
    pub struct ResponseFuture<F, B: Body, Side = Server> {
        #[pin]
        state: State<F, B>,
        config: Arc<Config>,
        facts: Facts,
        side: PhantomData<fn() -> Side>,
    }
}

impl<F, B: Body, T> ResponseFuture<F, B, T> {
    #[inline]
    pub(super) fn new(inner: F, config: Arc<Config>, facts: Facts) -> Self {
        Self {
            state: State::Waiting { inner },
            config,
            facts,
            side: PhantomData,
        }
    }

    pub(super) fn failed(error: BoxError, config: Arc<Config>, facts: Facts) -> Self {
        Self {
            state: State::failed(error),
            config,
            facts,
            side: PhantomData,
        }
    }
}

impl<F, B, E, T> Future for ResponseFuture<F, B, T>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    type Output = Result<Response<T::Body>, T::Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let (config, facts) = (&**this.config, *this.facts);
        let StateProj::Waiting { inner } = this.state.as_mut().project() else {
            return poll_work::<F, B, E, T>(this.state, config, facts, cx).map(Ok);
        };
        let response = match ready!(inner.poll(cx)) {
            Ok(response) => response,
            Err(error) => {
                this.state.set(State::failed(T::intercept(error)?));
                return poll_work::<F, B, E, T>(this.state, config, facts, cx).map(Ok);
            }
        };
        let sight = grpc::sight(config, facts.caller, &response);
        if sight == Sight::Fine && !success::is_wanted(config, facts, &response) {
            return Poll::Ready(Ok(response.map(|body| T::body(ResponseBody::inner(body)))));
        }
        begin::<F, B, E, T>(this.state, config, facts, sight, response, cx).map(Ok)
    }
}

impl<F, B: Body, T> fmt::Debug for ResponseFuture<F, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("state", &self.state.name())
            .finish_non_exhaustive()
    }
}

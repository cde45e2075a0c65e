//! The future of a response that is data, or raised.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tower::BoxError;

use super::config::Config;
use super::error::Asked;
use super::raised::RaisedError;
use super::reading::{begin, Begun, Reading};
use crate::body::ResponseBody;

pin_project! {
    /// The future of a [`RaiseErrors`](super::RaiseErrors): the inner future, and after it what an error takes.
    ///
    /// Data allocates nothing; what an error needs is boxed when there is one.
    pub struct ResponseFuture<F, B: Body> {
        #[pin]
        state: State<F, B>,
        config: Arc<Config>,
        asked: Asked,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F, B: Body> {
        Waiting { #[pin] inner: F },
        Reading { reading: Reading<B> },
    }
}

impl<F, B: Body> ResponseFuture<F, B> {
    pub(super) fn new(inner: F, config: Arc<Config>, asked: Asked) -> Self {
        Self {
            state: State::Waiting { inner },
            config,
            asked,
        }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Output = Result<Response<ResponseBody<B>>, RaisedError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let outcome = match this.state.as_mut().project() {
                StateProj::Waiting { inner } => {
                    let response = ready!(inner.poll(cx)).map_err(RaisedError::Service)?;
                    match begin(this.config, this.asked, response) {
                        Begun::Done(outcome) => outcome,
                        Begun::Reading(reading) => {
                            this.state.set(State::Reading { reading });
                            continue;
                        }
                    }
                }
                StateProj::Reading { reading } => {
                    ready!(reading.poll(this.config, this.asked, cx))
                }
            };
            return Poll::Ready(outcome.map_err(RaisedError::Api));
        }
    }
}

impl<F, B: Body> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Waiting { .. } => "waiting",
            State::Reading { .. } => "reading",
        };
        f.debug_struct("ResponseFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

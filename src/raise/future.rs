//! The future of a call: it waits for the response, and for the body of an error.
//!
//! In: the future of the inner service. Out: data, or a [`RaisedError`]. The service makes it.
//!
//! 1. It waits for the inner future. An error of the service is [`RaisedError::Service`].
//! 2. [`begin`] looks at the head. Most responses pass here.
//! 3. It reads the body, and [`Reading::finish`] decides. An error is [`RaisedError::Api`].

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Body;
use pin_project_lite::pin_project;
use tower::BoxError;

use super::config::Call;
use super::error::ApiError;
use super::judgement::{Content, SentRequest};
use super::raised_error::RaisedError;
use super::reading::{begin, FirstSight, Reading};
use super::watching::{Unwatched, Watching};
use crate::envelope::Envelope;

pin_project! {
    /// The future of a [`RaiseErrorsService`](super::RaiseErrorsService). It waits for the inner future, and then for the body of
    /// an error.
    ///
    /// For a response that passes unread, it allocates nothing. If a body has to be read, its state is boxed.
    ///
    /// Dropping it at any time drops the inner future and the body, and nothing else is left.
    ///
    /// # Panics
    ///
    /// In debug builds, if it is polled after it has ended. In release builds it then ends with an error of the status 500.
    pub struct ResponseFuture<F, B: Body, W = Unwatched> {
        #[pin]
        state: State<F, B>,
        call: Call,
        watching: PhantomData<fn() -> W>,
    }
}

pin_project! {
    /// How far a response has come. `reading` is `None` once the future has ended.
    #[project = StateProj]
    enum State<F, B: Body> {
        Waiting { #[pin] inner: F },
        Reading { reading: Option<Box<Reading<B>>> },
    }
}

impl<F, B: Body, W> ResponseFuture<F, B, W> {
    pub(super) fn new(inner: F, call: Call) -> Self {
        Self {
            state: State::Waiting { inner },
            call,
            watching: PhantomData,
        }
    }
}

impl<F, B, W, E> Future for ResponseFuture<F, B, W>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    W: Watching<B>,
{
    type Output = Result<Response<W::Body>, RaisedError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        if let StateProj::Waiting { inner } = this.state.as_mut().project() {
            let response = ready!(inner.poll(cx)).map_err(RaisedError::Service)?;
            match begin(this.call, response) {
                FirstSight::Done(outcome) => {
                    let outcome = outcome.map(|response| W::watch(this.call, response));
                    return Poll::Ready(outcome.map_err(RaisedError::Api));
                }
                FirstSight::Reading(reading) => {
                    let reading = Some(reading);
                    this.state.set(State::Reading { reading });
                }
            }
        }
        let reading = match this.state.project() {
            StateProj::Reading { reading } => reading,
            StateProj::Waiting { .. } => &mut None,
        };
        let Some(mut read) = reading.take() else {
            return Poll::Ready(polled_after_end());
        };
        let Poll::Ready(end) = read.poll(&this.call.config, cx) else {
            *reading = Some(read);
            return Poll::Pending;
        };
        let outcome = read.finish(this.call, end);
        let outcome = outcome.map(|response| W::watch(this.call, response));
        Poll::Ready(outcome.map_err(RaisedError::Api))
    }
}

/// A future that has ended must not be polled again. If it is polled again, it ends with an error and does not hang.
fn polled_after_end<T, E>() -> Result<T, RaisedError<E>> {
    debug_assert!(false, "`ResponseFuture` polled after completion");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let content = Content::new(status, Envelope::from_status(status));
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    Err(ApiError::new(SentRequest::default(), content, response).into())
}

impl<F, B: Body, W> fmt::Debug for ResponseFuture<F, B, W> {
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

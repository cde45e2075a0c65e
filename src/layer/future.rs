//! The future of a response that passes the layer.
//!
//! In: the future of the inner service. Out: its response, or the answer to an error. The service makes it, and so does the
//! middleware for reqwest. Most responses are done in one poll. The state changes only if a body has to be read.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tower::BoxError;

use super::probing::Probing;
use super::respond::{fail, polled_after_end, with_status};
use super::side::{Server, Side};
use crate::body::{poll_feed, ResponseBody};
use crate::exchange::{
    Answer, BodyHint, Caller, Class, Decided, HeadRef, Normaliser, Reading, RequestContext,
};

pin_project! {
    /// The future of an [`ErrorEnvelopeService`](super::ErrorEnvelopeService). It waits for the inner future, and then for
    /// the body of an error. A success allocates nothing. The state of an error is boxed if it has to wait.
    pub struct ResponseFuture<F, B: Body, Side = Server> {
        #[pin]
        state: State<F, B>,
        normaliser: Normaliser,
        caller: Caller,
        side: PhantomData<fn() -> Side>,
    }
}

pin_project! {
    /// How far a response has come.
    #[project = StateProj]
    enum State<F, B: Body> {
        // The head of the request is there only if a hook gets it.
        Waiting { #[pin] inner: F, request: Option<Box<RequestContext>> },
        // The inner service was not ready, and is not called.
        Failed { error: Option<BoxError>, request: Option<Box<RequestContext>> },
        // The body of an error takes the place of the inner future. Most bodies are whole at the first poll, and nothing is boxed.
        Reading { #[pin] body: B, waiting: Option<Box<Reading>> },
        // The body of a success may be data. Then it becomes a part of the response after it was polled, so it is boxed.
        Probing { probing: Option<Box<Probing<B>>> },
        Done,
    }
}

impl<F, B: Body, T> ResponseFuture<F, B, T> {
    #[inline]
    pub(super) fn new(
        inner: F,
        normaliser: Normaliser,
        caller: Caller,
        request: Option<Box<RequestContext>>,
    ) -> Self {
        Self {
            state: State::Waiting { inner, request },
            normaliser,
            caller,
            side: PhantomData,
        }
    }

    pub(super) fn failed(
        error: BoxError,
        normaliser: Normaliser,
        caller: Caller,
        request: Option<Box<RequestContext>>,
    ) -> Self {
        let error = Some(error);
        Self {
            state: State::Failed { error, request },
            normaliser,
            caller,
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
        let (normaliser, caller) = (&*this.normaliser, *this.caller);
        let StateProj::Waiting { inner, request } = this.state.as_mut().project() else {
            let done = this.state.poll_rest(normaliser, caller, cx);
            return done.map(|done| Ok(T::done(normaliser, caller, None, done)));
        };
        let mut response = match ready!(inner.poll(cx)) {
            Ok(response) => response,
            Err(error) => {
                let error = T::intercept(error)?;
                let response = fail(normaliser, caller, request.take(), error);
                this.state.set(State::Done);
                return Poll::Ready(Ok(T::done(normaliser, caller, None, response)));
            }
        };
        let class = normaliser.class(caller, HeadRef::new(&response), || {
            BodyHint::from_body(response.body())
        });
        // Each class has its own `return`: if the branches join, the compiler moves the response once more.
        if class == Class::Pass {
            if T::watches(normaliser) {
                let response = response.map(ResponseBody::inner);
                return Poll::Ready(Ok(T::done(normaliser, caller, request.take(), response)));
            }
            let response = response.map(ResponseBody::inner);
            return Poll::Ready(Ok(response.map(T::body)));
        }
        if class == Class::Status {
            let (request, response) = (request.take(), with_status(normaliser, caller, response));
            return Poll::Ready(Ok(T::done(normaliser, caller, request, response)));
        }
        if let Some(request) = request.take() {
            response.extensions_mut().insert(request.head);
        }
        let done = this
            .state
            .poll_response(normaliser, caller, class, response, cx);
        done.map(|done| Ok(T::done(normaliser, caller, None, done)))
    }
}

impl<F, B: Body<Data = Bytes>> State<F, B> {
    /// Handles a response that may have to change. Most responses are ready at once. For others, it sets the state that waits.
    #[cold]
    fn poll_response(
        mut self: Pin<&mut Self>,
        normaliser: &Normaliser,
        caller: Caller,
        class: Class,
        response: Response<B>,
        cx: &mut Context<'_>,
    ) -> Poll<Response<ResponseBody<B>>> {
        let (parts, body) = response.into_parts();
        let hint = BodyHint::from_body(&body);
        if class == Class::Probe {
            let reading = normaliser.probing(caller, parts, hint);
            let waiting = match Probing::begin(reading, body, cx) {
                Ok(response) => return Poll::Ready(response),
                Err(waiting) => waiting,
            };
            let probing = Some(waiting);
            self.set(Self::Probing { probing });
            return Poll::Pending;
        }
        match normaliser.judge_error(caller, parts, hint) {
            Decided::Pass(parts) => {
                Poll::Ready(Response::from_parts(parts, ResponseBody::inner(body)))
            }
            Decided::Answer(answer) => Poll::Ready(finish(answer, Some(body))),
            Decided::Read(parts) => self.poll_error(normaliser.reading(caller, parts), body, cx),
        }
    }

    /// Polls the body of an error for the first time. If the body is whole, nothing is boxed.
    fn poll_error(
        mut self: Pin<&mut Self>,
        mut reading: Reading,
        body: B,
        cx: &mut Context<'_>,
    ) -> Poll<Response<ResponseBody<B>>> {
        let waiting = None;
        self.set(Self::Reading { body, waiting });
        let StateProj::Reading { body, waiting } = self.as_mut().project() else {
            return Poll::Ready(polled_after_end());
        };
        let Poll::Ready((answer, _)) = poll_feed(&mut reading, body, &mut None, cx) else {
            *waiting = Some(Box::new(reading));
            return Poll::Pending;
        };
        self.set(Self::Done);
        Poll::Ready(finish(answer, None))
    }

    /// Polls a response that had to wait, and one whose service was not ready.
    #[cold]
    fn poll_rest(
        mut self: Pin<&mut Self>,
        normaliser: &Normaliser,
        caller: Caller,
        cx: &mut Context<'_>,
    ) -> Poll<Response<ResponseBody<B>>> {
        let response = match self.as_mut().project() {
            StateProj::Failed { error, request } => match error.take() {
                Some(error) => fail(normaliser, caller, request.take(), error),
                None => polled_after_end(),
            },
            StateProj::Reading { body, waiting } => match waiting {
                Some(reading) => finish(
                    ready!(poll_feed(&mut **reading, body, &mut None, cx)).0,
                    None,
                ),
                None => polled_after_end(),
            },
            StateProj::Probing { probing } => match probing {
                Some(waiting) => {
                    let (answer, ended) = ready!(waiting.poll(cx));
                    probing
                        .take()
                        .map_or_else(polled_after_end, |probing| probing.finish(answer, ended))
                }
                None => polled_after_end(),
            },
            StateProj::Waiting { .. } | StateProj::Done => polled_after_end(),
        };
        self.set(Self::Done);
        Poll::Ready(response)
    }
}

/// Converts an answer into a response. `body` is the inner body, if nothing of it was read.
fn finish<B: Body>(answer: Answer, body: Option<B>) -> Response<ResponseBody<B>> {
    Response::from_parts(answer.parts, answer.body.into_response_body(body))
}

impl<F, B: Body, T> fmt::Debug for ResponseFuture<F, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("state", &self.state.name())
            .finish_non_exhaustive()
    }
}

impl<F, B: Body> State<F, B> {
    fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Failed { .. } => "failed",
            Self::Reading { .. } => "reading",
            Self::Probing { .. } => "probing",
            Self::Done => "done",
        }
    }
}

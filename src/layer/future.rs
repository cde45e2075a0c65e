//! The future of a response that passes the layer.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::response::Parts;
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;
use tower::BoxError;

use super::config::Config;
use super::facts::{Caller, Facts};
use super::plan::{has_ended, Plan, Sight};
use super::rewrite::Answer;
use super::side::{Server, Side};
use super::success::{self, Look};
use super::{grpc, head, log};
use crate::body::{Capture, Captured, End, ResponseBody};

pin_project! {
    /// The future of an [`ErrorEnvelope`](super::ErrorEnvelope): the inner future, and after it what an error takes.
    ///
    /// A success allocates nothing; what an error needs is boxed when there is one.
    pub struct ResponseFuture<F, B: Body, Side = Server> {
        #[pin]
        state: State<F, B>,
        config: Arc<Config>,
        facts: Facts,
        side: PhantomData<fn() -> Side>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F, B: Body> {
        Waiting { #[pin] inner: F },
        Looking { look: Option<Look<B>> },
        Failed { error: Option<BoxError> },
        Reading { rewrite: Pin<Box<Rewrite<B>>> },
    }
}

pin_project! {
    /// An error whose body is being read.
    struct Rewrite<B: Body> {
        parts: Option<Parts>,
        #[pin]
        body: Capture<B>,
    }
}

impl<F, B: Body, T> ResponseFuture<F, B, T> {
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
            state: State::Failed { error: Some(error) },
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

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let error = match this.state.as_mut().project() {
                StateProj::Waiting { inner } => match ready!(inner.poll(cx)) {
                    Ok(response) => match grpc::sight(this.config, this.facts.caller, &response) {
                        Sight::Fine if success::is_wanted(this.config, *this.facts, &response) => {
                            let look = Some(Look::new(this.config, response));
                            this.state.set(State::Looking { look });
                            continue;
                        }
                        Sight::Fine => {
                            let response = response.map(ResponseBody::inner).map(T::body);
                            return Poll::Ready(Ok(response));
                        }
                        Sight::Grpc => return Poll::Ready(Ok(repaired::<B, E, T>(response))),
                        Sight::Error => {
                            match begin::<B, E, T>(this.config, *this.facts, response) {
                                Begun::Done(response) => return Poll::Ready(Ok(response)),
                                Begun::Reading(rewrite) => {
                                    this.state.set(State::Reading { rewrite });
                                    continue;
                                }
                            }
                        }
                    },
                    Err(error) => T::intercept(error)?,
                },
                StateProj::Looking { look } => {
                    let Some(mut began) = look.take() else {
                        return Poll::Pending;
                    };
                    let Poll::Ready(read) = began.poll(cx) else {
                        *look = Some(began);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Ok(began.finish::<E, T>(this.config, *this.facts, read)));
                }
                StateProj::Failed { error } => error
                    .take()
                    .unwrap_or_else(|| "polled after its end".into()),
                StateProj::Reading { rewrite } => {
                    let (parts, bytes) = ready!(rewrite.as_mut().poll(cx));
                    let (parts, answer) = this.config.answer_bytes(*this.facts, parts, bytes);
                    return Poll::Ready(Ok(finish::<B, E, T>(parts, answer, None)));
                }
            };
            let (parts, answer) = this.config.answer_service_error(*this.facts, &*error);
            return Poll::Ready(Ok(finish::<B, E, T>(parts, answer, None)));
        }
    }
}

impl<F, B: Body, T> fmt::Debug for ResponseFuture<F, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Waiting { .. } => "waiting",
            State::Looking { .. } => "looking",
            State::Failed { .. } => "failed",
            State::Reading { .. } => "reading",
        };
        f.debug_struct("ResponseFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// An answer of gRPC as it is, but for a status that tonic could not read.
fn repaired<B: Body, E, T: Side<B, E>>(mut response: Response<B>) -> Response<T::Body> {
    grpc::repair(response.headers_mut());
    response.map(|body| T::body(ResponseBody::repaired(body, grpc::repair)))
}

/// What became of an error at first sight.
enum Begun<B: Body, Out> {
    Done(Response<Out>),
    Reading(Pin<Box<Rewrite<B>>>),
}

#[cold]
fn begin<B, E, T>(config: &Config, facts: Facts, response: Response<B>) -> Begun<B, T::Body>
where
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    let (mut parts, body) = response.into_parts();
    let (parts, answer) = match Plan::new(config, facts, &parts, has_ended(&body)) {
        Plan::Pass => (parts, Answer::Same),
        Plan::KeepPage => {
            head::add_vary(&mut parts.headers);
            (parts, Answer::Same)
        }
        Plan::Known(envelope) => config.answer(facts, parts, envelope),
        // The body of an answer to HEAD is not polled: it may never end.
        Plan::Read if facts.caller == Caller::Head => {
            config.answer_bytes(facts, parts, Bytes::new())
        }
        Plan::Read => {
            let body = Capture::new(body, config.body_limit);
            return Begun::Reading(Box::pin(Rewrite {
                parts: Some(parts),
                body,
            }));
        }
    };
    Begun::Done(finish::<B, E, T>(parts, answer, Some(body)))
}

pub(super) fn finish<B: Body, E, T: Side<B, E>>(
    parts: Parts,
    answer: Answer,
    body: Option<B>,
) -> Response<T::Body> {
    let body = match (answer, body) {
        (Answer::Same, Some(body)) => ResponseBody::inner(body),
        (Answer::New(bytes), _) => bytes.into(),
        (Answer::Same | Answer::HeadOnly, _) => ResponseBody::unknown(),
    };
    Response::from_parts(parts, T::body(body))
}

impl<B: Body<Data = Bytes>> Rewrite<B> {
    /// The head, and the body if all of it could be read.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<(Parts, Bytes)> {
        let this = self.project();
        let Captured { bytes, end } = ready!(this.body.poll(cx));
        let parts = this
            .parts
            .take()
            .unwrap_or_else(|| Response::new(()).into_parts().0);
        let why = match end {
            End::Complete => return Poll::Ready((parts, bytes)),
            End::Limit => "longer than the limit",
            End::Failed(_) => "it broke off",
        };
        log::unread(parts.status, &why);
        Poll::Ready((parts, Bytes::new()))
    }
}

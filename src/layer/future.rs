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
use super::reading::Reading;
use super::rewrite::Answer;
use super::side::{Server, Side};
use super::success::{self, Look};
use super::{grpc, head};
use crate::body::ResponseBody;

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
        Working { work: Option<Work<B>> },
    }
}

/// What an error takes, and what it takes to find one.
enum Work<B: Body> {
    Failed(BoxError),
    Looking(Look<B>),
    Reading(Pin<Box<Reading<B>>>),
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
            state: State::Working {
                work: Some(Work::Failed(error)),
            },
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
        if let StateProj::Waiting { inner } = this.state.as_mut().project() {
            let begun = match ready!(inner.poll(cx)) {
                Ok(response) if is_untouched(this.config, *this.facts, &response) => {
                    return Poll::Ready(
                        Ok(response.map(|body| T::body(ResponseBody::inner(body)))),
                    );
                }
                Ok(response) => begin::<B, E, T>(this.config, *this.facts, response),
                Err(error) => Begun::Work(Work::Failed(T::intercept(error)?)),
            };
            match begun {
                Begun::Done(response) => return Poll::Ready(Ok(response)),
                Begun::Work(work) => this.state.set(State::Working { work: Some(work) }),
            }
        }
        match this.state.project() {
            StateProj::Working { work } => {
                poll_work::<B, E, T>(work, this.config, *this.facts, cx).map(Ok)
            }
            StateProj::Waiting { .. } => Poll::Pending,
        }
    }
}

impl<F, B: Body, T> fmt::Debug for ResponseFuture<F, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Waiting { .. } => "waiting",
            State::Working { work: None } => "done",
            State::Working {
                work: Some(Work::Failed(_)),
            } => "failed",
            State::Working {
                work: Some(Work::Looking(_)),
            } => "looking",
            State::Working {
                work: Some(Work::Reading(_)),
            } => "reading",
        };
        f.debug_struct("ResponseFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

/// Whether a response passes as it is.
#[inline]
fn is_untouched<B: Body>(config: &Config, facts: Facts, response: &Response<B>) -> bool {
    grpc::sight(config, facts.caller, response) == Sight::Fine
        && !success::is_wanted(config, facts, response)
}

/// What became of a response at first sight.
enum Begun<B: Body, Out> {
    Done(Response<Out>),
    Work(Work<B>),
}

#[cold]
fn begin<B, E, T>(config: &Config, facts: Facts, response: Response<B>) -> Begun<B, T::Body>
where
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    match grpc::sight(config, facts.caller, &response) {
        Sight::Fine => Begun::Work(Work::Looking(Look::new(config, response))),
        Sight::Grpc => Begun::Done(repaired::<B, E, T>(response)),
        Sight::Error => begin_error::<B, E, T>(config, facts, response),
    }
}

/// An answer of gRPC as it is, but for a status that tonic could not read.
fn repaired<B: Body, E, T: Side<B, E>>(mut response: Response<B>) -> Response<T::Body> {
    grpc::repair(response.headers_mut());
    response.map(|body| T::body(ResponseBody::repaired(body, grpc::repair)))
}

fn begin_error<B, E, T>(config: &Config, facts: Facts, response: Response<B>) -> Begun<B, T::Body>
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
        Plan::Read => return Begun::Work(Work::Reading(Reading::new(config, parts, body))),
    };
    Begun::Done(finish::<B, E, T>(parts, answer, Some(body)))
}

#[cold]
fn poll_work<B, E, T>(
    work: &mut Option<Work<B>>,
    config: &Config,
    facts: Facts,
    cx: &mut Context<'_>,
) -> Poll<Response<T::Body>>
where
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    let (parts, answer) = match work {
        Some(Work::Looking(look)) => {
            let read = ready!(look.poll(cx));
            return match work.take() {
                Some(Work::Looking(look)) => Poll::Ready(look.finish::<E, T>(config, facts, read)),
                _ => Poll::Pending,
            };
        }
        Some(Work::Reading(reading)) => {
            let (parts, bytes) = ready!(reading.as_mut().poll(cx));
            config.answer_bytes(facts, parts, bytes)
        }
        Some(Work::Failed(error)) => config.answer_service_error(facts, &**error),
        None => return Poll::Pending,
    };
    *work = None;
    Poll::Ready(finish::<B, E, T>(parts, answer, None))
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

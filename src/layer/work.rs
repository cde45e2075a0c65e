//! What an error takes: what is done with it at once, and what has to wait.

use std::pin::Pin;
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
use super::reading::{whole, Reading};
use super::rewrite::Answer;
use super::side::Side;
use super::success::Look;
use super::{grpc, head};
use crate::body::{Gather, ResponseBody};

pin_project! {
    /// How far a response has come.
    #[project = StateProj]
    pub(super) enum State<F, B: Body> {
        Waiting { #[pin] inner: F },
        // The body of an error is read where the inner future was. Most have come whole, and nothing is boxed.
        Reading { #[pin] body: B, waiting: Option<Box<Reading>> },
        Working { work: Option<Work<B>> },
    }
}

/// What it takes to answer an error of the service, and to find one in a success.
pub(super) enum Work<B: Body> {
    Failed(BoxError),
    Looking(Look<B>),
}

impl<F, B: Body> State<F, B> {
    pub(super) fn failed(error: BoxError) -> Self {
        let work = Some(Work::Failed(error));
        Self::Working { work }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Reading { .. } => "reading",
            Self::Working { work } => match work {
                Some(Work::Failed(_)) => "failed",
                Some(Work::Looking(_)) => "looking",
                None => "done",
            },
        }
    }
}

/// Does what can be done with a response at once: mostly all of it.
#[cold]
pub(super) fn begin<F, B, E, T>(
    mut state: Pin<&mut State<F, B>>,
    config: &Config,
    facts: Facts,
    sight: Sight,
    response: Response<B>,
    cx: &mut Context<'_>,
) -> Poll<Response<T::Body>>
where
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    match sight {
        Sight::Fine => {
            let work = Some(Work::Looking(Look::new(config, response)));
            state.set(State::Working { work });
            poll_work::<F, B, E, T>(state, config, facts, cx)
        }
        Sight::Grpc => Poll::Ready(repaired::<B, E, T>(response)),
        Sight::Error => begin_error::<F, B, E, T>(state, config, facts, response, cx),
    }
}

/// An answer of gRPC as it is, but for a status that tonic could not read.
fn repaired<B: Body, E, T: Side<B, E>>(mut response: Response<B>) -> Response<T::Body> {
    grpc::repair(response.headers_mut());
    response.map(|body| T::body(ResponseBody::repaired(body, grpc::repair)))
}

fn begin_error<F, B, E, T>(
    state: Pin<&mut State<F, B>>,
    config: &Config,
    facts: Facts,
    response: Response<B>,
    cx: &mut Context<'_>,
) -> Poll<Response<T::Body>>
where
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    let (mut parts, body) = response.into_parts();
    let answer = match Plan::new(config, facts, &parts, has_ended(&body)) {
        Plan::Pass => Answer::Same,
        Plan::KeepPage => {
            head::add_vary(&mut parts.headers);
            Answer::Same
        }
        Plan::Known(envelope) => config.answer(facts, &mut parts, envelope),
        Plan::Read => {
            let (parts, answer) = ready!(read::<F, B>(state, config, facts, parts, body, cx));
            return Poll::Ready(finish::<B, E, T>(parts, answer, None));
        }
    };
    Poll::Ready(finish::<B, E, T>(parts, answer, Some(body)))
}

/// Reads the body of an error where it stands, and answers it.
fn read<F, B: Body<Data = Bytes>>(
    mut state: Pin<&mut State<F, B>>,
    config: &Config,
    facts: Facts,
    parts: Parts,
    body: B,
    cx: &mut Context<'_>,
) -> Poll<(Parts, Answer)> {
    // The body of an answer to HEAD is not polled: it may never end.
    if facts.caller == Caller::Head {
        return Poll::Ready(config.answer_bytes(facts, parts, Bytes::new()));
    }
    let waiting = None;
    state.set(State::Reading { body, waiting });
    let StateProj::Reading { body, waiting } = state.as_mut().project() else {
        return Poll::Pending;
    };
    let mut gather = Gather::new(config.body_limit);
    let Poll::Ready(captured) = gather.poll(body, cx) else {
        *waiting = Some(Box::new(Reading { parts, gather }));
        return Poll::Pending;
    };
    let bytes = whole(parts.status, captured);
    state.set(State::Working { work: None });
    Poll::Ready(config.answer_bytes(facts, parts, bytes))
}

#[cold]
pub(super) fn poll_work<F, B, E, T>(
    mut state: Pin<&mut State<F, B>>,
    config: &Config,
    facts: Facts,
    cx: &mut Context<'_>,
) -> Poll<Response<T::Body>>
where
    B: Body<Data = Bytes>,
    T: Side<B, E>,
{
    let (parts, answer) = match state.as_mut().project() {
        StateProj::Reading { body, waiting } => {
            let Some(mut reading) = waiting.take() else {
                return Poll::Pending;
            };
            let Poll::Ready(captured) = reading.gather.poll(body, cx) else {
                *waiting = Some(reading);
                return Poll::Pending;
            };
            let bytes = whole(reading.parts.status, captured);
            config.answer_bytes(facts, reading.parts, bytes)
        }
        StateProj::Working { work } => match work {
            Some(Work::Looking(look)) => {
                let read = ready!(look.poll(cx));
                return match work.take() {
                    Some(Work::Looking(look)) => {
                        Poll::Ready(look.finish::<E, T>(config, facts, read))
                    }
                    _ => Poll::Pending,
                };
            }
            Some(Work::Failed(error)) => config.answer_service_error(facts, &**error),
            None => return Poll::Pending,
        },
        StateProj::Waiting { .. } => return Poll::Pending,
    };
    state.set(State::Working { work: None });
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

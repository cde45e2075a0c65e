//! What is done to the frames of an inner body: nothing, or a change of its trailers.
//!
//! In: the frames of the inner body. Out: the same frames, with the change in the trailers. [`ResponseBody`](super::ResponseBody)
//! calls it.
//!
//! A client also tests the first byte. If no message of gRPC begins with it, the body is read to its end, and replaced by trailers
//! that describe it.

use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};

use super::failure::{Log, OnFailure, Watch};
use super::frames::Polled;
use super::gather::Gather;
use super::poll_read::poll_read;
use super::status_change::StatusChange;

/// What is done to the frames of an inner body.
pub(super) enum Role {
    /// They pass.
    Pass,
    /// They pass, and the log hears if the body fails.
    Log(Log),
    /// They pass, and the hook hears if the body fails.
    Hook(Box<dyn OnFailure>),
    /// They are gRPC, and their trailers are changed.
    Change(fn(&mut HeaderMap)),
    /// The same, and it is told if the body fails.
    ChangeAndTell(Box<ChangeAndTell>),
    /// No byte has come that shows whether it is gRPC.
    Begin(&'static StatusChange),
    /// It is not gRPC, and is read.
    Other(Box<Other>),
    /// It was not gRPC, and its trailers were returned.
    Ended,
}

pub(super) struct ChangeAndTell {
    change: fn(&mut HeaderMap),
    watch: Watch,
}

pub(super) struct Other {
    gather: Gather,
    trailers: fn(Bytes) -> HeaderMap,
}

/// Bytes that are read of a body that is not gRPC.
const MAX_OTHER: usize = 64 * 1024;

impl Role {
    pub(super) fn change(change: &'static StatusChange) -> Self {
        match change.other {
            Some(_) => Self::Begin(change),
            None => Self::Change(change.trailers),
        }
    }

    /// Frames pass, and `watch` hears if the body fails.
    #[inline]
    pub(super) fn watched(watch: Option<Watch>) -> Self {
        match watch {
            None => Self::Pass,
            Some(Watch::Log(log)) => Self::Log(log),
            Some(Watch::Hook(hook)) => Self::Hook(hook),
        }
    }

    /// Lets `watch` hear if the body fails. Only servers tell, and they do not test what the body is.
    pub(super) fn watch(&mut self, watch: Option<Watch>) {
        *self = match (&self, watch) {
            (Self::Change(change), Some(watch)) => {
                let change = *change;
                Self::ChangeAndTell(Box::new(ChangeAndTell { change, watch }))
            }

            (Self::Change(change), None) => Self::Change(*change),
            (_, watch) => Self::watched(watch),
        };
    }

    /// Whether data passes as it is.
    #[inline]
    pub(super) fn passes_data(&self) -> bool {
        matches!(
            self,
            Self::Pass | Self::Log(_) | Self::Hook(_) | Self::Change(_) | Self::ChangeAndTell(_)
        )
    }

    /// Whether length and end are those of the inner body.
    pub(super) fn is_inner(&self) -> bool {
        !matches!(self, Self::Other(_) | Self::Ended)
    }

    pub(super) fn is_ended(&self) -> bool {
        matches!(self, Self::Ended)
    }

    /// Changes a frame of trailers.
    pub(super) fn change_trailers(&self, frame: &mut Frame<Bytes>) {
        let change = match self {
            Self::Change(change) => change,
            Self::ChangeAndTell(both) => &both.change,
            _ => return,
        };
        frame.trailers_mut().into_iter().for_each(change);
    }

    /// Tells that the body failed with an error of the type `E`.
    pub(super) fn tell<E>(&mut self) {
        let watch = match std::mem::replace(self, Self::Pass) {
            Self::Log(log) => Some(Watch::Log(log)),
            Self::Hook(hook) => Some(Watch::Hook(hook)),
            Self::ChangeAndTell(both) => {
                *self = Self::Change(both.change);
                Some(both.watch)
            }
            other => {
                *self = other;
                None
            }
        };
        if let Some(watch) = watch {
            watch.tell::<E>();
        }
    }

    /// Polls a body whose data may not pass.
    pub(super) fn poll_other<B: Body<Data = Bytes>>(
        &mut self,
        mut body: Pin<&mut B>,
        cx: &mut Context<'_>,
    ) -> Polled<B::Error> {
        if let Self::Begin(change) = self {
            let mut frame = ready!(body.as_mut().poll_frame(cx));
            let Some(Ok(came)) = &mut frame else {
                return Poll::Ready(frame);
            };
            came.trailers_mut().into_iter().for_each(change.trailers);
            let first = came.data_ref().and_then(|data| data.first());
            let Some(flag) = first else {
                return Poll::Ready(frame);
            };
            let (Some(trailers), false) = (change.other, StatusChange::is_flag(*flag)) else {
                *self = Self::Change(change.trailers);
                return Poll::Ready(frame);
            };
            let mut gather = Gather::new(MAX_OTHER);
            let data = frame
                .and_then(Result::ok)
                .and_then(|frame| frame.into_data().ok());
            gather.push(data.unwrap_or_default());
            *self = Self::Other(Box::new(Other { gather, trailers }));
        }
        let Self::Other(other) = self else {
            return Poll::Ready(None);
        };
        let mut push = |data| other.gather.push(data).is_none();
        let end = poll_read(body, cx, &mut None, &mut push);
        // The bytes that were read are used, also if the body failed.
        ready!(end.map(drop));
        let trailers = (other.trailers)(other.gather.take());
        *self = Self::Ended;
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
    }
}

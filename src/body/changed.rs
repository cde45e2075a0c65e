//! A body of gRPC whose trailers are changed.
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

use super::failure::{poll_watched, Watch};
use super::frames::{changed_parts, Polled};
use super::gather::Gather;
use super::poll_read::poll_read;
use super::status_change::StatusChange;

/// How far a body has come.
pub(super) enum Stage {
    /// No byte has come.
    Begin(&'static StatusChange),
    /// It is gRPC.
    Passing(fn(&mut HeaderMap)),
    /// The same, and it is told if the body fails.
    Watched(Box<Watched>),
    /// It is not gRPC, and is read.
    Other(Box<Other>),
    /// It was not gRPC, and its trailers were returned.
    Ended,
}

pub(super) struct Watched {
    change: fn(&mut HeaderMap),
    watch: Option<Watch>,
}

pub(super) struct Other {
    gather: Gather,
    trailers: fn(Bytes) -> HeaderMap,
}

/// Bytes that are read of a body that is not gRPC.
const MAX_OTHER: usize = 64 * 1024;

impl Stage {
    pub(super) fn new(change: &'static StatusChange) -> Self {
        match change.other {
            Some(_) => Self::Begin(change),
            None => Self::Passing(change.trailers),
        }
    }

    /// The same stage. If the body fails, `watch` hears of it. Only servers tell, and they do not test what the body is.
    pub(super) fn watch(self, watch: Watch) -> Self {
        let watch = Some(watch);
        match self {
            Self::Passing(change) => Self::Watched(Box::new(Watched { change, watch })),
            other => other,
        }
    }

    /// Whether length and end are those of the inner body.
    pub(super) fn is_inner(&self) -> bool {
        matches!(self, Self::Begin(_) | Self::Passing(_) | Self::Watched(_))
    }

    pub(super) fn is_ended(&self) -> bool {
        matches!(self, Self::Ended)
    }

    #[inline]
    pub(super) fn poll_frame<B: Body<Data = Bytes>>(
        &mut self,
        body: Pin<&mut B>,
        cx: &mut Context<'_>,
    ) -> Polled<B::Error> {
        let Self::Passing(change) = self else {
            return self.poll_other(body, cx);
        };
        changed_parts(body.poll_frame(cx), *change)
    }

    #[inline(never)]
    fn poll_other<B: Body<Data = Bytes>>(
        &mut self,
        mut body: Pin<&mut B>,
        cx: &mut Context<'_>,
    ) -> Polled<B::Error> {
        if let Self::Watched(watched) = self {
            let polled = poll_watched(body, &mut watched.watch, cx);
            return changed_parts(polled, watched.change);
        }
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
                *self = Self::Passing(change.trailers);
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

//! A body whose beginning was read.
//!
//! In: the bytes that were read, the rest, and how reading ended. Out: the frames of the whole body. `layer/` and `raise/` make it,
//! and [`ResponseBody`] polls it.
//!
//! [`ResponseBody`]: super::ResponseBody

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};

use super::failure::Watch;
use super::frames::{take_frame, Polled};
use super::poll_read::End;
use super::reported::Reported;

/// A body whose beginning was read. It returns the bytes that were read, and then the rest.
pub(crate) struct Resumed<B: Body> {
    /// The bytes that were read.
    first: Bytes,
    /// The frame after `first`: trailers, or the error of the body.
    last: Option<Result<Frame<Bytes>, B::Error>>,
    /// The rest of the body; `None` if it has ended.
    rest: Option<Pin<Box<B>>>,
    /// The reports of a failure that was read: this body returns it in a later poll.
    reported: Reported,
    /// It gets a report if the body fails.
    pub(super) watch: Option<Watch>,
}

impl<B: Body<Data = Bytes>> Resumed<B> {
    /// The body of which `first` was read, then `trailers`, until reading ended. The caller makes it in the poll in which reading ended.
    pub(crate) fn new(
        first: Bytes,
        trailers: Option<Box<HeaderMap>>,
        body: Pin<Box<B>>,
        end: End<B::Error>,
    ) -> Self {
        let trailers = trailers.map(|trailers| Ok(Frame::trailers(*trailers)));
        let mut reported = Reported::default();
        let (last, rest) = match end {
            End::Complete => (trailers, None),
            End::Full => (trailers, Some(body)),
            End::Failed(error) => {
                reported = Reported::inside();
                (Some(Err(error)), None)
            }
        };
        Self {
            first,
            last,
            rest,
            reported,
            watch: None,
        }
    }

    pub(super) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Polled<B::Error> {
        if !self.first.is_empty() {
            return Poll::Ready(take_frame(&mut self.first));
        }
        Reported::forget();
        let polled = match (self.last.take(), &mut self.rest) {
            (Some(last), _) => {
                self.reported.remember();
                Poll::Ready(Some(last))
            }
            (None, Some(rest)) => rest.as_mut().poll_frame(cx),
            (None, None) => Poll::Ready(None),
        };
        if let Poll::Ready(Some(Err(_))) = polled {
            if let Some(watch) = self.watch.take() {
                watch.report::<B::Error>();
            }
        }
        polled
    }

    pub(super) fn is_end(&self) -> bool {
        let has_rest = self.rest.as_ref().is_some_and(|rest| !rest.is_end_stream());
        self.first.is_empty() && self.last.is_none() && !has_rest
    }

    /// The length is not known if an error or trailers follow: a server of HTTP/1.1 would stop before them.
    pub(super) fn size_hint(&self) -> SizeHint {
        let read = self.first.len() as u64;
        let rest = self.rest.as_ref().map(|rest| rest.size_hint());
        let rest = rest.unwrap_or_else(|| SizeHint::with_exact(0));
        let mut sum = SizeHint::new();
        sum.set_lower(rest.lower().saturating_add(read));
        let upper = rest.upper().and_then(|upper| upper.checked_add(read));
        if let (Some(upper), None) = (upper, &self.last) {
            sum.set_upper(upper);
        }
        sum
    }
}

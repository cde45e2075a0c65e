//! Feeds a reader of bodies with the frames of a body.
//!
//! In: a [`Feed`] and the body that it reads. Out: its result, and how reading the body ended. `layer/` calls it for errors, and
//! for successes that may carry one.

use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;

use super::cut::Cut;
use super::poll_read::{poll_read, End};

/// Takes the frames of a body, and makes a result of them. It never waits.
pub(crate) trait Feed {
    type Output;

    /// Takes the data of one frame. The result, as soon as no more of the body is needed.
    fn push(&mut self, data: Bytes) -> Option<Self::Output>;

    /// The result of a body that has ended or failed. `trailers` are those that came last.
    fn end(&mut self, end: Result<(), Cut>, trailers: Option<&HeaderMap>) -> Self::Output;
}

/// Reads the body, from where it stands, until there is a result. The last trailers are kept in `trailers`.
pub(crate) fn poll_feed<F: Feed, B: Body<Data = Bytes>>(
    feed: &mut F,
    body: Pin<&mut B>,
    trailers: &mut Option<Box<HeaderMap>>,
    cx: &mut Context<'_>,
) -> Poll<(F::Output, End<B::Error>)> {
    let mut output = None;
    let end = ready!(poll_read(body, cx, trailers, |data| {
        output = feed.push(data);
        output.is_none()
    }));
    let output = output.unwrap_or_else(|| {
        let cut = match end {
            End::Complete => Ok(()),
            End::Full => Err(Cut::Limit),
            End::Failed(_) => Err(Cut::Broken),
        };
        feed.end(cut, trailers.as_deref())
    });
    Poll::Ready((output, end))
}

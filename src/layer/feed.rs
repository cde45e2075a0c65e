//! Feeds the state machine with the frames of a body.
//!
//! In: a [`Reading`] and the body that it reads. Out: its [`Answer`], and how reading the body ended. `future` calls it for
//! errors, and `probing` for successes.

use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;

use crate::body::{poll_read, End};
use crate::exchange::{Answer, Cut, Reading};

/// Reads the body, from where it stands, until there is an answer. The last trailers are kept in `trailers`.
pub(super) fn poll_feed<B: Body<Data = Bytes>>(
    reading: &mut Reading,
    body: Pin<&mut B>,
    trailers: &mut Option<Box<HeaderMap>>,
    cx: &mut Context<'_>,
) -> Poll<(Answer, End<B::Error>)> {
    let mut answer = None;
    let end = ready!(poll_read(body, cx, trailers, |data| {
        answer = reading.push(data);
        answer.is_none()
    }));
    let answer = answer.unwrap_or_else(|| {
        if let Some(trailers) = trailers {
            reading.trailers(trailers);
        }
        reading.finish(match end {
            End::Complete => Ok(()),
            End::Full => Err(Cut::Limit),
            End::Failed(_) => Err(Cut::Broken),
        })
    });
    Poll::Ready((answer, end))
}

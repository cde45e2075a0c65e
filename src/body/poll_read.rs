//! Reads the frames of a body into a sink.
//!
//! In: a body, and a function that takes data. Out: how reading ended. `feed`, `changed` and `raise/` call it.

use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;

use super::reported::Reported;

/// Frames that are read in one poll. Then the task yields, because a body that is always ready must not block the executor.
const FRAMES_PER_POLL: usize = 64;

/// Why reading ended.
#[derive(Debug)]
pub(crate) enum End<E> {
    /// The body ended.
    Complete,
    /// The sink takes no more.
    Full,
    /// The body failed.
    Failed(E),
}

/// Reads `body` into `sink`, until one of them ends. The sink returns whether it takes more.
///
/// For trailers, the sink gets an empty frame. So trailers count like an empty frame, and a body cannot send them without
/// end. The last trailers are kept in `trailers`. After a failure, [`Reported`] has the reports about this body alone.
pub(crate) fn poll_read<B: Body<Data = Bytes>>(
    mut body: Pin<&mut B>,
    cx: &mut Context<'_>,
    trailers: &mut Option<Box<HeaderMap>>,
    mut sink: impl FnMut(Bytes) -> bool,
) -> Poll<End<B::Error>> {
    Reported::forget();
    for _ in 0..FRAMES_PER_POLL {
        if body.is_end_stream() {
            return Poll::Ready(End::Complete);
        }
        let data = match ready!(body.as_mut().poll_frame(cx)) {
            None => return Poll::Ready(End::Complete),
            Some(Err(error)) => return Poll::Ready(End::Failed(error)),
            Some(Ok(frame)) => frame.into_data().unwrap_or_else(|frame| {
                *trailers = frame.into_trailers().ok().map(Box::new);
                Bytes::new()
            }),
        };
        if !sink(data) {
            return Poll::Ready(End::Full);
        }
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

#[cfg(test)]
mod tests {
    use super::super::Gather;
    use super::*;
    use http_body::Frame;
    use http_body_util::StreamBody;
    use std::convert::Infallible;
    use std::future::poll_fn;
    use std::io;

    type Frames = Vec<Result<Frame<Bytes>, io::Error>>;

    async fn read(frames: Frames, limit: usize) -> (Bytes, End<io::Error>, Option<Box<HeaderMap>>) {
        let mut body = std::pin::pin!(StreamBody::new(futures_util::stream::iter(frames)));
        let (mut gather, mut trailers) = (Gather::new(limit), None);
        let end = poll_fn(|cx| {
            poll_read(body.as_mut(), cx, &mut trailers, |data| {
                gather.push(data).is_none()
            })
        });
        let end = end.await;
        (gather.take(), end, trailers)
    }

    fn data(bytes: &'static str) -> Result<Frame<Bytes>, io::Error> {
        Ok(Frame::data(Bytes::from_static(bytes.as_bytes())))
    }

    #[tokio::test]
    async fn joins_frames_and_keeps_trailers_apart() {
        let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
        let frames = vec![
            data("ab"),
            data(""),
            data("c"),
            Ok(Frame::trailers(trailers)),
        ];
        let (bytes, end, trailers) = read(frames, 10).await;
        assert_eq!(bytes, "abc");
        assert!(matches!(end, End::Complete));
        assert_eq!(trailers.unwrap()["x-sum"], "1");
    }

    #[tokio::test]
    async fn a_failure_comes_after_what_was_read() {
        let (bytes, end, _) = read(vec![data("ab"), Err(io::Error::other("reset"))], 10).await;
        assert_eq!(bytes, "ab");
        assert!(matches!(end, End::Failed(error) if error.to_string() == "reset"));
    }

    #[tokio::test]
    async fn endless_trailers_end_at_the_limit_and_yield() {
        let trailers = || Ok::<_, Infallible>(Frame::trailers(HeaderMap::new()));
        let endless = StreamBody::new(futures_util::stream::iter(std::iter::repeat_with(trailers)));
        let mut body = std::pin::pin!(endless);
        let (mut gather, mut kept, mut polls) = (Gather::new(200), None, 0);
        let end = poll_fn(|cx| {
            polls += 1;
            poll_read(body.as_mut(), cx, &mut kept, |data| {
                gather.push(data).is_none()
            })
        });
        assert!(matches!(end.await, End::Full));
        assert_eq!(polls, 200 / FRAMES_PER_POLL + 1);
    }
}

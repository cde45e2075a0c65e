//! Reading the body of an error into memory, within bounds.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http_body::Body;
use pin_project_lite::pin_project;

/// After so many frames in one poll the task yields: a body that is always ready must not hold the executor.
const FRAMES_PER_POLL: usize = 64;

pin_project! {
    /// Reads a body to its end, to its first error, or to the limit.
    ///
    /// At most `limit` bytes are kept, in one buffer of their own: frames may be small views of large buffers,
    /// and keeping those would keep the large ones. A lone frame is kept as it is.
    pub(crate) struct Capture<B> {
        #[pin]
        body: B,
        // Bytes that may still come. An empty frame costs one, so frames are bounded as well.
        left: usize,
        kept: Kept,
    }
}

/// What was read of a body.
#[derive(Debug)]
pub(crate) struct Captured<E> {
    /// As much as came, up to the limit.
    pub(crate) bytes: Bytes,
    pub(crate) end: End<E>,
}

/// Why reading ended.
#[derive(Debug)]
pub(crate) enum End<E> {
    /// The body ended.
    Complete,
    /// There was more than the limit.
    Limit,
    /// The body failed.
    Failed(E),
}

#[derive(Debug)]
enum Kept {
    Nothing,
    Frame(Bytes),
    Buffer(Vec<u8>),
}

impl<B: Body<Data = Bytes>> Capture<B> {
    /// Reads at most `limit` bytes. A body that declares more is not polled at all.
    pub(crate) fn new(body: B, limit: usize) -> Self {
        Self {
            body,
            left: limit,
            kept: Kept::Nothing,
        }
    }
}

impl<B: Body<Data = Bytes>> Future for Capture<B> {
    type Output = Captured<B::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        for _ in 0..FRAMES_PER_POLL {
            if let Some(end) = ready!(self.as_mut().poll_step(cx)) {
                return Poll::Ready(Captured {
                    bytes: self.project().kept.take(),
                    end,
                });
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<B: Body<Data = Bytes>> Capture<B> {
    /// Reads one frame, or says why reading ended.
    fn poll_step(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<End<B::Error>>> {
        let this = self.project();
        if this.body.is_end_stream() {
            return Poll::Ready(Some(End::Complete));
        }
        if this.body.size_hint().lower() > *this.left as u64 {
            return Poll::Ready(Some(End::Limit));
        }
        Poll::Ready(match ready!(this.body.poll_frame(cx)) {
            None => Some(End::Complete),
            Some(Err(error)) => Some(End::Failed(error)),
            Some(Ok(frame)) => frame
                .into_data()
                .ok()
                .and_then(|data| this.kept.push_within(this.left, data)),
        })
    }
}

impl Kept {
    fn push_within<E>(&mut self, left: &mut usize, mut data: Bytes) -> Option<End<E>> {
        let cost = data.len().max(1);
        let fits = cost <= *left;
        data.truncate(*left);
        *left -= cost.min(*left);
        self.push(data, *left);
        (!fits).then_some(End::Limit)
    }

    fn push(&mut self, data: Bytes, left: usize) {
        match self {
            _ if data.is_empty() => {}
            Self::Nothing => *self = Self::Frame(data),
            Self::Frame(first) => {
                let mut buffer = first.to_vec();
                append(&mut buffer, &data, left);
                *self = Self::Buffer(buffer);
            }
            Self::Buffer(buffer) => append(buffer, &data, left),
        }
    }

    fn take(&mut self) -> Bytes {
        match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => Bytes::new(),
            Self::Frame(frame) => frame,
            Self::Buffer(buffer) => buffer.into(),
        }
    }
}

/// Appends `data`, growing the buffer by doubling, but never beyond what the limit leaves room for.
fn append(buffer: &mut Vec<u8>, data: &[u8], left: usize) {
    let needed = buffer.len() + data.len();
    if needed > buffer.capacity() {
        let capacity = (2 * needed).min(needed + left);
        buffer.reserve_exact(capacity - buffer.len());
    }
    buffer.extend_from_slice(data);
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};
    use std::convert::Infallible;
    use std::io;

    type Frames = Vec<Result<Frame<Bytes>, io::Error>>;

    fn frames(frames: Frames) -> impl Body<Data = Bytes, Error = io::Error> + Unpin {
        StreamBody::new(futures_util::stream::iter(frames))
    }

    fn data(bytes: &'static str) -> Result<Frame<Bytes>, io::Error> {
        Ok(Frame::data(Bytes::from_static(bytes.as_bytes())))
    }

    #[tokio::test]
    async fn keeps_a_lone_frame_as_it_is() {
        let bytes = Bytes::from(vec![b'x'; 100]);
        let captured = Capture::new(Full::new(bytes.clone()), 100).await;
        assert_eq!(captured.bytes.as_ptr(), bytes.as_ptr());
        assert!(matches!(captured.end, End::Complete));
    }

    #[tokio::test]
    async fn joins_frames_and_drops_trailers() {
        let trailers =
            http::HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
        let body = frames(vec![
            data("ab"),
            data(""),
            data("c"),
            Ok(Frame::trailers(trailers)),
        ]);
        let captured = Capture::new(body, 10).await;
        assert_eq!(captured.bytes, "abc");
        assert!(matches!(captured.end, End::Complete));
    }

    #[tokio::test]
    async fn stops_at_the_limit_and_not_before() {
        for (limit, want, ended) in [
            (5, "hello", true),
            (6, "hello", true),
            (4, "hell", false),
            (3, "hel", false),
            (0, "", false),
        ] {
            let captured = Capture::new(frames(vec![data("he"), data("llo")]), limit).await;
            assert_eq!(
                (&captured.bytes[..], matches!(captured.end, End::Complete)),
                (want.as_bytes(), ended),
                "{limit}"
            );
        }
    }

    #[tokio::test]
    async fn does_not_read_what_declares_more_than_the_limit() {
        struct Declared;
        impl Body for Declared {
            type Data = Bytes;
            type Error = Infallible;
            fn poll_frame(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
                panic!("was read")
            }
            fn size_hint(&self) -> http_body::SizeHint {
                http_body::SizeHint::with_exact(11)
            }
        }
        assert!(matches!(Capture::new(Declared, 10).await.end, End::Limit));
    }

    #[tokio::test]
    async fn keeps_what_came_before_a_failure() {
        let captured = Capture::new(
            frames(vec![data("half"), Err(io::Error::other("reset"))]),
            10,
        )
        .await;
        assert_eq!(captured.bytes, "half");
        assert!(matches!(captured.end, End::Failed(error) if error.to_string() == "reset"));
    }

    #[tokio::test]
    async fn empty_frames_without_end_reach_the_limit_and_yield_on_the_way() {
        let empty = futures_util::stream::repeat_with(|| data(""));
        let mut capture = tokio_test::task::spawn(Capture::new(StreamBody::new(empty), 1000));
        let mut polls = 1;
        while capture.poll().is_pending() {
            assert!(capture.is_woken());
            polls += 1;
        }
        assert_eq!(polls, 1 + 1000 / FRAMES_PER_POLL);
    }
}

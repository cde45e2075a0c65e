//! Reading the body of an error into memory, within bounds.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// After so many frames in one poll the task yields: a body that is always ready must not hold the executor.
const FRAMES_PER_POLL: usize = 64;

pin_project! {
    /// Reads a body to its end, to its first error, or to the limit.
    ///
    /// At most `limit` bytes are kept, in one buffer of their own: frames may be small views of large buffers,
    /// and keeping those would keep the large ones. A lone frame is kept as it is.
    ///
    /// What was not kept can still be read: [`poll_rest`](Self::poll_rest) goes on where reading ended.
    pub(crate) struct Capture<B> {
        #[pin]
        body: B,
        // Bytes that may still come. An empty frame costs one, so frames are bounded as well.
        left: usize,
        kept: Kept,
        // Whether a body is left alone that declares more than the limit.
        all_or_nothing: bool,
        // What of the last frame lay beyond the limit.
        over: Bytes,
        trailers: Option<Box<HeaderMap>>,
        ended: bool,
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
            all_or_nothing: true,
            over: Bytes::new(),
            trailers: None,
            ended: false,
        }
    }

    /// Reads the first `limit` bytes, also of a body that declares more.
    pub(crate) fn first(body: B, limit: usize) -> Self {
        Self {
            all_or_nothing: false,
            ..Self::new(body, limit)
        }
    }

    /// The trailers that came, once.
    pub(crate) fn take_trailers(self: Pin<&mut Self>) -> Option<HeaderMap> {
        self.project().trailers.take().map(|trailers| *trailers)
    }

    /// The next frame after those that were kept: what lay beyond the limit, and the trailers.
    pub(crate) fn poll_rest(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        if !this.over.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(this.over)))));
        }
        if *this.ended {
            return Poll::Ready(this.trailers.take().map(|map| Ok(Frame::trailers(*map))));
        }
        this.body.poll_frame(cx)
    }

    /// Whether [`poll_rest`](Self::poll_rest) has nothing more to give.
    pub(crate) fn is_end(&self) -> bool {
        let ended = self.ended || self.body.is_end_stream();
        ended && self.over.is_empty() && self.trailers.is_none()
    }

    /// The bytes that [`poll_rest`](Self::poll_rest) will give.
    pub(crate) fn rest_hint(&self) -> SizeHint {
        let rest = if self.ended {
            SizeHint::with_exact(0)
        } else {
            self.body.size_hint()
        };
        plus(&rest, self.over.len())
    }
}

/// The hint for these bytes and `len` more.
pub(super) fn plus(hint: &SizeHint, len: usize) -> SizeHint {
    let mut sum = SizeHint::new();
    sum.set_lower(hint.lower().saturating_add(len as u64));
    if let Some(upper) = hint.upper().and_then(|upper| upper.checked_add(len as u64)) {
        sum.set_upper(upper);
    }
    sum
}

impl<B: Body<Data = Bytes>> Future for Capture<B> {
    type Output = Captured<B::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        for _ in 0..FRAMES_PER_POLL {
            if let Some(end) = ready!(self.as_mut().poll_step(cx)) {
                let this = self.project();
                *this.ended = !matches!(end, End::Limit);
                let bytes = this.kept.take();
                return Poll::Ready(Captured { bytes, end });
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
        if *this.all_or_nothing && this.body.size_hint().lower() > *this.left as u64 {
            return Poll::Ready(Some(End::Limit));
        }
        Poll::Ready(match ready!(this.body.poll_frame(cx)) {
            None => Some(End::Complete),
            Some(Err(error)) => Some(End::Failed(error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(mut data) => {
                    let end = this.kept.push_within(this.left, &mut data);
                    *this.over = data;
                    end
                }
                Err(frame) => {
                    *this.trailers = frame.into_trailers().ok().map(Box::new);
                    None
                }
            },
        })
    }
}

impl Kept {
    /// Takes of `data` what is within the limit.
    fn push_within<E>(&mut self, left: &mut usize, data: &mut Bytes) -> Option<End<E>> {
        let cost = data.len().max(1);
        let fits = cost <= *left;
        let within = data.split_to(data.len().min(*left));
        *left -= cost.min(*left);
        self.push(within, *left);
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
    async fn joins_frames_and_keeps_trailers_apart() {
        let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "1".parse().unwrap())]);
        let body = frames(vec![
            data("ab"),
            data(""),
            data("c"),
            Ok(Frame::trailers(trailers)),
        ]);
        let mut capture = Box::pin(Capture::new(body, 10));
        let captured = capture.as_mut().await;
        assert_eq!(captured.bytes, "abc");
        assert!(matches!(captured.end, End::Complete));
        assert_eq!(capture.as_mut().take_trailers().unwrap()["x-sum"], "1");
        assert!(capture.as_mut().take_trailers().is_none());
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
            fn size_hint(&self) -> SizeHint {
                SizeHint::with_exact(11)
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

    #[tokio::test]
    async fn the_first_bytes_are_read_of_a_body_that_declares_more() {
        let captured = Capture::first(Full::from("hello"), 3).await;
        assert_eq!(captured.bytes, "hel");
        assert!(matches!(captured.end, End::Limit));
    }

    /// What [`Capture::poll_rest`] gives after the first bytes, data and trailers.
    async fn rest<B: Body<Data = Bytes, Error = io::Error>>(body: B, limit: usize) -> Vec<String> {
        let mut capture = Box::pin(Capture::first(body, limit));
        let mut all = vec![String::from_utf8(capture.as_mut().await.bytes.into()).unwrap()];
        loop {
            let hint = capture.rest_hint();
            let is_end = capture.is_end();
            let frame = std::future::poll_fn(|cx| capture.as_mut().poll_rest(cx)).await;
            assert!(!(is_end && frame.is_some()), "the end was announced");
            let Some(frame) = frame else { return all };
            let frame = frame.unwrap();
            if let Some(data) = frame.data_ref() {
                assert!(hint
                    .upper()
                    .map_or(true, |upper| data.len() as u64 <= upper));
                all.push(String::from_utf8(data.to_vec()).unwrap());
            } else {
                all.push(format!("{:?}", frame.into_trailers().unwrap()));
            }
        }
    }

    #[tokio::test]
    async fn reading_goes_on_where_it_ended() {
        let trailers = || {
            let sum = [("x-sum".parse().unwrap(), "1".parse().unwrap())];
            Ok(Frame::trailers(HeaderMap::from_iter(sum)))
        };
        let body = || frames(vec![data("abc"), data("def"), data("g"), trailers()]);
        let sum = r#"{"x-sum": "1"}"#;
        for (limit, want) in [
            (0, &["", "abc", "def", "g", sum][..]),
            (2, &["ab", "c", "def", "g", sum]),
            (3, &["abc", "def", "g", sum]),
            (5, &["abcde", "f", "g", sum]),
            (7, &["abcdefg", sum]),
            (9, &["abcdefg", sum]),
        ] {
            assert_eq!(rest(body(), limit).await, want, "{limit}");
        }
    }

    #[tokio::test]
    async fn nothing_is_left_of_a_body_that_was_read() {
        let mut capture = Box::pin(Capture::first(Full::from("hello"), 5));
        capture.as_mut().await;
        assert!(capture.is_end());
        assert_eq!(capture.rest_hint().exact(), Some(0));
    }

    #[tokio::test]
    async fn the_rest_is_counted_where_its_length_is_known() {
        let mut capture = Box::pin(Capture::first(Full::from("hello"), 2));
        capture.as_mut().await;
        assert!(!capture.is_end());
        assert_eq!(capture.rest_hint().exact(), Some(3));
    }
}

//! Reading the body of an error into memory, and what was not read of it afterwards.

use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::gather::{Captured, End, Gather};

pin_project! {
    /// Reads a body as [`Gather`] does.
    ///
    /// What was not kept can still be read: [`poll_rest`](Self::poll_rest) goes on where reading ended.
    pub(crate) struct Capture<B: Body> {
        #[pin]
        body: B,
        gather: Gather,
        // To be told after all that came before it.
        failure: Option<B::Error>,
        ended: bool,
    }
}

impl<B: Body<Data = Bytes>> Capture<B> {
    /// Reads at most `limit` bytes. A body that declares more is not polled at all.
    pub(crate) fn new(body: B, limit: usize) -> Self {
        Self::gathering(body, Gather::new(limit))
    }

    /// Reads the first `limit` bytes, also of a body that declares more.
    pub(crate) fn first(body: B, limit: usize) -> Self {
        Self::gathering(body, Gather::first(limit))
    }

    fn gathering(body: B, gather: Gather) -> Self {
        Self {
            body,
            gather,
            failure: None,
            ended: false,
        }
    }

    /// Takes back the failure that reading ended with, for [`poll_rest`](Self::poll_rest) to give.
    pub(crate) fn give_back(self: Pin<&mut Self>, failure: B::Error) {
        *self.project().failure = Some(failure);
    }

    /// The trailers that came, once.
    pub(crate) fn take_trailers(self: Pin<&mut Self>) -> Option<HeaderMap> {
        self.project()
            .gather
            .trailers
            .take()
            .map(|trailers| *trailers)
    }

    /// The next frame after those that were kept: what lay beyond the limit, and the trailers.
    pub(crate) fn poll_rest(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        let Gather { over, trailers, .. } = this.gather;
        if !over.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(over)))));
        }
        if let Some(failure) = this.failure.take() {
            return Poll::Ready(Some(Err(failure)));
        }
        if *this.ended {
            return Poll::Ready(trailers.take().map(|map| Ok(Frame::trailers(*map))));
        }
        this.body.poll_frame(cx)
    }

    /// Whether [`poll_rest`](Self::poll_rest) has nothing more to give.
    pub(crate) fn is_end(&self) -> bool {
        let ended = self.ended || self.body.is_end_stream();
        let Gather { over, trailers, .. } = &self.gather;
        ended && over.is_empty() && trailers.is_none() && self.failure.is_none()
    }

    /// The bytes that [`poll_rest`](Self::poll_rest) will give.
    pub(crate) fn rest_hint(&self) -> SizeHint {
        let rest = if self.ended {
            SizeHint::with_exact(0)
        } else {
            self.body.size_hint()
        };
        plus(&rest, self.gather.over.len())
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

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let captured = ready!(this.gather.poll(this.body, cx));
        *this.ended = !matches!(captured.end, End::Limit);
        Poll::Ready(captured)
    }
}

#[cfg(test)]
mod tests {
    use super::super::gather::FRAMES_PER_POLL;
    use super::*;
    use http_body::Frame;
    use http_body_util::{Full, StreamBody};
    use std::convert::Infallible;
    use std::future::poll_fn;
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
            let frame = poll_fn(|cx| capture.as_mut().poll_rest(cx)).await;
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
    async fn a_failure_that_is_given_back_comes_after_all_else() {
        let body = frames(vec![data("half"), Err(io::Error::other("reset"))]);
        let mut capture = Box::pin(Capture::first(body, 10));
        let End::Failed(failure) = capture.as_mut().await.end else {
            panic!("has failed")
        };
        capture.as_mut().give_back(failure);
        assert!(!capture.is_end());
        let failure = poll_fn(|cx| capture.as_mut().poll_rest(cx)).await;
        assert_eq!(failure.unwrap().unwrap_err().to_string(), "reset");
        let end = poll_fn(|cx| capture.as_mut().poll_rest(cx)).await;
        assert!(end.is_none());
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

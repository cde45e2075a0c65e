//! The body of a response that may be a stream with an error.
//!
//! In: the frames of the inner body. Out: the same frames, until an error comes. Clients poll it.
//!
//! 1. A body without a [`Watch`] passes frame by frame.
//! 2. Otherwise each frame goes to the watch. It returns the bytes that may pass, and the error that follows them.
//! 3. At the end of the inner body, the watch returns the bytes that it still holds.

use std::fmt;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::watch::{Passed, Watch};
use crate::body::ResponseBody;
use crate::raise::raised_error::RaisedError;

/// Frames that are held back in one poll. Then the task yields: a body that is always ready must not hold the executor.
const FRAMES_PER_POLL: usize = 64;

pin_project! {
    /// The body of a response that has passed a [`RaiseErrorsLayer`](crate::RaiseErrorsLayer) with
    /// [`with_errors_in_streams`](crate::RaiseErrorsLayer::with_errors_in_streams).
    ///
    /// Its error is a [`RaisedError`]: `Api` for an error that the server sent in the stream, and `Service` for an error of the
    /// inner body. After an error, the body has ended, and the inner body is not polled again.
    ///
    /// The length of a watched body is not known in advance, because an error takes bytes out of it.
    pub struct RaisingBody<B: Body> {
        #[pin]
        body: ResponseBody<B>,
        // `None` if the response is no stream, and once the error was found.
        watch: Option<Box<Watch>>,
        rest: Rest<B::Error>,
    }
}

/// Frames that are given before the inner body is polled again.
struct Rest<E> {
    first: Bytes,
    second: Bytes,
    /// The error or the trailers that end the body.
    last: Option<Polled<E>>,
    is_end: bool,
}

type Polled<E> = Result<Frame<Bytes>, RaisedError<E>>;

impl<B: Body> RaisingBody<B> {
    /// A body that `watch` looks at; `None` for a body that passes as it is.
    pub(super) fn new(body: ResponseBody<B>, watch: Option<Box<Watch>>) -> Self {
        let rest = Rest {
            first: Bytes::new(),
            second: Bytes::new(),
            last: None,
            is_end: false,
        };
        Self { body, watch, rest }
    }
}

impl<B: Body<Data = Bytes>> Body for RaisingBody<B> {
    type Data = Bytes;
    type Error = RaisedError<B::Error>;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Polled<B::Error>>> {
        let mut this = self.project();
        let Some(watch) = this.watch else {
            let frame = ready!(this.body.poll_frame(cx));
            return Poll::Ready(frame.map(|frame| frame.map_err(RaisedError::Service)));
        };
        for _ in 0..FRAMES_PER_POLL {
            if let Some(frame) = this.rest.take() {
                return Poll::Ready(Some(frame));
            }
            if this.rest.is_end {
                return Poll::Ready(None);
            }
            match ready!(this.body.as_mut().poll_frame(cx)) {
                None => this.rest.end(watch.end(), None),
                Some(Err(error)) => {
                    let last = Err(RaisedError::Service(error));
                    this.rest.end(watch.end(), Some(last));
                }
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest.go_on(watch.push(data)),
                    Err(frame) => {
                        let error = frame
                            .trailers_ref()
                            .and_then(|trailers| watch.trailers(trailers));
                        let last = error.map_or(Ok(frame), |error| Err(error.into()));
                        this.rest.end(watch.end(), Some(last));
                    }
                },
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        match &self.watch {
            None => self.body.is_end_stream(),
            // Only the end of the inner body shows whether the held bytes are an error.
            Some(_) => self.rest.is_end && self.rest.is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.watch {
            None => self.body.size_hint(),
            Some(_) => SizeHint::default(),
        }
    }
}

impl<E> Rest<E> {
    /// The next frame that is known already.
    fn take(&mut self) -> Option<Polled<E>> {
        for bytes in [&mut self.first, &mut self.second] {
            if !bytes.is_empty() {
                return Some(Ok(Frame::data(std::mem::take(bytes))));
            }
        }
        self.last.take()
    }

    /// Takes the result of the watch for one frame. An error in it ends the body.
    fn go_on(&mut self, passed: Passed) {
        self.first = passed.first;
        self.second = passed.second;
        self.is_end = passed.error.is_some();
        self.last = passed.error.map(|error| Err(error.into()));
    }

    /// The inner body has ended. An error that the server sent replaces the error of a broken stream.
    fn end(&mut self, passed: Passed, last: Option<Polled<E>>) {
        self.go_on(passed);
        self.is_end = true;
        if self.last.is_none() {
            self.last = last;
        }
    }

    /// Whether every known frame was given.
    fn is_empty(&self) -> bool {
        self.first.is_empty() && self.second.is_empty() && self.last.is_none()
    }
}

impl<B: Body> fmt::Debug for RaisingBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RaisingBody")
            .field("body", &self.body)
            .field("is_watched", &self.watch.is_some())
            .finish_non_exhaustive()
    }
}

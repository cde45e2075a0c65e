//! The body of a response that ends with a last frame if it fails after its head was sent.
//!
//! In: the frames of a [`ResponseBody`]. Out: the same frames, and after a failure the frame that [`LastFrame`] makes. The server polls
//! it. The side [`LastFrame`](super::LastFrame) makes it.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_timer::Delay;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::BoxError;

use super::shared_error::Shared;
use crate::body::{Reported, ResponseBody};
use crate::exchange::{Ending, LastFrame};

/// The time between the last frame and the error of a body. A server drops unsent data when it sees the error, so it gets time
/// to send first. A body cannot know when the data was sent.
const TIME_TO_SEND: Duration = Duration::from_millis(100);

pin_project! {
    /// The body of a response that has passed a layer with
    /// [`with_last_frame`](crate::ErrorEnvelopeLayer::with_last_frame).
    ///
    /// Frames pass as they come. If the inner body fails, hook and log get the error, and the stream ends with an error in the
    /// format of its `Content-Type`.
    pub struct LastFrameBody<B: Body> {
        #[pin]
        body: ResponseBody<B>,
        state: State,
    }
}

enum State {
    /// The inner body is polled.
    Watching(LastFrame),
    /// The body of an answer that the layer itself made.
    Own,
    /// The inner body failed, and is dropped.
    Failed(Box<Failed>),
}

/// What the body gives if the inner body gave no data.
///
/// It is not the type of a polled frame: with that type, the compiler moves each frame of the inner body once more.
enum Next {
    Frame(Frame<Bytes>),
    Error(BoxError),
    End,
    Pending,
}

/// The frames that follow after the inner body failed.
struct Failed {
    frame: Option<Frame<Bytes>>,
    error: Option<BoxError>,
    /// The error follows when this ends.
    delay: Option<Delay>,
    /// The reports of this layer, for outer layers.
    reported: Reported,
}

impl<B: Body> LastFrameBody<B> {
    pub(super) fn own(body: ResponseBody<B>) -> Self {
        Self {
            body,
            state: State::Own,
        }
    }

    #[inline]
    pub(super) fn watched(body: ResponseBody<B>, last_frame: LastFrame) -> Self {
        Self {
            body,
            state: State::Watching(last_frame),
        }
    }
}

impl<B> Body for LastFrameBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    #[inline]
    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Reported::forget();
        let this = self.as_mut().project();
        match this.body.poll_frame(cx) {
            // A frame has the size of trailers. Data is taken out of its frame, so that fewer bytes are moved.
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => {
                let data = frame.into_data().unwrap_or_default();
                if let State::Watching(watch) = this.state {
                    watch.see(&data);
                }
                Poll::Ready(Some(Ok(Frame::data(data))))
            }
            other => match self.poll_other(other, cx) {
                Next::Frame(frame) => Poll::Ready(Some(Ok(frame))),
                Next::Error(error) => Poll::Ready(Some(Err(error))),
                Next::End => Poll::Ready(None),
                Next::Pending => Poll::Pending,
            },
        }
    }

    #[inline]
    fn is_end_stream(&self) -> bool {
        match self.body.as_inner() {
            Some(inner) => inner.is_end_stream(),
            None => self.is_end_of_other(),
        }
    }

    #[inline]
    fn size_hint(&self) -> SizeHint {
        match &self.state {
            State::Own | State::Watching(_) => self.body.size_hint(),
            State::Failed(_) => SizeHint::default(),
        }
    }
}

impl<B> LastFrameBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    #[cold]
    #[inline(never)]
    fn is_end_of_other(&self) -> bool {
        self.body.is_end_stream() && self.state.is_end()
    }

    /// What follows if the inner body gave anything but data.
    #[cold]
    #[inline(never)]
    fn poll_other(
        self: Pin<&mut Self>,
        polled: Poll<Option<Result<Frame<Bytes>, B::Error>>>,
        cx: &mut Context<'_>,
    ) -> Next {
        let mut this = self.project();
        match polled {
            Poll::Ready(Some(Ok(trailers))) => {
                this.state.see_trailers();
                return Next::Frame(trailers);
            }
            Poll::Ready(Some(Err(error))) => {
                let failed = this.state.end(error.into());
                *this.state = State::Failed(Box::new(failed));
                this.body.set(ResponseBody::default());
            }
            // A failed body was replaced by an empty one.
            Poll::Ready(None) => {}
            Poll::Pending => return Next::Pending,
        }
        match this.state {
            State::Failed(failed) => failed.poll(cx),
            State::Own | State::Watching(_) => Next::End,
        }
    }
}

impl State {
    /// Trailers end a body, so no last frame can follow them.
    fn see_trailers(&mut self) {
        if let Self::Watching(watch) = self {
            watch.see_trailers();
        }
    }

    fn end(&mut self, error: BoxError) -> Failed {
        let error: Arc<dyn Error + Send + Sync> = error.into();
        let inside = Reported::inside();
        let (ending, mut reported) = match self {
            Self::Watching(watch) => watch.fail(&error, inside),
            Self::Own | Self::Failed(_) => (Ending::Error, inside),
        };
        reported.client = inside.client || matches!(ending, Ending::DataThenError(_));
        let (frame, gives_error) = match ending {
            Ending::Error => (None, true),
            // The last frame of a layer inside has passed already.
            Ending::DataThenError(_) if inside.client => (None, true),
            Ending::DataThenError(bytes) => (Some(Frame::data(bytes)), true),
            Ending::Data(bytes) => (Some(Frame::data(bytes)), false),
            Ending::Trailers(trailers) => (Some(Frame::trailers(trailers)), false),
        };
        Failed {
            delay: None,
            reported,
            frame,
            error: gives_error.then(|| Shared(error).into()),
        }
    }

    fn is_end(&self) -> bool {
        match self {
            Self::Failed(failed) => failed.frame.is_none() && failed.error.is_none(),
            Self::Own | Self::Watching(_) => true,
        }
    }
}

impl Failed {
    fn poll(&mut self, cx: &mut Context<'_>) -> Next {
        if let Some(frame) = self.frame.take() {
            self.delay = self.error.as_ref().map(|_| Delay::new(TIME_TO_SEND));
            return Next::Frame(frame);
        }
        if let Some(delay) = &mut self.delay {
            if Pin::new(delay).poll(cx).is_pending() {
                return Next::Pending;
            }
            self.delay = None;
        }
        let Some(error) = self.error.take() else {
            return Next::End;
        };
        self.reported.remember();
        Next::Error(error)
    }
}

impl<B: Body> fmt::Debug for LastFrameBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Own => "own",
            State::Watching(_) => "watching",
            // The inner body is dropped.
            State::Failed(_) => return f.write_str(r#"LastFrameBody { state: "failed" }"#),
        };
        let mut debug = f.debug_struct("LastFrameBody");
        debug.field("body", &self.body).field("state", &state);
        debug.finish()
    }
}

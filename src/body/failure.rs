//! Tells that the body of a response failed after its head was sent.
//!
//! In: a body that failed, and who was told of it already. Out: a call of `exchange/`, which tells hook and log.
//! [`ResponseBody`](super::ResponseBody) calls it.

use std::fmt::Debug;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body;

use super::frames::Polled;
use super::told::Told;

/// Who hears that a body failed.
pub(crate) type Watch = Box<dyn OnFailure>;

/// Hears that a body failed.
pub(crate) trait OnFailure: Debug + Send + Sync {
    /// Whether a hook hears it, and not the log alone.
    fn is_hook(&self) -> bool;

    /// The body failed with an error of the type with this name. `told` was told by a layer inside.
    fn failed(self: Box<Self>, error_type: &'static str, told: Told);
}

/// Polls the inner body. If it fails, `watch` hears of it once.
///
/// A call of its own: inlined, it has each frame of an inner body that is not watched moved once more.
#[inline(never)]
pub(super) fn poll_watched<B: Body<Data = Bytes>>(
    body: Pin<&mut B>,
    watch: &mut Option<Watch>,
    cx: &mut Context<'_>,
) -> Polled<B::Error> {
    Told::forget();
    let polled = body.poll_frame(cx);
    if let Poll::Ready(Some(Err(_))) = &polled {
        tell::<B::Error>(watch);
    }
    polled
}

/// Tells that the body failed with an error of the type `E`, which need not have a text.
#[cold]
pub(super) fn tell<E>(watch: &mut Option<Watch>) {
    if let Some(watch) = watch.take() {
        watch.failed(std::any::type_name::<E>(), Told::inside());
    }
}

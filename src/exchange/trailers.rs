//! Changes the status of gRPC in the trailers of a response that passes.
//!
//! In: the caller, and the trailers, or a body that is not gRPC. Out: the trailers to send. Engines call it. The layer takes the
//! function by [`Normaliser::status_change`], and the body of its response calls that function.

use bytes::Bytes;
use http::{Extensions, HeaderMap};

use super::caller::Caller;
use super::normaliser::Normaliser;
use super::rpc;
use crate::body::StatusChange;
use crate::http::response_head;

impl Normaliser {
    /// Changes the status of gRPC in the trailers of a response that passes. Other trailers stay, and so do all trailers for
    /// callers of HTTP.
    ///
    /// On a client the status is repaired, so that a caller can read it. On a server it is masked, if
    /// [`with_masked_statuses`](Self::with_masked_statuses) is set. The engine calls it for each frame of trailers after
    /// [`Head::Pass`](super::Head::Pass). [`head`](Self::head) has changed a status in the head already.
    pub fn trailers(&self, caller: Caller, trailers: &mut HeaderMap) {
        if let Some(change) = rpc::status_change(&self.config, caller) {
            (change.trailers)(trailers);
        }
    }

    /// The trailers in place of a body that has the label of gRPC and is not gRPC. A client of gRPC cannot read such a body.
    ///
    /// In: the body as far as it was read, at least its first byte. Out: trailers with a message such as
    /// `not an answer in gRPC: 200 OK: Log in`; `None` if the body is gRPC, or if the caller is no client of gRPC. The engine
    /// calls it after [`Head::Pass`](super::Head::Pass), and sends the trailers in place of the body.
    #[must_use]
    pub fn trailers_for_other(&self, caller: Caller, body: &Bytes) -> Option<HeaderMap> {
        let other = rpc::status_change(&self.config, caller)?.other?;
        let first = body.first()?;
        (!StatusChange::is_flag(*first)).then(|| other(body.clone()))
    }

    /// Removes the status that tonic left in the extensions of the response. The status in the head was masked, so this one must not
    /// stay. On a client nothing is removed.
    pub(crate) fn forget_status(&self, extensions: &mut Extensions) {
        if self.config.is_server() {
            response_head::forget_status(extensions);
        }
    }

    /// The function that changes a status of gRPC in a head or in trailers; `None` if nothing has to be changed.
    #[cfg(feature = "layer")]
    pub(crate) fn status_change(&self, caller: Caller) -> Option<&'static StatusChange> {
        rpc::status_change(&self.config, caller)
    }
}

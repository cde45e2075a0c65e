//! Decides what to do with one response.
//!
//! In: the head of a response, and the known facts of its body. Out: a [`Decided`]. [`Normaliser::head`] and the layers call it.
//!
//! 1. [`Normaliser::class`] separates responses that pass from errors, and from successes that may carry one.
//! 2. A success is read by [`Normaliser::probe`].
//! 3. An error goes to the judge by [`Normaliser::error`]. It passes, is answered at once, or is read.

use http::response::Parts;
use std::sync::Arc;

use super::answer::{Answer, Found};
use super::caller::Caller;
use super::cut::Cut;
use super::headers;
#[cfg(feature = "layer")]
use super::hooks::RequestHead;
use super::in_success::Probe;
#[cfg(feature = "layer")]
use super::last_frame::LastFrame;
use super::normalise::normalise;
use super::normaliser::{Head, Normaliser};
use super::reading::Reading;
use super::response_head::{BodyHint, HeadRef};
#[cfg(feature = "layer")]
use super::rpc;
use super::verdict::{self, Class, Verdict};
#[cfg(feature = "layer")]
use crate::body::StatusChange;

/// The same as [`Head`], but with the head of a response that passes. The head is moved in and out, so that no empty head has to be
/// made.
#[allow(clippy::large_enum_variant)] // To box it would be one more allocation for each error.
pub(crate) enum Decided {
    /// Send the response as it is, with this head.
    Pass(Parts),
    /// Send this answer.
    Answer(Answer),
    /// Read the body first.
    Read(Reading),
}

impl Decided {
    /// Leaves the head of a response that passes in `parts`.
    pub(super) fn into_head(self, parts: &mut Parts) -> Head {
        match self {
            Self::Pass(passed) => {
                *parts = passed;
                Head::Pass
            }
            Self::Answer(answer) => Head::Answer(answer),
            Self::Read(reading) => Head::Read(reading),
        }
    }
}

impl Normaliser {
    /// The class of a response. See [`verdict::class`].
    #[inline]
    pub(crate) fn class(
        &self,
        caller: Caller,
        head: HeadRef<'_>,
        hint: impl FnOnce() -> BodyHint,
    ) -> Class {
        verdict::class(&self.config, caller, head, hint)
    }

    /// The function that changes a status of gRPC in a head or in trailers; `None` if nothing has to be changed.
    #[cfg(feature = "layer")]
    pub(crate) fn status_change(&self, caller: Caller) -> Option<&'static StatusChange> {
        rpc::status_change(&self.config, caller)
    }

    /// A watch over the body of a response with this head. It knows how to end the body if the body fails.
    #[cfg(feature = "layer")]
    pub(crate) fn last_frame(
        &self,
        caller: Caller,
        request: Option<Box<RequestHead>>,
        head: HeadRef<'_>,
        hint: BodyHint,
    ) -> LastFrame {
        LastFrame::new(&self.config, caller, request, head, hint)
    }

    /// Reads a success, because it may carry an error.
    pub(crate) fn probe(&self, caller: Caller, parts: Parts, hint: BodyHint) -> Decided {
        let probe = Some(Probe::new(hint.length));
        Decided::Read(self.reading(caller, parts, probe))
    }

    /// Decides what to do with an error.
    pub(crate) fn error(&self, caller: Caller, mut parts: Parts, hint: BodyHint) -> Decided {
        let config = &*self.config;
        let found = match verdict::judge(config, caller, &parts, hint) {
            Verdict::Pass => return Decided::Pass(parts),
            Verdict::KeepPage => {
                headers::add_vary(&mut parts.headers);
                return Decided::Pass(parts);
            }
            Verdict::Known(envelope) => Found::known(envelope),
            Verdict::Documented(envelope) => Found::documented(envelope),
            Verdict::Read => return self.read(caller, parts, hint),
        };
        Decided::Answer(normalise(config, caller, parts, found))
    }

    /// Reads the body of an error. An error is answered at once if its body is longer than the limit or has ended, or if it is the
    /// body of unknown length of an answer to HEAD, which may never end.
    fn read(&self, caller: Caller, parts: Parts, hint: BodyHint) -> Decided {
        let reading = self.reading(caller, parts, None);
        let limit = self.config.body_limit as u64;
        if hint.length.is_some_and(|bytes| bytes > limit) {
            return Decided::Answer(reading.end(Err(Cut::Limit)));
        }
        if hint.ended || (caller.reads_head_only() && hint.length.is_none()) {
            return Decided::Answer(reading.end(Ok(())));
        }
        Decided::Read(reading)
    }

    /// The state for a body. `probe` is there for a success.
    fn reading(&self, caller: Caller, parts: Parts, probe: Option<Probe>) -> Reading {
        Reading::new(Arc::clone(&self.config), caller, parts, probe)
    }
}

//! The decision about a response, for engines that hold the parts of its head.
//!
//! In: the head of a response, and the known facts of its body. Out: a [`Head`]. Engines call it; the layer calls
//! [`Normaliser::class`] and [`Normaliser::judge_error`] itself, because it holds the whole response.

use http::response::Parts;

use super::answer::{empty_head, Answer};
use super::caller::Caller;
use super::class::Class;
use super::judge::Decided;
use super::normaliser::Normaliser;
use super::reading::Reading;
use super::response_head::{BodyHint, HeadRef};
use crate::http::{response_head, status};

/// What an engine has to do with a response, as [`Normaliser::head`] decided by its head.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)] // An engine has to handle each of them.
#[allow(clippy::large_enum_variant)] // To box it would be one more allocation for each error.
pub enum Head {
    /// Send the response as it is. Its head may have got `Vary: accept`, and a status of gRPC in it may have been changed.
    Pass,
    /// Send this answer. The body of the response is not needed.
    Answer(Answer),
    /// Read the body, and feed it to this [`Reading`]. The `Reading` holds the head; the head that was passed in is empty now.
    Read(Reading),
}

impl Normaliser {
    /// Decides what to do with a response.
    ///
    /// In: the caller, the head of the response, and the known facts of its body. Out: a [`Head`]. If the response does not pass,
    /// the head moves out of `parts` into the result, and `parts` is an empty head afterwards.
    ///
    /// Some errors are answered without reading their body: the [length](BodyHint::length) exceeds the limit, the body has
    /// [ended](BodyHint::ended), or it is a body of unknown length in an answer to HEAD.
    #[must_use]
    pub fn head(&self, caller: Caller, parts: &mut Parts, hint: BodyHint) -> Head {
        let head = HeadRef {
            status: parts.status,
            headers: &parts.headers,
            extensions: &parts.extensions,
        };
        match self.class(caller, head, || hint) {
            Class::Pass => Head::Pass,
            Class::Status => {
                self.trailers(caller, &mut parts.headers);
                self.forget_status(&mut parts.extensions);
                if status::is_server_error(parts.status) {
                    response_head::forget_reason(parts);
                }
                Head::Pass
            }
            Class::Probe => Head::Read(self.probing(caller, take(parts), hint)),
            Class::Error => match self.judge_error(caller, take(parts), hint) {
                Decided::Pass(passed) => {
                    *parts = passed;
                    Head::Pass
                }
                Decided::Answer(answer) => Head::Answer(answer),
                Decided::Read(parts) => Head::Read(self.reading(caller, parts)),
            },
        }
    }
}

/// Moves the head out, and leaves an empty head with the same status.
fn take(parts: &mut Parts) -> Parts {
    let status = parts.status;
    std::mem::replace(parts, empty_head(status))
}

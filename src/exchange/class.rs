//! Classifies a response by its head.
//!
//! In: the caller, and the head of a response. Out: a [`Class`]. The layer, the middleware for reqwest and [`Normaliser::head`] call
//! it for every response, so it reads as little as possible.

use super::caller::{Caller, Reads};
use super::config::{Config, Side};
use super::extensions::Written;
use super::in_success;
use super::normaliser::Normaliser;
use super::response_head::{BodyHint, HeadRef};
use crate::grpc::answer::{is_answer_in_grpc, is_grpc_error, is_read_by_tonic};
use crate::grpc::protocol::Protocol;
use crate::http::{media_type, status};

/// The kind of a response, as far as its head shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Not an error, or an answer in the caller's own protocol.
    Pass,
    /// An answer in gRPC whose status, in the head or in the trailers, has to be changed.
    Status,
    /// A success that may carry an error.
    Probe,
    /// An error.
    Error,
}

impl Normaliser {
    /// The class of a response. `hint` is called only if it decides.
    #[inline]
    pub(crate) fn class(
        &self,
        caller: Caller,
        head: HeadRef<'_>,
        hint: impl FnOnce() -> BodyHint,
    ) -> Class {
        if let Protocol::Grpc(media) = caller.protocol {
            return class_for_grpc(&self.config, media.is_web(), head, hint);
        }
        if status::is_error(head.status) {
            return Class::Error;
        }
        class_of_success(&self.config, caller, head, hint)
    }
}

#[inline]
fn class_of_success(
    config: &Config,
    caller: Caller,
    head: HeadRef<'_>,
    hint: impl FnOnce() -> BodyHint,
) -> Class {
    if caller.reads == Reads::Tunnel {
        return Class::Pass;
    }
    let may_be_rpc = media_type::may_be_rpc(media_type::content_type(head.headers));
    if !may_be_rpc && !config.errors_in_success {
        return Class::Pass;
    }
    // gRPC and streams of Connect send errors with 200. The label of the request made a client inside of this layer write one. Another
    // client leaves it alone, because its envelope would forget that the error may have to be masked.
    if may_be_rpc && Written::is_by_client(head.extensions) {
        return match config.side {
            Side::Server => Class::Error,
            Side::Client => Class::Pass,
        };
    }
    let hint = hint();
    if may_be_rpc && config.answers_grpc() {
        if let Some(class) = class_without_data(head, hint) {
            return class;
        }
    }
    if config.errors_in_success
        && caller.reads == Reads::All
        && may_carry_error(config, caller, head, hint)
    {
        return Class::Probe;
    }
    Class::Pass
}

/// The class of an answer of gRPC that may be an error without data; `None` for any other answer.
fn class_without_data(head: HeadRef<'_>, hint: BodyHint) -> Option<Class> {
    match hint.ended {
        true => is_grpc_error(head.headers).then_some(Class::Error),
        false => in_success::is_grpc_candidate(head).then_some(Class::Probe),
    }
}

/// Whether a success may carry an error: it is a document, or a stream of Connect for a caller of Connect. A document is read for
/// every caller, because any caller can send the head of another protocol.
fn may_carry_error(config: &Config, caller: Caller, head: HeadRef<'_>, hint: BodyHint) -> bool {
    let is_stream = matches!(caller.protocol, Protocol::ConnectStream(_));
    in_success::is_candidate(config.body_limit, head, hint)
        || (is_stream && in_success::is_connect_candidate(config.body_limit, head, hint))
}

/// As [`Normaliser::class`], for a caller who speaks gRPC.
fn class_for_grpc(
    config: &Config,
    is_web: bool,
    head: HeadRef<'_>,
    hint: impl FnOnce() -> BodyHint,
) -> Class {
    // Without tonic-web, tonic answers a call of gRPC-Web in gRPC.
    if is_web && config.is_server() && in_success::names_grpc(head.headers) {
        if let Some(class) = class_without_data(head, hint()) {
            return class;
        }
    }
    // Most servers mask no status, and most of their answers are successes. For these, the label is not read.
    let is_answer = || is_answer_in_grpc(is_web, head.status, head.headers);
    match config.side {
        Side::Server if Written::is_by_client(head.extensions) => Class::Error,
        Side::Server if config.masked_statuses && is_answer() => Class::Status,
        Side::Server if !status::is_error(head.status) || is_answer() => Class::Pass,
        Side::Client if is_answer() || is_read_by_tonic(head.status, head.headers) => Class::Status,
        Side::Server | Side::Client => Class::Error,
    }
}

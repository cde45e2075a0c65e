//! The judge: decides by its head what a response is.
//!
//! In: the caller, and the head of a response. Out: a [`Class`] for every response, and a [`Verdict`] for an error. The entry
//! and the layer call it.
//!
//! [`class`] runs for every response and reads as little as possible. [`judge`] runs for errors only.

use http::response::Parts;
use http::Extensions;

use super::caller::{Caller, Reads};
use super::config::{Config, Side};
use super::extensions::{Passthrough, Writer, Written};
use super::grpc_answer::{
    is_answer_in_grpc, is_grpc_error, is_grpc_label, is_read_by_tonic, status_left_by_tonic,
};
use super::guard::guarded;
use super::hooks::RequestHead;
use super::response_head::{BodyHint, HeadRef};
use super::{headers, in_success};
use crate::envelope::{Envelope, Origin};
use crate::grpc::convert;
use crate::grpc::protocol::Protocol;
use crate::http::media_type::{self, Kind};
use crate::http::status;

/// What a response is at first sight.
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

/// What to do with an error.
pub(super) enum Verdict {
    /// Nothing.
    Pass,
    /// Nothing: it is a page for a caller who prefers one.
    KeepPage,
    /// Its envelope is known without its body.
    Known(Envelope),
    /// Its envelope is known, and its body is that envelope in the documented JSON.
    Documented(Envelope),
    /// Its body has to be read.
    Read,
}

/// The class of a response. `hint` is called only if it decides.
#[inline]
pub(crate) fn class(
    config: &Config,
    caller: Caller,
    head: HeadRef<'_>,
    hint: impl FnOnce() -> BodyHint,
) -> Class {
    if matches!(caller.protocol, Protocol::Grpc(_)) {
        return class_for_grpc(config, head);
    }
    if status::is_error(head.status) {
        return Class::Error;
    }
    class_of_success(config, caller, head, hint)
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
    let may_be_rpc =
        config.answers_grpc() && media_type::may_be_rpc(media_type::content_type(head.headers));
    if !may_be_rpc && !config.errors_in_success {
        return Class::Pass;
    }
    let hint = hint();
    if may_be_rpc && hint.ended && is_grpc_error(head.headers) {
        return Class::Error;
    }
    if may_be_rpc && !hint.ended && in_success::is_grpc_candidate(config, caller, head) {
        return Class::Probe;
    }
    if config.errors_in_success
        && caller.reads == Reads::All
        && may_carry_error(config, caller, head, hint)
    {
        return Class::Probe;
    }
    Class::Pass
}

/// Whether a success may carry an error, by its protocol and its head.
fn may_carry_error(config: &Config, caller: Caller, head: HeadRef<'_>, hint: BodyHint) -> bool {
    match caller.protocol {
        Protocol::Http => in_success::is_candidate(config.body_limit, head, hint),
        Protocol::ConnectStream(_) => {
            in_success::is_connect_candidate(config.body_limit, head, hint)
        }
        Protocol::Grpc(_) | Protocol::ConnectUnary => false,
    }
}

/// As [`class`], for a caller who speaks gRPC.
fn class_for_grpc(config: &Config, head: HeadRef<'_>) -> Class {
    // The label is read only where it decides: most answers are successes of servers that mask no status.
    let is_answer = || is_answer_in_grpc(head.status, head.headers);
    match config.side {
        Side::Server if is_foreign(head.extensions) => Class::Error,
        Side::Server if config.masked_statuses && is_answer() => Class::Status,
        Side::Server if !status::is_error(head.status) || is_answer() => Class::Pass,
        Side::Client if is_answer() || is_read_by_tonic(head.status, head.headers) => Class::Status,
        Side::Server | Side::Client => Class::Error,
    }
}

/// What to do with an error that has this head. The first rule that fits decides:
///
/// 1. [`Passthrough`], or a predicate that says no: it passes.
/// 2. The extensions hold an [`Envelope`], or a status that tonic left: this is the error.
/// 3. It is a stream: it is masked, read or passed, but its end is not waited for.
/// 4. `Cache-Control: no-transform`, on a server: it passes, unless it has to be masked.
/// 5. A page of a 4xx, for a caller that prefers pages: it passes.
/// 6. Any other: its body is read.
pub(super) fn judge(config: &Config, caller: Caller, parts: &Parts, hint: BodyHint) -> Verdict {
    if parts.extensions.get::<Passthrough>().is_some() || !is_wanted(config, parts) {
        return Verdict::Pass;
    }
    // A client's layer has written this answer in Connect. Its body decides whether it passes or is masked.
    if config.is_server()
        && caller.protocol == Protocol::ConnectUnary
        && is_foreign(&parts.extensions)
    {
        return Verdict::Read;
    }
    if let Some(envelope) = parts.extensions.get::<Envelope>() {
        return judge_known(config, parts, envelope);
    }
    if let Some(envelope) = status_left_by_tonic(config, parts, hint) {
        return Verdict::Known(envelope);
    }
    match (caller.protocol, Kind::from_headers(&parts.headers)) {
        // The body of a stream may never end, so it is not read.
        (Protocol::Http, Kind::Stream) if is_grpc_error(&parts.headers) && hint.ended => {
            Verdict::Read
        }
        (Protocol::Http, Kind::Stream) => judge_stream(config, parts),
        (_, Kind::Stream) if !is_grpc_label(&parts.headers) => {
            Verdict::Known(Envelope::inferred(parts.status))
        }
        (Protocol::Http, _) if must_not_transform(config, parts) => Verdict::Pass,
        // The page of a 5xx is masked like any other text.
        (Protocol::Http, Kind::Page)
            if config.keeps_pages
                && caller.choice.page
                && !status::is_server_error(parts.status) =>
        {
            Verdict::KeepPage
        }
        _ => Verdict::Read,
    }
}

/// Whether the predicate wants this error. A predicate that panics counts as "yes", so that the answer is masked.
fn is_wanted(config: &Config, parts: &Parts) -> bool {
    let Some(predicate) = &config.predicate else {
        return true;
    };
    let request = parts.extensions.get::<RequestHead>();
    let request = request.cloned().unwrap_or_default();
    guarded("with_predicate", || predicate(&request, parts)).unwrap_or(true)
}

/// The extensions of the response hold its envelope.
fn judge_known(config: &Config, parts: &Parts, envelope: &Envelope) -> Verdict {
    let written = Written::by(&parts.extensions, envelope);
    match (written, config.side) {
        (Some(Writer::Server), Side::Server) | (Some(Writer::Client), Side::Client) => {
            return Verdict::Pass
        }
        // A proxy passes on an error that its client has read. It was not written for the client of the proxy.
        (Some(Writer::Client), Side::Server) => return Verdict::Known(envelope.clone()),
        _ => {}
    }
    let mut envelope = envelope.clone();
    // For a `tonic::Status` that became an envelope by `?`, its code decides whether it is masked.
    if !convert::is_unchanged(&envelope) {
        envelope.set_origin(Origin::Deliberate);
    }
    // `IntoResponse` wrote the type in the documented namespace.
    match written {
        Some(Writer::Handler) if config.namespace.is_none() => Verdict::Documented(envelope),
        _ => Verdict::Known(envelope),
    }
}

/// An error that is labelled as a stream.
fn judge_stream(config: &Config, parts: &Parts) -> Verdict {
    match config.side {
        Side::Server if is_maskable(config, parts) => {
            Verdict::Known(Envelope::inferred(parts.status))
        }
        Side::Client if media_type::is_event_stream(&parts.headers) => Verdict::Read,
        Side::Server | Side::Client => Verdict::Pass,
    }
}

/// Whether `no-transform` forbids to change this response. The rule is for intermediaries, and a client is not one
/// ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)). Masking is more important than the rule.
fn must_not_transform(config: &Config, parts: &Parts) -> bool {
    config.is_server() && !is_maskable(config, parts) && headers::is_no_transform(&parts.headers)
}

/// Whether this response would be masked unless it was written for the client.
fn is_maskable(config: &Config, parts: &Parts) -> bool {
    status::is_server_error(parts.status) && config.masks(&parts.extensions)
}

/// Whether a client's layer, inside of this one, made the status from an answer that was not in gRPC.
fn is_foreign(extensions: &Extensions) -> bool {
    let envelope = extensions.get();
    envelope.and_then(|envelope| Written::by(extensions, envelope)) == Some(Writer::Client)
}

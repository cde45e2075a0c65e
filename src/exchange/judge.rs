//! Decides what to do with a response that is an error, or may carry one.
//!
//! In: the head of the response, and the known facts of its body. Out: a [`Decided`]. [`Normaliser::head`] and the layer call it,
//! after [`Normaliser::class`].
//!
//! 1. A success that may carry an error is always read, by a [`Reading`].
//! 2. For an error, the head decides: it passes, [`normalise`] answers it at once, or a [`Reading`] reads its body.

use std::sync::Arc;

use http::response::Parts;

use super::answer::{Answer, Found};
use super::caller::Caller;
use super::config::{Config, Side};
use super::extensions::{Passthrough, Writer, Written};
use super::in_success::Probe;
use super::normalise::normalise;
use super::normaliser::Normaliser;
use super::reading::Reading;
use super::response_head::BodyHint;
use crate::body::Cut;
use crate::envelope::{Envelope, Origin};
use crate::grpc::answer::{is_grpc_error, is_grpc_label, status_left_by_tonic};
use crate::grpc::convert;
use crate::grpc::protocol::Protocol;
use crate::http::media_type::{self, Kind};
use crate::http::{response_head, status};

/// The same as [`Head`](super::Head), for the layer. It takes the head of the response by value, and returns it. So the layer does not
/// have to make an empty head in its place.
#[allow(clippy::large_enum_variant)] // To box it would be one more allocation for each error.
pub(crate) enum Decided {
    /// Send the response as it is, with this head.
    Pass(Parts),
    /// Send this answer.
    Answer(Answer),
    /// Read the body first, by a [`Reading`] that gets this head.
    Read(Parts),
}

/// What to do with an error.
enum Verdict {
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

impl Normaliser {
    /// Decides what to do with an error.
    pub(crate) fn judge_error(&self, caller: Caller, mut parts: Parts, hint: BodyHint) -> Decided {
        let config = &*self.config;
        let found = match judge(config, caller, &parts, hint) {
            Verdict::Pass => return Decided::Pass(parts),
            Verdict::KeepPage => {
                response_head::add_vary(&mut parts.headers);
                return Decided::Pass(parts);
            }
            Verdict::Known(envelope) => Found::known(envelope),
            Verdict::Documented(envelope) => Found::documented(envelope),
            Verdict::Read => return self.answer_or_read(caller, parts, hint),
        };
        Decided::Answer(normalise(config, caller, parts, found))
    }

    /// Decides about an error whose body has to be read. It is answered at once if the body is longer than the limit, or has ended.
    /// An answer to HEAD with a body of unknown length is answered at once as well: the body may never end.
    fn answer_or_read(&self, caller: Caller, parts: Parts, hint: BodyHint) -> Decided {
        let limit = self.config.body_limit as u64;
        if hint.length.is_some_and(|bytes| bytes > limit) {
            return Decided::Answer(self.reading(caller, parts).end(Err(Cut::Limit)));
        }
        if hint.ended || (caller.reads_head_only() && hint.length.is_none()) {
            return Decided::Answer(self.reading(caller, parts).end(Ok(())));
        }
        Decided::Read(parts)
    }

    /// The state for the body of an error.
    #[inline]
    pub(crate) fn reading(&self, caller: Caller, parts: Parts) -> Reading {
        Reading::new(Arc::clone(&self.config), caller, parts, None)
    }

    /// The state for the body of a success that may carry an error.
    pub(crate) fn probing(&self, caller: Caller, parts: Parts, hint: BodyHint) -> Reading {
        let probe = Some(Probe::new(hint.length));
        Reading::new(Arc::clone(&self.config), caller, parts, probe)
    }
}

/// What to do with an error that has this head. The first rule that fits decides:
///
/// 1. The extensions hold a [`Passthrough`], or the predicate returns `false`: it passes.
/// 2. The extensions hold an [`Envelope`], or a status that tonic left: this is the error.
/// 3. It has the label of a stream: it is masked or passes. Only a client reads a stream, if it is a stream of events.
/// 4. It has `Cache-Control: no-transform`, on a server: it passes, unless it has to be masked.
/// 5. It is the page of a 4xx, for a caller that prefers pages: it passes.
/// 6. Any other error: its body is read.
fn judge(config: &Config, caller: Caller, parts: &Parts, hint: BodyHint) -> Verdict {
    if parts.extensions.get::<Passthrough>().is_some() || !config.wants(parts) {
        return Verdict::Pass;
    }
    if let Some(envelope) = parts.extensions.get::<Envelope>() {
        return judge_known(config, caller, parts, envelope);
    }
    if let Some(envelope) = status_left_by_tonic(&config.metadata, parts, !hint.ended) {
        return Verdict::Known(envelope);
    }
    match (caller.protocol, Kind::from_headers(&parts.headers)) {
        // The body of a stream may never end, so it is not read.
        (Protocol::Http, Kind::Stream) if is_grpc_error(&parts.headers) && hint.ended => {
            Verdict::Read
        }
        (Protocol::Http, Kind::Stream) => judge_stream(config, parts),
        (_, Kind::Stream) if reads_stream(config, parts) => Verdict::Read,
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

/// The extensions of the response hold its envelope.
fn judge_known(config: &Config, caller: Caller, parts: &Parts, envelope: &Envelope) -> Verdict {
    let written = Written::by(&parts.extensions, envelope);
    match (written, config.side) {
        (Some(Writer::Server), Side::Server)
        | (Some(Writer::Client | Writer::Peer), Side::Client) => return Verdict::Pass,
        // A proxy passes on an error that its client has read. It was not written for the client of the proxy. If the proxy changed
        // a 5xx to a 4xx since, its text is not sent.
        (Some(Writer::Client | Writer::Peer), Side::Server) if hides_text(parts, envelope) => {
            return Verdict::Known(Envelope::inferred(parts.status))
        }
        // `Reading` looks at the body, and decides whether it passes or is masked.
        (Some(Writer::Peer), Side::Server) if caller.protocol == Protocol::ConnectUnary => {
            return Verdict::Read
        }
        (Some(Writer::Client | Writer::Peer), Side::Server) => {
            return Verdict::Known(envelope.clone())
        }
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

/// Whether a response that was written with this envelope of a 5xx has become a 4xx since.
fn hides_text(parts: &Parts, envelope: &Envelope) -> bool {
    status::is_server_error(envelope.status())
        && status::is_error(parts.status)
        && !status::is_server_error(parts.status)
        && !Written::is_of(&parts.extensions, envelope, parts.status)
}

/// An error that is labelled as a stream.
fn judge_stream(config: &Config, parts: &Parts) -> Verdict {
    match config.side {
        Side::Server if is_maskable(config, parts) => {
            Verdict::Known(Envelope::inferred(parts.status))
        }
        Side::Client if reads_stream(config, parts) => Verdict::Read,
        Side::Server | Side::Client => Verdict::Pass,
    }
}

/// Whether this stream is read: on a client, an HTTP error with the label of events, for every caller. A success may never end.
fn reads_stream(config: &Config, parts: &Parts) -> bool {
    config.side == Side::Client
        && status::is_error(parts.status)
        && media_type::is_event_stream(&parts.headers)
}

/// Whether `no-transform` forbids to change this response. The rule is for intermediaries, and a client is not one
/// ([RFC 9110 §7.7](https://www.rfc-editor.org/rfc/rfc9110#section-7.7)). Masking is more important than the rule.
fn must_not_transform(config: &Config, parts: &Parts) -> bool {
    config.is_server()
        && !is_maskable(config, parts)
        && response_head::is_no_transform(&parts.headers)
}

/// Whether this response is masked if it was not written for the client.
fn is_maskable(config: &Config, parts: &Parts) -> bool {
    status::is_server_error(parts.status) && config.masks(&parts.extensions)
}

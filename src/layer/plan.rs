//! Whether an error response is touched, and how.

use http::response::Parts;
use http::StatusCode;
use http_body::Body;

use super::config::Config;
use super::extension::Passthrough;
use super::facts::{Caller, Facts};
use super::{grpc, head};
use crate::envelope::{Envelope, Form, Origin};
use crate::grpc::convert::is_unchanged;
use crate::http::media_type::Kind;
use crate::http::status;

/// What a response is at first sight, before anything is done for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing to look at any further.
    Fine,
    /// An answer to a client of gRPC, whose status stands in its head or in its trailers.
    #[cfg_attr(not(feature = "tonic"), allow(dead_code))]
    Grpc,
    /// An error.
    Error,
}

impl Sight {
    pub(super) fn of_status(status: StatusCode) -> Self {
        if status::is_error(status) {
            Self::Error
        } else {
            Self::Fine
        }
    }
}

/// What is to be done with an error response.
pub(super) enum Plan {
    /// Nothing.
    Pass,
    /// It is a page for somebody who prefers one.
    KeepPage,
    /// It carries its envelope.
    Known(Envelope),
    /// Its body has to be read.
    Read,
}

impl Plan {
    /// `ended` says whether the response has no body.
    pub(super) fn new(config: &Config, facts: Facts, parts: &Parts, ended: bool) -> Self {
        let narrowed = config.predicate.as_ref().is_some_and(|wants| !wants(parts));
        if facts.caller == Caller::Other
            || narrowed
            || parts.extensions.get::<Passthrough>().is_some()
        {
            return Self::Pass;
        }
        if let Some(envelope) = parts.extensions.get::<Envelope>() {
            return Self::known(config, envelope);
        }
        if let Some(plan) = grpc::plan(facts.caller, parts, ended) {
            return plan;
        }
        match Kind::from_headers(&parts.headers) {
            Kind::Stream => Self::Pass,
            _ if must_not_transform(config, parts) => Self::Pass,
            // What a page of a 5xx says must be masked like any other.
            Kind::Page if facts.choice.page && !status::is_server_error(parts.status) => {
                Self::KeepPage
            }
            _ => Self::Read,
        }
    }

    fn known(config: &Config, envelope: &Envelope) -> Self {
        if envelope.form() == config.written() {
            return Self::Pass;
        }
        let mut envelope = envelope.clone();
        match envelope.form() {
            // A proxy passes on what its client read: nobody here meant it.
            Form::Normalised => envelope.set_form(Form::Value),
            // What a `tonic::Status` became by `?` was meant as far as its code says.
            _ if is_unchanged(&envelope) => {}
            _ => envelope.set_origin(Origin::Deliberate),
        }
        // `IntoResponse` wrote the type in the documented namespace.
        if config.namespace.is_some() {
            envelope.set_form(Form::Value);
        }
        Self::Known(envelope)
    }
}

/// Whether nothing will come of `body`.
pub(super) fn has_ended<B: Body>(body: &B) -> bool {
    body.is_end_stream() || body.size_hint().exact() == Some(0)
}

/// The rule is for intermediaries, and a client is none.
fn must_not_transform(config: &Config, parts: &Parts) -> bool {
    config.server.is_some() && head::is_no_transform(&parts.headers)
}

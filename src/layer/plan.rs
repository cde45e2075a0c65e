//! Whether an error response is touched, and how.

use http::response::Parts;
use mediatype::MediaType;

use super::config::Config;
use super::extension::Passthrough;
use super::facts::{Caller, Facts};
use super::head;
use crate::envelope::{media, status, Envelope, Form, Origin};

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
    pub(super) fn new(config: &Config, facts: Facts, parts: &Parts) -> Self {
        let narrowed = config.predicate.as_ref().is_some_and(|wants| !wants(parts));
        if facts.caller == Caller::Other
            || narrowed
            || parts.extensions.get::<Passthrough>().is_some()
        {
            return Self::Pass;
        }
        let media = media::of(&parts.headers);
        if let Some(envelope) = parts.extensions.get::<Envelope>() {
            return Self::known(config, envelope);
        }
        if media.as_ref().is_some_and(media::is_stream) || must_not_transform(config, parts) {
            return Self::Pass;
        }
        if facts.choice.page && is_kept_page(parts, media.as_ref()) {
            return Self::KeepPage;
        }
        Self::Read
    }

    fn known(config: &Config, envelope: &Envelope) -> Self {
        if envelope.form() == config.written() {
            return Self::Pass;
        }
        let mut envelope = envelope.clone();
        match envelope.form() {
            // A proxy passes on what its client read: nobody here meant it.
            Form::Normalised => envelope.set_form(Form::Value),
            _ => envelope.set_origin(Origin::Deliberate),
        }
        // `IntoResponse` wrote the type in the documented namespace.
        if config.namespace.is_some() {
            envelope.set_form(Form::Value);
        }
        Self::Known(envelope)
    }
}

/// The rule is for intermediaries, and a client is none.
fn must_not_transform(config: &Config, parts: &Parts) -> bool {
    config.server.is_some() && head::is_no_transform(&parts.headers)
}

/// Only pages of a 4xx are kept: what a page of a 5xx says must be masked like any other.
fn is_kept_page(parts: &Parts, media: Option<&MediaType<'_>>) -> bool {
    !status::is_server_error(parts.status) && media.is_some_and(media::is_page)
}

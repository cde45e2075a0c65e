//! Decides what a client may read of an error.
//!
//! In: an envelope, the head of the request, and the extensions of the response. Out: an [`Applied`] with the envelope for the
//! client and the original. `normalise`, `last_frame` and `rpc_end` call it.
//!
//! 1. A validation error gets the configured status.
//! 2. A 5xx that was not written for the client is masked.
//! 3. Generated types get the configured namespace.
//! 4. The request id becomes a member, if this is configured.
//! 5. The hook of the user may change the envelope.

use http::{Extensions, StatusCode};

use super::config::Config;
use super::guard::guarded;
use super::hooks::RequestHead;
use crate::envelope::{Envelope, Origin};
use crate::grpc::convert;
use crate::grpc::status::GrpcStatus;
use crate::http::status;

/// An error after the policy was applied.
pub(super) struct Applied {
    /// The envelope for the client.
    pub(super) envelope: Envelope,
    /// The error before it was masked; `None` if it was not masked, or had no text.
    pub(super) original: Option<Envelope>,
    /// Whether it was masked.
    pub(super) is_masked: bool,
    /// Whether the envelope differs from the error that was found.
    pub(super) is_changed: bool,
    /// Whether hook and log get it. Without a hook, an error that was not masked and has no cause is skipped.
    pub(super) is_reported: bool,
}

/// Applies the policy to the error of a response with these extensions.
pub(super) fn apply(
    config: &Config,
    request: Option<&RequestHead>,
    extensions: &Extensions,
    envelope: Envelope,
) -> Applied {
    apply_to(config, request, extensions, envelope, true)
}

/// The same. `is_wanted`: whether a client or a hook gets the envelope. If not, `map_envelope` is not called.
pub(super) fn apply_to(
    config: &Config,
    request: Option<&RequestHead>,
    extensions: &Extensions,
    envelope: Envelope,
    is_wanted: bool,
) -> Applied {
    let mut applied = Applied {
        envelope,
        original: None,
        is_masked: false,
        is_changed: false,
        is_reported: false,
    };
    if config.is_server() {
        if is_validation(&applied.envelope) {
            applied.envelope.set_status(config.validation_status);
            applied
                .envelope
                .set_validation_status(config.validation_status);
        }
        if is_internal(&applied.envelope) && config.masks(extensions) {
            applied.mask();
        }
    }
    if let Some(namespace) = &config.namespace {
        applied.envelope.set_namespace(namespace);
    }
    let id = request.and_then(RequestHead::request_id);
    if let Some(id) = id.filter(|_| config.request_id) {
        applied.is_changed = true;
        applied.envelope.set_member("request_id".into(), &id);
    }
    if is_wanted {
        applied.map(config, request);
    }
    if let Some(namespace) = &config.namespace {
        // The hook may have changed the status.
        applied.envelope.set_namespace(namespace);
    }
    applied.is_reported = config.on_error.is_some()
        || applied.original.is_some()
        || applied.envelope.source().is_some();
    applied
}

impl Applied {
    /// Replaces the envelope by the one of its status. The original is kept if it has a text.
    fn mask(&mut self) {
        let masked = generic(&self.envelope);
        let original = std::mem::replace(&mut self.envelope, masked);
        self.original = Some(original).filter(has_text);
        self.is_masked = true;
        self.is_changed = true;
    }

    /// Removes everything except the status.
    pub(super) fn degrade(&mut self) {
        self.envelope = generic(&self.envelope);
        self.is_changed = true;
    }

    /// Calls the hook of the user. An error stays an error: if the hook sets a status below 400, the status before it is restored.
    fn map(&mut self, config: &Config, request: Option<&RequestHead>) {
        let Some(map) = &config.map_envelope else {
            return;
        };
        let unknown = RequestHead::default();
        let request = request.unwrap_or(&unknown);
        let before = self.envelope.clone();
        let mapped = guarded("map_envelope", || map(before.clone(), request));
        self.envelope = mapped.unwrap_or_else(|| before.clone());
        if !status::is_error(self.envelope.status()) {
            self.envelope.set_status(before.status());
        }
        self.is_changed |= self.envelope != before;
    }
}

/// Whether this is a 5xx that was not written for the client. The origin of the envelope decides:
///
/// | origin | written for the client |
/// | --- | --- |
/// | a handler of this server, or the documented JSON | yes |
/// | gRPC | unless its code is `UNKNOWN`, `INTERNAL` or `DATA_LOSS`, or a client made it of a 5xx of HTTP |
/// | any other format, or only a status | no |
pub(super) fn is_internal(envelope: &Envelope) -> bool {
    if !status::is_server_error(envelope.status()) {
        return false;
    }
    match envelope.origin() {
        Origin::Deliberate | Origin::Wire("clustr") => false,
        Origin::Wire("grpc") => GrpcStatus::remembered(envelope).map_or(true, |came| {
            came.code.is_internal() || came.is_of_http_5xx()
        }),
        _ => true,
    }
}

/// Whether the envelope gets the configured status of validation errors.
fn is_validation(envelope: &Envelope) -> bool {
    let is_status = matches!(
        envelope.status(),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
    );
    is_status && !envelope.field_errors().is_empty()
}

/// The envelope of a masked error. For callers of HTTP, all masked errors of one status are alike. A code of gRPC or of Connect
/// stays, for callers who read it.
fn generic(original: &Envelope) -> Envelope {
    let mut envelope = Envelope::inferred(original.status());
    if let Some(code) = convert::sent_code(original) {
        GrpcStatus::from_code(code).remember(&mut envelope);
    }
    envelope
}

/// Whether there is a text to mask.
fn has_text(envelope: &Envelope) -> bool {
    envelope.origin() != Origin::Inferred || envelope.sent_message().is_some()
}

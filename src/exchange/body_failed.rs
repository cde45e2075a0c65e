//! Hook and log hear of bodies that fail after their head was sent.
//!
//! In: the head of a request, and the name of an error's type. Out: one call of the hook and one line of the log, of a 500 that
//! was masked. The body of the layer calls it. [`last_frame`](super::last_frame) does the same if it has the error itself.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, StatusCode, Uri};

use super::config::Config;
use super::extensions::Passthrough;
use super::hooks::{ErrorEvent, RequestHead};
use super::log;
use super::normaliser::Normaliser;
use super::policy;
use super::report::report_rest;
use crate::body::{Asked, Told, Watch};
use crate::envelope::Envelope;

/// The [source](super::ErrorEvent::source) of an event for a body that failed after its head was sent.
///
/// It holds the type of the body's error, and not the error: that one goes to the server, which breaks the connection, and it
/// need not have a text. With [`with_last_frame`](crate::ErrorEnvelopeLayer::with_last_frame) the source is the error itself.
///
/// ```
/// use tower_error_envelope::exchange::BodyFailed;
/// use tower_error_envelope::ErrorEnvelopeLayer;
///
/// let layer = ErrorEnvelopeLayer::new().on_error(|event| {
///     if event.source.is_some_and(|source| source.is::<BodyFailed>()) {
///         eprintln!("{}: the client got a part of the answer", event.request.uri().path());
///     }
/// });
/// # drop(layer);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyFailed {
    error_type: &'static str,
}

impl BodyFailed {
    /// The name of the type of the body's error, as [`std::any::type_name`] gives it: `hyper::error::Error`,
    /// `axum_core::error::Error`. It is for logs, and may change with the compiler.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        self.error_type
    }
}

impl fmt::Display for BodyFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { error_type } = self;
        write!(f, "the body failed after its head was sent: {error_type}")
    }
}

impl Error for BodyFailed {}

impl Normaliser {
    /// The head of a request, if a hook is configured that gets it. See [`Normaliser::request_head`].
    #[inline]
    pub(crate) fn asked(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Box<Asked>> {
        let is_needed = self.config.needs_request();
        is_needed.then(|| self.asked_now(method, uri, headers))
    }

    #[cold]
    #[inline(never)]
    fn asked_now(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Box<Asked> {
        self.asked_by(RequestHead::new(method, uri, headers))
    }

    /// The same for a head that is there already.
    #[cold]
    #[inline(never)]
    pub(crate) fn asked_by(&self, head: RequestHead) -> Box<Asked> {
        Box::new(Asked {
            head,
            config: Arc::<Config>::clone(&self.config),
            failed: tell,
        })
    }

    /// Whether somebody hears if the body of a response fails: the hook, or a subscriber of `tracing`.
    #[inline]
    pub(crate) fn watches(&self) -> bool {
        self.config.on_error.is_some() || log::is_enabled()
    }

    /// Who hears if the body of a response with these extensions fails; `None` if nobody does.
    ///
    /// It is for servers. Without a hook, nothing is allocated and no reference is counted.
    #[cold]
    pub(crate) fn watch(
        &self,
        asked: &mut Option<Box<Asked>>,
        extensions: &Extensions,
    ) -> Option<Watch> {
        if !self.watches() || extensions.get::<Passthrough>().is_some() {
            return None;
        }
        Some(match asked.take() {
            Some(asked) => Watch::Hook(asked),
            None => Watch::Log(log_failure),
        })
    }
}

/// Hook and log hear of the failure.
fn tell(asked: &Asked, error_type: &'static str, told: Told) {
    let Some(config) = asked.config.downcast_ref::<Config>() else {
        return;
    };
    let head = Some(&asked.head);
    let applied = policy::apply(config, head, &Extensions::new(), envelope(error_type));
    report_rest(config, head, &applied, &Bytes::new(), told).remember();
}

/// Without a hook, the log alone hears of the failure.
fn log_failure(error_type: &'static str, told: Told) {
    if told.log {
        return;
    }
    let original = envelope(error_type);
    let event = ErrorEvent {
        envelope: &Envelope::inferred(original.status()),
        original: Some(&original),
        source: original.source(),
        request: &RequestHead::default(),
    };
    log::error(&event, &Bytes::new());
    Told { log: true, ..told }.remember();
}

/// The error, before it is masked.
fn envelope(error_type: &'static str) -> Envelope {
    let failed = BodyFailed { error_type };
    let mut envelope = Envelope::inferred(StatusCode::INTERNAL_SERVER_ERROR);
    envelope.set_message(failed.to_string().into());
    envelope.with_source(failed)
}

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
use crate::body::{OnFailure, Told, Watch};
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

/// The head of a request, and the hooks that get it.
#[derive(Debug)]
pub struct Asked {
    pub(crate) head: RequestHead,
    config: Arc<Config>,
}

impl Normaliser {
    /// The head of a request, if a hook is configured that gets it. See [`Normaliser::request_head`].
    #[inline]
    pub(crate) fn asked(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Box<Asked>> {
        let head = self.request_head(method, uri, headers)?;
        Some(self.asked_by(head))
    }

    /// The same for a head that is there already.
    #[cold]
    #[inline(never)]
    pub(crate) fn asked_by(&self, head: RequestHead) -> Box<Asked> {
        let config = Arc::clone(&self.config);
        Box::new(Asked { head, config })
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
            Some(asked) => asked,
            None => Box::new(LogAlone),
        })
    }
}

impl OnFailure for Asked {
    fn is_hook(&self) -> bool {
        true
    }

    fn failed(self: Box<Self>, error_type: &'static str, told: Told) {
        let Self { head, config } = *self;
        let envelope = envelope(error_type);
        let applied = policy::apply(&config, Some(&head), &Extensions::new(), envelope);
        let now = report_rest(&config, Some(&head), &applied, &Bytes::new(), told);
        now.remember();
    }
}

/// Without a hook, the log alone hears of the failure. It has no size, so a box of it allocates nothing.
#[derive(Debug)]
struct LogAlone;

impl OnFailure for LogAlone {
    fn is_hook(&self) -> bool {
        false
    }

    fn failed(self: Box<Self>, error_type: &'static str, told: Told) {
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
}

/// The error, before it is masked.
fn envelope(error_type: &'static str) -> Envelope {
    let failed = BodyFailed { error_type };
    let mut envelope = Envelope::inferred(StatusCode::INTERNAL_SERVER_ERROR);
    envelope.set_message(failed.to_string().into());
    envelope.with_source(failed)
}

//! Reports a body that failed after its head was sent.
//!
//! In: the head of a request, and the name of an error's type. Out: one call of the hook and one line of the log. The event is that of
//! a masked 500. `layer/` makes the [`Watch`], and the body of its response calls it. [`last_frame`](super::last_frame) reports
//! instead if it is switched on, because it has the error itself.

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
use super::report::{hook_gets, report_others};
use crate::body::{Reported, RequestContext, Watch};
use crate::envelope::Envelope;

/// The [source](super::ErrorEvent::source) of an event for a body that failed after its head was sent.
///
/// It holds the type of the body's error, and not the error. The server gets the error itself, and breaks the connection. The error may
/// have no text. With [`with_last_frame`](crate::ErrorEnvelopeLayer::with_last_frame) the source is the error itself.
///
/// ```
/// # use {http::{Request, Response}, tower::{service_fn, Layer, ServiceExt}};
/// use std::io;
/// use std::sync::mpsc::channel;
/// use http_body::Frame;
/// use http_body_util::{BodyExt, StreamBody};
/// use tower_error_envelope::{exchange::BodyFailed, ErrorEnvelopeLayer};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), tower::BoxError> {
/// let half = service_fn(|_: Request<()>| async {
///     let frames = [Ok(Frame::data(bytes::Bytes::from("1,2,"))), Err(io::Error::other("disk"))];
///     Response::builder().body(StreamBody::new(futures_util::stream::iter(frames)))
/// });
/// let (log, lines) = channel();
/// let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
///     let failed = event.source.and_then(|source| source.downcast_ref::<BodyFailed>());
///     log.send((event.request.uri().path().to_owned(), failed.unwrap().error_type())).unwrap();
/// });
/// let response = layer.layer(half).oneshot(Request::get("/numbers").body(())?).await?;
/// assert!(response.into_body().collect().await.is_err());
/// assert_eq!(lines.recv()?, ("/numbers".to_owned(), "std::io::error::Error"));
/// # Ok(()) }
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
    pub(crate) fn request_context(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<Box<RequestContext>> {
        let head = self.request_head(method, uri, headers)?;
        Some(self.context_of(head))
    }

    /// The same, for a head that was copied before.
    #[cold]
    #[inline(never)]
    pub(crate) fn context_of(&self, head: RequestHead) -> Box<RequestContext> {
        Box::new(RequestContext {
            head,
            config: Arc::<Config>::clone(&self.config),
            failed: report,
        })
    }

    /// Whether the failure of a body is reported: there is a hook, or a subscriber of `tracing`.
    #[inline]
    pub(crate) fn watches(&self) -> bool {
        self.config.on_error.is_some() || log::is_enabled()
    }

    /// The receiver of a report if the body of a response with these extensions fails; `None` if there is neither hook nor log.
    ///
    /// It is for servers. Without a hook, nothing is allocated and no reference is counted.
    #[cold]
    pub(crate) fn watch(
        &self,
        context: &mut Option<Box<RequestContext>>,
        extensions: &Extensions,
    ) -> Option<Watch> {
        if !self.watches() || extensions.get::<Passthrough>().is_some() {
            return None;
        }
        Some(match context.take() {
            Some(context) => Watch::Hook(context),
            None => Watch::Log(log_failure),
        })
    }
}

/// Reports the failure to hook and log.
fn report(context: &RequestContext, error_type: &'static str, reported: Reported) {
    let Some(config) = context.config.downcast_ref::<Config>() else {
        return;
    };
    let head = Some(&context.head);
    let is_wanted = hook_gets(config, reported);
    let error = envelope(error_type);
    let applied = policy::apply_to(config, head, &Extensions::new(), error, is_wanted);
    report_others(config, head, &applied, &Bytes::new(), reported).remember();
}

/// Reports the failure to the log alone, if there is no hook.
fn log_failure(error_type: &'static str, reported: Reported) {
    if reported.log {
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
    Reported {
        log: true,
        ..reported
    }
    .remember();
}

/// The error, before it is masked.
fn envelope(error_type: &'static str) -> Envelope {
    let failed = BodyFailed { error_type };
    let mut envelope = Envelope::inferred(StatusCode::INTERNAL_SERVER_ERROR);
    envelope.set_message(failed.to_string().into());
    envelope.with_source(failed)
}

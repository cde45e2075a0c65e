//! Decides what becomes of each response: asks the judge, and has errors read and answered.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::response::Parts;
use http::{HeaderMap, Method, Uri, Version};

use super::answer::{empty_head, Answer, Found};
use super::caller::Caller;
use super::config::{Config, Side};
use super::hooks::RequestHead;
use super::in_success::Probe;
#[cfg(feature = "layer")]
use super::last_frame::LastFrame;
use super::normalise::normalise;
use super::reading::{Cut, Reading};
use super::response_head::{BodyHint, HeadRef};
use super::verdict::{self, Class, Verdict};
use super::{headers, rpc, service_error};
use crate::http::status;

/// Decides what becomes of each response. It is configured like a layer, and cheap to clone.
///
/// See the [module](super) for an engine without tower.
#[derive(Clone)]
#[must_use]
pub struct Normaliser {
    config: Arc<Config>,
}

/// What has to be done with a response that has this head.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)] // An engine has to handle each of them.
#[allow(clippy::large_enum_variant)] // To box it would be one more allocation for each error.
pub enum Head {
    /// Leave the response alone. Its head may have got `Vary`.
    Pass,
    /// The answer is known without the body.
    Answer(Answer),
    /// The body has to be read first. The head is in there; the one that was asked about is empty now.
    Read(Reading),
}

impl Normaliser {
    /// For a server: answers every error, and masks those of the server that nobody meant for the client.
    pub fn server() -> Self {
        Self::new(Side::Server)
    }

    /// For a client: reads every error, whatever its format, and masks none.
    pub fn client() -> Self {
        Self::new(Side::Client)
    }

    fn new(side: Side) -> Self {
        Self {
            config: Arc::new(Config::new(side)),
        }
    }

    /// The facts of a request that are to be remembered until its response is there.
    #[inline]
    #[must_use]
    pub fn caller(
        &self,
        method: &Method,
        version: Version,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Caller {
        Caller::classify(&self.config, method, version, uri, headers)
    }

    /// The head of a request, if a hook is configured that gets it.
    ///
    /// An engine puts it into the extensions of the response before it asks [`head`](Self::head).
    #[inline]
    #[must_use]
    pub fn request_head(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Option<RequestHead> {
        let is_needed = self.config.needs_request();
        is_needed.then(|| RequestHead::new(method, uri, headers))
    }

    /// What has to be done with a response that has this head.
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
                if status::is_server_error(parts.status) {
                    headers::forget_reason(parts);
                }
                Head::Pass
            }
            Class::Probe => self.probe(caller, parts, hint),
            Class::Error => self.error(caller, parts, hint),
        }
    }

    /// Changes the trailers of a response that passes, as far as a status in them has to be changed: a caller of gRPC
    /// must be able to read it, and it may have to be masked.
    pub fn trailers(&self, caller: Caller, trailers: &mut HeaderMap) {
        if let Some(change) = rpc::status_change(&self.config, caller) {
            change(trailers);
        }
    }

    /// The answer to a request whose service failed instead of answering. `request` is for hooks.
    #[must_use]
    pub fn service_error(
        &self,
        caller: Caller,
        request: Option<RequestHead>,
        error: Box<dyn Error + Send + Sync>,
    ) -> Answer {
        let envelope = service_error::answered(&self.config, error);
        let mut parts = empty_head(envelope.status());
        if let Some(request) = request {
            parts.extensions.insert(request);
        }
        normalise(&self.config, caller, parts, Found::known(envelope))
    }

    #[inline]
    pub(crate) fn class(
        &self,
        caller: Caller,
        head: HeadRef<'_>,
        hint: impl FnOnce() -> BodyHint,
    ) -> Class {
        verdict::class(&self.config, caller, head, hint)
    }

    /// How a status in head and trailers has to be changed, if at all.
    #[cfg(feature = "layer")]
    pub(crate) fn status_change(&self, caller: Caller) -> Option<fn(&mut HeaderMap)> {
        rpc::status_change(&self.config, caller)
    }

    /// Watches the body of a response with this head, for the case that it fails.
    #[cfg(feature = "layer")]
    pub(crate) fn last_frame(
        &self,
        caller: Caller,
        request: Option<Box<RequestHead>>,
        head: HeadRef<'_>,
        hint: BodyHint,
    ) -> LastFrame {
        LastFrame::new(&self.config, caller, request, head, hint)
    }

    pub(crate) fn probe(&self, caller: Caller, parts: &mut Parts, hint: BodyHint) -> Head {
        let probe = Some(Probe::new(hint.length));
        Head::Read(self.reading(caller, take(parts), probe))
    }

    pub(crate) fn error(&self, caller: Caller, parts: &mut Parts, hint: BodyHint) -> Head {
        let config = &*self.config;
        let found = match verdict::judge(config, caller, parts, hint) {
            Verdict::Pass => return Head::Pass,
            Verdict::KeepPage => {
                headers::add_vary(&mut parts.headers);
                return Head::Pass;
            }
            Verdict::Known(envelope) => Found::known(envelope),
            Verdict::Documented(envelope) => Found::documented(envelope),
            Verdict::Read => return self.read(caller, take(parts), hint),
        };
        Head::Answer(normalise(config, caller, take(parts), found))
    }

    /// A body that is too long, or that may never come, is not waited for.
    fn read(&self, caller: Caller, parts: Parts, hint: BodyHint) -> Head {
        let reading = self.reading(caller, parts, None);
        let limit = self.config.body_limit as u64;
        if hint.length.is_some_and(|bytes| bytes > limit) {
            return Head::Answer(reading.end(Err(Cut::Limit)));
        }
        if hint.ended || (caller.reads_head_only() && hint.length.is_none()) {
            return Head::Answer(reading.end(Ok(())));
        }
        Head::Read(reading)
    }

    pub(super) fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }

    fn reading(&self, caller: Caller, parts: Parts, probe: Option<Probe>) -> Reading {
        Reading::new(Arc::clone(&self.config), caller, parts, probe)
    }
}

impl fmt::Debug for Normaliser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Normaliser")
            .field("config", &self.config)
            .finish()
    }
}

fn take(parts: &mut Parts) -> Parts {
    let status = parts.status;
    std::mem::replace(parts, empty_head(status))
}

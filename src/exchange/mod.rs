//! The decisions of the layers, without tower and without IO.
//!
//! ```text
//! request head ── caller ──▶ Caller        what the request wants: protocol, method, dialect
//! response head ── verdict ─▶ Head          what the response is: left alone, known, or to be read
//! body ── reading ──▶ read/ ─▶ Envelope     bounded, by push and end
//! Envelope ── policy ─▶ Envelope            masked, given a status, mapped by the user's hook
//! Envelope ── normalise ─▶ Answer           one writer for each protocol; hook and log are told
//! ```
//!
//! A [`Normaliser`] is fed with heads and bytes and never waits. [`layer`](crate::layer) is tower's service around it;
//! a proxy or another framework can be built on it in the same way:
//!
//! ```
//! use bytes::Bytes;
//! use http::{HeaderMap, Method, Response, Uri, Version};
//! use tower_error_envelope::exchange::{Answer, AnswerBody, BodyHint, Cut, Head, Normaliser};
//!
//! /// What a proxy sends instead of `response`, which answers `GET /printers/8`.
//! fn normalise(normaliser: &Normaliser, response: Response<Vec<Bytes>>) -> Response<Bytes> {
//!     let uri = Uri::from_static("/printers/8");
//!     let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &uri, &HeaderMap::new());
//!     let (mut parts, frames) = response.into_parts();
//!     let hint = BodyHint { ended: frames.is_empty(), length: None };
//!     let answer = match normaliser.head(caller, &mut parts, hint) {
//!         Head::Pass => return Response::from_parts(parts, frames.concat().into()),
//!         Head::Answer(answer) => answer,
//!         Head::Read(mut reading) => {
//!             let known = frames.iter().find_map(|frame| reading.push(frame.clone()));
//!             known.unwrap_or_else(|| reading.end(Ok(())))
//!         }
//!     };
//!     match answer.body {
//!         AnswerBody::Full(bytes) => Response::from_parts(answer.parts, bytes),
//!         AnswerBody::HeadOnly | AnswerBody::EndsWithHead => Response::from_parts(answer.parts, Bytes::new()),
//!         AnswerBody::Inner(_) => Response::from_parts(answer.parts, frames.concat().into()),
//!     }
//! }
//!
//! let upstream = Response::builder().status(502).body(vec![Bytes::from("connect to 10.0.0.7: "), "refused".into()])?;
//! let response = normalise(&Normaliser::server(), upstream);
//! assert_eq!(response.status(), 502);
//! assert_eq!(
//!     response.body(),
//!     r#"{"_error_message":"Bad Gateway","_error_type":"clustr.exceptions.BadGateway"}"#
//! );
//! # Ok::<(), http::Error>(())
//! ```

mod answer;
mod builder;
mod caller;
mod config;
mod dialects;
mod error_chain;
mod extensions;
mod guard;
mod headers;
mod hooks;
mod in_success;
mod log;
mod normalise;
mod policy;
mod reading;
mod response_head;
mod rpc;
mod service_error;
mod verdict;

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::response::Parts;
use http::{HeaderMap, Method, Uri, Version};

use self::answer::{empty_head, Found};
pub use self::answer::{Answer, AnswerBody};
pub use self::caller::Caller;
#[cfg(feature = "layer")]
pub(crate) use self::config::BODY_LIMIT;
use self::config::{Config, Side};
pub use self::extensions::{Masked, Masking, Passthrough, ResponseOrigin};
#[cfg(feature = "axum")]
pub(crate) use self::extensions::{Writer, Written};
pub use self::hooks::{ErrorEvent, RequestHead};
use self::in_success::Probe;
use self::normalise::normalise;
pub use self::reading::{Cut, Reading};
pub use self::response_head::BodyHint;
pub(crate) use self::response_head::HeadRef;
pub(crate) use self::verdict::Class;
use self::verdict::Verdict;

/// Decides what becomes of each response. It is configured like a layer, and cheap to clone.
///
/// See the [module](self) for an engine without tower.
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

//! The entry to the decisions.
//!
//! In: heads of requests and responses, and errors of services. Out: a [`Caller`] for each request, and a [`Head`] for each
//! response. The layer, the middleware for reqwest and engines of other frameworks call it.
//!
//! 1. [`class`](super::verdict::class) decides most responses at first sight: they pass.
//! 2. [`judge`](super::verdict::judge) decides what to do with an error.
//! 3. If the body is needed, a [`Reading`] reads it. Otherwise [`normalise`] makes the answer at once.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Method, Uri, Version};

use super::answer::{empty_head, Answer, Found};
use super::caller::Caller;
use super::config::{Config, Side};
use super::hooks::RequestHead;
use super::normalise::normalise;
use super::reading::Reading;
use super::response_head::{BodyHint, HeadRef};
use super::verdict::Class;
use super::{headers, rpc, service_error};
use crate::body::StatusChange;
use crate::http::status;

/// Decides what happens to each response.
///
/// It is configured like a layer, knows nothing of tower, and never waits. A clone costs one reference count. See the
/// [module](super) for a complete engine.
///
/// ```
/// use http::{HeaderMap, Method, Response, Uri, Version};
/// use tower_error_envelope::exchange::{AnswerBody, BodyHint, Head, Normaliser};
///
/// let normaliser = Normaliser::server();
///
/// // Before the service is called:
/// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/nowhere"), &HeaderMap::new());
///
/// // When the service has answered:
/// let (mut parts, ()) = Response::builder().status(404).body(())?.into_parts();
/// let hint = BodyHint { ended: true, length: Some(0) };
/// let Head::Answer(answer) = normaliser.head(caller, &mut parts, hint) else { unreachable!() };
/// let body = r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;
/// assert_eq!(answer.body, AnswerBody::Full(body.into()));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Normaliser {
    pub(super) config: Arc<Config>,
}

/// What an engine has to do with a response, as [`Normaliser::head`] decided by its head.
#[derive(Debug)]
#[allow(clippy::exhaustive_enums)] // An engine has to handle each of them.
#[allow(clippy::large_enum_variant)] // To box it would be one more allocation for each error.
pub enum Head {
    /// Send the response as it is. Its head may have got `Vary: accept`, and a status of gRPC in it may have been changed.
    Pass,
    /// Send this answer. The body of the response is not needed.
    Answer(Answer),
    /// Read the body, and feed it to this [`Reading`]. The `Reading` holds the head; the head that was passed in is empty now.
    Read(Reading),
}

impl Normaliser {
    /// For a server: answers every error, and masks a 5xx that was not written for the client.
    pub fn server() -> Self {
        Self::new(Side::Server)
    }

    /// For a client: reads every error in any format, and masks none. Errors become the documented JSON, or a status of gRPC for
    /// a caller of gRPC.
    pub fn client() -> Self {
        Self::new(Side::Client)
    }

    fn new(side: Side) -> Self {
        Self {
            config: Arc::new(Config::new(side)),
        }
    }

    /// Classifies a request. The engine keeps the result until the response is there.
    ///
    /// In: the head of the request. Out: a few bytes with the protocol, the method and the preferred dialect. It runs for every
    /// request, so it allocates nothing for up to six dialects.
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

    /// The head of a request, if a hook is configured that gets it; otherwise `None`, and nothing is copied.
    ///
    /// The engine inserts the head into the extensions of the response before it calls [`head`](Self::head). These settings need
    /// it: [`with_predicate`](Self::with_predicate), [`map_envelope`](Self::map_envelope), [`on_error`](Self::on_error) and
    /// [`with_request_id`](Self::with_request_id).
    ///
    /// ```
    /// use http::{HeaderMap, Method, Uri};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let (method, uri, headers) = (Method::GET, Uri::from_static("/printers/8"), HeaderMap::new());
    /// assert!(Normaliser::server().request_head(&method, &uri, &headers).is_none());
    /// let head = Normaliser::server().on_error(|_| {}).request_head(&method, &uri, &headers);
    /// assert_eq!(head.unwrap().uri(), "/printers/8");
    /// ```
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

    /// Decides what to do with a response.
    ///
    /// In: the caller, the head of the response, and a hint about its body. Out: a [`Head`]. It takes `parts` over unless the
    /// response passes.
    ///
    /// A body is read only if it can be used: an error whose [length](BodyHint::length) exceeds the limit, a body that has
    /// [ended](BodyHint::ended), and the body of an answer to HEAD are answered at once.
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
            Class::Probe => self.probe(caller, take(parts), hint).into_head(parts),
            Class::Error => self.error(caller, take(parts), hint).into_head(parts),
        }
    }

    /// Changes the status of gRPC in the trailers of a response that passes. Other trailers stay, and so do all trailers for
    /// callers of HTTP.
    ///
    /// On a client the status is repaired, so that a caller can read it. On a server it is masked, if
    /// [`with_masked_statuses`](Self::with_masked_statuses) is set. The engine calls it for each frame of trailers after
    /// [`Head::Pass`]. [`head`](Self::head) has changed a status in the head already.
    pub fn trailers(&self, caller: Caller, trailers: &mut HeaderMap) {
        if let Some(change) = rpc::status_change(&self.config, caller) {
            (change.trailers)(trailers);
        }
    }

    /// The trailers that replace a body which a client of gRPC cannot read, because it is labelled as gRPC and is none.
    ///
    /// In: the body as far as it was read, at least its first byte. Out: trailers that say what came, such as
    /// `not an answer in gRPC: 200 OK: Log in`; `None` if the body is gRPC, or if the caller is no client of gRPC. The engine
    /// calls it after [`Head::Pass`], and sends the trailers in place of the body.
    #[must_use]
    pub fn trailers_for_other(&self, caller: Caller, body: &Bytes) -> Option<HeaderMap> {
        let other = rpc::status_change(&self.config, caller)?.other?;
        let first = body.first()?;
        (!StatusChange::is_flag(*first)).then(|| other(body.clone()))
    }

    /// The answer to a request whose service failed.
    ///
    /// In: the caller, the head of the request for hooks (see [`request_head`](Self::request_head)), and the error. Out: an
    /// answer with the status of the first type that is found along the [sources](Error::source):
    ///
    /// | type | status |
    /// | --- | --- |
    /// | [`Envelope`](crate::Envelope) | its own, and it is not masked |
    /// | timeout of tower (feature `layer`) or tonic (feature `tonic`) | 504 |
    /// | load shedding or a closed buffer of tower (feature `layer`), no connection of tonic (feature `tonic`) | 503 |
    /// | `http_body_util::LengthLimitError` | 413 |
    /// | `tonic::Status` (feature `tonic`) | that of its code |
    /// | any other | 500, masked |
    ///
    /// At most 32 sources are looked at. [`with_service_error`](Self::with_service_error) is asked first. Clients mostly do not
    /// call this: they return the error to the program.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let normaliser = Normaliser::server();
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let answer = normaliser.service_error(caller, None, "connect to 10.0.0.7: refused".into());
    /// assert_eq!(answer.parts.status, 500);
    /// assert_eq!(answer.original.unwrap().message(), "connect to 10.0.0.7: refused");
    /// ```
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

    /// The same normaliser with another configuration.
    pub(super) fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
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

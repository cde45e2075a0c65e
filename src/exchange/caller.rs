//! Classifies a request.
//!
//! In: the head of the request. Out: a [`Caller`] with the protocol and the dialect for the answer to an error, and the copied
//! head for hooks. The engine calls [`Normaliser::caller`] and [`Normaliser::request_head`] before it calls the inner service.

use http::header::ACCEPT;
use http::{HeaderMap, Method, StatusCode, Uri, Version};

use super::config::{Config, Side};
use super::hooks::RequestHead;
use super::normaliser::Normaliser;
use crate::grpc::protocol::{self, Protocol};
use crate::http::{header_lookup, status};
use crate::write::accept::Choice;

/// The facts of a request that decide the form of an error's answer: its protocol, its method and its preferred dialect.
///
/// It takes a few bytes, is `Copy`, and an engine keeps it while the request is served.
/// [`Normaliser::caller`] makes it.
///
/// A client can send any request. So a `Caller` never decides whether a response is an error, or whether an error is masked.
///
/// | request | protocol |
/// | --- | --- |
/// | POST over HTTP/2 or later, `application/grpc` (feature `tonic`); on a client, with any version | gRPC |
/// | POST, `application/grpc-web` (feature `tonic`) | gRPC-Web |
/// | POST, `connect-protocol-version: 1` or `application/connect+…` | [Connect](https://connectrpc.com/docs/protocol) |
/// | GET with `connect=v1` in the query | Connect |
/// | any other | HTTP |
///
/// ```
/// use http::{HeaderMap, HeaderValue, Method, Uri, Version};
/// use tower_error_envelope::exchange::Normaliser;
///
/// let normaliser = Normaliser::server();
/// let connect = HeaderMap::from_iter([("connect-protocol-version".parse()?, HeaderValue::from_static("1"))]);
/// let uri = Uri::from_static("/shop.Printers/Get");
/// let caller = normaliser.caller(&Method::POST, Version::HTTP_11, &uri, &connect);
/// let answer = normaliser.service_error(caller, None, "the disk is full".into());
/// assert_eq!((answer.parts.status.as_u16(), &answer.parts.headers["content-type"]), (500, &"application/json".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The protocol in which the answer is written.
    pub(super) protocol: Protocol,
    pub(super) reads: Reads,
    /// The dialect, and whether a page is preferred. Only callers of HTTP have a choice.
    pub(super) choice: Choice,
}

/// The part of an answer that a caller reads. The method decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// Head and body.
    All,
    /// Only the head: the method is HEAD.
    Head,
    /// The method is CONNECT: a success opens a tunnel, whose bytes are not a body.
    Tunnel,
}

impl Normaliser {
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
    /// it: [`with_predicate`](Normaliser::with_predicate), [`map_envelope`](Self::map_envelope), [`on_error`](Self::on_error) and
    /// [`with_request_id`](Normaliser::with_request_id).
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
}

impl Caller {
    /// Classifies a request. It runs for every request, so it looks up `Content-Type` and `Accept` and little else.
    #[inline]
    fn classify(
        config: &Config,
        method: &Method,
        version: Version,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Self {
        // hyper sends a client's request of HTTP/1.1, which is the default, over HTTP/2 as well.
        let version = match config.side {
            Side::Server => version,
            Side::Client => Version::HTTP_2,
        };
        let protocol = protocol::classify(method, version, uri, headers);
        let protocol = match protocol {
            Protocol::Grpc(_) if !config.answers_grpc() => Protocol::Http,
            protocol => protocol,
        };
        let choice = match protocol {
            Protocol::Http => choose(config, headers),
            _ => Choice::default(),
        };
        let reads = match *method {
            Method::HEAD => Reads::Head,
            Method::CONNECT => Reads::Tunnel,
            _ => Reads::All,
        };
        Self {
            protocol,
            reads,
            choice,
        }
    }

    /// Whether this is a client of gRPC that got a success in another protocol. `status` is the HTTP status of the response.
    pub(super) fn got_other(self, side: Side, status: StatusCode) -> bool {
        side == Side::Client
            && matches!(self.protocol, Protocol::Grpc(_))
            && !status::is_error(status)
    }

    /// Whether the caller reads only the head of the answer.
    pub(super) fn reads_head_only(self) -> bool {
        self.reads == Reads::Head
    }
}

/// The dialect that a request prefers. If `Accept` cannot change the answer, it is not read.
#[inline]
fn choose(config: &Config, headers: &HeaderMap) -> Choice {
    match header_lookup::first(headers, &ACCEPT) {
        Some(accept) if config.negotiates() => config.dialects.choose(accept, headers),
        _ => Choice::default(),
    }
}

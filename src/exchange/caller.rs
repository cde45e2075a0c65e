//! Classifies a request.
//!
//! In: the head of the request. Out: a [`Caller`]. It says in which protocol and in which dialect an error is answered. The
//! engine asks for it before it calls the inner service.

use http::header::ACCEPT;
use http::{HeaderMap, Method, Uri, Version};

use super::config::Config;
use crate::grpc::protocol::{self, Protocol};
use crate::http::header_lookup;
use crate::write::accept::Choice;

/// The facts of a request that decide the form of an error's answer: its protocol, its method and its preferred dialect.
///
/// It takes a few bytes, is `Copy`, and an engine keeps it while the request is served.
/// [`Normaliser::caller`](super::Normaliser::caller) makes it.
///
/// A client can send any request. So a `Caller` never decides whether a response is an error, or whether an error is masked.
///
/// | request | protocol |
/// | --- | --- |
/// | POST over HTTP/2 or later, `application/grpc` (feature `tonic`) | gRPC |
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

impl Caller {
    /// Classifies a request. It runs for every request, so it looks up `Content-Type` and `Accept` and little else.
    #[inline]
    pub(super) fn classify(
        config: &Config,
        method: &Method,
        version: Version,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Self {
        let protocol = protocol::classify(method, version, uri, headers);
        let protocol = match protocol {
            Protocol::Grpc(_) if !config.answers_grpc() => Protocol::Http,
            protocol => protocol,
        };
        let choice = match protocol {
            Protocol::Http => config.choose(header_lookup::first(headers, &ACCEPT), headers),
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

    /// Whether the caller reads only the head of the answer.
    pub(super) fn reads_head_only(self) -> bool {
        self.reads == Reads::Head
    }
}

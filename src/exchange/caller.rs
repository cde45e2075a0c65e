//! Classifies a request.
//!
//! In: the head of the request. Out: a [`Caller`], which says in which protocol and dialect an error is answered. The layer
//! asks for it before it calls the inner service.

use http::header::ACCEPT;
use http::{HeaderMap, Method, Uri, Version};

use super::config::Config;
use crate::grpc::protocol::{self, Protocol};
use crate::http::header_lookup;
use crate::write::accept::Choice;

/// The facts of a request that decide how an error is answered: its protocol, its method, the dialect it prefers.
///
/// A few bytes, to be remembered while the request is served. It never decides whether something is an error, or
/// whether an error is masked: any caller can say anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub(super) protocol: Protocol,
    pub(super) reads: Reads,
    pub(super) choice: Choice,
}

/// What a caller reads of an answer, told by the method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// Head and body.
    All,
    /// The head alone: HEAD.
    Head,
    /// What follows a success is a tunnel: CONNECT.
    Tunnel,
}

impl Caller {
    /// Runs for every request, so it looks up `Content-Type` and `Accept` and little else.
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

    /// Whether only the head of the answer is read.
    pub(super) fn reads_head_only(self) -> bool {
        self.reads == Reads::Head
    }
}

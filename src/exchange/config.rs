//! The configuration of a [`Normaliser`](super::Normaliser), as plain data.
//!
//! In: the calls of the builder. Out: fields that all decisions read, and methods for the questions that need only them, such as
//! [`masks`](Config::masks). All files of this folder call them.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::response::Parts;
use http::{Extensions, HeaderName, StatusCode};

use super::extensions::{Masking, ResponseOrigin, Writer};
use super::guard::guarded;
use super::hooks::{ErrorEvent, RequestHead};
use crate::envelope::{Envelope, Namespace};
use crate::read::{ErrorReader, Rejections, ValidationLines};
use crate::write::accept::Choice;
use crate::write::dialects::Dialects;
use crate::write::ErrorWriter;

/// The bytes of an error's body that are read by default.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// The hook of [`with_predicate`](super::Normaliser::with_predicate).
pub(super) type Predicate = Arc<dyn Fn(&RequestHead, &Parts) -> bool + Send + Sync>;
/// The hook of [`map_envelope`](super::Normaliser::map_envelope).
pub(super) type MapEnvelope = Arc<dyn Fn(Envelope, &RequestHead) -> Envelope + Send + Sync>;
/// The hook of [`on_error`](super::Normaliser::on_error).
pub(super) type OnError = Arc<dyn Fn(&ErrorEvent<'_>) + Send + Sync>;
/// The hook of [`with_service_error`](super::Normaliser::with_service_error).
pub(super) type MapServiceError =
    Arc<dyn Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync>;

/// The side on which errors are normalised. A server masks and negotiates, a client does neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Server,
    Client,
}

/// Readers for the texts of Rust crates such as axum. Only a server uses them, because its own handlers write these texts. The peer
/// of a client may be written in any language.
const OF_SERVERS: [&dyn ErrorReader; 2] = [&Rejections, &ValidationLines];

/// What the builder has set. [`Config::new`] has the defaults.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) side: Side,
    /// The readers of the user, in the order in which they are asked.
    pub(super) readers: Vec<Arc<dyn ErrorReader>>,
    /// In bytes.
    pub(super) body_limit: usize,
    /// Whether coded bodies are decoded. It needs the feature `decompression`.
    pub(super) decodes: bool,
    /// `None` stands for the documented namespace.
    pub(super) namespace: Option<Arc<Namespace>>,
    pub(super) predicate: Option<Predicate>,
    pub(super) map_envelope: Option<MapEnvelope>,
    pub(super) on_error: Option<OnError>,
    /// Whether errors get the member `request_id`.
    pub(super) request_id: bool,
    /// Whether the envelope is left in the extensions of the response.
    pub(super) leaves_envelope: bool,
    /// Whether gRPC callers are answered in gRPC. It needs the feature `tonic`.
    pub(super) grpc: bool,
    /// For clients: whether successes are read.
    pub(super) errors_in_success: bool,
    /// For servers, like all fields below. In order of preference.
    pub(super) dialects: Dialects,
    pub(super) validation_status: StatusCode,
    pub(super) masking: Masking,
    /// Whether a status that a gRPC service answers to a gRPC caller is masked.
    pub(super) masked_statuses: bool,
    /// Whether a status of gRPC or an error of Connect has details.
    pub(super) grpc_details: bool,
    /// Whether a caller that prefers HTML keeps the page of a 4xx.
    pub(super) keeps_pages: bool,
    pub(super) map_service_error: Option<MapServiceError>,
    /// Metadata of gRPC that may become HTTP headers, beside the names that are always safe.
    pub(super) metadata: Vec<HeaderName>,
}

impl Config {
    /// The defaults. The methods of the builder state them.
    pub(super) fn new(side: Side) -> Self {
        Self {
            side,
            readers: Vec::new(),
            body_limit: BODY_LIMIT,
            decodes: true,
            namespace: None,
            predicate: None,
            map_envelope: None,
            on_error: None,
            request_id: false,
            leaves_envelope: true,
            grpc: true,
            errors_in_success: false,
            dialects: Dialects::documented(),
            validation_status: StatusCode::BAD_REQUEST,
            masking: Masking::default(),
            masked_statuses: false,
            grpc_details: true,
            keeps_pages: true,
            map_service_error: None,
            metadata: Vec::new(),
        }
    }

    /// Whether gRPC callers are answered in gRPC. It needs the feature `tonic`.
    #[inline]
    pub(super) fn answers_grpc(&self) -> bool {
        cfg!(feature = "tonic") && self.grpc
    }

    /// The name of this side in the responses that it writes.
    pub(super) fn as_writer(&self) -> Writer {
        match self.side {
            Side::Server => Writer::Server,
            Side::Client => Writer::Client,
        }
    }

    /// Whether errors are masked, negotiated and marked for caches.
    pub(super) fn is_server(&self) -> bool {
        self.side == Side::Server
    }

    /// Whether errors of the server are masked in a response with these extensions.
    pub(super) fn masks(&self, extensions: &Extensions) -> bool {
        match (self.side, self.masking) {
            (Side::Client, _) | (_, Masking::None) => false,
            (Side::Server, Masking::All) => true,
            (Side::Server, Masking::Upstream) => {
                extensions.get::<ResponseOrigin>() != Some(&ResponseOrigin::Proxy)
            }
        }
    }

    /// Whether the predicate wants the error with this head. A predicate that panics counts as "yes", so that the answer is masked.
    pub(super) fn wants(&self, parts: &Parts) -> bool {
        let Some(predicate) = &self.predicate else {
            return true;
        };
        let request = parts.extensions.get::<RequestHead>();
        let request = request.cloned().unwrap_or_default();
        guarded("with_predicate", || predicate(&request, parts)).unwrap_or(true)
    }

    /// Whether a hook is configured that gets the head of the request.
    pub(super) fn needs_request(&self) -> bool {
        self.request_id
            || self.predicate.is_some()
            || self.map_envelope.is_some()
            || self.on_error.is_some()
    }

    /// Whether `Accept` can change the answer. Otherwise it is not read.
    #[inline]
    pub(super) fn negotiates(&self) -> bool {
        self.is_server() && (self.keeps_pages || self.dialects.are_several())
    }

    /// The readers that are asked before those of the crate.
    pub(super) fn readers(&self) -> impl Iterator<Item = &dyn ErrorReader> {
        let of_servers = self.is_server().then_some(OF_SERVERS);
        let of_servers = of_servers.into_iter().flatten();
        self.readers.iter().map(Arc::as_ref).chain(of_servers)
    }

    /// The dialect to write in; `None` for the documented one.
    pub(super) fn writer(&self, choice: Choice) -> Option<&dyn ErrorWriter> {
        match self.side {
            Side::Server => self.dialects.writer(choice),
            Side::Client => None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readers = self.readers().map(ErrorReader::name);
        f.debug_struct("Config")
            .field("side", &self.side)
            .field("readers", &readers.collect::<Vec<_>>())
            .field("body_limit", &self.body_limit)
            .field("dialects", &self.dialects)
            .field("validation_status", &self.validation_status)
            .field("masking", &self.masking)
            .field("keeps_pages", &self.keeps_pages)
            .finish_non_exhaustive()
    }
}

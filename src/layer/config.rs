//! What a layer was told.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use http::response::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::envelope::{Envelope, Form, Namespace};
use crate::read::{ErrorReader, Rejections};
use crate::write::accept::Choice;
use crate::write::ErrorWriter;

use super::dialects::Dialects;

/// Bytes of an error's body that are read.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

pub(super) type Predicate = Arc<dyn Fn(&Parts) -> bool + Send + Sync>;
pub(super) type Map = Arc<dyn Fn(Envelope) -> Envelope + Send + Sync>;
pub(super) type OnError = Arc<dyn Fn(StatusCode, &Envelope, Option<&Envelope>) + Send + Sync>;
pub(super) type ServiceErrorMap =
    Arc<dyn Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Config {
    pub(super) readers: Vec<Arc<dyn ErrorReader>>,
    pub(super) body_limit: usize,
    pub(super) predicate: Option<Predicate>,
    pub(super) namespace: Option<Arc<Namespace>>,
    pub(super) map: Option<Map>,
    pub(super) on_error: Option<OnError>,
    pub(super) looks_into_successes: bool,
    /// What only a server does; `None` on the client side.
    pub(super) server: Option<ServerConfig>,
}

#[derive(Clone)]
pub(super) struct ServerConfig {
    /// In order of preference.
    pub(super) dialects: Dialects,
    pub(super) validation_status: StatusCode,
    pub(super) masks: bool,
    pub(super) keeps_pages: bool,
    pub(super) service_error: Option<ServiceErrorMap>,
}

impl Config {
    pub(super) fn client() -> Self {
        Self {
            readers: Vec::new(),
            body_limit: BODY_LIMIT,
            predicate: None,
            namespace: None,
            map: None,
            on_error: None,
            looks_into_successes: false,
            server: None,
        }
    }

    pub(super) fn server() -> Self {
        let server = ServerConfig {
            dialects: Dialects::documented(),
            validation_status: StatusCode::BAD_REQUEST,
            masks: true,
            keeps_pages: true,
            service_error: None,
        };
        Self {
            server: Some(server),
            ..Self::client()
        }
    }

    /// What the request with these headers is answered with, of which `accept` is the first `Accept`.
    #[inline]
    pub(super) fn choose(&self, accept: Option<&HeaderValue>, headers: &HeaderMap) -> Choice {
        match (accept, &self.server) {
            (Some(accept), Some(server)) if server.keeps_pages || server.dialects.are_several() => {
                server.dialects.choose(accept, headers)
            }
            _ => Choice::default(),
        }
    }

    /// The readers to be asked before those that everybody has.
    pub(super) fn readers(&self) -> impl Iterator<Item = &dyn ErrorReader> {
        let rejections = self
            .server
            .as_ref()
            .map(|_| &Rejections as &dyn ErrorReader);
        self.readers.iter().map(Arc::as_ref).chain(rejections)
    }

    /// The form of the envelopes that this layer wrote.
    pub(super) fn written(&self) -> Form {
        if self.server.is_some() {
            Form::Answered
        } else {
            Form::Normalised
        }
    }

    /// The dialect to write in, if it is not the documented one.
    pub(super) fn writer(&self, choice: Choice) -> Option<&dyn ErrorWriter> {
        self.server.as_ref()?.dialects.writer(choice)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field(
                "readers",
                &self.readers().map(ErrorReader::name).collect::<Vec<_>>(),
            )
            .field("body_limit", &self.body_limit)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("dialects", &self.dialects)
            .field("validation_status", &self.validation_status)
            .field("masks", &self.masks)
            .field("keeps_pages", &self.keeps_pages)
            .finish_non_exhaustive()
    }
}

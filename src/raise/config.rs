//! What a layer was told, and what it makes of a response by that.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{Method, Response, StatusCode};

use super::copr;
use super::error::{Asked, Said};
use super::kind::ErrorKind;
use crate::envelope::Envelope;
use crate::http::status;
use crate::read::{self, ErrorReader};

/// Bytes of a body that are kept.
const BODY_LIMIT: usize = 64 * 1024;

type Predicate = Arc<dyn Fn(&Parts) -> bool + Send + Sync>;

#[derive(Clone)]
pub(super) struct Config {
    pub(super) mode: Mode,
    pub(super) readers: Vec<Arc<dyn ErrorReader>>,
    pub(super) body_limit: usize,
    pub(super) predicate: Option<Predicate>,
}

/// What decides whether a response is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Its status.
    Strict,
    /// What python-copr would say.
    Copr,
}

/// What a response is.
pub(super) enum Judgement {
    Data,
    Error,
    /// An error of this kind or one below, which prints this text.
    Copr(ErrorKind, String),
}

/// What is known of a body after reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// There is more than the limit.
    Longer,
    /// It broke off.
    Broken,
}

impl Config {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            readers: Vec::new(),
            body_limit: BODY_LIMIT,
            predicate: None,
        }
    }

    /// Whether a response with this status may be an error.
    pub(super) fn concerns(&self, method: Option<&Method>, status: StatusCode) -> bool {
        match self.mode {
            Mode::Strict => status::is_error(status),
            // What follows is another protocol, and has no end.
            Mode::Copr => !status.is_informational() && method != Some(&Method::CONNECT),
        }
    }

    /// Whether a response with this head is wanted as an error, if it is one.
    pub(super) fn wants(&self, parts: &Parts) -> bool {
        self.predicate.as_ref().map_or(true, |wants| wants(parts))
    }

    /// Whether the response is data or an error.
    pub(super) fn judge(
        &self,
        asked: &Asked,
        response: &Response<Bytes>,
        extent: Extent,
    ) -> Judgement {
        let is_error = status::is_error(response.status());
        match self.mode {
            Mode::Strict => Judgement::Error,
            // Nobody can tell before its end is there, and data may be long.
            Mode::Copr if extent == Extent::Longer && !is_error => Judgement::Data,
            Mode::Copr => copr::judge(asked, response, extent),
        }
    }

    /// What the error says that the response is.
    pub(super) fn read(&self, response: &Response<Bytes>, judgement: Judgement) -> Said {
        // A layer below may have read it already.
        let known = response.extensions().get::<Envelope>().cloned();
        let readers = || self.readers.iter().map(Arc::as_ref);
        let envelope = known.unwrap_or_else(|| read::read_with(readers(), response).envelope);
        let kind = ErrorKind::of(response.status(), !envelope.field_errors().is_empty());
        let (kind, text) = match judgement {
            Judgement::Copr(parent, text) if kind.is_a(parent) => (kind, Some(text)),
            Judgement::Copr(parent, text) => (parent, Some(text)),
            Judgement::Error | Judgement::Data => (kind, None),
        };
        Said {
            kind,
            envelope,
            text,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readers = self.readers.iter().map(|reader| reader.name());
        f.debug_struct("Config")
            .field("mode", &self.mode)
            .field("readers", &readers.collect::<Vec<_>>())
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

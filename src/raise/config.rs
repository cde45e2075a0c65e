//! The configuration of a [`RaiseErrorsLayer`](super::RaiseErrorsLayer), and the decisions that depend on it.
//!
//! In: heads and whole responses. Out: whether a response is an error, and its [`Content`]. `reading` asks.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{Method, Response, StatusCode};

use super::copr;
use super::judgement::{Content, Judgement, SentRequest};
use crate::envelope::{Envelope, ErrorKind};
use crate::exchange::{is_candidate, BodyHint, Cut, HeadRef, BODY_LIMIT};
use crate::http::status;
use crate::read::{self, ErrorReader};

type Predicate = Arc<dyn Fn(&Parts) -> bool + Send + Sync>;

#[derive(Clone)]
pub(super) struct Config {
    pub(super) mode: Mode,
    pub(super) readers: Vec<Arc<dyn ErrorReader>>,
    pub(super) body_limit: usize,
    pub(super) errors_in_success: bool,
    pub(super) predicate: Option<Predicate>,
}

/// The rule that decides whether a response is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The status decides.
    Strict,
    /// The rules of python-copr decide.
    Copr,
}

impl Config {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            readers: Vec::new(),
            body_limit: BODY_LIMIT,
            errors_in_success: false,
            predicate: None,
        }
    }

    /// Whether a response with this status may be an error.
    pub(super) fn concerns(&self, method: Option<&Method>, status: StatusCode) -> bool {
        match self.mode {
            Mode::Strict => {
                status::is_error(status) || (self.errors_in_success && status.is_success())
            }
            // What follows is another protocol, and has no end.
            Mode::Copr => !status.is_informational() && method != Some(&Method::CONNECT),
        }
    }

    /// Whether a status of gRPC in the head of a success is an error.
    pub(super) fn raises_statuses(&self) -> bool {
        self.mode == Mode::Strict
    }

    /// Whether the predicate wants a response with this head as an error.
    pub(super) fn wants(&self, parts: &Parts) -> bool {
        self.predicate.as_ref().map_or(true, |wants| wants(parts))
    }

    /// Whether a response with this head has to be read. It may be an error, and the predicate wants it.
    pub(super) fn reads(&self, parts: &Parts, hint: BodyHint) -> bool {
        let head = HeadRef {
            status: parts.status,
            headers: &parts.headers,
            extensions: &parts.extensions,
        };
        self.mode == Mode::Copr
            || status::is_error(parts.status)
            || is_candidate(self.body_limit, head, hint)
    }

    /// Whether the response is data or an error.
    pub(super) fn judge(
        &self,
        request: &SentRequest,
        response: &Response<Bytes>,
        cut: Option<Cut>,
    ) -> Judgement {
        let is_error = status::is_error(response.status());
        match self.mode {
            Mode::Strict if is_error => Judgement::Error,
            Mode::Strict if cut.is_some() => Judgement::Data,
            Mode::Strict => {
                let Some(mut envelope) = read::read_success(self.readers(), response) else {
                    return Judgement::Data;
                };
                envelope.detach();
                Judgement::InSuccess(envelope)
            }
            // Nobody can tell before its end is there, and data may be long.
            Mode::Copr if cut == Some(Cut::Limit) && !is_error => Judgement::Data,
            Mode::Copr => copr::judge(request, response, cut),
        }
    }

    /// Reads the error that the response is.
    pub(super) fn read(&self, response: &Response<Bytes>, judgement: Judgement) -> Content {
        if let Judgement::InSuccess(envelope) = judgement {
            return Content {
                kind: envelope.kind(),
                status: envelope.status(),
                envelope,
                text: None,
            };
        }
        // A layer below may have read it already.
        let known = response.extensions().get::<Envelope>().cloned();
        let envelope = known.unwrap_or_else(|| read::read_with(self.readers(), response).envelope);
        let status = response.status();
        let kind = ErrorKind::of(status, !envelope.field_errors().is_empty());
        let (kind, text) = match judgement {
            Judgement::Copr(parent, text) if kind.is_a(parent) => (kind, Some(text)),
            Judgement::Copr(parent, text) => (parent, Some(text)),
            _ => (kind, None),
        };
        Content {
            kind,
            status,
            envelope,
            text,
        }
    }

    pub(super) fn readers(&self) -> impl Iterator<Item = &dyn ErrorReader> {
        self.readers.iter().map(Arc::as_ref)
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

//! The configuration of a [`RaiseErrorsLayer`](super::RaiseErrorsLayer), and the decisions that depend on it.
//!
//! In: heads and whole responses. Out: whether a response is an error, and its [`Content`]. `reading` calls, in this order:
//!
//! 1. [`Config::concerns`]: may a response with this status be an error?
//! 2. [`Config::wants`]: does the predicate select it?
//! 3. [`Config::reads`]: does its body have to be read?
//! 4. [`Config::judge`]: is it data or an error?
//! 5. [`Config::read`]: what are its status, its kind and its envelope?
//!
//! `raise_response` calls only the first, and `streams/` only the second.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::copr;
use super::grpc;
use super::judgement::{Content, Judgement, SentRequest};
use crate::envelope::Envelope;
use crate::exchange::{is_candidate, BodyHint, Cut, HeadRef, BODY_LIMIT};
use crate::http::status;
use crate::read::{self, ErrorReader};

type Predicate = Arc<dyn Fn(&Parts) -> bool + Send + Sync>;

/// What the builder has set. The layer, its services and their futures share one.
#[derive(Clone)]
pub(super) struct Config {
    pub(super) mode: Mode,
    pub(super) readers: Vec<Arc<dyn ErrorReader>>,
    /// In bytes.
    pub(super) body_limit: usize,
    pub(super) errors_in_success: bool,
    /// Whether bodies raise the errors in streams. Then no head waits for the status of gRPC in the trailers.
    pub(super) errors_in_streams: bool,
    pub(super) predicate: Option<Predicate>,
}

/// One call: the configuration of its layer, and the facts of its request. The facts move into an error.
#[derive(Debug)]
pub struct Call {
    pub(super) config: Arc<Config>,
    pub(super) request: SentRequest,
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
    /// The defaults: no added reader, [`BODY_LIMIT`] bytes, no errors in successes, and no predicate.
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            readers: Vec::new(),
            body_limit: BODY_LIMIT,
            errors_in_success: false,
            errors_in_streams: false,
            predicate: None,
        }
    }

    /// Whether a response with this status may be an error.
    pub(super) fn concerns(&self, status: StatusCode) -> bool {
        match self.mode {
            Mode::Strict => {
                status::is_error(status) || (self.errors_in_success && status.is_success())
            }
            // After an informational answer, the connection carries another protocol without an end.
            Mode::Copr => !status.is_informational(),
        }
    }

    /// Whether a response with this head may be an error by its status of gRPC.
    #[inline]
    pub(super) fn may_be_status(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        grpc::may_be_answer(headers) && !status::is_error(status) && self.mode == Mode::Strict
    }

    /// Whether the predicate wants a response with this head as an error.
    pub(super) fn wants(&self, parts: &Parts) -> bool {
        self.predicate.as_ref().map_or(true, |wants| wants(parts))
    }

    /// Whether the body of a response with this head has to be read. [`wants`](Self::wants) was called before, and returned `true`.
    ///
    /// Under the rules of python-copr, every body is read. Otherwise each error is read. A success is read only if its label and its
    /// length allow a document of JSON or XML.
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

    /// Whether the response is data or an error. `response` has as much of the body as was read, decoded if it was complete. `cut`
    /// says why reading stopped before the end.
    ///
    /// With a success status, a body that was cut is data: an error in a success is found only in a whole document.
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
            // Only a whole body shows whether it is JSON. Data may be long, so a long body counts as data.
            Mode::Copr if cut == Some(Cut::Limit) && !is_error => Judgement::Data,
            Mode::Copr => copr::judge(request, response, cut),
        }
    }

    /// Reads the content of a response that is an error. An envelope in its extensions is the content; otherwise the readers are
    /// asked.
    pub(super) fn read(&self, response: &Response<Bytes>, judgement: Judgement) -> Content {
        if let Judgement::InSuccess(envelope) = judgement {
            return Content::new(envelope.status(), envelope);
        }
        // An inner layer may have read the error already.
        let known = response.extensions().get::<Envelope>().cloned();
        let envelope = known.unwrap_or_else(|| read::read_with(self.readers(), response).envelope);
        let mut content = Content::new(response.status(), envelope);
        if let Judgement::Copr(parent, text) = judgement {
            if !content.kind.is_a(parent) {
                content.kind = parent;
            }
            content.text = Some(text);
        }
        content
    }

    /// The added readers, in the order in which they are asked.
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

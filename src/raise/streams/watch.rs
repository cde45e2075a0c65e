//! Watches the frames of a stream: which bytes may pass, and which are an error.
//!
//! In: the head of a response, then the data of each frame. Out: a [`Passed`] for each frame. `body` calls it. It holds at
//! most 65,536 bytes back, and scans each byte once.
//!
//! A unit is an event, a line or a message, depending on the label of the response. For each unit:
//!
//! 1. Its beginning shows whether it may be an error. If not, its bytes pass as they come.
//! 2. Otherwise they are held back until the unit is whole, or is longer than the limit.
//! 3. A whole unit is read. If it is an error, the stream ends with it. Otherwise the held bytes pass.
//!
//! gRPC has no units: only its trailers are read. gRPC-Web in base64 has them in another text: [`WebText`] finds them.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};

use crate::envelope::Envelope;
use crate::exchange::{StreamLabel, BODY_LIMIT};
use crate::http::entity_headers::set_all;
use crate::http::header_list;
use crate::raise::config::{Call, Config};
use crate::raise::error::ApiError;
use crate::raise::judgement::{Content, SentRequest};
use crate::read::{self, UnitKind, Units};
#[cfg(feature = "tonic")]
use crate::read::{Scanned, WebText};

/// The state of a stream.
pub(super) struct Watch {
    config: Arc<Config>,
    request: SentRequest,
    status_headers: HeaderMap,
    place: Place,
    /// The beginning of the open unit, if it is held back.
    held: Vec<u8>,
    /// Whether the rest of the open unit passes as it comes.
    passes: bool,
}

/// Where the stream has its error.
enum Place {
    /// In the trailers of gRPC.
    Trailers,
    /// In one of these units.
    Units(Units),
    /// In a message in base64.
    #[cfg(feature = "tonic")]
    Text(Box<WebText>),
}

/// The parts of a frame after it was watched.
#[derive(Default)]
pub(super) struct Passed {
    /// Bytes that were held back before, and may pass now.
    pub(super) first: Bytes,
    /// The bytes of the frame that may pass.
    pub(super) second: Bytes,
    /// The error that follows.
    pub(super) error: Option<ApiError>,
}

impl Watch {
    /// `None` if the response is no stream that can be read: it has another label, it is coded, or the predicate refuses it.
    ///
    /// The facts of the request move into the watch, for the error that may come.
    pub(super) fn new(call: &mut Call, parts: &Parts) -> Option<Self> {
        let units = |kind| Place::Units(Units::new(kind));
        let place = match StreamLabel::of(&parts.headers, true) {
            StreamLabel::Events => units(UnitKind::Event),
            StreamLabel::Lines | StreamLabel::Sequence => units(UnitKind::Line),
            StreamLabel::Connect => units(UnitKind::Connect),
            StreamLabel::GrpcWeb(_) => units(UnitKind::GrpcWeb),
            StreamLabel::Grpc(_) => Place::Trailers,
            #[cfg(feature = "tonic")]
            StreamLabel::GrpcWebText(_) => Place::Text(Box::new(WebText::new(BODY_LIMIT))),
            _ => return None,
        };
        if header_list::is_coded(&parts.headers) || !call.config.wants(parts) {
            return None;
        }
        Some(Self {
            config: Arc::clone(&call.config),
            request: std::mem::take(&mut call.request),
            status_headers: parts.headers.clone(),
            place,
            held: Vec::new(),
            passes: false,
        })
    }

    /// Takes the data of one frame. Each byte is scanned once, and is held back only while its unit is open.
    pub(super) fn push(&mut self, data: Bytes) -> Passed {
        if data.is_empty() {
            return Passed::default();
        }
        let units = match &mut self.place {
            Place::Units(units) => units,
            Place::Trailers => {
                return Passed {
                    second: data,
                    ..Passed::default()
                }
            }
            #[cfg(feature = "tonic")]
            Place::Text(text) => {
                let scanned = text.push(&data);
                return self.passed(scanned);
            }
        };
        let mut passed = Passed::default();
        // `start`: the first byte that was not held back before. `open`: the first byte of the open unit.
        let (mut start, mut open, kind) = (0, 0, units.kind());
        while let Some(length) = data
            .get(open..)
            .filter(|rest| !rest.is_empty())
            .and_then(|rest| units.end(rest))
        {
            let end = open + length;
            let unit = data.get(open..end).unwrap_or_default();
            let is_candidate = !std::mem::take(&mut self.passes) && units.may_be_error();
            if !self.held.is_empty() {
                self.held.extend_from_slice(unit);
            }
            let whole = if self.held.is_empty() {
                unit
            } else {
                &self.held
            };
            let is_candidate = is_candidate && whole.len() <= BODY_LIMIT;
            let error = is_candidate
                .then(|| read::read_unit(self.config.readers(), kind, whole))
                .flatten();
            if let Some(envelope) = error {
                let body = Bytes::copy_from_slice(whole);
                passed.second = data.slice(start..open);
                passed.error = Some(self.raise(envelope, body, None));
                return passed;
            }
            if !self.held.is_empty() {
                passed.first = std::mem::take(&mut self.held).into();
                start = end;
            }
            open = end;
        }
        let rest = data.get(open..).unwrap_or_default();
        let holds = !rest.is_empty() && !self.passes && units.may_be_error();
        if holds && self.held.len() + rest.len() <= BODY_LIMIT {
            self.held.extend_from_slice(rest);
            passed.second = data.slice(start..open);
            return passed;
        }
        if !self.held.is_empty() {
            passed.first = std::mem::take(&mut self.held).into();
        }
        self.passes |= !rest.is_empty();
        passed.second = data.slice(start..);
        passed
    }

    /// The stream has ended or failed. The held bytes may be an error without its end; otherwise they pass.
    pub(super) fn end(&mut self) -> Passed {
        let first = Bytes::from(std::mem::take(&mut self.held));
        let units = match &mut self.place {
            Place::Units(units) => units,
            #[cfg(feature = "tonic")]
            Place::Text(text) => {
                let scanned = text.end();
                return self.passed(scanned);
            }
            _ => return Passed::default(),
        };
        match read::read_unit(self.config.readers(), units.kind(), &first) {
            Some(envelope) => Passed {
                error: Some(self.raise(envelope, first, None)),
                ..Passed::default()
            },
            None => Passed {
                first,
                ..Passed::default()
            },
        }
    }

    /// The error that the trailers of a gRPC stream carry: a `grpc-status` that is not 0. The trailers of any other stream carry
    /// none.
    pub(super) fn trailers(&mut self, trailers: &HeaderMap) -> Option<ApiError> {
        let Place::Trailers = self.place else {
            return None;
        };
        let envelope = read::read_trailers(trailers)?;
        Some(self.raise(envelope, Bytes::new(), Some(trailers.clone())))
    }

    #[cfg(feature = "tonic")]
    fn passed(&mut self, scanned: Scanned) -> Passed {
        let error = scanned.error;
        Passed {
            first: scanned.first,
            second: scanned.second,
            error: error.map(|(envelope, message)| self.raise(envelope, message, None)),
        }
    }

    /// The error of one unit, with `body` as its bytes. Its response has the headers of the stream, and those that the envelope
    /// gives replace them.
    fn raise(&mut self, envelope: Envelope, body: Bytes, trailers: Option<HeaderMap>) -> ApiError {
        let mut headers = std::mem::take(&mut self.status_headers);
        // These headers describe the whole stream, and not the event.
        for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(name);
        }
        set_all(&mut headers, envelope.headers());
        let mut response = Response::new(body);
        *response.status_mut() = error_status(&envelope);
        *response.headers_mut() = headers;
        let content = Content::new(response.status(), envelope);
        let error = ApiError::new(std::mem::take(&mut self.request), content, response);
        error.with_end(None, None, trailers)
    }
}

/// The status of the error, or 500: a reader of the user may give any status.
fn error_status(envelope: &Envelope) -> StatusCode {
    match envelope.status() {
        status if crate::http::status::is_error(status) => status,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

//! Reads the body of a response, within a limit.
//!
//! In: the frames of the body, by [`push`](Reading::push) and [`end`](Reading::end). Out: an [`Answer`]. Engines call it; for the
//! layer, `body/feed.rs` does. A [`Reading`] polls nothing and never waits.
//!
//! 1. The bytes are gathered up to the body limit. On a client, an error with the label of a stream is read up to its first event or
//!    line with an error ([`FirstError`]).
//! 2. At the end, a coded body is decoded (feature `decompression`).
//! 3. `read/` converts the response into an envelope, and `normalise` converts the envelope into an answer.
//! 4. A body that is too long or breaks off is not used: the error becomes the envelope of its status.

use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::answer::{empty_head, Answer, Documented, Found};
use super::caller::Caller;
use super::config::Config;
use super::first_error::FirstError;
use super::guard::guarded;
use super::in_success::{self, Probe};
use super::normalise::normalise;
use super::{log, rpc, rpc_end, success_end};
use crate::body::{joined, Cut, Gather};
use crate::grpc::head;
use crate::grpc::protocol::Protocol;
use crate::grpc::status::GrpcStatus;
use crate::http::{header_list, status};
use crate::read::{self, ReadEnvelope};

/// A response whose body has to be read: an error, or a success that may carry one.
///
/// The engine feeds it with the frames of the body, in order. It keeps at most as many bytes as the
/// [body limit](super::Normaliser::with_body_limit). The result does not depend on how the body is split into frames.
///
/// ```
/// use http::{HeaderMap, Method, Response, Uri, Version};
/// use tower_error_envelope::exchange::{BodyHint, Cut, Head, Normaliser};
/// use tower_error_envelope::Envelope;
///
/// let normaliser = Normaliser::client();
/// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
/// for (end, message) in [(Ok(()), "There is no printer 8"), (Err(Cut::Broken), "Not Found")] {
///     let (mut parts, ()) = Response::builder().status(404).body(())?.into_parts();
///     let hint = BodyHint { ended: false, length: None };
///     let Head::Read(mut reading) = normaliser.head(caller, &mut parts, hint) else { unreachable!() };
///     assert!(reading.push("There is ".into()).is_none());
///     assert!(reading.push("no printer 8".into()).is_none());
///     let answer = reading.end(end);
///     assert_eq!(answer.parts.extensions.get::<Envelope>().unwrap().message(), message);
/// }
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Debug)]
pub struct Reading {
    config: Arc<Config>,
    caller: Caller,
    /// The head of the response; `None` after the answer.
    parts: Option<Parts>,
    gather: Gather,
    /// How far the document in a success has come; `None` for an error.
    probe: Option<Probe>,
    /// On a client, for an error that is labelled as a stream.
    first_error: Option<Box<FirstError>>,
    /// The status of gRPC in trailers that came in place of a body.
    status: Option<Box<GrpcStatus>>,
}

impl Reading {
    pub(super) fn new(
        config: Arc<Config>,
        caller: Caller,
        parts: Parts,
        probe: Option<Probe>,
    ) -> Self {
        let gather = Gather::new(config.body_limit);
        let may_stay_open = !config.is_server() && probe.is_none();
        let first_error = may_stay_open.then(|| FirstError::of(&parts.headers));
        Self {
            config,
            caller,
            parts: Some(parts),
            gather,
            probe,
            first_error: first_error.flatten(),
            status: None,
        }
    }

    /// Takes the data of one frame. For a frame of trailers, pass an empty frame, and the trailers to [`trailers`](Self::trailers).
    ///
    /// Out: the answer, as soon as no more of the body is needed: the limit is exceeded, a success is data for sure, or, on a
    /// client, an error that is labelled as a stream has given its first event or line with an error. `None` otherwise. After an
    /// answer, nothing is left to be read, and further calls return `None`.
    pub fn push(&mut self, data: Bytes) -> Option<Answer> {
        self.parts.as_ref()?;
        let over = self.gather.push(data);
        let first_error = self.first_error.as_mut();
        if let Some(end) = first_error.and_then(|first| first.end(self.gather.as_slice())) {
            self.gather.truncate(end);
            let body = self.gather.take();
            return Some(self.finish_error(body));
        }
        if let Some(over) = over {
            return Some(self.cut(Cut::Limit, over));
        }
        let probe = self.probe.as_mut()?;
        let readers = self.config.readers();
        let is_data = probe.is_data(readers, self.parts.as_ref()?, self.gather.as_slice());
        is_data.then(|| self.pass(Bytes::new()))
    }

    /// Takes the trailers of the body. A status of gRPC in them is an error if no data came before, except for callers of gRPC.
    pub fn trailers(&mut self, trailers: &HeaderMap) {
        self.status = head::read_trailers(trailers).map(Box::new);
    }

    /// The answer, after the body has ended or failed.
    ///
    /// In: `Ok` if the body has ended, else why it was not read to its end. Out: the answer. After a cut, an error is the envelope
    /// of its status, and a success passes as data.
    #[must_use]
    pub fn end(mut self, end: Result<(), Cut>) -> Answer {
        self.finish(end)
    }

    fn finish(&mut self, end: Result<(), Cut>) -> Answer {
        if let Err(cut) = end {
            return self.cut(cut, Bytes::new());
        }
        let body = self.gather.take();
        match self.probe {
            Some(_) => self.finish_probe(body),
            None => self.finish_error(body),
        }
    }

    /// The answer to a success that was read to its end: it carries an error, or it is data.
    fn finish_probe(&mut self, body: Bytes) -> Answer {
        let parts = self.take_parts();
        if in_success::names_grpc(&parts.headers) {
            return rpc_end::finish(&self.config, self.caller, parts, self.status.take(), body);
        }
        success_end::finish(&self.config, self.caller, parts, body)
    }

    fn finish_error(&mut self, body: Bytes) -> Answer {
        let mut response = Response::from_parts(self.take_parts(), body);
        let came = response.status();
        if self.caller.got_other(self.config.side, came) {
            // The readers read only errors.
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        let decoded = self.decoded(&response);
        let plain = decoded.as_ref().unwrap_or(&response);
        if self.is_own(plain) {
            let json = plain.body().clone();
            let (mut parts, body) = response.into_parts();
            rpc_end::leave_unary(&self.config, &mut parts, &json);
            return Answer::inner(parts, body);
        }
        let read = self.read(plain);
        let mut envelope = read.envelope;
        envelope.detach();
        let (mut parts, body) = response.into_parts();
        parts.status = came;
        if !self.config.is_server() {
            read::add_facts(&parts.headers, read.is_documented, &mut envelope);
        }
        let (body, documented) = match decoded {
            Some(decoded) => (decoded.into_body(), Documented::Coded(body)),
            None => (body, Documented::Read),
        };
        let found = Found {
            envelope,
            body,
            documented: Some(documented).filter(|_| read.is_documented),
        };
        normalise(&self.config, self.caller, parts, found)
    }

    /// Reads the error. If a reader of the user panics, the readers of the crate read it.
    fn read(&self, response: &Response<Bytes>) -> ReadEnvelope {
        let read = || read::read_with(self.config.readers(), response);
        if self.config.readers.is_empty() {
            return read();
        }
        guarded("ErrorReader", read).unwrap_or_else(|| read::read_with([], response))
    }

    /// The response with its body decoded, within the limit of bodies.
    fn decoded(&self, response: &Response<Bytes>) -> Option<Response<Bytes>> {
        let decodes = cfg!(feature = "decompression") && self.config.decodes;
        let is_coded = || header_list::is_coded(response.headers());
        if !decodes || response.body().is_empty() || !is_coded() {
            return None;
        }
        guarded("decompression", || {
            read::decoded(response, self.config.body_limit)
        })?
    }

    /// Whether the body is an error of Connect for a caller of Connect. Such a body passes as it is.
    ///
    /// A handler may answer JSON of this form by accident. So a server reads and masks a 5xx of this form like any other 5xx.
    fn is_own(&self, response: &Response<Bytes>) -> bool {
        self.caller.protocol == Protocol::ConnectUnary
            && !(self.config.is_server() && status::is_server_error(response.status()))
            && rpc::is_own(response.body())
    }

    /// Reading stops before the end of the body. An error is then the envelope of its status.
    fn cut(&mut self, cut: Cut, over: Bytes) -> Answer {
        if self.probe.is_some() {
            return self.pass(over);
        }
        if let Some(parts) = &self.parts {
            log::unread(parts.status, cut.reason());
        }
        self.gather.take();
        self.finish_error(Bytes::new())
    }

    /// The success is data: the bytes that were read, followed by `over`.
    fn pass(&mut self, over: Bytes) -> Answer {
        let body = joined(self.gather.take(), over);
        Answer::inner(self.take_parts(), body)
    }

    fn take_parts(&mut self) -> Parts {
        let parts = self.parts.take();
        parts.unwrap_or_else(|| empty_head(StatusCode::OK))
    }
}

#[cfg(feature = "layer")]
impl crate::body::Feed for Reading {
    type Output = Answer;

    fn push(&mut self, data: Bytes) -> Option<Answer> {
        self.push(data)
    }

    fn end(&mut self, end: Result<(), Cut>, trailers: Option<&HeaderMap>) -> Answer {
        trailers.into_iter().for_each(|came| self.trailers(came));
        self.finish(end)
    }
}

//! Reads the body of a response, bounded.
//!
//! In: the frames of the body, by [`push`](Reading::push) and [`end`](Reading::end). Out: an [`Answer`]. The engine feeds it; it
//! calls `read` at the end of the body, then `normalise`.

use std::sync::Arc;

use bytes::Bytes;
use http::response::Parts;
use http::{Response, StatusCode};

use super::answer::{empty_head, Answer, Documented, Found};
use super::caller::Caller;
use super::config::Config;
use super::extensions::{Writer, Written};
use super::guard::guarded;
use super::hooks::RequestHead;
use super::in_success::Probe;
use super::normalise::{normalise, tell};
use super::{headers, log, policy, rpc};
use crate::body::Gather;
use crate::grpc::protocol::Protocol;
use crate::grpc::{connect, convert};
use crate::http::status;
use crate::read;

/// Why a body is not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// It is longer than the limit.
    Limit,
    /// It broke off.
    Broken,
}

impl Cut {
    fn reason(self) -> &'static str {
        match self {
            Self::Limit => "longer than the limit",
            Self::Broken => "it broke off",
        }
    }
}

/// A response whose body has to be read: an error, or a success that may carry one.
///
/// It is fed with the frames of the body, in order, and never waits.
#[derive(Debug)]
pub struct Reading {
    config: Arc<Config>,
    caller: Caller,
    parts: Parts,
    gather: Gather,
    /// What is known of the body of a success; `None` for an error.
    probe: Option<Probe>,
}

impl Reading {
    pub(super) fn new(
        config: Arc<Config>,
        caller: Caller,
        parts: Parts,
        probe: Option<Probe>,
    ) -> Self {
        let gather = Gather::new(config.body_limit);
        Self {
            config,
            caller,
            parts,
            gather,
            probe,
        }
    }

    /// Takes the data of one frame; an empty one for trailers. The answer, if no more is needed for it.
    ///
    /// After an answer nothing is left to be read: what is pushed then gets none.
    pub fn push(&mut self, data: Bytes) -> Option<Answer> {
        if let Some(over) = self.gather.push(data) {
            return Some(self.cut(Cut::Limit, over));
        }
        let probe = self.probe.as_mut()?;
        let readers = self.config.readers();
        let is_data = probe.is_data(readers, &self.parts, self.gather.as_slice());
        is_data.then(|| self.pass(Bytes::new()))
    }

    /// The answer, now that the body has ended, or will not be read any further.
    #[must_use]
    pub fn end(mut self, end: Result<(), Cut>) -> Answer {
        self.finish(end)
    }

    pub(crate) fn finish(&mut self, end: Result<(), Cut>) -> Answer {
        match end {
            Ok(()) if self.probe.is_some() => self.finish_probe(),
            Ok(()) => {
                let body = self.gather.take();
                self.finish_error(body)
            }
            Err(cut) => self.cut(cut, Bytes::new()),
        }
    }

    /// The success is an error after all, or data.
    fn finish_probe(&mut self) -> Answer {
        let body = self.gather.take();
        let mut response = Response::from_parts(self.take_parts(), body);
        let read = guarded("ErrorReader", || {
            read::read_success(self.config.readers(), &response)
        });
        let read = read.unwrap_or_else(|| read::read_success([], &response));
        let Some(mut envelope) = read else {
            let (parts, body) = response.into_parts();
            return Answer::inner(parts, body);
        };
        envelope.detach();
        *response.status_mut() = envelope.status();
        let (mut parts, body) = response.into_parts();
        headers::forget_reason(&mut parts);
        let found = Found {
            envelope,
            body,
            documented: None,
        };
        normalise(&self.config, self.caller, parts, found)
    }

    fn finish_error(&mut self, body: Bytes) -> Answer {
        let response = Response::from_parts(self.take_parts(), body);
        let decoded = self.decoded(&response);
        let plain = decoded.as_ref().unwrap_or(&response);
        if self.is_own(plain) {
            let (mut parts, body) = response.into_parts();
            if !self.config.is_server() {
                self.leave_envelope(&mut parts, &body);
            }
            return Answer::inner(parts, body);
        }
        let read = guarded("ErrorReader", || {
            read::read_with(self.config.readers(), plain)
        });
        let read = read.unwrap_or_else(|| read::read_with([], plain));
        let mut envelope = read.envelope;
        envelope.detach();
        let (parts, body) = response.into_parts();
        if !self.config.is_server() && !read.is_documented {
            read::add_request_id(&parts.headers, &mut envelope);
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

    /// The response with its body decoded, within the limit of bodies.
    fn decoded(&self, response: &Response<Bytes>) -> Option<Response<Bytes>> {
        let decodes = cfg!(feature = "decompression") && self.config.decodes;
        if !decodes || response.body().is_empty() {
            return None;
        }
        guarded("decompression", || {
            read::decoded(response, self.config.body_limit)
        })?
    }

    /// Whether the body is an error in the caller's own protocol, which passes as it is.
    ///
    /// Any handler may answer JSON of that form, so an error of the server is read and masked like any other.
    fn is_own(&self, response: &Response<Bytes>) -> bool {
        self.caller.protocol == Protocol::ConnectUnary
            && !status::is_server_error(response.status())
            && rpc::is_own(response.body())
    }

    /// Leaves the envelope of an error that passes as it is in its extensions. Hook and log are told.
    fn leave_envelope(&self, parts: &mut Parts, body: &Bytes) {
        let Some(status) = connect::read_error(body) else {
            return;
        };
        let envelope = convert::from_peer(&status, &[]).with_status(parts.status);
        let request = parts.extensions.remove::<RequestHead>();
        let request = request.as_ref();
        let applied = policy::apply(&self.config, request, &parts.extensions, envelope);
        tell(&self.config, request, &applied, body);
        let written = Written::new(Writer::Client, &applied.envelope);
        parts.extensions.insert(written);
        parts.extensions.insert(applied.envelope);
    }

    /// Reading stops before the end of the body. An error is then the envelope of its status.
    fn cut(&mut self, cut: Cut, over: Bytes) -> Answer {
        if self.probe.is_some() {
            return self.pass(over);
        }
        log::unread(self.parts.status, cut.reason());
        self.gather.take();
        self.finish_error(Bytes::new())
    }

    /// The success is data: what was read, and `over` behind it.
    fn pass(&mut self, over: Bytes) -> Answer {
        let read = self.gather.take();
        let body = match (read.is_empty(), over.is_empty()) {
            (_, true) => read,
            (true, false) => over,
            (false, false) => [read, over].concat().into(),
        };
        Answer::inner(self.take_parts(), body)
    }

    fn take_parts(&mut self) -> Parts {
        std::mem::replace(&mut self.parts, empty_head(StatusCode::OK))
    }
}

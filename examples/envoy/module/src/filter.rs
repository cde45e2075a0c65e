//! One HTTP stream: holds an error until the answer is known.
//!
//! 1. The head of a success passes, after a look-up of `:status`, and of `grpc-status` if there is no body.
//! 2. The head of an error goes to the engine. If the engine needs the body, the filter holds the head. Otherwise it
//!    answers.
//! 3. The filter takes the body piece by piece, up to the limit. Nothing stays in Envoy's buffers.
//! 4. [`settle`] sends the answer.
//!
//! After a panic, the original answer is sent from the kept bytes.

use bytes::Bytes;
use http::response::Parts;
use http::StatusCode;
use settings::Settings;
use tower_error_envelope::exchange::{
    Answer, AnswerBody, BodyHint, Cut, Head, Reading, ResponseOrigin,
};

use crate::head::{self, Spoken};
use crate::settle::{self, length, At, Sent};
use crate::stream::{Counter, Map, Next, Stream};

/// The filter's part of one stream.
#[derive(Default)]
pub(crate) struct Filter {
    spoken: Spoken,
    /// The status with which Envoy answers itself; gRPC callers get it as HTTP 200 with `grpc-status`.
    local_reply: Option<StatusCode>,
    state: State,
    /// The bytes that were taken out of Envoy before the decision.
    kept: Vec<Bytes>,
    /// Whether the stream is marked as held.
    marked: bool,
}

#[derive(Default)]
enum State {
    /// All data passes.
    #[default]
    Passing,
    /// The head is held, and the engine reads the body.
    Reading(Box<Reading>, Limit),
    /// The head is held, the answer is known, and the rest of the body is dropped.
    Dropping(Box<Answer>, Limit),
    /// The new head was sent, and the old body is dropped.
    Dropped,
}

/// Bytes that may still arrive before Envoy answers instead of the upstream.
#[derive(Clone, Copy)]
struct Limit(u64);

impl Limit {
    /// Whether `more` bytes exceed it.
    fn spend(&mut self, more: u64) -> bool {
        let exceeded = more > self.0;
        self.0 = self.0.saturating_sub(more);
        exceeded
    }
}

impl Filter {
    /// Stores the protocol of the client, because other filters can change it.
    pub(crate) fn request_head(&mut self, stream: &impl Stream) {
        self.spoken = Spoken::of(stream);
    }

    /// Stores the status with which Envoy answers itself.
    pub(crate) fn local_reply(&mut self, status: u16) {
        self.local_reply = StatusCode::from_u16(status).ok();
    }

    /// The head of the response.
    pub(crate) fn response_head(
        &mut self,
        stream: &mut impl Stream,
        settings: &Settings,
        ended: bool,
    ) -> Next {
        // Envoy answers itself if an upstream breaks off after a held head.
        self.forget();
        let Some(status) = stream
            .header(Map::Response, ":status")
            .and_then(|it| StatusCode::from_bytes(it).ok())
        else {
            return Next::Continue;
        };
        let grpc = ended && stream.header(Map::Response, "grpc-status").is_some();
        if status.as_u16() < 400 && !grpc {
            return Next::Continue;
        }
        panic_on_demand(stream, b"head");
        let origin = head::origin(stream, self.local_reply.is_some());
        let mut parts = head::parts(stream, status, origin);
        // Envoy's own answer to gRPC callers is read like its answer to all others. So is an error of HTTP that its filter
        // for gRPC-Web converted: the body is `grpc-message` then, and the status stays.
        let said = match self.local_reply {
            Some(own) if grpc && origin == ResponseOrigin::Proxy => head::as_http(&mut parts, own),
            _ if self.spoken.is_web() => head::as_http(&mut parts, status),
            _ => None,
        };
        if parts.status.as_u16() >= 400 && !settings.covers(parts.status.as_u16()) {
            return Next::Continue;
        }
        self.decide(stream, settings, parts, said, ended)
    }

    /// A piece of the body.
    pub(crate) fn response_body(&mut self, stream: &mut impl Stream, ended: bool) -> Next {
        match &mut self.state {
            State::Passing => return Next::Continue,
            State::Dropped => {
                stream.take_received();
                return Next::Continue;
            }
            State::Reading(..) | State::Dropping(..) => {}
        }
        // An inner filter, such as the decompressor, can add trailers with the last piece. A filter that holds this piece
        // gets no call for them.
        let ended = ended || !stream.headers(Map::ResponseTrailers).is_empty();
        let at = if ended { At::LastBody } else { At::Body };
        let bytes = Bytes::from(stream.take_received());
        match &mut self.state {
            State::Reading(reading, limit) => {
                let exceeded = limit.spend(length(&bytes));
                self.kept.push(bytes.clone());
                panic_on_demand(stream, b"body");
                if let Some(answer) = reading.push(bytes) {
                    if ended || exceeded {
                        return self.settle(stream, answer, at, exceeded);
                    }
                    let limit = *limit;
                    return self.drop_body(stream, answer, at, limit);
                }
                if ended {
                    return self.end(stream, at);
                }
                Next::Hold
            }
            State::Dropping(_, limit) => {
                let exceeded = limit.spend(length(&bytes));
                if !ended && !exceeded {
                    return Next::Hold;
                }
                self.end(stream, at)
            }
            State::Passing | State::Dropped => Next::Continue,
        }
    }

    /// The trailers, after a body without an end of the stream.
    pub(crate) fn response_trailers(
        &mut self,
        stream: &mut impl Stream,
        settings: &Settings,
    ) -> Next {
        match self.state {
            State::Passing => {
                self.status_of_grpc(stream, settings);
                Next::Continue
            }
            State::Dropped => {
                head::remove_trailers(stream);
                Next::Continue
            }
            State::Reading(..) | State::Dropping(..) => {
                panic_on_demand(stream, b"trailers");
                self.end(stream, At::Trailers)
            }
        }
    }

    /// A status in the trailers that is an error may have to be masked, or made readable for its caller.
    fn status_of_grpc(&self, stream: &mut impl Stream, settings: &Settings) {
        let is_error = stream
            .header(Map::ResponseTrailers, "grpc-status")
            .is_some_and(|status| status != b"0");
        if is_error {
            let caller = head::caller(stream, &settings.normaliser, self.spoken);
            let mut trailers = head::all(stream, Map::ResponseTrailers);
            settings.normaliser.trailers(caller, &mut trailers);
            head::write_map(stream, Map::ResponseTrailers, &trailers);
        }
    }

    /// Returns the kept bytes to the stream, after a panic.
    pub(crate) fn give_back<S: Stream>(
        &mut self,
        stream: &mut S,
        append: impl FnOnce(&mut S, &[u8]),
    ) {
        let kept = self.kept.concat();
        self.forget();
        self.unmark(stream);
        if !kept.is_empty() {
            append(stream, &kept);
        }
    }

    /// Passes all further data.
    pub(crate) fn forget(&mut self) {
        self.state = State::Passing;
        self.kept = Vec::new();
    }

    fn decide(
        &mut self,
        stream: &mut impl Stream,
        settings: &Settings,
        mut parts: Parts,
        said: Option<Bytes>,
        ended: bool,
    ) -> Next {
        let normaliser = &settings.normaliser;
        let caller = head::caller(stream, normaliser, self.spoken);
        let limit = Limit(settings.body_limit);
        let hint = match &said {
            Some(said) => BodyHint {
                ended: said.is_empty(),
                length: Some(length(said)),
            },
            None => BodyHint {
                ended,
                length: head::length(&parts),
            },
        };
        let too_long = hint
            .length
            .is_some_and(|length| length > settings.body_limit);
        match normaliser.head(caller, &mut parts, hint) {
            Head::Pass => {
                stream.count(Counter::Passed);
                if said.is_none() {
                    head::write(stream, &parts);
                }
                Next::Continue
            }
            Head::Read(mut reading) => {
                if let Some(answer) = said.and_then(|said| reading.push(said)) {
                    return self.settle(stream, answer, At::HeadAlone, false);
                }
                self.state = State::Reading(Box::new(reading), limit);
                if ended {
                    return self.end(stream, At::HeadAlone);
                }
                self.hold(stream)
            }
            Head::Answer(answer) if ended => self.settle(stream, answer, At::HeadAlone, false),
            Head::Answer(answer) if too_long => self.settle(stream, answer, At::Head, true),
            Head::Answer(answer) => self.drop_body(stream, answer, At::Head, limit),
        }
    }

    /// The answer is known before the body has ended: drops the rest, if only a body has to be replaced.
    fn drop_body(
        &mut self,
        stream: &mut impl Stream,
        answer: Answer,
        at: At,
        limit: Limit,
    ) -> Next {
        if !matches!(answer.body, AnswerBody::Full(_)) {
            return self.settle(stream, answer, at, false);
        }
        self.kept = Vec::new();
        self.state = State::Dropping(Box::new(answer), limit);
        self.hold(stream)
    }

    /// gRPC callers cannot read an answer in HTTP.
    fn hold(&mut self, stream: &mut impl Stream) -> Next {
        if self.spoken == Spoken::Other && !self.marked {
            stream.mark_held(true);
            self.marked = true;
        }
        Next::Hold
    }

    /// The body has ended, or no more of it is needed.
    fn end(&mut self, stream: &mut impl Stream, at: At) -> Next {
        match std::mem::take(&mut self.state) {
            State::Reading(reading, _) => {
                panic_on_demand(stream, b"end");
                let answer = reading.end(if at.ended() { Ok(()) } else { Err(Cut::Broken) });
                self.settle(stream, answer, at, false)
            }
            State::Dropping(answer, _) => self.settle(stream, *answer, at, !at.ended()),
            State::Passing | State::Dropped => Next::Continue,
        }
    }

    /// Sends the answer.
    fn settle(
        &mut self,
        stream: &mut impl Stream,
        answer: Answer,
        at: At,
        over_limit: bool,
    ) -> Next {
        self.state = State::Passing;
        settle::report(stream, &answer, over_limit);
        // The following code writes the answer, so a panic must not send the original.
        self.kept = Vec::new();
        self.unmark(stream);
        match settle::send(stream, answer, at, self.spoken.is_web()) {
            Sent::Here => Next::Continue,
            Sent::HeadOnly => {
                self.state = State::Dropped;
                Next::Continue
            }
            Sent::Instead => Next::Hold,
        }
    }

    /// From now on, Envoy's own answers are not about a held head.
    fn unmark(&mut self, stream: &mut impl Stream) {
        if std::mem::take(&mut self.marked) {
            stream.mark_held(false);
        }
    }
}

/// The tests make the module panic, and check that the original passes.
fn panic_on_demand(stream: &impl Stream, place: &[u8]) {
    #[cfg(feature = "panic-on-demand")]
    #[allow(clippy::panic)]
    if stream.header(Map::Response, "x-panic") == Some(place) {
        panic!("on demand");
    }
    let _ = (stream, place);
}

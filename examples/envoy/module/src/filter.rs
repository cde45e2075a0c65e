//! One HTTP stream: holds an error until it is known what becomes of it.
//!
//! 1. The head of a success passes: one look at `:status`, and one for `grpc-status` where there is no body.
//! 2. The head of an error goes to the engine. What it knows without the body is answered; else the head is held.
//! 3. The body is taken piece by piece, at most up to the limit, and never left in Envoy's buffers.
//! 4. The answer leaves by [`settle`].
//!
//! A filter that holds a head owes a body: after a panic the original goes out, from the bytes that were kept.

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
    /// What was taken out of Envoy while nothing was decided.
    kept: Vec<Bytes>,
    /// The stream says that its head is held.
    marked: bool,
}

#[derive(Default)]
enum State {
    /// What comes is handed on.
    #[default]
    Passing,
    /// The head is held, and the engine reads the body.
    Reading(Box<Reading>, Limit),
    /// The head is held, the answer is known, and the rest of the body is dropped.
    Dropping(Box<Answer>, Limit),
    /// The head is gone, and so is its old body.
    Dropped,
}

/// Bytes that may still come before Envoy answers in the place of the upstream.
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
    /// Remembers what the client speaks; other filters may change it.
    pub(crate) fn request_head(&mut self, stream: &impl Stream) {
        self.spoken = Spoken::of(stream);
    }

    /// Remembers that Envoy answers itself, and with which status.
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
        // Envoy answers itself where an upstream breaks off behind a held head.
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
        // What Envoy says to gRPC callers is not gRPC of a service: it is read as what it says to all others. So is what its
        // filter for gRPC-Web makes of an error of HTTP: the body is `grpc-message` then, and the status stays.
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
        // A filter further in, like the decompressor, can add trailers while it hands on the last piece. Whoever holds that
        // piece is never told of them.
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

    /// The trailers, behind a body without an end of its own.
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

    /// Gives the stream what was taken out of it, after a panic.
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

    /// Hands on whatever comes from now on.
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

    /// gRPC callers are not helped by a form for others.
    fn hold(&mut self, stream: &mut impl Stream) -> Next {
        if self.spoken == Spoken::Other && !self.marked {
            stream.mark_held(true);
            self.marked = true;
        }
        Next::Hold
    }

    /// The body has ended, or nothing more of it is wanted.
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
        // Nothing is owed from here on: what follows writes the answer.
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

    /// What Envoy says from now on is not about a held head.
    fn unmark(&mut self, stream: &mut impl Stream) {
        if std::mem::take(&mut self.marked) {
            stream.mark_held(false);
        }
    }
}

/// The tests make the module panic, to see the original pass.
fn panic_on_demand(stream: &impl Stream, place: &[u8]) {
    #[cfg(feature = "panic-on-demand")]
    #[allow(clippy::panic)]
    if stream.header(Map::Response, "x-panic") == Some(place) {
        panic!("on demand");
    }
    let _ = (stream, place);
}

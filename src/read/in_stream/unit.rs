//! The units of a stream: its events, its lines, or its messages.
//!
//! [`Units`] is fed with the bytes of a stream as they come, and says where each unit ends. [`read_unit`] reads the error
//! that one is.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::event::{may_tell, read_event};
use crate::envelope::Envelope;
use crate::grpc::{connect, convert, head};
use crate::read::reader::ErrorReader;

/// The kinds of units in streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// Server-sent events, each with a blank line behind it.
    Event,
    /// JSON documents, each with a line break behind it.
    Line,
    /// Messages of Connect, each with its length before it.
    Connect,
    /// Messages of gRPC-Web, each with its length before it.
    GrpcWeb,
}

/// Bytes before a message: its flags and its length.
const PREFIX: usize = 5;

/// Lines of trailers after so many are not read.
const MAX_TRAILERS: usize = 128;

/// How far the unit has come that is open.
#[derive(Debug)]
pub(crate) struct Units {
    kind: UnitKind,
    /// Of events: whether the line that is open has bytes, and whether a carriage return came last.
    has_bytes: bool,
    after_return: bool,
    /// Of messages: the prefix as far as it is there, and the bytes that are still to come.
    prefix: [u8; PREFIX],
    prefixed: usize,
    left: usize,
}

impl Units {
    pub(crate) fn new(kind: UnitKind) -> Self {
        Self {
            kind,
            has_bytes: false,
            after_return: false,
            prefix: [0; PREFIX],
            prefixed: 0,
            left: 0,
        }
    }

    pub(crate) fn kind(&self) -> UnitKind {
        self.kind
    }

    /// How many of these bytes, which follow those before, belong to the unit that is open, if it ends with them.
    pub(crate) fn end(&mut self, data: &[u8]) -> Option<usize> {
        match self.kind {
            UnitKind::Event => data
                .iter()
                .position(|byte| self.ends_event(*byte))
                .map(|at| at + 1),
            UnitKind::Line => data.iter().position(|byte| *byte == b'\n').map(|at| at + 1),
            UnitKind::Connect | UnitKind::GrpcWeb => self.message_end(data),
        }
    }

    /// Whether the unit that is open may be an error. What follows is said of it once a byte of it is there.
    pub(crate) fn may_be_error(&self) -> bool {
        let [flags, ..] = self.prefix;
        match self.kind {
            UnitKind::Event | UnitKind::Line => true,
            UnitKind::Connect => flags & 0x02 != 0,
            UnitKind::GrpcWeb => flags & 0x80 != 0,
        }
    }

    /// Of messages: how many bytes the one that is open has still to come, at least.
    #[cfg_attr(not(feature = "tonic"), allow(dead_code))]
    pub(super) fn at_least(&self) -> usize {
        match self.prefixed {
            0 | PREFIX => self.left,
            prefixed => PREFIX - prefixed,
        }
    }

    /// An event ends with a blank line. Lines end with a line feed, a carriage return, or both
    /// ([HTML §9.2.5](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream)).
    fn ends_event(&mut self, byte: u8) -> bool {
        let after_return = std::mem::replace(&mut self.after_return, byte == b'\r');
        match byte {
            b'\n' if after_return => false,
            b'\n' | b'\r' => !std::mem::replace(&mut self.has_bytes, false),
            _ => {
                self.has_bytes = true;
                false
            }
        }
    }

    fn message_end(&mut self, data: &[u8]) -> Option<usize> {
        let mut taken = 0;
        if self.left == 0 {
            if self.prefixed == PREFIX {
                self.prefixed = 0;
            }
            for (place, byte) in self.prefix.iter_mut().skip(self.prefixed).zip(data) {
                *place = *byte;
                taken += 1;
            }
            self.prefixed += taken;
            if self.prefixed < PREFIX {
                return None;
            }
            let [_, a, b, c, d] = self.prefix;
            self.left = u32::from_be_bytes([a, b, c, d]) as usize;
        }
        let more = self.left.min(data.len() - taken);
        self.left -= more;
        (self.left == 0).then_some(taken + more)
    }
}

/// The error in a whole unit. These readers are asked first.
pub(crate) fn read_unit<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    kind: UnitKind,
    unit: &[u8],
) -> Option<Envelope> {
    // Readers of events decode what is no UTF-8 as U+FFFD (HTML §9.2.5).
    let text = String::from_utf8_lossy(unit);
    match kind {
        UnitKind::Event | UnitKind::Line if !may_tell(unit) => None,
        UnitKind::Event => {
            let (name, data) = parse_event(text.trim_start_matches('\u{feff}'));
            read_event(readers, name, &data?)
        }
        UnitKind::Line => read_event(readers, None, text.trim_start_matches('\u{1e}')),
        UnitKind::Connect => {
            let status = connect::read_end_of_stream(unit)?;
            Some(convert::from_peer(&status, &[]))
        }
        UnitKind::GrpcWeb => read_trailers(&web_trailers(unit)?),
    }
}

/// The error that trailers of gRPC are.
pub(crate) fn read_trailers(trailers: &HeaderMap) -> Option<Envelope> {
    Some(convert::from_peer(&head::read_trailers(trailers)?, &[]))
}

/// The name and the data of an event; `None` for an event without data.
///
/// Servers of llama.cpp before autumn 2025 send `error: {…}` as a field of its own, which readers of events ignore
/// ([the mend](https://github.com/ggml-org/llama.cpp/pull/16109)).
fn parse_event(text: &str) -> (Option<&str>, Option<Cow<'_, str>>) {
    let (mut name, mut data): (_, Option<Cow<'_, str>>) = (None, None);
    for line in text.split(['\n', '\r']) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => name = Some(value),
            "data" => match &mut data {
                None => data = Some(value.into()),
                Some(data) => {
                    let data = data.to_mut();
                    data.push('\n');
                    data.push_str(value);
                }
            },
            "error" if value.starts_with('{') => return (Some("error"), Some(value.into())),
            _ => {}
        }
    }
    (name, data)
}

/// The trailers in the last message of gRPC-Web
/// ([PROTOCOL-WEB](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md)).
fn web_trailers(message: &[u8]) -> Option<HeaderMap> {
    let (prefix, text) = message.split_at_checked(PREFIX)?;
    // Trailers that are compressed are not read.
    if prefix.first() != Some(&0x80) {
        return None;
    }
    let mut trailers = HeaderMap::new();
    for line in text.split(|byte| *byte == b'\n').take(MAX_TRAILERS) {
        let mut parts = line.splitn(2, |byte| *byte == b':').map(<[u8]>::trim_ascii);
        let name = parts
            .next()
            .and_then(|name| HeaderName::from_bytes(name).ok());
        let value = parts
            .next()
            .and_then(|value| HeaderValue::from_bytes(value).ok());
        if let Some((name, value)) = name.zip(value) {
            let _ = trailers.try_append(name, value);
        }
    }
    Some(trailers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The units of a stream that comes in pieces of this many bytes.
    fn split(kind: UnitKind, stream: &[u8], step: usize) -> Vec<Vec<u8>> {
        let (mut units, mut all, mut open) = (Units::new(kind), Vec::new(), Vec::new());
        for mut piece in stream.chunks(step) {
            while let Some(end) = units.end(piece) {
                open.extend_from_slice(&piece[..end]);
                all.push(std::mem::take(&mut open));
                piece = &piece[end..];
                if piece.is_empty() {
                    break;
                }
            }
            open.extend_from_slice(piece);
        }
        all.push(open);
        all
    }

    #[test]
    fn units_are_the_same_however_the_stream_is_cut() {
        let events = b"data: 1\n\nevent: x\r\ndata: 2\r\n\r\ndata: 3\r\rdata: 4\n\r\ndata: 5";
        let lines = b"{}\n\n{\"a\":1}\r\nx";
        let messages = [0, 0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 9, 0, 0];
        for (kind, stream, want) in [
            (UnitKind::Event, &events[..], 5),
            (UnitKind::Line, lines, 4),
            (UnitKind::Connect, &messages, 4),
        ] {
            let whole = split(kind, stream, 1000);
            assert_eq!(whole.concat(), stream);
            for step in 1..stream.len() {
                let parts = split(kind, stream, step);
                assert_eq!(parts.len(), whole.len(), "{kind:?} {step}");
                assert_eq!(parts.concat(), stream);
            }
            let visible = whole
                .iter()
                .filter(|unit| !unit.trim_ascii().is_empty() || kind == UnitKind::Connect);
            assert!(visible.count() >= want - 1, "{whole:?}");
        }
    }

    #[test]
    fn an_event_has_a_name_and_its_data_in_lines() {
        let text = "id: 7\r\nevent:x\r\ndata: a\r\ndata:b\r\ndata\r\n: data: c\r\n\r\n";
        let (name, data) = parse_event(text);
        assert_eq!((name, data.as_deref()), (Some("x"), Some("a\nb\n")));
        assert_eq!(parse_event("event: error\n\n"), (Some("error"), None));
    }

    #[test]
    fn trailers_of_grpc_web_are_read() {
        let text =
            "grpc-status: 5\r\nGRPC-Message:There is no printer 8\r\n\r\nnonsense\r\n: x\r\n";
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        let message = [&[0x80][..], &length, text.as_bytes()].concat();
        let error = read_unit([], UnitKind::GrpcWeb, &message).unwrap();
        assert_eq!(
            (error.status().as_u16(), error.message()),
            (404, "There is no printer 8")
        );
        let fine = [&[0x80, 0, 0, 0, 15][..], b"grpc-status:0\r\n"].concat();
        assert_eq!(read_unit([], UnitKind::GrpcWeb, &fine), None);
    }
}

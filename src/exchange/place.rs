//! The position in a stream: whether an event, a line or a message is half-written.
//!
//! | stream | state |
//! | --- | --- |
//! | events, lines, JSON text sequences | the last two bytes, and the first five of the open line |
//! | gRPC-Web, Connect | the prefix of the open message, and the bytes that it lacks |
//! | gRPC-Web in base64 | the same, and up to three characters that are not decoded yet |
//!
//! In: the data of each frame that passes. Out: whether an error may be added, and the text that closes a half-written event
//! or line first. [`LastFrame`](super::LastFrame) calls it.

#[cfg(feature = "tonic")]
use crate::grpc::base64;

/// The flag of the message that ends a stream: of gRPC-Web
/// ([PROTOCOL-WEB](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md)), and of Connect
/// ([Connect](https://connectrpc.com/docs/protocol#error-end-stream)).
const LAST: u8 = 0x80 | 0x02;

/// Bytes before each message: its flags and its length.
const PREFIX: usize = 5;

/// The position in a stream. Each kind of stream uses one of the `see_` methods.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// The last two bytes; 0 before them.
    tail: [u8; 2],
    /// Bytes of base64 that are not decoded yet, and how many of them are there.
    quad: [u8; 4],
    quads: u8,
    /// Bytes of the message that are still to come.
    left: usize,
    /// The prefix of a message as far as it has arrived, and the number of its bytes. Of texts: the first bytes of the
    /// line, while it is open.
    prefix: [u8; PREFIX],
    prefixed: u8,
    /// Whether the message that ends the stream has begun.
    is_last: bool,
}

impl Place {
    /// Takes note of events or lines.
    #[inline]
    pub(super) fn see_text(&mut self, data: &[u8]) {
        if data.ends_with(b"\n\n") {
            self.tail = *b"\n\n";
        } else {
            self.see_open_event(data);
        }
    }

    /// The same, for data that does not end with a whole event. It reads the first bytes of an open line.
    #[inline(never)]
    fn see_open_event(&mut self, data: &[u8]) {
        if matches!(self.tail[1], b'\n' | b'\r') {
            self.prefixed = 0;
        }
        match data {
            [.., before, last] => self.tail = [*before, *last],
            [last] => self.tail = [self.tail[1], *last],
            [] => return,
        }
        if self.tail[1] == b'\n' {
            return;
        }
        let mut line = data;
        if let Some(end) = memchr::memrchr2(b'\n', b'\r', data) {
            self.prefixed = 0;
            line = data.get(end + 1..).unwrap_or_default();
        }
        for byte in line.iter().take(PREFIX - usize::from(self.prefixed)) {
            if let Some(place) = self.prefix.get_mut(usize::from(self.prefixed)) {
                *place = *byte;
            }
            self.prefixed += 1;
        }
    }

    /// Takes note of messages in base64. After text that is not base64, nothing can be added.
    #[inline(never)]
    pub(super) fn see_base64(&mut self, data: &[u8]) {
        for byte in data {
            if let Some(place) = self.quad.get_mut(usize::from(self.quads)) {
                *place = *byte;
            }
            self.quads = (self.quads + 1) % 4;
            if self.quads == 0 {
                match decode(&self.quad) {
                    Some(bytes) => self.see_messages(&bytes),
                    // A reader cannot decode what follows.
                    None => self.is_last = true,
                }
            }
        }
    }

    /// Takes note of messages of gRPC-Web or Connect. The cost is linear in the number of messages, not of bytes.
    #[inline]
    pub(super) fn see_messages(&mut self, data: &[u8]) {
        if data.len() < self.left {
            self.left -= data.len();
        } else {
            self.see_more(data);
        }
    }

    /// The same, for data that ends the open message. It reads the prefixes of the messages that follow.
    #[inline(never)]
    fn see_more(&mut self, data: &[u8]) {
        let mut rest = data.get(self.left..).unwrap_or_default();
        self.left = 0;
        while !rest.is_empty() {
            let missing = PREFIX - usize::from(self.prefixed);
            let (start, after) = rest.split_at(missing.min(rest.len()));
            for byte in start {
                if let Some(place) = self.prefix.get_mut(usize::from(self.prefixed)) {
                    *place = *byte;
                }
                self.prefixed += 1;
            }
            if usize::from(self.prefixed) < PREFIX {
                return;
            }
            let [flags, a, b, c, d] = self.prefix;
            self.prefixed = 0;
            self.is_last |= flags & LAST != 0;
            let length = u32::from_be_bytes([a, b, c, d]) as usize;
            self.left = length.saturating_sub(after.len());
            rest = after.get(length..).unwrap_or_default();
        }
    }

    /// Whether one more message may follow: no message is half-written, and the last one was not sent.
    pub(super) fn is_open_for_message(&self) -> bool {
        self.left == 0 && self.prefixed == 0 && !self.is_last
    }

    /// The same as [`is_open_for_message`](Self::is_open_for_message), for a stream in base64. Each message must begin a new group of
    /// four characters.
    pub(super) fn is_open_for_base64(&self) -> bool {
        self.quads == 0 && self.is_open_for_message()
    }

    /// The text that ends a half-written event. Blank lines between events have no meaning.
    ///
    /// Half an `id` is another id, and half a delay in `retry` is another delay. `EventSource` ignores both fields if their values
    /// have a NUL ([HTML §9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation)).
    pub(super) fn close_event(&self) -> &'static str {
        let line = self.prefix.get(..usize::from(self.prefixed));
        let starts = |name: &[u8]| line.is_some_and(|line| line.starts_with(name));
        match self.tail {
            [0, 0] | [b'\n', b'\n'] | [b'\r', b'\r'] => "",
            [_, b'\n' | b'\r'] => "\n\n",
            _ if starts(b"id") || starts(b"retry") => "\0\n\n",
            _ => "\n\n",
        }
    }

    /// The text that ends a half-written line.
    pub(super) fn close_line(&self) -> &'static str {
        match self.tail {
            [0, 0] | [_, b'\n'] => "",
            _ => "\n",
        }
    }
}

/// Decodes four characters of base64; `None` if they are malformed.
#[cfg(feature = "tonic")]
fn decode(quad: &[u8]) -> Option<Vec<u8>> {
    base64::decode(quad)
}

/// It is not called: without the feature `tonic`, no stream counts as gRPC-Web.
#[cfg(not(feature = "tonic"))]
fn decode(_: &[u8]) -> Option<Vec<u8>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_written_text_is_closed() {
        for (texts, event, line) in [
            (&[][..], "", ""),
            (&["data: x\n\n"], "", ""),
            (&["data: x\n", "\n"], "", ""),
            (&["data: x", "\n", "", "\n"], "", ""),
            (&["data: x\n"], "\n\n", ""),
            (&["data: x"], "\n\n", "\n"),
            (&["data: x\r\n\r\n"], "\n\n", ""),
            (&["x"], "\n\n", "\n"),
            (&["data: x\nid: 5"], "\0\n\n", "\n"),
            (&["data: x\n\ni", "", "d", ": ", "5"], "\0\n\n", "\n"),
            (&["id"], "\0\n\n", "\n"),
            (&["data: 1\rret", "ry: 1"], "\0\n\n", "\n"),
            (&["id: 57\n"], "\n\n", ""),
            (&["id: 57\r\ndata: id: 5"], "\n\n", "\n"),
            (&["id: 57\r", "\nda", "ta: 5"], "\n\n", "\n"),
            (&["i"], "\n\n", "\n"),
            (&["\n"], "\n\n", ""),
            (&["id: 5", "7\n"], "\n\n", ""),
            (&["id: 5", "7\n", "data: 5"], "\n\n", "\n"),
            (&["id: 5", "7\r", "data: 5"], "\n\n", "\n"),
            (&["id: 5", "7\n", "id: 5"], "\0\n\n", "\n"),
        ] {
            let mut place = Place::default();
            texts
                .iter()
                .for_each(|text| place.see_text(text.as_bytes()));
            assert_eq!((place.close_event(), place.close_line()), (event, line));
        }
    }

    #[test]
    fn messages_end_where_their_lengths_say_however_they_are_cut() {
        let whole = [
            &[0, 0, 0, 0, 3, 1, 2, 3][..],
            &[0, 0, 0, 0, 0],
            &[1, 0, 0, 1, 0],
            &[7; 256],
        ];
        let ends = [0, 8, 13, 13 + 5 + 256];
        let all = whole.concat();
        for step in [1, 2, 3, 5, 7, 100, 1000] {
            let mut place = Place::default();
            let mut seen = 0;
            for part in all.chunks(step) {
                assert_eq!(place.is_open_for_message(), ends.contains(&seen), "{seen}");
                place.see_messages(part);
                seen += part.len();
            }
            assert!(place.is_open_for_message());
        }
    }

    #[cfg(feature = "tonic")]
    #[test]
    fn messages_in_base64_end_where_their_lengths_say() {
        // A message of three bytes, and half of one, each with its own padding.
        let texts = ["AAAAAAMB", "AgM=", "AAAAAQA=", "eHg="];
        let open = [false, true, false, false];
        for step in [1, 3, 4, 100] {
            let mut place = Place::default();
            for (text, open) in texts.iter().zip(open) {
                for part in text.as_bytes().chunks(step) {
                    place.see_base64(part);
                }
                assert_eq!(place.is_open_for_base64(), open, "{text} by {step}");
            }
        }
        let mut place = Place::default();
        place.see_base64(b"!!!!");
        assert!(!place.is_open_for_base64());
    }

    #[test]
    fn nothing_follows_the_last_message() {
        for flags in [0x80, 0x02, 0x81] {
            let mut place = Place::default();
            place.see_messages(&[flags, 0, 0, 0, 1, 0]);
            assert!(!place.is_open_for_message());
        }
    }
}

//! Finds the trailers in a stream of gRPC-Web in base64
//! ([PROTOCOL-WEB](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md)).
//!
//! In: the text of the stream as it comes, cut anywhere. Out: the text that may pass, and the message of trailers, decoded. Four
//! characters, a group, are at most three bytes. Padding ends a group, also in the middle of the stream.
//!
//! 1. Whole groups are decoded in chunks. [`Units`] finds the end of each message in the bytes.
//! 2. The text passes as it came. It is held back from the group in which a message of trailers begins, up to the limit.
//! 3. A group that is not whole is held back if a message may begin in it.
//! 4. Text that is no base64 is data. The rest of such a stream passes.

use bytes::Bytes;

use super::unit::{read_unit, UnitKind, Units};
use crate::envelope::Envelope;
use crate::grpc::base64;

/// Characters of a group, and the bytes that they stand for.
const GROUP: usize = 4;
const DECODED: usize = 3;

/// Characters that are decoded at once: 256 groups.
const CHUNK: usize = 1024;

/// A place behind all text.
const ALL: usize = usize::MAX;

/// The state of a stream. Places are counted in characters from its beginning.
#[derive(Debug)]
pub(crate) struct WebText {
    units: Units,
    /// The text that was taken.
    taken: usize,
    /// The last characters of it, which are held back.
    held: Vec<u8>,
    /// The last characters of it, which are no whole group.
    group: Vec<u8>,
    /// The message of trailers that is open.
    open: Option<Open>,
    /// Characters that are held back at most; 0 if the rest passes.
    limit: usize,
}

/// A message of trailers.
#[derive(Debug)]
struct Open {
    /// The place of the group in which it begins.
    place: usize,
    /// The bytes of this group before the message.
    before: Vec<u8>,
    bytes: Vec<u8>,
}

/// The parts of a frame.
#[derive(Debug)]
pub(crate) struct Scanned {
    /// Text that was held back before, and may pass now.
    pub(crate) first: Bytes,
    /// The text of the frame that may pass.
    pub(crate) second: Bytes,
    /// The error that follows, and the bytes of its message.
    pub(crate) error: Option<(Envelope, Bytes)>,
}

impl WebText {
    /// The state before the first frame. At most `limit` characters are held back.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            units: Units::new(UnitKind::GrpcWeb),
            taken: 0,
            held: Vec::new(),
            group: Vec::new(),
            open: None,
            limit,
        }
    }

    /// Takes the text of one frame. The cost is linear in the text.
    pub(crate) fn push(&mut self, text: &Bytes) -> Scanned {
        if self.limit == 0 {
            return self.give(text, ALL);
        }
        let mut at = 0;
        while let Some((place, length)) = self.next_groups(text, &mut at) {
            let mut decoded = [0; CHUNK];
            let groups = match self.group.is_empty() {
                true => text.get(at - length..at).unwrap_or_default(),
                false => &self.group,
            };
            let Some(bytes) = base64::decode_into(groups, &mut decoded) else {
                self.limit = 0;
                break;
            };
            self.group.clear();
            if let Some(error) = self.read_groups(place, bytes) {
                return self.fail(text, error);
            }
        }
        let end = self.taken + text.len();
        let group = end - self.group.len();
        let may_begin = !self.group.is_empty() && self.units.at_least() < DECODED;
        let open = self.open.as_ref().map(|open| open.place);
        let place = open.or(may_begin.then_some(group)).unwrap_or(end);
        if self.limit == 0 || end - place > self.limit {
            self.limit = 0;
            return self.give(text, ALL);
        }
        self.give(text, place)
    }

    /// The stream has ended. The last group may have no padding.
    pub(crate) fn end(&mut self) -> Scanned {
        let group = std::mem::take(&mut self.group);
        let mut decoded = [0; DECODED];
        let bytes = base64::decode_into(&group, &mut decoded).unwrap_or_default();
        // No message begins and ends in one group, so the place of the group does not count.
        match self.read_groups(self.taken, bytes) {
            Some(error) => self.fail(&Bytes::new(), error),
            None => self.give(&Bytes::new(), ALL),
        }
    }

    /// The next whole groups: their place, and the characters that `at` goes on by. A group that was open is completed first.
    /// Padding can only be at the end. `None` if there is no whole group; then the rest is open.
    fn next_groups(&mut self, text: &[u8], at: &mut usize) -> Option<(usize, usize)> {
        let rest = text.get(*at..)?;
        let place = self.taken + *at - self.group.len();
        let lacks = (GROUP - self.group.len()) % GROUP;
        let whole = match lacks {
            0 => rest.len() / GROUP * GROUP,
            lacks => lacks,
        };
        let groups = rest.get(..whole.min(CHUNK));
        let Some(groups) = groups.filter(|groups| !groups.is_empty()) else {
            self.group.extend_from_slice(rest);
            return None;
        };
        let padding = groups.iter().position(|byte| *byte == b'=');
        let length = match padding {
            Some(padding) if lacks == 0 => (padding / GROUP + 1) * GROUP,
            _ => groups.len(),
        };
        if lacks > 0 {
            self.group.extend_from_slice(groups);
        }
        *at += length;
        Some((place, length))
    }

    /// Takes the bytes of whole groups, the first of them at `place`. Returns the error in a message of trailers that ends.
    fn read_groups(&mut self, place: usize, bytes: &[u8]) -> Option<Envelope> {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let end = self.units.end(rest);
            let part = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            if self.units.may_be_error() {
                let open = self.open.get_or_insert_with(|| Open {
                    place: place + at / DECODED * GROUP,
                    before: bytes
                        .get(at / DECODED * DECODED..at)
                        .unwrap_or_default()
                        .to_vec(),
                    bytes: Vec::new(),
                });
                open.bytes.extend_from_slice(part);
                if open.bytes.len() > self.limit / GROUP * DECODED {
                    self.limit = 0;
                    return None;
                }
                if end.is_some() {
                    if let Some(error) = read_unit([], UnitKind::GrpcWeb, &open.bytes) {
                        return Some(error);
                    }
                    self.open = None;
                }
            }
            at += part.len();
        }
        None
    }

    /// Gives the text before the message that is an error. If the message begins inside of a group, the bytes before it get a group of
    /// their own.
    fn fail(&mut self, text: &Bytes, error: Envelope) -> Scanned {
        self.limit = 0;
        let Some(open) = self.open.take() else {
            return self.give(text, ALL);
        };
        let mut scanned = self.give(text, open.place);
        if !open.before.is_empty() {
            let before = base64::encode_padded(&open.before);
            scanned.second = [&scanned.second, before.as_bytes()].concat().into();
        }
        scanned.error = Some((error, open.bytes.into()));
        scanned
    }

    /// Gives the text before `place`, and holds the rest back.
    fn give(&mut self, text: &Bytes, place: usize) -> Scanned {
        let start = self.taken - self.held.len();
        let of_held = place.saturating_sub(start).min(self.held.len());
        let of_text = place.saturating_sub(self.taken).min(text.len());
        // `split_off` allocates, and many frames may come while nothing is given.
        let first = match of_held {
            0 => Bytes::new(),
            _ => {
                let later = self.held.split_off(of_held);
                std::mem::replace(&mut self.held, later).into()
            }
        };
        self.held
            .extend_from_slice(text.get(of_text..).unwrap_or_default());
        self.taken += text.len();
        Scanned {
            first,
            second: text.slice(..of_text),
            error: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: usize = 64 * 1024;

    fn message(flags: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[flags][..], &length, content].concat()
    }

    /// Trailers with an error.
    const NO: &[u8] = b"grpc-status:7";

    /// What passes of a text that comes in pieces of these lengths, and the error.
    fn run(limit: usize, text: &str, steps: &[usize]) -> (String, Option<Vec<u8>>) {
        let mut stream = WebText::new(limit);
        let mut passed = Vec::new();
        let (mut rest, mut steps) = (text.as_bytes(), steps.iter().cycle());
        while !rest.is_empty() {
            let step = (*steps.next().unwrap()).clamp(1, rest.len());
            let scanned = stream.push(&Bytes::copy_from_slice(&rest[..step]));
            rest = &rest[step..];
            passed.extend([scanned.first, scanned.second].concat());
            if let Some((_, message)) = scanned.error {
                return (String::from_utf8(passed).unwrap(), Some(message.into()));
            }
            assert!(stream.held.len() <= limit);
        }
        let scanned = stream.end();
        passed.extend([scanned.first, scanned.second].concat());
        let error = scanned.error.map(|(_, message)| message.into());
        (String::from_utf8(passed).unwrap(), error)
    }

    /// Decodes text in which each run of base64 may have padding.
    fn decoded(text: &str) -> Vec<u8> {
        let groups = text.as_bytes().chunks(GROUP);
        groups
            .flat_map(|group| base64::decode(group).unwrap())
            .collect()
    }

    /// Bytes as runs of base64 of these lengths in bytes.
    fn encoded(bytes: &[u8], runs: &[usize]) -> String {
        let (mut text, mut rest, mut runs) = (String::new(), bytes, runs.iter().cycle());
        while !rest.is_empty() {
            let run = (*runs.next().unwrap()).clamp(1, rest.len());
            text += &base64::encode_padded(&rest[..run]);
            rest = &rest[run..];
        }
        text
    }

    proptest! {
        #[test]
        fn an_error_is_found_and_all_before_it_passes(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..5),
            said in prop::sample::select(&["grpc-status:7", "grpc-status:0\r\n", ""][..]),
            runs in prop::collection::vec(1..30_usize, 1..6),
            steps in prop::collection::vec(1..30_usize, 1..6),
        ) {
            let data: Vec<u8> = contents.iter().flat_map(|content| message(0, content)).collect();
            let end = message(0x80, said.as_bytes());
            let text = encoded(&[&data[..], &end].concat(), &runs);
            let (passed, error) = run(LIMIT, &text, &steps);
            if said.as_bytes() == NO {
                prop_assert_eq!(error, Some(end));
                prop_assert_eq!(decoded(&passed), data);
            } else {
                prop_assert_eq!(error, None);
                prop_assert_eq!(passed, text);
            }
        }

        #[test]
        fn what_is_no_base64_passes_as_it_is(
            text in "[A-Za-z0-9+/=\\-_ \n{}\"]{0,200}",
            steps in prop::collection::vec(1..30_usize, 1..6),
        ) {
            let (passed, error) = run(LIMIT, &text, &steps);
            if error.is_none() {
                prop_assert_eq!(passed, text);
            }
        }
    }

    #[test]
    fn a_last_group_may_have_no_padding() {
        for content in ["grpc-status:7", "grpc-status: 7", "grpc-status:  7"] {
            let whole = [message(0, b"data"), message(0x80, content.as_bytes())].concat();
            let text = base64::encode(&whole);
            for step in 1..text.len() {
                let (passed, error) = run(LIMIT, &text, &[step]);
                assert!(error.is_some(), "{content} {step}");
                assert_eq!(decoded(&passed), message(0, b"data"));
            }
        }
    }

    #[test]
    fn a_long_message_of_trailers_is_data() {
        let whole = [
            message(0, b"data"),
            message(0x80, &[b'x'; 600]),
            message(0x80, NO),
        ];
        let text = base64::encode_padded(&whole.concat());
        for step in [1, 7, 100, 10_000] {
            assert_eq!(run(200, &text, &[step]), (text.clone(), None), "{step}");
        }
    }

    /// Text passes with the frame in which it comes, unless a message may begin in its last group.
    #[test]
    fn data_is_not_held_back() {
        // The lengths of the messages, and the groups in which one may begin.
        for (contents, may_begin) in [
            (&[3000][..], &[0, 1, 1001][..]),
            // The last group ends with the message.
            (&[3001], &[0, 1]),
            // Group 3 has nothing but the length of the second message.
            (&[2, 3000], &[0, 1, 2]),
        ] {
            let messages = contents
                .iter()
                .flat_map(|length| message(0, &vec![7; *length]));
            let text = base64::encode_padded(&messages.collect::<Vec<_>>());
            let (mut stream, mut passed) = (WebText::new(LIMIT), 0);
            for (at, byte) in text.bytes().enumerate() {
                let scanned = stream.push(&Bytes::copy_from_slice(&[byte]));
                passed += scanned.first.len() + scanned.second.len();
                let is_held = passed != at + 1;
                let is_whole = at % GROUP == GROUP - 1;
                let may_be_held = !is_whole && may_begin.contains(&(at / GROUP));
                assert_eq!(is_held, may_be_held, "{contents:?} {at}");
            }
        }
    }

    #[test]
    fn a_message_may_begin_in_the_group_in_which_another_ends() {
        let (empty, end) = (message(0, b""), message(0x80, NO));
        let text = base64::encode_padded(&[&empty[..], &end].concat());
        for step in 1..text.len() {
            let (passed, error) = run(LIMIT, &text, &[step]);
            assert_eq!(error.as_deref(), Some(&end[..]), "{step}");
            assert_eq!(decoded(&passed), empty, "{step}");
        }
    }

    #[test]
    fn an_error_is_found_after_more_data_than_the_limit() {
        let whole = [message(0, &[b'x'; 6000]), message(0x80, NO)].concat();
        let text = base64::encode_padded(&whole);
        for step in [1, 7, 100, 3000, 10_000] {
            let (passed, error) = run(200, &text, &[step]);
            assert_eq!(error, Some(message(0x80, NO)), "{step}");
            assert_eq!(decoded(&passed), message(0, &[b'x'; 6000]), "{step}");
        }
    }

    #[test]
    fn the_limit_counts_characters_that_are_held_and_bytes_of_a_message() {
        let end = |length: usize| {
            let content = [&vec![b'x'; length - 19][..], b"\n", NO].concat();
            message(0x80, &content)
        };
        // A message of 150 bytes is as long as 200 characters.
        for (length, is_error) in [(150, true), (151, false)] {
            let text = base64::encode_padded(&end(length));
            let (_, error) = run(200, &text, &[text.len()]);
            assert_eq!(error.is_some(), is_error, "{length}");
        }
        // Each byte is a group of its own.
        let text = encoded(&end(60), &[1]);
        for (step, is_error) in [(200, true), (201, false)] {
            let (_, error) = run(200, &text, &[step]);
            assert_eq!(error.is_some(), is_error, "{step}");
        }
    }

    #[test]
    fn what_is_no_base64_passes_as_it_comes() {
        let mut stream = WebText::new(LIMIT);
        for byte in *b"{\"a\": 7}" {
            let byte = Bytes::copy_from_slice(&[byte]);
            let scanned = stream.push(&byte);
            let passed = [scanned.first, scanned.second].concat();
            assert!(passed.ends_with(&byte) || stream.taken < GROUP, "{byte:?}");
        }
    }
}

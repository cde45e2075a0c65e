//! Sends the answer: the held head, changed, with the new body.
//!
//! If the upstream sends more than the limit, or if a gRPC answer must end with its head, Envoy sends the answer instead of
//! the upstream.

use http::header::CONTENT_LENGTH;
use tower_error_envelope::exchange::{Answer, AnswerBody};

use crate::head;
use crate::stream::{Counter, Stream};

/// The position of a hook in the response.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum At {
    /// The head, with a body behind it.
    Head,
    /// The head, without a body.
    HeadAlone,
    /// A piece of the body that is not the last.
    Body,
    /// The last piece.
    LastBody,
    Trailers,
}

impl At {
    /// Whether no part of the body will follow.
    pub(crate) const fn ended(self) -> bool {
        matches!(self, Self::HeadAlone | Self::LastBody | Self::Trailers)
    }
}

/// The way in which an answer was sent.
pub(crate) enum Sent {
    /// By this hook. The rest of the stream follows the answer.
    Here,
    /// By this hook, as a head. The rest of the stream belongs to the old body.
    HeadOnly,
    /// Instead of the upstream's. No hook follows.
    Instead,
}

/// Writes the answer into the stream. `web`: its caller speaks gRPC-Web.
pub(crate) fn send(stream: &mut impl Stream, mut answer: Answer, at: At, web: bool) -> Sent {
    match &answer.body {
        AnswerBody::Full(body) if at.ended() => {
            head::write_with_length(stream, &mut answer.parts, length(body));
            if at != At::HeadAlone {
                head::remove_trailers(stream);
            }
            append(stream, body, at);
            Sent::Here
        }
        AnswerBody::Full(body) => instead(stream, &answer, body),
        AnswerBody::EndsWithHead if at == At::HeadAlone => {
            head::write(stream, &answer.parts);
            Sent::Here
        }
        // Behind a head of gRPC-Web an empty body is as good, and an answer in the place of the upstream has no type.
        AnswerBody::EndsWithHead if at.ended() && web => {
            head::write_with_length(stream, &mut answer.parts, 0);
            head::remove_trailers(stream);
            Sent::Here
        }
        AnswerBody::EndsWithHead => instead(stream, &answer, &[]),
        AnswerBody::HeadOnly => {
            head::write(stream, &answer.parts);
            Sent::HeadOnly
        }
        AnswerBody::Inner(bytes) => {
            head::write(stream, &answer.parts);
            append(stream, bytes, at);
            Sent::Here
        }
    }
}

/// Counts the answer, and logs the masked text.
pub(crate) fn report(stream: &mut impl Stream, answer: &Answer, over_limit: bool) {
    let rewritten = !matches!(answer.body, AnswerBody::Inner(_));
    stream.count(if rewritten {
        Counter::Rewritten
    } else {
        Counter::Passed
    });
    if over_limit {
        stream.count(Counter::OverLimit);
    }
    if let Some(original) = &answer.original {
        stream.count(Counter::Masked);
        stream.log(&|| {
            let text: String = original.to_string().chars().take(1024).collect();
            format!("error_envelope: masked {}: {text:?}", original.status())
        });
    }
}

/// The number of bytes.
pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Bytes that are added to a response without a body, or behind trailers, make Envoy's own buffer.
fn append(stream: &mut impl Stream, bytes: &[u8], at: At) {
    match at {
        At::Body | At::LastBody => stream.append_received(bytes),
        At::HeadAlone | At::Trailers if !bytes.is_empty() => stream.append_ended(bytes),
        At::Head | At::HeadAlone | At::Trailers => {}
    }
}

/// Envoy writes the status, and the length of the body.
fn instead(stream: &mut impl Stream, answer: &Answer, body: &[u8]) -> Sent {
    let headers: Vec<(&str, &[u8])> = answer
        .parts
        .headers
        .iter()
        .filter(|(name, _)| *name != CONTENT_LENGTH)
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    stream.send_response(answer.parts.status.as_u16(), &headers, body);
    Sent::Instead
}

//! The label (`Content-Type`) of a stream, and how its reader expects it to end.
//!
//! In: the headers of a response. Out: a [`StreamLabel`]. `last_frame`, `first_error` and the streams of `raise/` ask for it.
//! `http/media_type` has the same types: a stream that one of them knows, the other knows as well.

use http::HeaderMap;

use crate::grpc::content_type::GrpcType;
use crate::http::media_type;

/// The kinds of streams that end in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamLabel {
    /// [gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). It ends with trailers.
    Grpc(GrpcType),
    /// [gRPC-Web](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md). It ends with a message of trailers.
    GrpcWeb(GrpcType),
    /// gRPC-Web in base64.
    GrpcWebText(GrpcType),
    /// A stream of [Connect](https://connectrpc.com/docs/protocol).
    Connect,
    /// [Server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html).
    Events,
    /// One JSON document a line.
    Lines,
    /// JSON text sequences ([RFC 7464](https://www.rfc-editor.org/rfc/rfc7464)).
    Sequence,
    /// Any other body. Nothing can be added to it.
    Other,
}

impl StreamLabel {
    /// The label of a response with these headers. Parameters of the media type do not count. With `answers_grpc` unset, gRPC is
    /// [`Other`](Self::Other).
    pub(crate) fn of(headers: &HeaderMap, answers_grpc: bool) -> Self {
        let Some(label) = media_type::content_type(headers) else {
            return Self::Other;
        };
        let mut parts = label.as_bytes().split(|byte| *byte == b';');
        let essence = parts.next().unwrap_or_default().trim_ascii();
        if media_type::may_be_rpc(Some(label)) {
            match GrpcType::parse(label) {
                Some(_) if !answers_grpc => return Self::Other,
                Some(media) if media.is_text() => return Self::GrpcWebText(media),
                Some(media) if media.is_web() => return Self::GrpcWeb(media),
                Some(media) => return Self::Grpc(media),
                None if starts_with(essence, b"application/connect+") => return Self::Connect,
                None => {}
            }
        }
        let is_named = |(name, _): &&(&str, Self)| essence.eq_ignore_ascii_case(name.as_bytes());
        let known = TEXTS.iter().find(is_named);
        match known {
            Some((_, label)) => *label,
            None if ends_with(essence, SEQUENCE) => Self::Sequence,
            None => Self::Other,
        }
    }

    /// Whether the label may be one of events or lines. It runs for every error, so it tests only two letters: the first of the
    /// subtype, and the last of `+json-seq`.
    #[inline]
    pub(crate) fn may_be_text(headers: &HeaderMap) -> bool {
        let Some(label) = media_type::content_type(headers) else {
            return false;
        };
        let label = label.as_bytes().trim_ascii_start();
        let subtype = match label.get("text".len()) {
            Some(b'/') => label.get("text/".len()..),
            _ => label.get("application/".len()..),
        };
        let may_be_known = |subtype: &[u8]| match subtype {
            [b'e' | b'E' | b'n' | b'N' | b's' | b'S' | b'x' | b'X', ..] => true,
            [b'j' | b'J', ..] => subtype.len() > "json".len(),
            _ => false,
        };
        subtype.is_some_and(may_be_known) || memchr::memchr2(b'q', b'Q', label).is_some()
    }

    /// Whether an error at the end of such a stream is data, and not trailers.
    pub(super) fn is_data(self) -> bool {
        !matches!(self, Self::Grpc(_) | Self::Other)
    }
}

/// The kind of notes that [`Place`](super::place::Place) takes of the data of a stream.
#[derive(Clone, Copy, Debug)]
pub(super) enum Notes {
    None,
    Text,
    Messages,
    Base64,
}

impl Notes {
    pub(super) fn of(label: StreamLabel) -> Self {
        match label {
            StreamLabel::Other | StreamLabel::Grpc(_) => Self::None,
            StreamLabel::Events | StreamLabel::Lines | StreamLabel::Sequence => Self::Text,
            StreamLabel::GrpcWeb(_) | StreamLabel::Connect => Self::Messages,
            StreamLabel::GrpcWebText(_) => Self::Base64,
        }
    }
}

/// The media types of text streams, without parameters. They are compared without case.
const TEXTS: [(&str, StreamLabel); 8] = [
    ("text/event-stream", StreamLabel::Events),
    ("application/json-seq", StreamLabel::Sequence),
    ("application/jsonl", StreamLabel::Lines),
    ("application/jsonlines", StreamLabel::Lines),
    ("application/ndjson", StreamLabel::Lines),
    ("application/stream+json", StreamLabel::Lines),
    ("application/x-jsonlines", StreamLabel::Lines),
    ("application/x-ndjson", StreamLabel::Lines),
];

/// The suffix of types whose bodies are JSON text sequences ([RFC 8091](https://www.rfc-editor.org/rfc/rfc8091)).
const SEQUENCE: &[u8] = b"+json-seq";

fn ends_with(essence: &[u8], suffix: &[u8]) -> bool {
    let start = essence.len().checked_sub(suffix.len());
    let end = start.and_then(|start| essence.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

fn starts_with(essence: &[u8], prefix: &[u8]) -> bool {
    let start = essence.get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_TYPE;
    use http::HeaderValue;

    #[test]
    fn labels_of_streams_are_told_from_others() {
        for (label, want) in [
            ("text/event-stream", StreamLabel::Events),
            ("Text/Event-Stream; charset=utf-8", StreamLabel::Events),
            ("application/x-ndjson", StreamLabel::Lines),
            ("application/stream+json;a=b", StreamLabel::Lines),
            ("application/json-seq", StreamLabel::Sequence),
            ("application/geo+json-seq", StreamLabel::Sequence),
            (" APPLICATION/NDJSON", StreamLabel::Lines),
            ("application/jsonl", StreamLabel::Lines),
            ("application/jsonlines", StreamLabel::Lines),
            ("application/x-jsonlines", StreamLabel::Lines),
            ("application/ndjson", StreamLabel::Lines),
            ("application/vnd.a+JSON-Seq;a=b", StreamLabel::Sequence),
            ("x/y+json-seq", StreamLabel::Sequence),
            ("json-seq", StreamLabel::Other),
            ("application/connect+proto", StreamLabel::Connect),
            ("application/connect+json", StreamLabel::Connect),
            ("application/connect", StreamLabel::Other),
            ("application/json", StreamLabel::Other),
            ("text/event-streams", StreamLabel::Other),
            ("application/octet-stream", StreamLabel::Other),
            ("application/grpcx", StreamLabel::Other),
        ] {
            let value = HeaderValue::from_static(label);
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value)]);
            assert_eq!(StreamLabel::of(&headers, true), want, "{label}");
            let is_text = matches!(Notes::of(want), Notes::Text);
            assert!(StreamLabel::may_be_text(&headers) || !is_text, "{label}");
            let is_of_texts = [
                StreamLabel::Events,
                StreamLabel::Lines,
                StreamLabel::Sequence,
            ];
            let is_known = is_of_texts.contains(&want);
            assert_eq!(media_type::is_event_stream(&headers), is_known, "{label}");
        }
    }

    #[test]
    fn each_text_is_a_stream_for_the_layer_as_well() {
        for (label, _) in TEXTS {
            let value = HeaderValue::from_static(label);
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value)]);
            assert!(media_type::is_event_stream(&headers), "{label}");
        }
    }
}

//! Questions about media types.
//!
//! In: the headers of a message, or a media type. Out: its kind, or yes or no. The judge and the readers call it.

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use mediatype::MediaType;

use super::header_lookup;

/// The media type of `Content-Type` without its parameters, if there is one that can be read.
///
/// Parameters are left out, so that parsing allocates nothing. No decision of this crate depends on them.
pub(crate) fn from_headers(headers: &HeaderMap) -> Option<MediaType<'_>> {
    let label = content_type(headers)?.to_str().ok()?;
    MediaType::parse(label.split(';').next()?.trim()).ok()
}

/// The first `Content-Type`.
#[inline]
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&HeaderValue> {
    header_lookup::first(headers, &CONTENT_TYPE)
}

/// The kinds of media types that are treated differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `application/json`.
    Json,
    /// A page for a browser.
    Page,
    /// A stream: its reader takes each part as it comes.
    Stream,
    /// Any other type, or a label that cannot be parsed.
    Other,
}

impl Kind {
    /// The kind of `Content-Type`. The labels of most errors are compared, which takes 30 instructions. Parsing takes 700.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let Some(label) = content_type(headers) else {
            return Self::Other;
        };
        let mut usual = USUAL.iter();
        match usual.find(|(usual, _)| usual.as_bytes() == label.as_bytes()) {
            Some((_, kind)) => *kind,
            None => {
                from_headers(headers).map_or(Self::Other, |media| Self::from_media_type(&media))
            }
        }
    }

    fn from_media_type(media: &MediaType<'_>) -> Self {
        match media {
            media if is_stream(media) => Self::Stream,
            media if is_json(media) => Self::Json,
            media if is_page(media) => Self::Page,
            _ => Self::Other,
        }
    }
}

/// The labels of most errors.
const USUAL: [(&str, Kind); 6] = [
    ("application/json", Kind::Json),
    ("text/plain; charset=utf-8", Kind::Other),
    ("text/html; charset=utf-8", Kind::Page),
    ("application/problem+json", Kind::Other),
    ("text/html", Kind::Page),
    ("text/plain", Kind::Other),
];

/// Whether this `Content-Type` may be one of gRPC or of Connect. It runs for every request, so it tests only one letter.
#[inline]
pub(crate) fn may_be_rpc(label: Option<&HeaderValue>) -> bool {
    let label = label.map(|label| label.as_bytes().trim_ascii_start());
    let subtype = label.and_then(|label| label.get("application/".len()));
    subtype.is_some_and(|first| matches!(first, b'g' | b'G' | b'c' | b'C'))
}

/// Whether a label adds nothing to the body: the labels of text, and `application/json` in its usual spelling, with or
/// without parameters.
pub(crate) fn is_generic(label: &HeaderValue) -> bool {
    label.as_bytes().starts_with(b"text/") || is_usual_json(label)
}

/// Whether this is `application/json` in its usual spelling, with or without parameters.
fn is_usual_json(label: &HeaderValue) -> bool {
    let rest = label.as_bytes().strip_prefix(b"application/json");
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b';')))
}

/// Whether this is `application/json`.
fn is_json(media: &MediaType<'_>) -> bool {
    media.ty == "application" && media.subty == "json" && media.suffix.is_none()
}

/// Whether `Content-Type` names a document in JSON or XML, also a type with the suffix `+json` or `+xml`. The usual label is not
/// parsed.
pub(crate) fn names_document(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(is_usual_json)
        || from_headers(headers).is_some_and(|media| is_document(&media))
}

fn is_document(media: &MediaType<'_>) -> bool {
    ["json", "xml"]
        .into_iter()
        .any(|format| media.subty == format || has_suffix(media, format))
        && !is_stream(media)
}

/// Whether this is `application/problem+json`.
pub(crate) fn is_problem(media: &MediaType<'_>) -> bool {
    media.ty == "application" && media.subty == "problem" && has_suffix(media, "json")
}

/// Whether this is a page for a browser.
fn is_page(media: &MediaType<'_>) -> bool {
    let html = media.ty == "text" && media.subty == "html";
    html || (media.ty == "application" && media.subty == "xhtml" && has_suffix(media, "xml"))
}

/// Whether this belongs to gRPC or gRPC-Web.
///
/// `application/grpc+proto` does, and `application/grpcfoo` does not
/// ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)).
pub(crate) fn is_grpc(media: &MediaType<'_>) -> bool {
    let names = ["grpc", "grpc-web", "grpc-web-text", "grpc-web-text-base64"];
    media.ty == "application" && names.iter().any(|name| media.subty == *name)
}

/// Whether this is a stream of the [Connect protocol](https://connectrpc.com/docs/protocol).
pub(crate) fn is_connect_stream(media: &MediaType<'_>) -> bool {
    media.ty == "application" && media.subty == "connect" && media.suffix.is_some()
}

/// Whether `Content-Type` names a stream of Connect. Most labels are not parsed.
pub(crate) fn is_connect_stream_label(headers: &HeaderMap) -> bool {
    may_be_rpc(content_type(headers))
        && from_headers(headers).is_some_and(|media| is_connect_stream(&media))
}

/// Whether `Content-Type` names a stream of texts: events, or one JSON document a line.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    from_headers(headers).is_some_and(|media| is_of_texts(&media))
}

/// Whether a body of this type is a stream. The layer does not wait for its end, which may never come.
pub(crate) fn is_stream(media: &MediaType<'_>) -> bool {
    is_of_texts(media) || media.ty == "multipart" || is_grpc(media) || is_connect_stream(media)
}

fn is_of_texts(media: &MediaType<'_>) -> bool {
    let mut types = STREAMS.iter();
    types.any(|(ty, subty)| media.ty == *ty && media.subty == *subty)
        || has_suffix(media, "json-seq")
}

/// The media types of streams. `application/octet-stream` is deliberately not among them: it labels bodies of unknown kind, and an
/// error with this label must be masked. Each type with the suffix `+json-seq` is a stream as well
/// ([RFC 8091](https://www.rfc-editor.org/rfc/rfc8091)).
const STREAMS: [(&str, &str); 8] = [
    ("text", "event-stream"),
    ("application", "json-seq"),
    ("application", "jsonl"),
    ("application", "jsonlines"),
    ("application", "ndjson"),
    ("application", "stream"), // +json
    ("application", "x-jsonlines"),
    ("application", "x-ndjson"),
];

fn has_suffix(media: &MediaType<'_>, suffix: &str) -> bool {
    media.suffix.is_some_and(|found| found == suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(label: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(label))])
    }

    fn is(label: &'static str, test: fn(&MediaType<'_>) -> bool) -> bool {
        from_headers(&labelled(label)).is_some_and(|media| test(&media))
    }

    #[test]
    fn types_that_only_begin_like_grpc_are_not_grpc() {
        let grpc = [
            "application/grpc",
            "application/grpc;charset=utf-8",
            "Application/GRPC+proto",
            "application/grpc-web+proto",
            "application/grpc-web-text",
        ];
        assert!(grpc.into_iter().all(|label| is(label, is_grpc)));
        let other = [
            "application/grpcx",
            "application/json",
            "text/grpc",
            "application/grpc-websocket",
        ];
        assert!(!other.into_iter().any(|label| is(label, is_grpc)));
    }

    #[test]
    fn streams_are_known_with_and_without_parameters() {
        let streams = [
            "text/event-stream",
            "text/event-stream; charset=utf-8",
            "multipart/mixed; boundary=x",
            "application/x-ndjson",
            "application/connect+json",
            "application/json-seq",
            "application/geo+json-seq",
            "application/jsonlines",
            "application/stream+json",
        ];
        assert!(streams.into_iter().all(|label| is(label, is_stream)));
        let whole = [
            "application/json",
            "text/plain",
            "application/octet-stream",
            "application/connect",
        ];
        assert!(!whole.into_iter().any(|label| is(label, is_stream)));
    }

    #[test]
    fn usual_labels_are_of_the_kind_that_they_would_be_if_parsed() {
        for label in [
            "application/json",
            "application/problem+json",
            "text/html",
            "text/html; charset=utf-8",
            "text/plain",
            "text/plain; charset=utf-8",
            "text/event-stream",
            "application/json; charset=utf-8",
        ] {
            let headers = labelled(label);
            let parsed = Kind::from_media_type(&from_headers(&headers).unwrap());
            assert_eq!(Kind::from_headers(&headers), parsed, "{label}");
        }
        assert_eq!(Kind::from_headers(&HeaderMap::new()), Kind::Other);
    }

    #[test]
    fn parameters_do_not_count() {
        for label in [
            "text/html; charset",
            "text/html;;",
            "text/html; a=\"",
            "TEXT/HTML;=x",
            " text/html ",
        ] {
            assert!(is(label, is_page), "{label}");
        }
        assert!(from_headers(&labelled("text")).is_none());
    }

    #[test]
    fn problem_json_seq_is_no_problem() {
        assert!(is("application/problem+json; charset=utf-8", is_problem));
        assert!(!is("application/problem+json-seq", is_problem));
    }
}

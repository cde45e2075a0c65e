//! The content types of gRPC, of gRPC-Web and of the streams of Connect.

use http::{HeaderMap, HeaderValue};

use crate::http::media_type;

/// The content type of a gRPC request, which its answer repeats. It is a few bytes and `Copy`.
///
/// The type is `application/grpc` or that with a suffix, in any case and with any parameters. `application/grpcfoo` is
/// another type ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md),
/// [gRPC-Web](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrpcType {
    kind: Kind,
    suffix: Suffix,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Grpc,
    Web,
    WebText,
    WebTextBase64,
}

const KINDS: [(&str, Kind); 4] = [
    ("application/grpc", Kind::Grpc),
    ("application/grpc-web", Kind::Web),
    ("application/grpc-web-text", Kind::WebText),
    ("application/grpc-web-text-base64", Kind::WebTextBase64),
];

impl GrpcType {
    /// `application/grpc`.
    pub(crate) const GRPC: Self = Self {
        kind: Kind::Grpc,
        suffix: Suffix([0; MAX_SUFFIX]),
    };

    /// The type in `Content-Type`, if it is one of gRPC.
    #[inline]
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        Self::parse(media_type::content_type(headers)?)
    }

    /// The type of this label, if it is one of gRPC.
    #[inline]
    pub(crate) fn parse(label: &HeaderValue) -> Option<Self> {
        if label.as_bytes() == b"application/grpc" {
            return Some(Self::GRPC);
        }
        Self::parse_unusual(label)
    }

    fn parse_unusual(label: &HeaderValue) -> Option<Self> {
        let (name, suffix) = split(label);
        let is_named = |(known, _): &&(&str, Kind)| name.eq_ignore_ascii_case(known.as_bytes());
        let (_, kind) = KINDS.iter().find(is_named)?;
        Some(Self {
            kind: *kind,
            suffix: Suffix::new(suffix.unwrap_or_default()),
        })
    }

    /// Whether this is gRPC-Web.
    pub(crate) fn is_web(self) -> bool {
        self.kind != Kind::Grpc
    }

    /// Whether this is gRPC-Web in base64.
    pub(crate) fn is_text(self) -> bool {
        matches!(self.kind, Kind::WebText | Kind::WebTextBase64)
    }

    /// The value of `Content-Type`.
    pub(crate) fn to_header(self) -> HeaderValue {
        let known = KINDS.iter().find(|(_, kind)| *kind == self.kind);
        let name = known.map_or("application/grpc", |(name, _)| name);
        self.suffix.append_to(HeaderValue::from_static(name))
    }
}

/// The content type of a stream of Connect: `application/connect+json`, for example
/// ([Connect](https://connectrpc.com/docs/protocol#streaming-rpcs)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectType {
    suffix: Suffix,
}

impl ConnectType {
    /// The type of this label, if it is one of a stream of Connect.
    pub(crate) fn parse(label: &HeaderValue) -> Option<Self> {
        let (name, suffix) = split(label);
        let suffix = suffix.filter(|suffix| !suffix.is_empty())?;
        let is_connect = name.eq_ignore_ascii_case(b"application/connect");
        is_connect.then(|| Self {
            suffix: Suffix::new(suffix),
        })
    }

    /// The value of `Content-Type`. A suffix that is too long to be stored becomes `json`, which is the format of the last
    /// frame.
    pub(crate) fn to_header(self) -> HeaderValue {
        match self.suffix.as_bytes() {
            [] | b"json" => HeaderValue::from_static("application/connect+json"),
            _ => self
                .suffix
                .append_to(HeaderValue::from_static("application/connect")),
        }
    }
}

/// The suffix after the `+`, filled up with zeros. It is empty for a suffix that is longer than any in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Suffix([u8; MAX_SUFFIX]);

const MAX_SUFFIX: usize = "flatbuffers".len();

impl Suffix {
    fn new(sent: &[u8]) -> Self {
        let mut suffix = [0; MAX_SUFFIX];
        if let Some(place) = suffix.get_mut(..sent.len()) {
            place.copy_from_slice(sent);
        }
        Self(suffix)
    }

    fn as_bytes(&self) -> &[u8] {
        let end = self.0.iter().position(|byte| *byte == 0);
        self.0.get(..end.unwrap_or(MAX_SUFFIX)).unwrap_or_default()
    }

    fn append_to(&self, name: HeaderValue) -> HeaderValue {
        match self.as_bytes() {
            [] => name,
            suffix => {
                let whole = [name.as_bytes(), b"+", suffix].concat();
                HeaderValue::try_from(whole).unwrap_or(name)
            }
        }
    }
}

/// The name of a media type and its suffix, without parameters.
fn split(label: &HeaderValue) -> (&[u8], Option<&[u8]>) {
    let mut parts = label.as_bytes().split(|byte| *byte == b';');
    let essence = parts.next().unwrap_or_default().trim_ascii();
    let mut parts = essence.splitn(2, |byte| *byte == b'+');
    (parts.next().unwrap_or_default(), parts.next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::CONTENT_TYPE;
    use http::HeaderValue;

    fn parse(label: &'static str) -> Option<GrpcType> {
        let label = HeaderValue::from_static(label);
        GrpcType::from_headers(&HeaderMap::from_iter([(CONTENT_TYPE, label)]))
    }

    #[test]
    fn is_repeated_without_parameters() {
        let cases = [
            ("application/grpc", "application/grpc"),
            ("application/grpc;charset=utf-8", "application/grpc"),
            ("application/grpc+proto ; a=b", "application/grpc+proto"),
            ("Application/GRPC+Json", "application/grpc+Json"),
            (
                "application/grpc+flatbuffers",
                "application/grpc+flatbuffers",
            ),
            ("application/grpc+longer-than-any", "application/grpc"),
            ("application/grpc+", "application/grpc"),
            ("application/grpc+vnd.a+b", "application/grpc+vnd.a+b"),
            ("application/grpc-web", "application/grpc-web"),
            ("application/grpc-web+thrift", "application/grpc-web+thrift"),
            ("application/grpc-web-text", "application/grpc-web-text"),
            (
                "APPLICATION/grpc-web-text+proto",
                "application/grpc-web-text+proto",
            ),
            (
                "application/grpc-web-text-base64+json",
                "application/grpc-web-text-base64+json",
            ),
        ];
        for (label, want) in cases {
            let repeated = parse(label).unwrap().to_header();
            assert_eq!(repeated, want, "{label}");
            assert_eq!(
                parse(label).unwrap().is_web(),
                label.to_lowercase().contains("web")
            );
        }
    }

    #[test]
    fn what_only_begins_like_it_is_something_else() {
        for label in [
            "",
            "application/grpcx",
            "application/grpcfoo+proto",
            "application/grpc-websocket",
            "application/grpc-web-texts",
            "application/connect+proto",
            "application/json",
            "text/grpc",
            "application/x-grpc",
        ] {
            assert_eq!(parse(label), None, "{label}");
        }
    }

    #[test]
    fn a_stream_of_connect_repeats_its_type() {
        let cases = [
            ("application/connect+json", "application/connect+json"),
            (
                "Application/Connect+proto; charset=utf-8",
                "application/connect+proto",
            ),
            ("application/connect+cbor", "application/connect+cbor"),
            (
                "application/connect+longer-than-any",
                "application/connect+json",
            ),
        ];
        for (label, want) in cases {
            let parsed = ConnectType::parse(&HeaderValue::from_static(label));
            assert_eq!(parsed.unwrap().to_header(), want, "{label}");
        }
        for label in [
            "application/connect",
            "application/connect+",
            "application/connectx+json",
            "application/json",
            "text/connect+json",
        ] {
            let parsed = ConnectType::parse(&HeaderValue::from_static(label));
            assert_eq!(parsed, None, "{label}");
        }
    }
}

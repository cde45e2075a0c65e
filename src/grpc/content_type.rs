//! The content types of gRPC and gRPC-Web.

use http::{HeaderMap, HeaderValue};

use crate::http::media_type;

/// The content type of a gRPC request, as its answer repeats it: a few bytes, to be remembered for nothing.
///
/// Told as gRPC tells it: `application/grpc` or that and a suffix, whatever its case and parameters; `application/grpcfoo`
/// is something else ([gRPC over HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md),
/// [gRPC-Web](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrpcType {
    kind: Kind,
    /// Filled up with zeros; nothing for a suffix that is longer than any in use.
    suffix: [u8; MAX_SUFFIX],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Grpc,
    Web,
    WebText,
    WebTextBase64,
}

const MAX_SUFFIX: usize = "flatbuffers".len();

const KINDS: [(&str, Kind); 4] = [
    ("application/grpc", Kind::Grpc),
    ("application/grpc-web", Kind::Web),
    ("application/grpc-web-text", Kind::WebText),
    ("application/grpc-web-text-base64", Kind::WebTextBase64),
];

impl GrpcType {
    /// The type in `Content-Type`, if it is one of gRPC.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let label = media_type::content_type(headers)?.as_bytes();
        let essence = label.split(|byte| *byte == b';').next()?.trim_ascii();
        let mut parts = essence.splitn(2, |byte| *byte == b'+');
        let name = parts.next()?;
        let kinds = |(known, _): &&(&str, Kind)| name.eq_ignore_ascii_case(known.as_bytes());
        let (_, kind) = KINDS.iter().find(kinds)?;
        let mut suffix = [0; MAX_SUFFIX];
        let sent = parts.next().unwrap_or_default();
        if let Some(place) = suffix.get_mut(..sent.len()) {
            place.copy_from_slice(sent);
        }
        Some(Self {
            kind: *kind,
            suffix,
        })
    }

    /// Whether this is gRPC-Web.
    pub(crate) fn is_web(self) -> bool {
        self.kind != Kind::Grpc
    }

    /// The value of `Content-Type`.
    pub(crate) fn to_header(self) -> HeaderValue {
        let known = KINDS.iter().find(|(_, kind)| *kind == self.kind);
        let name = known.map_or("application/grpc", |(name, _)| name);
        let end = self.suffix.iter().position(|byte| *byte == 0);
        let suffix = self.suffix.get(..end.unwrap_or(MAX_SUFFIX));
        let plain = HeaderValue::from_static(name);
        match suffix {
            None | Some([]) => plain,
            Some(suffix) => {
                let whole = [name.as_bytes(), b"+", suffix].concat();
                HeaderValue::try_from(whole).unwrap_or(plain)
            }
        }
    }
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
}

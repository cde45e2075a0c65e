//! Converts Envoy's heads for the engine, and the engine's heads for Envoy.

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue, CONTENT_LENGTH, CONTENT_TYPE};
use http::response::Parts;
use http::{Method, Response, StatusCode, Uri, Version};
use percent_encoding::percent_decode;
use tower_error_envelope::exchange::{Caller, Normaliser, ResponseOrigin};

use crate::stream::{Map, Stream};

/// The protocol of the request before other filters of Envoy translated it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Spoken {
    #[default]
    Other,
    Grpc,
    GrpcWeb,
    GrpcWebText,
}

impl Spoken {
    /// Takes it from the head of the request, by its content type alone.
    pub(crate) fn of(stream: &impl Stream) -> Self {
        match stream.header(Map::Request, "content-type") {
            Some(value) => Self::by(value),
            None => Self::Other,
        }
    }

    fn by(content_type: &[u8]) -> Self {
        let starts = |with: &str| {
            content_type
                .get(..with.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
        };
        if !starts("application/grpc") {
            Self::Other
        } else if starts("application/grpc-web-text") {
            Self::GrpcWebText
        } else if starts("application/grpc-web") {
            Self::GrpcWeb
        } else {
            Self::Grpc
        }
    }

    /// Whether it is gRPC-Web.
    pub(crate) const fn is_web(self) -> bool {
        matches!(self, Self::GrpcWeb | Self::GrpcWebText)
    }

    const fn content_type(self) -> Option<&'static str> {
        match self {
            Self::Other => None,
            Self::Grpc => Some("application/grpc"),
            Self::GrpcWeb => Some("application/grpc-web"),
            Self::GrpcWebText => Some("application/grpc-web-text"),
        }
    }
}

/// The caller. Reads the head of the request, only for errors.
///
/// Inner filters may have translated the request, for example JSON to gRPC, and changed the map. `spoken` is the protocol
/// of the client.
pub(crate) fn caller(stream: &impl Stream, normaliser: &Normaliser, spoken: Spoken) -> Caller {
    let mut method = Method::GET;
    let mut uri = Uri::default();
    let mut headers = HeaderMap::new();
    for (name, value) in stream.headers(Map::Request) {
        match name {
            b":method" => method = Method::from_bytes(value).unwrap_or(Method::GET),
            b":path" => uri = Uri::try_from(value).unwrap_or_default(),
            _ => append(&mut headers, name, value),
        }
    }
    let now = headers
        .get(CONTENT_TYPE)
        .map_or(Spoken::Other, |value| Spoken::by(value.as_bytes()));
    if now != spoken {
        headers.remove(CONTENT_TYPE);
        if let Some(content_type) = spoken.content_type() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
    }
    let version = match stream.protocol() {
        Some(b"HTTP/1.0") => Version::HTTP_10,
        Some(b"HTTP/2") => Version::HTTP_2,
        Some(b"HTTP/3") => Version::HTTP_3,
        _ => Version::HTTP_11,
    };
    normaliser.caller(&method, version, &uri, &headers)
}

/// The head of the response, with its origin in the extensions.
pub(crate) fn parts(stream: &impl Stream, status: StatusCode, origin: ResponseOrigin) -> Parts {
    let (mut parts, ()) = Response::new(()).into_parts();
    parts.status = status;
    parts.headers = all(stream, Map::Response);
    parts.extensions.insert(origin);
    parts
}

/// Converts Envoy's own gRPC answer into an HTTP error with `status`, and with the message as its body.
///
/// Returns the body; `None` if the response is not in gRPC, or not an error.
pub(crate) fn as_http(parts: &mut Parts, status: StatusCode) -> Option<Bytes> {
    if status.as_u16() < 400 {
        return None;
    }
    parts.headers.remove("grpc-status")?;
    let message = parts.headers.remove("grpc-message");
    // The type was that of gRPC. The reader detects the type of the body.
    parts.headers.remove(CONTENT_TYPE);
    parts.status = status;
    Some(message.map_or_else(Bytes::new, |message| {
        percent_decode(message.as_bytes())
            .collect::<Vec<u8>>()
            .into()
    }))
}

/// The length that the head declares.
pub(crate) fn length(parts: &Parts) -> Option<u64> {
    parts
        .headers
        .get(CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Whether Envoy wrote the response: it announced it (`replied`), and did not get it from the upstream (`via_upstream`).
///
/// All other responses count as the upstream's, so that they are masked. Envoy 1.38 has no `response.code_details` yet when
/// the head of an upstream comes.
pub(crate) fn origin(stream: &impl Stream, replied: bool) -> ResponseOrigin {
    if replied && stream.code_details() != Some(b"via_upstream") {
        ResponseOrigin::Proxy
    } else {
        ResponseOrigin::Upstream
    }
}

/// Makes Envoy's head equal to `parts`.
pub(crate) fn write(stream: &mut impl Stream, parts: &Parts) {
    let status = parts.status.as_str().as_bytes();
    if stream.header(Map::Response, ":status") != Some(status) {
        stream.set_header(Map::Response, ":status", status);
    }
    write_map(stream, Map::Response, &parts.headers);
}

/// Makes one of Envoy's maps equal to `headers`. Equal headers are not written.
pub(crate) fn write_map(stream: &mut impl Stream, map: Map, headers: &HeaderMap) {
    let before = all(stream, map);
    for name in before.keys() {
        if !headers.contains_key(name) {
            stream.remove_header(map, name.as_str());
        }
    }
    for name in headers.keys() {
        let mut values = headers.get_all(name).iter();
        if headers.get_all(name) == before.get_all(name) {
            continue;
        }
        if let Some(first) = values.next() {
            stream.set_header(map, name.as_str(), first.as_bytes());
        }
        for more in values {
            stream.add_header(map, name.as_str(), more.as_bytes());
        }
    }
}

/// One of Envoy's maps.
pub(crate) fn all(stream: &impl Stream, map: Map) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in stream.headers(map) {
        append(&mut headers, name, value);
    }
    headers
}

/// [`write`], with the length of the body that follows.
pub(crate) fn write_with_length(stream: &mut impl Stream, parts: &mut Parts, length: u64) {
    parts.headers.insert(CONTENT_LENGTH, length.into());
    write(stream, parts);
}

/// The trailers belonged to the body that was replaced.
pub(crate) fn remove_trailers(stream: &mut impl Stream) {
    write_map(stream, Map::ResponseTrailers, &HeaderMap::new());
}

/// [`HeaderName`] refuses pseudo headers, so they are left out.
fn append(headers: &mut HeaderMap, name: &[u8], value: &[u8]) {
    if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
        // Fails beyond 32,768 headers, more than Envoy takes.
        let _ = headers.try_append(name, value);
    }
}

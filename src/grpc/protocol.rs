//! Finds the protocol of a request by its head.
//!
//! 1. Only POST and GET can be calls of gRPC or Connect. All other methods are HTTP.
//! 2. The content type of a POST decides, else its `connect-protocol-version`.
//! 3. `connect=v1` in the query of a GET decides.
//!
//! The protocol decides only the form of the answer: errors stay errors and are masked in every protocol.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};

use super::content_type::{ConnectType, GrpcType};
use crate::http::{glance, header_lookup, media_type};

static CONNECT_VERSION: HeaderName = HeaderName::from_static("connect-protocol-version");

/// `connect=v1` in the query of a GET
/// ([Connect](https://connectrpc.com/docs/protocol#unary-get-request)).
const CONNECT_PAIR: &str = "connect=v1";

/// Bytes at either end of a query that are searched for the pair.
const MAX_SEARCHED: usize = 64;

/// The protocol of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Any other request.
    #[default]
    Http,
    /// A POST over HTTP/2 or later with a content type of gRPC, or any POST with one of gRPC-Web.
    Grpc(GrpcType),
    /// A POST with `connect-protocol-version: 1`, or a GET with `connect=v1`.
    ConnectUnary,
    /// A POST with `application/connect+…`.
    ConnectStream(ConnectType),
}

/// The protocol of a request with this head.
///
/// The usual request costs a test of its method and of one letter of its content type, and a search for one header or in
/// the query.
#[inline]
pub(crate) fn classify(
    method: &Method,
    version: Version,
    uri: &Uri,
    headers: &HeaderMap,
) -> Protocol {
    match *method {
        Method::GET if uri.query().is_some_and(has_connect_pair) => Protocol::ConnectUnary,
        Method::POST => {
            let label = media_type::content_type(headers);
            let label = label.filter(|label| media_type::may_be_rpc(Some(label)));
            let labelled = label.and_then(|label| by_label(version, label));
            labelled.unwrap_or_else(|| by_version(headers))
        }
        _ => Protocol::Http,
    }
}

fn by_label(version: Version, label: &HeaderValue) -> Option<Protocol> {
    let is_possible = |media: &GrpcType| media.is_web() || version >= Version::HTTP_2;
    let grpc = GrpcType::parse(label).filter(is_possible);
    let connect = || ConnectType::parse(label).map(Protocol::ConnectStream);
    grpc.map(Protocol::Grpc).or_else(connect)
}

fn by_version(headers: &HeaderMap) -> Protocol {
    match header_lookup::first(headers, &CONNECT_VERSION) {
        Some(version) if version == "1" => Protocol::ConnectUnary,
        _ => Protocol::Http,
    }
}

/// Whether one pair of the query is [`CONNECT_PAIR`].
///
/// Of a long query both ends are searched: clients of Connect write the pair first, or sort it before the message.
fn has_connect_pair(query: &str) -> bool {
    let query = query.as_bytes();
    let length = query.len();
    if length <= 2 * MAX_SEARCHED {
        return has_pair_in(query, 0, length);
    }
    has_pair_in(query, 0, MAX_SEARCHED) || has_pair_in(query, length - MAX_SEARCHED, length)
}

/// Whether the pair is in this part of the query. Few queries have the end of the pair, so the end is searched first.
fn has_pair_in(query: &[u8], start: usize, end: usize) -> bool {
    let part = query.get(start..end).unwrap_or_default();
    let ends_like_it = |a, b, c| u8::from((a == b'=') & (b == b'v') & (c == b'1'));
    if glance::signs(part, ends_like_it) == 0 {
        return false;
    }
    let is_end = |byte: Option<&u8>| matches!(byte, None | Some(b'&'));
    let mut places = part.windows(CONNECT_PAIR.len()).zip(start..);
    places.any(|(found, at)| {
        let before = at.checked_sub(1).and_then(|at| query.get(at));
        let after = query.get(at + CONNECT_PAIR.len());
        found == CONNECT_PAIR.as_bytes() && is_end(before) && is_end(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    const METHODS: [Method; 7] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::CONNECT,
    ];
    const VERSIONS: [Version; 4] = [
        Version::HTTP_10,
        Version::HTTP_11,
        Version::HTTP_2,
        Version::HTTP_3,
    ];

    fn protocol(method: Method, version: Version, uri: &str, header: (&str, &str)) -> Protocol {
        let request = Request::builder()
            .method(method)
            .version(version)
            .uri(uri)
            .header(header.0, header.1);
        let (head, ()) = request.body(()).unwrap().into_parts();
        classify(&head.method, head.version, &head.uri, &head.headers)
    }

    fn each(test: impl Fn(Method, Version)) {
        for method in METHODS {
            for version in VERSIONS {
                test(method.clone(), version);
            }
        }
    }

    #[test]
    fn grpc_is_a_post_over_http_2_or_later() {
        for label in ["application/grpc", "Application/GRPC+proto;charset=utf-8"] {
            each(|method, version| {
                let found = protocol(method.clone(), version, "/", ("content-type", label));
                let want = method == Method::POST && version >= Version::HTTP_2;
                let context = format!("{method} {version:?} {label}");
                assert_eq!(matches!(found, Protocol::Grpc(_)), want, "{context}");
                assert!(want || found == Protocol::Http, "{context}");
            });
        }
    }

    #[test]
    fn grpc_web_and_streams_of_connect_are_a_post_of_any_version() {
        for label in [
            "application/grpc-web+proto",
            "application/grpc-web-text",
            "application/connect+json",
        ] {
            each(|method, version| {
                let found = protocol(method.clone(), version, "/", ("content-type", label));
                let is_rpc = matches!(found, Protocol::Grpc(_) | Protocol::ConnectStream(_));
                assert_eq!(is_rpc, method == Method::POST, "{method} {label}");
            });
        }
    }

    #[test]
    fn a_unary_call_of_connect_is_a_post_with_its_header_or_a_get_with_its_pair() {
        let header = ("connect-protocol-version", "1");
        let none = ("accept", "*/*");
        each(|method, version| {
            let by_header = protocol(method.clone(), version, "/", header);
            let by_query = protocol(method.clone(), version, "/?connect=v1", none);
            let is_connect = |found| found == Protocol::ConnectUnary;
            assert_eq!(is_connect(by_header), method == Method::POST, "{method}");
            assert_eq!(is_connect(by_query), method == Method::GET, "{method}");
        });
    }

    #[test]
    fn look_alikes_are_http() {
        for (method, uri, header) in [
            (Method::POST, "/", ("content-type", "application/json")),
            (Method::POST, "/", ("content-type", "application/grpcx")),
            (Method::POST, "/", ("content-type", "application/connect")),
            (Method::POST, "/", ("content-type", "text/grpc")),
            (Method::POST, "/", ("connect-protocol-version", "2")),
            (Method::POST, "/", ("connect-protocol-version", "11")),
            (Method::POST, "/?connect=v1", ("accept", "*/*")),
            (Method::GET, "/?connect=v2", ("accept", "*/*")),
            (Method::GET, "/?connect=v10", ("accept", "*/*")),
            (Method::GET, "/?disconnect=v1", ("accept", "*/*")),
            (Method::GET, "/?a=connect=v1", ("accept", "*/*")),
            (Method::GET, "/connect=v1", ("accept", "*/*")),
        ] {
            let context = format!("{method} {uri} {header:?}");
            let found = protocol(method, Version::HTTP_2, uri, header);
            assert_eq!(found, Protocol::Http, "{context}");
        }
    }

    #[test]
    fn the_pair_may_stand_anywhere_in_the_query() {
        for query in [
            "connect=v1",
            "encoding=json&connect=v1",
            "connect=v1&message=%7B%7D",
            "xconnect=v1&connect=v1&y",
            "connect=v12&connect=v1",
        ] {
            assert!(has_connect_pair(query), "{query}");
        }
        assert!(!has_connect_pair(&"connect=v1x&".repeat(1000)));
    }

    #[test]
    fn of_a_query_of_128_bytes_all_is_searched() {
        for before in 0..=128 - "connect=v1&".len() {
            let after = 128 - "connect=v1&".len() - before;
            let query = format!("{}&connect=v1{}", "x".repeat(before), "&".repeat(after));
            assert!(has_connect_pair(&query), "{query}");
        }
    }

    #[test]
    fn of_a_long_query_both_ends_are_searched() {
        let long = "message=x&".repeat(100);
        for query in [
            format!("connect=v1&{long}"),
            format!("base64=1&compression=gzip&connect=v1&{long}"),
            format!("{long}connect=v1"),
        ] {
            assert!(has_connect_pair(&query), "{query}");
        }
        for query in [
            format!("{long}connect=v1&{long}"),
            format!("{}connect=v1", "x".repeat(1000)),
            format!(
                "{}connect=v1&{}",
                "x".repeat(1000),
                "y".repeat(MAX_SEARCHED - 11)
            ),
        ] {
            assert!(!has_connect_pair(&query), "{query}");
        }
    }

    #[test]
    fn a_protocol_is_a_few_bytes() {
        assert!(size_of::<Protocol>() <= 16);
    }
}

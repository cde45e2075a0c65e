//! Hostile requests and responses.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Version};
use hyper::ext::ReasonPhrase;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, Index};

use crate::exchange::{Inside, Script, Step, SECRET};

/// A request and the response of the service.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) request: Request<()>,
    pub(crate) inside: Inside,
}

pub(crate) fn cases() -> impl Strategy<Value = Case> {
    (requests(), insides()).prop_map(|(request, inside)| Case { request, inside })
}

type Header = (&'static str, &'static str);

/// Media types that name a protocol, or look similar.
const PROTOCOL_TYPES: [&str; 24] = [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc+json",
    "application/grpc;charset=utf-8",
    "Application/GRPC",
    "application/grpcx",
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc-web-text",
    "application/grpc-web-text+proto",
    "application/connect+json",
    "application/connect+proto",
    "application/connect",
    "Application/Connect+JSON; charset=utf-8",
    "application/json",
    "application/proto",
    "application/x-protobuf",
    "text/event-stream",
    "multipart/form-data; boundary=x",
    "application/x-ndjson",
    "application/jsonrpc",
    "application/graphql+json",
    "text/plain",
    "",
];

const REQUEST_HEADERS: [Header; 34] = [
    ("connect-protocol-version", "1"),
    ("connect-protocol-version", "1"),
    ("connect-protocol-version", "2"),
    ("connect-timeout-ms", "10"),
    ("connect-accept-encoding", "gzip"),
    ("te", "trailers"),
    ("grpc-timeout", "1S"),
    ("grpc-accept-encoding", "gzip"),
    ("x-grpc-web", "1"),
    ("user-agent", "grpc-go/1.60.0"),
    ("user-agent", "connect-es/2.1.0"),
    ("upgrade", "websocket"),
    ("connection", "upgrade"),
    ("upgrade", "h2c"),
    ("accept", "*/*"),
    ("accept", "text/html,*/*;q=0.8"),
    ("accept", "application/grpc"),
    ("accept", "application/connect+json"),
    ("accept", "application/problem+json"),
    ("accept", "text/event-stream"),
    ("accept", "application/json;q=0"),
    ("cache-control", "no-transform"),
    ("cache-control", "no-store"),
    ("range", "bytes=0-1"),
    ("if-none-match", "*"),
    ("expect", "100-continue"),
    ("x-http-method-override", "POST"),
    (":protocol", "websocket"),
    ("content-encoding", "gzip"),
    ("accept-encoding", "gzip, br"),
    ("x-requested-with", "XMLHttpRequest"),
    ("x-no-envelope", "1"),
    ("x-debug", "true"),
    ("x-request-id", "4711"),
];

fn requests() -> impl Strategy<Value = Request<()>> {
    let versions = [
        Version::HTTP_09,
        Version::HTTP_10,
        Version::HTTP_11,
        Version::HTTP_11,
        Version::HTTP_2,
        Version::HTTP_2,
        Version::HTTP_3,
    ];
    let label = prop::option::weighted(0.5, select(&PROTOCOL_TYPES[..]));
    let headers = vec(select(&REQUEST_HEADERS[..]), 0..5);
    (methods(), select(versions.to_vec()), uris(), label, headers).prop_map(
        |(method, version, uri, label, headers)| {
            let mut request = Request::new(());
            *request.method_mut() = method;
            *request.version_mut() = version;
            *request.uri_mut() = uri.parse().unwrap();
            let label = label.map(|label| ("content-type", label));
            append(request.headers_mut(), label.into_iter().chain(headers));
            request
        },
    )
}

fn methods() -> impl Strategy<Value = Method> {
    let known = [
        Method::GET,
        Method::GET,
        Method::POST,
        Method::POST,
        Method::HEAD,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    let odd = "[A-Z]{1,9}".prop_map(|name| Method::from_bytes(name.as_bytes()).unwrap());
    prop_oneof![8 => select(known.to_vec()), 1 => odd]
}

fn uris() -> impl Strategy<Value = String> {
    let pairs = [
        "connect=v1",
        "connect=v1",
        "connect=v2",
        "Connect=v1",
        "encoding=json",
        "encoding=proto",
        "base64=1",
        "message=%7B%7D",
        "alt=sse",
        "debug=1",
        "format=html",
        "raw",
    ];
    let paths = [
        "/",
        "/x",
        "/shop.v1.Shop/Get",
        "/grpc.health.v1.Health/Check",
        "/%2e%2e/x",
    ];
    let local =
        (select(paths.to_vec()), vec(select(pairs.to_vec()), 0..4)).prop_map(|(path, pairs)| {
            let mark = if pairs.is_empty() { "" } else { "?" };
            format!("{path}{mark}{}", pairs.join("&"))
        });
    let other = ["*", "shop.example:443", "http://shop.example/x?connect=v1"];
    prop_oneof![8 => local, 1 => select(other.to_vec()).prop_map(str::to_owned)]
}

/// Bodies with the secret. None of them is the documented envelope.
const LEAKS: [&str; 15] = [
    r#"{"code": "internal", "message": "hunter2hunter2", "details": []}"#,
    r#"{"code": "unavailable", "message": "hunter2hunter2"}"#,
    "connect to postgres://root:hunter2hunter2@db failed",
    r#"{"error": "connect to postgres://root:hunter2hunter2@db failed"}"#,
    r#"{"message": "hunter2hunter2", "stack": ["at hunter2hunter2"]}"#,
    r#"{"errors": {"db": ["hunter2hunter2"]}, "trace": ["hunter2hunter2"]}"#,
    r#"{"type": "https://hunter2hunter2.example", "title": "hunter2hunter2", "status": 404}"#,
    r#"{"status": 404, "code": 404, "error": {"code": 404, "message": "hunter2hunter2"}}"#,
    r#"{"db": ["hunter2hunter2"]}"#,
    r#"["hunter2hunter2"]"#,
    "<html><title>hunter2hunter2</title><pre>at /srv/hunter2hunter2.rs</pre></html>",
    "<Error><Code>hunter2hunter2</Code><Message>hunter2hunter2</Message></Error>",
    "data: hunter2hunter2\n\n",
    "{\"error\":\"hunter2hunter2\"}\n{\"error\":\"hunter2hunter2\"}\n",
    "\u{1f}\u{8b}hunter2hunter2",
];

const RESPONSE_HEADERS: [Header; 44] = [
    ("content-type", "application/json"),
    ("content-type", "text/plain; charset=utf-8"),
    ("content-type", "text/html"),
    ("content-type", "application/problem+json"),
    ("content-type", "application/xml"),
    ("content-type", "text/event-stream"),
    ("content-type", "multipart/mixed; boundary=x"),
    ("content-type", "application/x-ndjson"),
    ("content-type", "application/json-seq"),
    ("content-type", "application/stream+json"),
    ("content-type", "application/grpc"),
    ("content-type", "application/grpc"),
    ("content-type", "application/grpc-web+proto"),
    ("content-type", "application/connect+json"),
    ("content-type", "application/octet-stream"),
    ("content-type", "text/html; charset=\"unbalanced"),
    ("cache-control", "no-transform"),
    ("cache-control", "max-age=1, No-Transform"),
    ("cache-control", "public"),
    ("content-encoding", "gzip"),
    ("content-encoding", "identity"),
    ("transfer-encoding", "chunked"),
    ("content-length", "2"),
    ("content-length", "100000000"),
    ("content-range", "bytes 0-1/2"),
    ("content-disposition", "attachment"),
    ("etag", "\"x\""),
    ("trailer", "grpc-status"),
    ("connection", "upgrade"),
    ("upgrade", "websocket"),
    ("grpc-status", "0"),
    ("grpc-status", "13"),
    ("grpc-status", "2"),
    ("grpc-message", SECRET),
    ("grpc-status-details-bin", "aHVudGVyMmh1bnRlcjI"),
    ("grpc-status-details-bin", "???"),
    ("vary", "*"),
    ("www-authenticate", "Basic"),
    ("retry-after", "1"),
    ("set-cookie", "a=1"),
    ("location", "/login"),
    ("signature", "sig1=:AA==:"),
    ("x-content-type-options", "nosniff"),
    ("access-control-allow-origin", "*"),
];

fn insides() -> impl Strategy<Value = Inside> {
    prop_oneof![
        12 => answers().prop_map(Inside::Answers),
        1 => Just(Inside::Fails),
        1 => Just(Inside::IsNotReady),
    ]
}

fn answers() -> impl Strategy<Value = Response<Script>> {
    let versions = [
        Version::HTTP_10,
        Version::HTTP_11,
        Version::HTTP_2,
        Version::HTTP_3,
    ];
    let headers = vec(select(&RESPONSE_HEADERS[..]), 0..5);
    let reason = prop::option::weighted(0.1, Just(ReasonPhrase::from_static(b"hunter2hunter2")));
    (
        statuses(),
        select(versions.to_vec()),
        headers,
        scripts(),
        reason,
    )
        .prop_map(|(status, version, headers, body, reason)| {
            let mut response = Response::new(body);
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            *response.version_mut() = version;
            append(response.headers_mut(), headers);
            response.extensions_mut().extend(reason.into_iter().fold(
                http::Extensions::new(),
                |mut extensions, reason| {
                    extensions.insert(reason);
                    extensions
                },
            ));
            response
        })
}

fn statuses() -> impl Strategy<Value = u16> {
    prop_oneof![
        4 => select(&[500, 501, 502, 503, 504, 599, 600, 999][..]),
        2 => select(&[400, 401, 403, 404, 405, 409, 415, 416, 422, 429, 499][..]),
        1 => Just(200),
        1 => 100..1000u16,
    ]
}

/// A body with the secret, in pieces, with empty frames, trailers and a failure at any position.
fn scripts() -> impl Strategy<Value = Script> {
    let leak = prop_oneof![
        20 => select(&LEAKS[..]).prop_map(str::to_owned),
        1 => Just(String::new()),
        1 => (60_000..70_000usize).prop_map(|length| format!("{SECRET}{}", "x".repeat(length))),
    ];
    let cuts = vec(any::<Index>(), 0..4);
    let odd = vec((any::<Index>(), odd_steps()), 0..3);
    (leak, cuts, odd, any::<bool>()).prop_map(|(leak, cuts, odd, is_exact)| {
        let mut body = Bytes::from(leak);
        let mut steps = Vec::new();
        for cut in cuts {
            let first = body.split_to(cut.index(body.len() + 1));
            steps.push(Step::Data(first));
        }
        steps.push(Step::Data(body));
        for (place, step) in odd {
            steps.insert(place.index(steps.len() + 1), step);
        }
        let steps = steps.into();
        Script { steps, is_exact }
    })
}

fn odd_steps() -> impl Strategy<Value = Step> {
    let trailers = [
        ("grpc-status", "13"),
        ("grpc-message", SECRET),
        ("x-error", SECRET),
        ("content-type", "text/html"),
    ];
    let trailers = vec(select(trailers.to_vec()), 0..3).prop_map(|headers| {
        let mut map = HeaderMap::new();
        append(&mut map, headers);
        Step::Trailers(map)
    });
    prop_oneof![2 => trailers, 1 => Just(Step::Data(Bytes::new())), 1 => Just(Step::Fail)]
}

/// Appends the headers; those that HTTP/1 cannot have are left out, as a server would refuse them.
fn append(map: &mut HeaderMap, headers: impl IntoIterator<Item = Header>) {
    for (name, value) in headers {
        if let Ok(name) = name.parse::<HeaderName>() {
            map.append(name, HeaderValue::from_static(value));
        }
    }
}

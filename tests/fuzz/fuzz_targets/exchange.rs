//! A hostile request and a hostile response, through the layer of a server: masked texts are not sent, and an error stays
//! an error. Headers are not searched for the secret, because the fuzzer writes it into headers that stay.
#![no_main]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version,
};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use tower::{Layer, ServiceExt};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::ErrorEnvelopeLayer;

const SECRET: &[u8] = b"hunter2hunter2";

const METHODS: [&str; 8] = [
    "GET", "POST", "HEAD", "CONNECT", "PUT", "OPTIONS", "TRACE", "X",
];
const VERSIONS: [Version; 5] = [
    Version::HTTP_09,
    Version::HTTP_10,
    Version::HTTP_11,
    Version::HTTP_2,
    Version::HTTP_3,
];
const REQUEST_HEADERS: [&str; 10] = [
    "content-type",
    "accept",
    "connect-protocol-version",
    "te",
    "grpc-timeout",
    "x-grpc-web",
    "upgrade",
    "cache-control",
    "x-request-id",
    "x-http-method-override",
];
const RESPONSE_HEADERS: [&str; 16] = [
    "content-type",
    "cache-control",
    "content-encoding",
    "content-length",
    "transfer-encoding",
    "grpc-status",
    "grpc-message",
    "grpc-status-details-bin",
    "vary",
    "trailer",
    "signature",
    "etag",
    "content-range",
    "connection",
    "upgrade",
    "www-authenticate",
];

type Headers<'a> = Vec<(u8, &'a [u8])>;

fuzz_target!(|input: (
    (u8, u8, &str, Headers<'_>),
    (u16, Headers<'_>, Vec<(bool, &[u8])>)
)| {
    let ((method, version, uri, headers), (status, answer, frames)) = input;
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(pick(&METHODS, method).as_bytes()).unwrap();
    *request.version_mut() = pick(&VERSIONS, version);
    *request.uri_mut() = uri
        .parse()
        .unwrap_or_else(|_| Uri::from_static("/x?connect=v1"));
    *request.headers_mut() = header_map(&REQUEST_HEADERS, headers);

    let status = StatusCode::from_u16(100 + status % 900).unwrap();
    let mut response = Response::new(Frames::new(frames));
    *response.status_mut() = status;
    *response.headers_mut() = header_map(&RESPONSE_HEADERS, answer);

    let is_grpc = speaks_grpc(&request);
    let is_own_word = is_grpc
        && is_labelled(response.headers())
        && (status.as_u16() < 400 || response.headers().contains_key("grpc-status"));
    let is_stream = request.method() == Method::POST
        && label(request.headers()).starts_with("application/connect+");

    let events = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&events);
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem)
        .with_dialect(Copr);
    let layer = layer.on_error(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut response = Some(response);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let service = layer.layer(service);
    let (parts, body) = async {
        let (parts, body) = service.oneshot(request).await.unwrap().into_parts();
        (
            parts,
            body.collect()
                .await
                .map(|body| body.to_bytes())
                .unwrap_or_default(),
        )
    }
    .now_or_never()
    .expect("nothing to wait for");

    if status.as_u16() < 400 || is_own_word {
        return;
    }
    if !is_grpc && !is_stream {
        assert!(parts.status.as_u16() >= 400, "{parts:?}");
    }
    if status.as_u16() >= 500 {
        assert!(
            !body.windows(SECRET.len()).any(|window| window == SECRET),
            "{parts:?} {body:?}"
        );
        assert_eq!(events.load(Ordering::SeqCst), 1);
        assert!(parts.headers.get_all("content-type").iter().count() <= 1);
        assert!(
            !parts.headers.contains_key("transfer-encoding")
                && !parts.headers.contains_key("content-length")
        );
    }
});

fn pick<T: Copy>(list: &[T], number: u8) -> T {
    list[usize::from(number) % list.len()]
}

fn header_map(names: &[&'static str], headers: Headers<'_>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            map.append(HeaderName::from_static(pick(names, name)), value);
        }
    }
    map
}

fn label(headers: &HeaderMap) -> String {
    let label = headers
        .get("content-type")
        .and_then(|label| label.to_str().ok());
    let label = label
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    label.trim().to_ascii_lowercase()
}

fn is_labelled(headers: &HeaderMap) -> bool {
    label(headers).starts_with("application/grpc")
}

/// Deliberately wide: requests that only look like gRPC count as well.
fn speaks_grpc(request: &Request<()>) -> bool {
    let label = label(request.headers());
    let is_web = label.starts_with("application/grpc-web");
    request.method() == Method::POST
        && is_labelled(request.headers())
        && (is_web || request.version() >= Version::HTTP_2)
}

/// The secret, and frames of the fuzzer; trailers are empty.
struct Frames(VecDeque<Frame<Bytes>>);

impl Frames {
    fn new(frames: Vec<(bool, &[u8])>) -> Self {
        let secret = Frame::data(Bytes::from_static(SECRET));
        let others = frames.into_iter().map(|(is_data, data)| match is_data {
            true => Frame::data(Bytes::copy_from_slice(data)),
            false => Frame::trailers(HeaderMap::new()),
        });
        Self(std::iter::once(secret).chain(others).collect())
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }
}

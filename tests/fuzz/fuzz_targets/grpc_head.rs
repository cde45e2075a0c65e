//! Any `grpc-status`, `grpc-message` and `grpc-status-details-bin` of a peer: the reader accepts them, and so does tonic
//! behind the client layer.
#![no_main]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderValue, Request, Response};
use http_body_util::Full;
use libfuzzer_sys::fuzz_target;
use tower::{Layer, ServiceExt};
use tower_error_envelope::{read::read, ErrorEnvelopeLayer, Origin};

fuzz_target!(|peer: (&[u8], &[u8], &[u8])| {
    let (code, message, details) = peer;
    let Some(response) = response(code, message, details) else {
        return;
    };
    let envelope = read(&response);
    let is_ok = !code.is_empty() && code.iter().all(|byte| *byte == b'0');
    assert_eq!(envelope.origin() == Origin::Wire("grpc"), !is_ok);

    let service = tower::service_fn(|_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.clone().map(Full::from)))
    });
    let request = Request::post("/")
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc");
    let layered = ErrorEnvelopeLayer::client().layer(service);
    let answer = layered.oneshot(request.body(()).unwrap()).now_or_never();
    let status = tonic::Status::from_header_map(answer.unwrap().unwrap().headers()).unwrap();
    let decoded = percent_encoding::percent_decode(message).decode_utf8_lossy();
    assert_eq!(status.message(), decoded);
});

/// `None` if the bytes cannot be a header.
fn response(code: &[u8], message: &[u8], details: &[u8]) -> Option<Response<Bytes>> {
    let mut response = Response::new(Bytes::new());
    for (name, value) in [
        ("content-type", &b"application/grpc"[..]),
        ("grpc-status", code),
        ("grpc-message", message),
        ("grpc-status-details-bin", details),
    ] {
        let value = HeaderValue::from_bytes(value).ok()?;
        response.headers_mut().insert(name, value);
    }
    Some(response)
}

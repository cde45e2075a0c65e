//! A whole response in its wire format: the result is bounded, and equal in each run.
#![no_main]

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use libfuzzer_sys::fuzz_target;
use tower_error_envelope::read::read;
use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, Problem};

/// Bytes of a text, and of the mark of a cut.
const MAX_TEXT: usize = 64 * 1024 + 3;

fuzz_target!(|wire: &[u8]| {
    let response = response(wire);
    let envelope = read(&response);
    assert_eq!(envelope, read(&response));
    assert!(envelope.status().as_u16() >= 400 || response.status().as_u16() < 400);
    assert!(!envelope.message().is_empty() || !envelope.field_errors().is_empty());
    assert!(envelope.message().len() <= MAX_TEXT);
    assert!(envelope.field_errors().len() <= 1024);

    for written in [Copr.write(&envelope), Problem.write(&envelope)] {
        let _: serde_json::Value = serde_json::from_slice(written.body()).unwrap();
    }
    // Parameters are documented with 400. With another status they are a foreign format, in which `#a` points somewhere.
    let envelope = match envelope.field_errors().is_empty() {
        true => envelope,
        false => envelope.with_status(StatusCode::BAD_REQUEST),
    };
    let written = Clustr.write(&envelope);
    let again = read(&written);
    assert_eq!(again.message(), envelope.message());
    assert_eq!(again.field_errors(), envelope.field_errors());
    assert_eq!(Clustr.write(&again).body(), written.body());
});

/// `404`, lines of headers, a blank line, the body. Invalid headers are left out.
fn response(wire: &[u8]) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    let mut rest = wire;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = &rest[..end];
        rest = rest.get(end + 1..).unwrap_or_default();
        line
    };
    let code = std::str::from_utf8(line()).ok().and_then(|code| code.parse().ok());
    let status = code.and_then(|code| StatusCode::from_u16(code).ok());
    *response.status_mut() = status.unwrap_or(StatusCode::BAD_REQUEST);
    loop {
        let header = line();
        if header.is_empty() {
            break;
        }
        let Some(colon) = header.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let name = HeaderName::from_bytes(&header[..colon]);
        let value = HeaderValue::from_bytes(header[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    *response.body_mut() = Bytes::copy_from_slice(rest);
    response
}

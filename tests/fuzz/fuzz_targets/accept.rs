//! `Accept`: the choice of the dialect does not depend on the split into lines and elements.
#![no_main]

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{ACCEPT, CONTENT_TYPE, VARY};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use libfuzzer_sys::fuzz_target;
use tower::{Layer, ServiceExt};
use tower_error_envelope::write::{Clustr, Problem};
use tower_error_envelope::ErrorEnvelopeLayer;

fuzz_target!(|accept: &[u8]| {
    let Ok(line) = HeaderValue::from_bytes(accept) else {
        return;
    };
    let chosen = answer(&[line]);
    // Of a longer list only the beginning is looked at.
    if accept.len() > 256 {
        return;
    }
    let elements = accept.split(|byte| *byte == b',');
    let lines: Option<Vec<_>> = elements.map(|part| HeaderValue::from_bytes(part).ok()).collect();
    let Some(mut lines) = lines.filter(|lines| lines.len() < 64 && !accept.contains(&b'"')) else {
        return;
    };
    // A line that is not text is left out.
    if accept.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        assert_eq!(chosen, answer(&lines));
    }
    let straight = answer(&lines);
    lines.reverse();
    assert_eq!(straight, answer(&lines));
});

/// The `Content-Type` of a 404 for this `Accept`.
fn answer(accept: &[HeaderValue]) -> HeaderValue {
    let service = tower::service_fn(|_: Request<()>| async {
        let mut response = Response::new(Full::from(Bytes::from("no printer")));
        *response.status_mut() = StatusCode::NOT_FOUND;
        Ok::<_, Infallible>(response)
    });
    let layer = ErrorEnvelopeLayer::new().with_dialect(Clustr).with_dialect(Problem);
    let mut request = Request::new(());
    for line in accept {
        request.headers_mut().append(ACCEPT, line.clone());
    }
    let response = layer.layer(service).oneshot(request).now_or_never();
    let response = response.unwrap().unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()[VARY], "accept");
    let label = response.headers()[CONTENT_TYPE].clone();
    assert!(label == "application/json" || label == "application/problem+json");
    label
}

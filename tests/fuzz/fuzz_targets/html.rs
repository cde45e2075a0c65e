//! A page: its message is one short text without markup, with any label.
#![no_main]

use bytes::Bytes;
use http::Response;
use libfuzzer_sys::fuzz_target;
use tower_error_envelope::read::read;

fuzz_target!(|page: &str| {
    let page = format!("<!doctype html>{page}");
    let labelled = |label: &str| {
        let response = Response::builder().status(502).header("content-type", label);
        read(&response.body(Bytes::from(page.clone())).unwrap())
    };
    let envelope = labelled("text/html");
    assert_eq!(envelope, labelled("application/json"));
    assert_eq!(envelope, labelled("text/plain; charset=utf-8"));
    assert!(envelope.field_errors().is_empty());
    assert!(!envelope.message().is_empty() && envelope.message().len() <= page.len().max(11) * 6);
    assert_eq!(envelope.message(), envelope.message().trim());
});

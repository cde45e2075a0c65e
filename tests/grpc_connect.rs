//! Callers of Connect are answered in Connect, with the same masking as others.
#![cfg(feature = "tonic")]

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full};
use serde_json::{json, Value};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

/// The kinds of requests in Connect.
const UNARY: [(Method, &str, &str); 2] = [
    (Method::POST, "/a.v1.B/C", "application/json"),
    (Method::GET, "/a.v1.B/C?connect=v1&encoding=json", ""),
];
const STREAM: (Method, &str, &str) = (Method::POST, "/a.v1.B/C", "application/connect+json");

fn ask((method, uri, label): (Method, &str, &str), answer: Response<Bytes>) -> Response<Bytes> {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header("connect-protocol-version", "1")
        .header("content-type", label);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(answer.clone().map(Full::from)))
    });
    let call = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(request.body(()).unwrap());
    let (parts, body) = call.now_or_never().unwrap().unwrap().into_parts();
    let body = body.collect().now_or_never().unwrap().unwrap().to_bytes();
    Response::from_parts(parts, body)
}

/// The error in the answer to a unary call, and in the frame that ends a stream.
fn errors(answer: &Response<Bytes>) -> Vec<Value> {
    let mut errors = Vec::new();
    for unary in UNARY {
        let body = ask(unary, answer.clone()).into_body();
        errors.push(serde_json::from_slice(&body).unwrap());
    }
    let stream = ask(STREAM, answer.clone());
    assert_eq!(stream.status(), StatusCode::OK);
    assert_eq!(stream.body()[0], 2, "one frame that ends the stream");
    let mut end: Value = serde_json::from_slice(&stream.body()[5..]).unwrap();
    errors.push(end["error"].take());
    errors
}

fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Bytes> {
    let response = headers.iter().fold(
        Response::builder().status(status),
        |response, (name, value)| response.header(*name, *value),
    );
    response.body(Bytes::from_static(body.as_bytes())).unwrap()
}

fn known(envelope: Envelope) -> Response<Bytes> {
    let mut response = answer(envelope.status().as_u16(), &[], "");
    response.extensions_mut().insert(envelope);
    response
}

#[test]
fn errors_of_http_have_the_code_and_the_message_that_they_say() {
    let json = ("content-type", "application/json");
    let cases = [
        (
            answer(401, &[json], r#"{"error": "The token is expired"}"#),
            "unauthenticated",
            Some("The token is expired"),
        ),
        (
            answer(403, &[], "You may not print"),
            "permission_denied",
            Some("You may not print"),
        ),
        (answer(404, &[], ""), "unimplemented", Some("Not Found")),
        (
            answer(404, &[], "No such printer"),
            "not_found",
            Some("No such printer"),
        ),
        (answer(413, &[], ""), "resource_exhausted", None),
        (
            answer(429, &[json], r#"{"message": "Slow down"}"#),
            "resource_exhausted",
            Some("Slow down"),
        ),
        (
            answer(500, &[], "hunter2"),
            "internal",
            Some("Internal Server Error"),
        ),
        (
            answer(504, &[], ""),
            "deadline_exceeded",
            Some("Gateway Timeout"),
        ),
        (
            known(Envelope::new(StatusCode::PAYMENT_REQUIRED, "Pay first")),
            "failed_precondition",
            Some("Pay first"),
        ),
    ];
    for (answer, code, message) in cases {
        for error in errors(&answer) {
            assert_eq!(error["code"], code, "{answer:?}");
            if let Some(message) = message {
                assert_eq!(error["message"], message, "{answer:?}");
            }
        }
    }
}

#[test]
fn an_error_of_grpc_has_its_code_message_and_details() {
    let mut details = ErrorDetails::new();
    details.set_resource_info("printer", "8", "", "broken");
    let status = Status::with_error_details(Code::AlreadyExists, "taken", details);
    for error in errors(&status.into_http::<Bytes>()) {
        assert_eq!(error["code"], "already_exists");
        assert_eq!(error["message"], "taken");
        assert_eq!(error["details"][0]["type"], "google.rpc.ResourceInfo");
    }
}

#[test]
fn debug_info_stays_on_the_server() {
    let mut details = ErrorDetails::new();
    details.set_debug_info(["hunter2".to_owned()], "hunter2");
    details.set_resource_info("printer", "8", "", "broken");
    let status = Status::with_error_details(Code::NotFound, "gone", details);
    for answer in [known(status.clone().into()), status.into_http::<Bytes>()] {
        for error in errors(&answer) {
            let types: Vec<_> = error["details"].as_array().unwrap().iter().collect();
            assert_eq!(types.len(), 1, "{error}");
            assert_eq!(types[0]["type"], "google.rpc.ResourceInfo");
        }
    }
}

#[test]
fn retry_after_is_a_retry_info_as_well() {
    let busy = answer(429, &[("retry-after", "7")], "Slow down");
    for error in errors(&busy) {
        let detail = &error["details"][0];
        assert_eq!(detail["type"], "google.rpc.RetryInfo");
        // Seven seconds: a message with one number in it.
        assert_eq!(detail["value"], "CgIIBw", "{error}");
    }
    let mut details = ErrorDetails::new();
    details.set_retry_info(Some(Duration::from_millis(1500)));
    let status = Status::with_error_details(Code::Unavailable, "later", details);
    for unary in UNARY {
        let answer = ask(unary, known(status.clone().into()));
        assert_eq!(answer.headers()["retry-after"], "2");
    }
}

#[test]
fn an_error_of_connect_passes_byte_for_byte() {
    let json = ("content-type", "application/json");
    let own = r#"{ "code": "not_found", "message": "x", "details": [{"type": "a.B", "value": "AA", "debug": {}}] }"#;
    for unary in UNARY {
        let passed = ask(unary, answer(404, &[json, ("x-own", "a")], own));
        assert_eq!(
            (passed.status().as_u16(), &**passed.body()),
            (404, own.as_bytes())
        );
        assert_eq!(passed.headers()["x-own"], "a");
    }
    let stream = answer(
        200,
        &[("content-type", "application/connect+json")],
        "\u{2}\0\0\0\u{2}{}",
    );
    assert_eq!(ask(STREAM, stream.clone()).body(), stream.body());
}

#[test]
fn an_object_that_only_looks_like_an_error_of_connect_is_masked() {
    let json = ("content-type", "application/json");
    for body in [
        r#"{"code": "internal", "message": "hunter2"}"#,
        r#"{"code": "internal", "message": "no", "stack": "hunter2"}"#,
        r#"{"code": 13, "message": "hunter2"}"#,
    ] {
        for error in errors(&answer(500, &[json], body)) {
            assert_eq!(
                error,
                json!({"code": "internal", "message": "Internal Server Error"})
            );
        }
    }
}

#[test]
fn without_details_code_message_and_metadata_stay() {
    use tower_error_envelope::exchange::{AnswerBody, Normaliser};

    let error = || {
        let error = Envelope::new(StatusCode::TOO_MANY_REQUESTS, "Slow down");
        error
            .with_error_type("shop.TooMany")
            .with_header("retry-after", 7)
    };
    let normaliser = Normaliser::server().without_grpc_details();
    for (uri, label) in [
        ("/shop/Buy", "application/grpc"),
        ("/shop/Buy", "application/connect+json"),
        ("/shop/Buy?connect=v1", "application/json"),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static(label));
        headers.insert("connect-protocol-version", HeaderValue::from_static("1"));
        let uri = uri.parse().unwrap();
        let caller = normaliser.caller(&Method::POST, Version::HTTP_2, &uri, &headers);
        let answer = normaliser.service_error(caller, None, error().into());
        let body = match &answer.body {
            AnswerBody::Full(body) => std::str::from_utf8(body).unwrap(),
            _ => "",
        };
        let seen = format!("{:?} {body}", answer.parts.headers);
        assert!(
            seen.contains("Slow down") && seen.contains("retry-after"),
            "{seen}"
        );
        assert!(!seen.contains("details"), "{seen}");
    }
}

#[test]
fn no_cache_keeps_an_answer() {
    for call in UNARY.into_iter().chain([STREAM]) {
        let seen = ask(
            call,
            answer(404, &[("cache-control", "public")], "no printer"),
        );
        let values: Vec<_> = seen.headers().get_all("cache-control").iter().collect();
        assert_eq!(values, ["no-store"]);
    }
}

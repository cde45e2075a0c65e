//! Errors whose bodies are coded, read with the feature `decompression`.
#![cfg(feature = "decompression")]

mod support;

use std::convert::Infallible;
use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use flate2::{write::GzEncoder, Compression};
use http::{HeaderMap, Method, Request, Response, Uri, Version};
use http_body_util::Full;
use proptest::prelude::*;
use support::{collect, serve, text, values};
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::exchange::{Answer, AnswerBody, BodyHint, Head, Normaliser};
use tower_error_envelope::read::read;
use tower_error_envelope::{
    Envelope, ErrorEnvelopeLayer, Masked, Origin, RaiseErrorsLayer, RaisedError,
};
use tower_http::compression::{CompressionLayer, Predicate};

const CODINGS: [&str; 4] = ["gzip", "deflate", "br", "zstd"];
const TAKEN: &str = r#"{"code":"E17","message":"The name is taken"}"#;
const READ: &str = r#"{"_error_message":"The name is taken","_error_type":"E17"}"#;
const UNREAD: &str = r#"{"_error_message":"Conflict","_error_type":"clustr.exceptions.Conflict"}"#;

#[derive(Clone, Copy)]
struct Always;

impl Predicate for Always {
    fn should_compress<B: http_body::Body>(&self, _: &Response<B>) -> bool {
        true
    }
}

/// A service that answers 409 with this body, in a coding that tower-http writes.
async fn coded(coding: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Some(labelled(409, &[], body));
    let service = service_fn(move |_: Request<()>| {
        let response = response.take().unwrap().map(Full::new);
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let request = Request::builder().header("accept-encoding", coding);
    let layer = CompressionLayer::new().compress_when(Always);
    let answer = layer.layer(service).oneshot(request.body(()).unwrap());
    let response = collect(answer.await.unwrap()).await;
    assert_eq!(values(&response, "content-encoding"), [coding]);
    response
}

fn labelled(status: u16, codings: &[&str], body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("retry-after", "7");
    for coding in codings {
        response = response.header("content-encoding", *coding);
    }
    response.body(body.into()).unwrap()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn answer(normaliser: &Normaliser, response: Response<Bytes>) -> Response<Bytes> {
    let (mut parts, body) = response.into_parts();
    let none = HeaderMap::new();
    let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::default(), &none);
    let Head::Read(mut reading) = normaliser.head(caller, &mut parts, BodyHint::default()) else {
        panic!("the body is not read");
    };
    let cut = reading.push(body);
    let Answer { parts, body, .. } = cut.unwrap_or_else(|| reading.end(Ok(())));
    match body {
        AnswerBody::Full(body) | AnswerBody::Inner(body) => Response::from_parts(parts, body),
        other => panic!("{other:?}"),
    }
}

fn both_sides() -> [Normaliser; 2] {
    [Normaliser::server(), Normaliser::client()]
}

#[tokio::test]
async fn both_sides_read_each_coding_and_its_headers_fall() {
    for coding in CODINGS {
        for side in both_sides() {
            let answer = answer(&side, coded(coding, TAKEN).await);
            assert_eq!(text(&answer), READ, "{coding}");
            assert_eq!(answer.status(), 409);
            assert!(values(&answer, "content-encoding").is_empty());
            assert_eq!(values(&answer, "retry-after"), ["7"]);
        }
        assert_eq!(
            read(&coded(coding, TAKEN).await).message(),
            "The name is taken"
        );
    }
}

#[tokio::test]
async fn a_documented_body_keeps_its_coding() {
    for coding in CODINGS {
        for side in both_sides() {
            let response = coded(coding, READ).await;
            let sent = response.body().clone();
            let answer = answer(&side, response);
            assert_eq!(*answer.body(), sent, "{coding}");
            assert_eq!(values(&answer, "content-encoding"), [coding]);
            let envelope = answer.extensions().get::<Envelope>().unwrap();
            assert_eq!(envelope.message(), "The name is taken");
        }
    }
}

#[tokio::test]
async fn a_bomb_costs_the_message_and_never_the_status() {
    for coding in CODINGS {
        let bomb = format!(r#"{{"message":"{}"}}"#, "b".repeat(8 * 1024 * 1024));
        let bomb = coded(coding, bomb).await;
        assert!(bomb.body().len() < 64 * 1024, "{coding}");
        for side in both_sides() {
            let answer = answer(&side, bomb.clone());
            assert_eq!((answer.status().as_u16(), text(&answer)), (409, UNREAD));
            let envelope = answer.extensions().get::<Envelope>().unwrap();
            assert_eq!(envelope.origin(), Origin::Inferred, "{coding}");
        }
    }
}

#[tokio::test]
async fn the_limit_counts_decoded_bytes() {
    for coding in CODINGS {
        let spaced = format!("{TAKEN}{}", " ".repeat(1000));
        let response = coded(coding, spaced.clone()).await;
        for (limit, want) in [(spaced.len(), READ), (spaced.len() - 1, UNREAD)] {
            let side = Normaliser::server().with_body_limit(limit);
            assert_eq!(
                text(&answer(&side, response.clone())),
                want,
                "{coding} {limit}"
            );
        }
    }
}

#[tokio::test]
async fn broken_data_and_unknown_codings_cost_only_the_message() {
    for coding in CODINGS {
        let mut cut = coded(coding, TAKEN.repeat(3)).await;
        let half = cut.body().len() / 2;
        cut.body_mut().truncate(half);
        assert_eq!(
            text(&answer(&Normaliser::server(), cut)),
            UNREAD,
            "{coding}"
        );
    }
    for codings in [
        &["aws-chunked"][..],
        &["gzip", "aws-chunked"],
        &["gzip", "gzip"],
    ] {
        let response = labelled(409, codings, gzip(TAKEN.as_bytes()));
        assert_eq!(
            text(&answer(&Normaliser::server(), response)),
            UNREAD,
            "{codings:?}"
        );
    }
}

#[test]
fn several_codings_are_undone_in_turn() {
    let twice = gzip(&gzip(TAKEN.as_bytes()));
    for codings in [&["gzip, gzip"][..], &["gzip", "identity", "gzip"]] {
        let response = labelled(409, codings, twice.clone());
        assert_eq!(text(&answer(&Normaliser::server(), response)), READ);
    }
}

/// Clients that decode often leave the label.
#[test]
fn a_document_behind_a_false_label_is_read_as_it_is() {
    let response = labelled(409, &["gzip"], TAKEN);
    assert_eq!(text(&answer(&Normaliser::client(), response)), READ);
}

#[test]
fn a_masked_error_keeps_its_decoded_body_for_those_who_may_see_it() {
    let response = labelled(500, &["gzip"], gzip(br#"{"message":"at 10.0.0.7"}"#));
    let answer = answer(&Normaliser::server(), response);
    assert!(!text(&answer).contains("10.0.0.7"));
    let masked = answer.extensions().get::<Masked>().unwrap();
    assert_eq!(masked.body(), r#"{"message":"at 10.0.0.7"}"#);
}

#[test]
fn it_can_be_switched_off() {
    let response = labelled(409, &["gzip"], gzip(TAKEN.as_bytes()));
    let side = Normaliser::server().without_decompression();
    assert_eq!(text(&answer(&side, response)), UNREAD);
}

#[tokio::test]
async fn a_success_is_not_decoded() {
    let mut response = coded("gzip", r#"{"error":"not_found"}"#).await;
    *response.status_mut() = http::StatusCode::OK;
    let sent = response.body().clone();
    let mut response = Some(response.map(Full::new));
    let service = service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    let answer = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    let answer = collect(answer).await;
    assert_eq!((answer.status().as_u16(), answer.body()), (200, &sent));
}

#[tokio::test]
async fn raised_errors_decode_the_body_and_keep_the_original_bytes() {
    for coding in CODINGS {
        let response = coded(coding, TAKEN).await;
        let sent = response.body().clone();
        let mut response = Some(response.map(Full::new));
        let service = service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        });
        let raised = RaiseErrorsLayer::new().layer(service);
        let Err(RaisedError::Api(error)) = raised.oneshot(Request::new(())).await else {
            panic!("no error");
        };
        assert_eq!(error.envelope().message(), "The name is taken", "{coding}");
        assert_eq!(
            (error.headers()["content-encoding"].as_bytes(), error.body()),
            (coding.as_bytes(), &sent)
        );
    }
}

#[cfg(feature = "reqwest")]
#[tokio::test]
async fn responses_of_reqwest_are_read_in_each_coding() {
    use tower_error_envelope::ResponseExt;
    for coding in CODINGS {
        let response = coded(coding, TAKEN).await;
        let server = serve(service_fn(move |_: Request<hyper::body::Incoming>| {
            let response = response.clone().map(Full::new);
            std::future::ready(Ok::<_, Infallible>(response))
        }))
        .await;
        let response = reqwest::get(format!("http://{server}/")).await.unwrap();
        let error = response.error_for_envelope().await.unwrap_err();
        assert_eq!(error.envelope().error_type().as_str(), "E17", "{coding}");
    }
}

proptest! {
    #[test]
    fn coded_bodies_are_read_like_plain_ones(body in "(\\{\"(message|error|detail)\":\"\\PC{0,40}\"\\}|\\PC{0,80}|<title>[a-z ]{1,20}</title>)") {
        let plain = read(&labelled(409, &[], body.clone()));
        let coded = read(&labelled(409, &["gzip"], gzip(body.as_bytes())));
        prop_assert_eq!(coded, plain);
    }
}

#[test]
fn a_body_that_keeps_its_coding_loses_the_length_of_the_upstream() {
    let body = gzip(READ.as_bytes());
    let mut response = labelled(409, &["gzip"], body.clone());
    response.headers_mut().insert("content-length", 999.into());
    let answer = answer(&Normaliser::server(), response);
    assert_eq!(values(&answer, "content-encoding"), ["gzip"]);
    assert!(values(&answer, "content-length").is_empty());
    assert_eq!(*answer.body(), body);
}

#[tokio::test]
async fn a_delay_in_a_coded_body_is_found() {
    let bodies = [
        (r#"{"message":"Slow down","retry_after":3.5}"#, 3_500),
        (r#"{"errcode":"M_LIMIT","retry_after_ms":2000}"#, 2_000),
        (
            r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"4s"}]}}"#,
            4_000,
        ),
    ];
    for (body, milliseconds) in bodies {
        let mut coded = GzEncoder::new(Vec::new(), Compression::default());
        coded.write_all(body.as_bytes()).unwrap();
        let response = Response::builder()
            .status(429)
            .header("content-encoding", "gzip")
            .body(Full::new(Bytes::from(coded.finish().unwrap())));
        let mut response = Some(response.unwrap());
        let service = service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        });
        let answer = RaiseErrorsLayer::new().layer(service);
        let error = answer.oneshot(Request::new(())).await.unwrap_err();
        let delay = error.into_api().unwrap().retry_advice().delay();
        assert_eq!(delay, Some(Duration::from_millis(milliseconds)), "{body}");
    }
}

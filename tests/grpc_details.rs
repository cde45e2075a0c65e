//! Details of gRPC and advice on retries are converted between gRPC and HTTP over the wire, in both directions.
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use printer::pb::printer_client::PrinterClient;
use printer::pb::Job;
use printer::{channel, serve_answer, serve_layered};
use prost::Message;
use serde_json::{json, Value};
use support::{send, Protocol, PROTOCOLS};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{
    Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer, RaisedError, RetryAdvice,
};

/// A detail, and its member in the documented JSON.
fn details() -> Vec<(&'static str, ErrorDetails, Value)> {
    let mut precondition = ErrorDetails::new();
    precondition.add_precondition_failure_violation("TOS", "shop", "Not accepted");
    let mut quota = ErrorDetails::new();
    quota.add_quota_failure_violation("user:7", "10 a day");
    let mut help = ErrorDetails::new();
    help.add_help_link("How to refill", "https://printer.example/paper");
    vec![
        (
            "help",
            help,
            json!({"links": [{"description": "How to refill", "url": "https://printer.example/paper"}]}),
        ),
        (
            "localized_message",
            ErrorDetails::with_localized_message("de", "Kein Papier"),
            json!({"locale": "de", "message": "Kein Papier"}),
        ),
        (
            "precondition_failure",
            precondition,
            json!({"violations": [{"type": "TOS", "subject": "shop", "description": "Not accepted"}]}),
        ),
        (
            "quota_failure",
            quota,
            json!({"violations": [{"subject": "user:7", "description": "10 a day"}]}),
        ),
        (
            "request_info",
            ErrorDetails::with_request_info("r7", "stack 3"),
            json!({"requestId": "r7", "servingData": "stack 3"}),
        ),
        (
            "resource_info",
            ErrorDetails::with_resource_info("printer", "8", "me", "broken"),
            json!({"resourceType": "printer", "resourceName": "8", "owner": "me", "description": "broken"}),
        ),
    ]
}

fn job(status: &Status) -> Bytes {
    let job = Job {
        code: status.code().into(),
        message: status.message().into(),
        details: status.details().into(),
        ..Job::default()
    };
    let message = job.encode_to_vec();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &length[..], &message].concat().into()
}

/// The answer to a caller of HTTP whose method fails with this status.
async fn by_http(protocol: Protocol, status: &Status) -> Response<Bytes> {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let request = Request::post("/printer.v1.Printer/Print")
        .header("content-type", "application/octet-stream");
    send(
        protocol,
        server,
        request.body(Full::from(job(status))).unwrap(),
    )
    .await
}

#[tokio::test]
async fn details_reach_callers_of_http_as_members_and_come_back() {
    for protocol in PROTOCOLS {
        for (member, details, want) in details() {
            let status = Status::with_error_details(Code::FailedPrecondition, "No paper", details);
            let answer = by_http(protocol, &status).await;
            let body: Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!(body["_error_message"], "No paper");
            assert_eq!(body["_error_details"][member], want, "{body}");

            // A client of gRPC that gets this answer of HTTP, from a proxy for example.
            let server = serve_answer(answer).await;
            let layered = ErrorEnvelopeLayer::client().layer(channel(server).await);
            let back = PrinterClient::new(layered)
                .print(Job::default())
                .await
                .unwrap_err();
            let back = Value::Object(
                Envelope::from(back.clone())
                    .members()
                    .iter()
                    .filter_map(|(name, _)| {
                        Some((
                            name.to_owned(),
                            Envelope::from(back.clone()).members().get(name)?,
                        ))
                    })
                    .collect(),
            );
            assert_eq!(back[member], want, "{back}");
        }
    }
}

#[tokio::test]
async fn retry_after_is_a_retry_info_and_a_retry_info_is_retry_after() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let mut client = tonic::client::Grpc::new(channel(server).await);
    client.ready().await.unwrap();
    let path = PathAndQuery::from_static("/printer.v1.Plain/Text429");
    let codec: tonic_prost::ProstCodec<Job, printer::pb::Page> = tonic_prost::ProstCodec::default();
    let status = client
        .unary(tonic::Request::new(Job::default()), path, codec)
        .await
        .unwrap_err();
    let info = status.get_details_retry_info().unwrap();
    assert_eq!(info.retry_delay, Some(Duration::from_secs(3)));
    assert_eq!(status.metadata().get("retry-after").unwrap(), "3");
    assert_eq!(
        Envelope::from(status).retry_advice(),
        RetryAdvice::After(Duration::from_secs(3))
    );

    let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(1500)));
    let status = Status::with_error_details(Code::ResourceExhausted, "Slow down", details);
    for protocol in PROTOCOLS {
        let answer = by_http(protocol, &status).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["retry-after"]),
            (429, &"2".parse().unwrap())
        );
        let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http2));
        let request = Request::get(format!("http://{}/", serve_answer(answer).await));
        let request = request.body(Full::default()).unwrap();
        let error = client
            .oneshot(request)
            .await
            .unwrap_err()
            .into_api()
            .unwrap();
        assert_eq!(
            error.retry_advice(),
            RetryAdvice::After(Duration::from_secs(2))
        );
    }
    let exact = Envelope::from(status).retry_advice();
    assert_eq!(exact, RetryAdvice::After(Duration::from_millis(1500)));
}

#[tokio::test]
async fn pushback_and_retry_info_are_advice_of_an_envelope_and_of_a_raised_error() {
    let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(1500)));
    let mut info = Status::with_error_details(Code::Unavailable, "Slow down", details);
    let mut pushback = Status::unavailable("Slow down");
    pushback
        .metadata_mut()
        .insert("grpc-retry-pushback-ms", "1500".parse().unwrap());
    info.metadata_mut().insert("x-own", "1".parse().unwrap());
    for status in [info, pushback] {
        let want = RetryAdvice::After(Duration::from_millis(1500));
        assert_eq!(Envelope::from(status.clone()).retry_advice(), want);

        let server = serve_answer(status.into_http::<Full<Bytes>>().map(|_| Bytes::new())).await;
        let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http2));
        let request = Request::get(format!("http://{server}/"))
            .body(Full::default())
            .unwrap();
        let Err(RaisedError::Api(error)) = client.oneshot(request).await else {
            panic!("a success")
        };
        assert_eq!(error.retry_advice(), want);
        assert!(error.is_server());
    }
}

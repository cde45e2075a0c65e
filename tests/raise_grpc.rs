//! The layer that raises, around clients of gRPC and around clients of HTTP that call a gRPC service.
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::convert::Infallible;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use printer::pb::printer_client::PrinterClient;
use printer::pb::Job;
use printer::{channel, everything, serve_answer, serve_bare};
use support::Protocol;
use tonic::Code;
use tower::{BoxError, Layer, ServiceExt};
use tower_error_envelope::{
    Envelope, ErrorEnvelopeLayer, ErrorKind, RaiseErrorsLayer, RaisedError, ResponseBody,
    RetryAdvice,
};

fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Bytes> {
    let builder = Response::builder().status(status);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(body.into()).unwrap()
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");

#[tokio::test]
async fn a_status_in_a_head_without_a_body_is_an_error() {
    let headers = [
        GRPC,
        ("grpc-status", "5"),
        ("grpc-message", "There is no printer 8"),
        ("x-request-id", "7"),
    ];
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let server = serve_answer(answer(200, &headers, "")).await;
        let client = RaiseErrorsLayer::new().layer(support::client(protocol));
        let request = Request::get(format!("http://{server}/"))
            .body(Full::default())
            .unwrap();
        let Err(RaisedError::Api(error)) = client.oneshot(request).await else {
            panic!("a success")
        };
        assert_eq!(
            (error.kind(), error.status().as_u16()),
            (ErrorKind::NoResult, 404)
        );
        assert_eq!(error.to_string(), "There is no printer 8");
        assert_eq!(error.response().status(), 200);
        assert_eq!(error.headers()["x-request-id"], "7");
    }
}

#[tokio::test]
async fn a_success_of_grpc_and_a_status_behind_messages_pass() {
    for (headers, body) in [
        (&[GRPC, ("grpc-status", "0")][..], ""),
        (&[GRPC][..], "\0\0\0\0\u{1}x"),
        (
            &[("content-type", "text/plain"), ("grpc-status", "5")][..],
            "",
        ),
    ] {
        let server = serve_answer(answer(200, headers, body)).await;
        let client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http2));
        let request = Request::get(format!("http://{server}/"))
            .body(Full::default())
            .unwrap();
        let passed = client.oneshot(request).await.unwrap();
        assert_eq!(passed.into_body().collect().await.unwrap().to_bytes(), body);
    }
}

/// The messages of tonic-web, in each form, to a caller who reads bodies.
#[tokio::test]
async fn an_error_in_the_messages_of_grpc_web_is_one_of_the_body() {
    use printer::pb::{printer_server::PrinterServer, Page};
    use prost::Message;

    let framed = |flags: u8, message: Vec<u8>| {
        let length = u32::try_from(message.len()).unwrap().to_be_bytes();
        [&[flags][..], &length, &message].concat()
    };
    let job = Job {
        text: "hi".into(),
        copies: 2,
        code: 8,
        message: "büro zu".into(),
        ..Job::default()
    };
    let job = framed(0, job.encode_to_vec());
    let pages = [1, 2].map(|number| {
        let text = "hi".to_owned();
        framed(0, Page { text, number }.encode_to_vec())
    });
    let routes = tonic::service::Routes::new(PrinterServer::new(printer::Office))
        .into_axum_router()
        .layer(tonic_web::GrpcWebLayer::new());
    let server = support::serve(routes).await;
    for (label, is_text) in [
        ("application/grpc-web+proto", false),
        ("application/grpc-web-text+proto", true),
        ("application/grpc-web-text", true),
    ] {
        for protocol in [Protocol::Http1, Protocol::Http2] {
            use base64::engine::general_purpose::STANDARD;
            use base64::Engine;

            let body = if is_text {
                STANDARD.encode(&job).into_bytes()
            } else {
                job.clone()
            };
            let layer = RaiseErrorsLayer::new().with_errors_in_streams();
            let client = layer.layer(support::client(protocol));
            let request = Request::post(format!("http://{server}/printer.v1.Printer/Copy"));
            let request = request
                .header("content-type", label)
                .header("accept", label);
            let response = client
                .oneshot(request.body(Full::from(body)).unwrap())
                .await;
            let mut body = response.unwrap().into_body();
            let (mut data, mut error) = (Vec::new(), None);
            while let Some(frame) = body.frame().await {
                match frame {
                    Ok(frame) => data.extend(frame.into_data().unwrap()),
                    Err(RaisedError::Api(raised)) => error = Some(raised),
                    Err(error) => panic!("{error}"),
                }
            }
            let error = error.unwrap_or_else(|| panic!("{label}: no error"));
            assert_eq!(
                (error.kind(), error.to_string()),
                (ErrorKind::RateLimited, "büro zu".into())
            );
            if is_text {
                let groups = data.chunks(4).map(|group| STANDARD.decode(group).unwrap());
                data = groups.collect::<Vec<_>>().concat();
            }
            assert_eq!(data, pages.concat(), "{label}");
        }
    }
}

/// What the layer makes of a response with a status of gRPC in its head.
async fn status_in_head<B>(
    layer: RaiseErrorsLayer,
    status: u16,
    body: B,
) -> Result<Response<ResponseBody<B>>, RaisedError<Infallible>>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<BoxError>,
{
    let headers = [GRPC, ("grpc-status", "5"), ("grpc-message", "No printer 8")];
    let mut response = Some(answer(status, &headers, "").map(|_| body));
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let request = Request::head("/").body(()).unwrap();
    layer.layer(service).oneshot(request).await
}

#[tokio::test]
async fn the_rules_of_copr_know_no_status_of_grpc() {
    let passed = status_in_head(RaiseErrorsLayer::copr(), 200, Empty::new()).await;
    assert_eq!(passed.unwrap().status(), 200);
}

#[tokio::test]
async fn an_error_of_http_keeps_its_status() {
    let raised = status_in_head(RaiseErrorsLayer::new(), 503, Empty::new()).await;
    let error = raised.unwrap_err().into_api().unwrap();
    assert_eq!(
        (error.status().as_u16(), error.kind()),
        (503, ErrorKind::Server)
    );
}

/// Nobody knows whether messages would have followed.
#[tokio::test]
async fn an_answer_in_grpc_that_breaks_off_before_its_first_message_is_data() {
    let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
    let body = StreamBody::new(stream::iter([Err::<Frame<Bytes>, _>(broken())]));
    let passed = status_in_head(RaiseErrorsLayer::new(), 200, body).await;
    let mut body = passed.unwrap().into_body();
    assert!(body.frame().await.unwrap().is_err());
}

#[tokio::test]
async fn the_predicate_decides_about_a_status_as_well() {
    let server = serve_answer(answer(200, &[GRPC, ("grpc-status", "5")], "")).await;
    let layer = RaiseErrorsLayer::new().with_predicate(|parts| parts.status != 200);
    let client = layer.layer(support::client(Protocol::Http2));
    let request = Request::get(format!("http://{server}/"))
        .body(Full::default())
        .unwrap();
    assert!(client.oneshot(request).await.is_ok());
}

#[tokio::test]
async fn the_bound_of_a_delay_counts_for_one_in_metadata_as_well() {
    let headers = [
        GRPC,
        ("grpc-status", "14"),
        ("grpc-retry-pushback-ms", "3000"),
    ];
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(
            answer(200, &headers, "").map(Full::new),
        ))
    });
    let raising = RaiseErrorsLayer::new().layer(service);
    let Err(RaisedError::Api(error)) = raising.oneshot(Request::new(())).await else {
        panic!("a success")
    };
    let seconds = Duration::from_secs;
    assert_eq!(error.retry_advice(), RetryAdvice::After(seconds(3)));
    assert_eq!(
        error.retry_advice_within(seconds(3)),
        RetryAdvice::After(seconds(3))
    );
    assert_eq!(error.retry_advice_within(seconds(2)), RetryAdvice::No);
}

#[tokio::test]
async fn under_a_client_of_tonic_an_error_of_http_is_the_status_that_the_client_layer_makes() {
    let json = ("content-type", "application/json");
    let page = "<html><head><title>The backend is down</title></head></html>";
    for answer in [
        answer(502, &[("content-type", "text/html")], page),
        answer(502, &[GRPC], page),
        answer(
            401,
            &[json, ("www-authenticate", "Bearer")],
            r#"{"error": "Log in first", "code": "login_required"}"#,
        ),
        answer(
            400,
            &[json],
            r#"{"email": ["is taken"], "age": ["must be 18"]}"#,
        ),
        answer(429, &[("retry-after", "7")], "slow down"),
        answer(404, &[], ""),
        answer(503, &[("content-length", "9")], "too long "),
    ] {
        let context = format!("{answer:?}");
        let server = serve_answer(answer).await;
        let raising = RaiseErrorsLayer::new().layer(channel(server).await);
        let reading = ErrorEnvelopeLayer::client().layer(channel(server).await);
        let raised = PrinterClient::new(raising)
            .print(Job::default())
            .await
            .unwrap_err();
        let read = PrinterClient::new(reading)
            .print(Job::default())
            .await
            .unwrap_err();
        assert_eq!(
            (raised.code(), raised.message()),
            (read.code(), read.message()),
            "{context}"
        );
        assert_eq!(
            raised.metadata().get("http-status"),
            read.metadata().get("http-status"),
            "{context}"
        );
        assert_eq!(Envelope::from(raised), Envelope::from(read), "{context}");
    }
}

#[tokio::test]
async fn a_tonic_client_gets_answers_in_grpc_as_without_the_layer() {
    let server = serve_bare().await;
    let bare = everything(PrinterClient::new(channel(server).await)).await;
    let raising = RaiseErrorsLayer::new().layer(channel(server).await);
    let raised = everything(PrinterClient::new(raising)).await;
    for (raised, bare) in raised.iter().zip(&bare) {
        // The metadata of the head contains the headers of the transport.
        assert_eq!(
            (&raised.0, raised.1, &raised.2, &raised.3),
            (&bare.0, bare.1, &bare.2, &bare.3)
        );
    }
    assert!(bare.iter().any(|outcome| outcome.1 == Code::DataLoss));
}

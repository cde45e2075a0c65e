//! A tonic client with the layer, and servers and proxies that answer not in gRPC, or in invalid gRPC.
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{Full, StreamBody};
use printer::pb::printer_client::PrinterClient;
use printer::pb::Job;
use printer::{channel, everything, serve_answer, serve_bare};
use tokio_stream::Stream;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tower::{Layer, ServiceExt};
use tower_error_envelope::read::read;
use tower_error_envelope::{Client, Envelope, ErrorEnvelopeLayer, ErrorEnvelopeService, Origin};

type Layered = PrinterClient<ErrorEnvelopeService<Channel, Client>>;

async fn client(server: SocketAddr) -> Layered {
    PrinterClient::new(ErrorEnvelopeLayer::client().layer(channel(server).await))
}

/// The status of a call. Calls of all kinds get the same status.
async fn status(server: SocketAddr) -> Status {
    let mut client = client(server).await;
    let unary = client.print(Job::default()).await.unwrap_err();
    let stream = client.copy(Job::default()).await.unwrap_err();
    let jobs = tokio_stream::iter([Job::default(), Job::default()]);
    let both = client.chat(jobs).await.unwrap_err();
    for other in [stream, both] {
        assert_eq!(
            (other.code(), other.message(), other.details()),
            (unary.code(), unary.message(), unary.details())
        );
    }
    unary
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Bytes> {
    let response = Response::builder().status(status);
    let response = headers.iter().fold(response, |response, (name, value)| {
        response.header(*name, *value)
    });
    response
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head><body><h1>The backend is down</h1></body></html>";
const PROBLEM: &str = r#"{"type": "https://shop.example/no-stock", "title": "No stock", "detail": "Item 7 is sold out"}"#;
const FIELDS: &str = r#"{"email": ["is taken"], "age": ["must be 18"]}"#;
const LOGIN: &str = r#"{"error": "Log in first", "code": "login_required"}"#;
const S3: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"#;

#[tokio::test]
async fn answers_that_are_not_grpc_become_a_status() {
    let html = ("content-type", "text/html");
    let json = ("content-type", "application/json");
    let problem = ("content-type", "application/problem+json");
    let grpc = ("content-type", "application/grpc");
    let cases = [
        (
            answer(502, &[html], PAGE),
            Code::Unavailable,
            "The backend is down",
            "clustr.exceptions.BadGateway",
        ),
        (
            answer(502, &[grpc], PAGE),
            Code::Unavailable,
            "The backend is down",
            "clustr.exceptions.BadGateway",
        ),
        (
            answer(401, &[json], LOGIN),
            Code::Unauthenticated,
            "Log in first",
            "login_required",
        ),
        (
            answer(409, &[problem], PROBLEM),
            Code::Unknown,
            "Item 7 is sold out",
            "https://shop.example/no-stock",
        ),
        (
            answer(503, &[], ""),
            Code::Unavailable,
            "Service Unavailable",
            "UNAVAILABLE",
        ),
        (
            answer(404, &[json], r#"{"detail": "No such route"}"#),
            Code::Unimplemented,
            "No such route",
            "clustr.exceptions.NotFound",
        ),
        (
            answer(400, &[json], FIELDS),
            Code::Internal,
            "- email: is taken\n- age: must be 18",
            "clustr.exceptions.BadRequest",
        ),
        (
            answer(429, &[], "slow down"),
            Code::Unavailable,
            "slow down",
            "clustr.exceptions.Throttled",
        ),
        (
            answer(418, &[], ""),
            Code::Unknown,
            "I'm a teapot",
            "clustr.exceptions.BadRequest",
        ),
        (
            answer(
                200,
                &[html],
                "<html><head><title>Log in</title></head></html>",
            ),
            Code::Unknown,
            "not an answer in gRPC: 200 OK, text/html: Log in",
            "UNKNOWN",
        ),
        (
            answer(302, &[("location", "/login")], ""),
            Code::Unknown,
            "not an answer in gRPC: 302 Found",
            "UNKNOWN",
        ),
        (
            answer(204, &[], ""),
            Code::Unknown,
            "not an answer in gRPC: 204 No Content",
            "UNKNOWN",
        ),
        (
            answer(200, &[json], r#"{"error":"x"}"#),
            Code::Unknown,
            "not an answer in gRPC: 200 OK, application/json: x",
            "x",
        ),
        (
            answer(
                200,
                &[json],
                r#"{"error":{"code":"busy","message":"Come back later"}}"#,
            ),
            Code::Unknown,
            "not an answer in gRPC: 200 OK, application/json: Come back later",
            "busy",
        ),
        (
            answer(
                200,
                &[("content-type", "text/event-stream")],
                "data: hello\n\n",
            ),
            Code::Unknown,
            "not an answer in gRPC: 200 OK, text/event-stream",
            "UNKNOWN",
        ),
        (
            answer(200, &[json], FIELDS),
            Code::Unknown,
            "not an answer in gRPC: 200 OK, application/json\n- email: is taken\n- age: must be 18",
            "UNKNOWN",
        ),
    ];
    for (answer, code, message, error_type) in cases {
        let (http_status, context) = (answer.status(), format!("{answer:?}"));
        let status = status(serve_answer(answer).await).await;
        assert_eq!(
            (status.code(), status.message()),
            (code, message),
            "{context}"
        );
        assert_eq!(
            status.metadata().get("http-status").unwrap(),
            http_status.as_str()
        );
        let envelope = Envelope::from(status);
        let want = if http_status.as_u16() < 400 {
            500
        } else {
            http_status.as_u16()
        };
        assert_eq!(envelope.status().as_u16(), want, "{context}");
        assert_eq!(envelope.error_type().as_str(), error_type, "{context}");
    }
}

#[tokio::test]
async fn a_body_with_the_label_of_grpc_that_is_not_grpc_is_described() {
    let grpc = ("content-type", "application/grpc+proto");
    let cases = [
        (PAGE, ": 502 Bad Gateway", "UNKNOWN"),
        (LOGIN, ": Log in first", "login_required"),
        ("Slow down", ": Slow down", "UNKNOWN"),
    ];
    for (body, said, error_type) in cases {
        let server = serve_answer(answer(200, &[grpc], body)).await;
        let want = format!("not an answer in gRPC: 200 OK{said}");
        let unary = client(server)
            .await
            .print(Job::default())
            .await
            .unwrap_err();
        assert_eq!((unary.code(), unary.message()), (Code::Unknown, &*want));
        assert_eq!(Envelope::from(unary).error_type().as_str(), error_type);

        let mut pages = client(server)
            .await
            .copy(Job::default())
            .await
            .unwrap()
            .into_inner();
        let streamed = pages.message().await.unwrap_err();
        assert_eq!(
            (streamed.code(), streamed.message()),
            (Code::Unknown, &*want)
        );
    }
    let long = "ä".repeat(100_000);
    let server = serve_answer(answer(200, &[grpc], &long)).await;
    let status = client(server)
        .await
        .print(Job::default())
        .await
        .unwrap_err();
    assert!(
        status
            .message()
            .starts_with("not an answer in gRPC: 200 OK"),
        "{status}"
    );
}

#[tokio::test]
async fn xml_of_a_storage_service_becomes_a_status() {
    let id = ("x-amz-request-id", "4442587FB7D0A2F9");
    let answer = answer(403, &[("content-type", "application/xml"), id], S3);
    let read = read(&answer);
    let status = status(serve_answer(answer).await).await;
    assert_eq!(
        (status.code(), status.message()),
        (Code::PermissionDenied, read.message())
    );
    assert_eq!(status.metadata().get(id.0).unwrap(), id.1);
}

#[tokio::test]
async fn parameters_arrive_as_violations() {
    let server = serve_answer(answer(400, &[("content-type", "application/json")], FIELDS)).await;
    let details = status(server).await.get_error_details();
    let fields = &details.bad_request().unwrap().field_violations;
    let fields: Vec<_> = fields
        .iter()
        .map(|field| (&*field.field, &*field.description))
        .collect();
    assert_eq!(fields, [("email", "is taken"), ("age", "must be 18")]);
}

#[tokio::test]
async fn headers_of_a_proxy_arrive_as_metadata() {
    let headers = [
        ("www-authenticate", "Basic"),
        ("www-authenticate", "Bearer"),
        ("retry-after", "3"),
        ("http-status", "200"),
        ("x-trace-bin", "no base64!"),
        ("x-tab", "a\tb"),
        ("grpc-encoding", "gzip"),
        ("x-fine-bin", "AAE"),
    ];
    let status = status(serve_answer(answer(401, &headers, "")).await).await;
    let all = |name: &str| -> Vec<_> {
        let values = status.metadata().as_ref().get_all(name).into_iter();
        values
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(all("www-authenticate"), ["Basic", "Bearer"]);
    assert_eq!(all("retry-after"), ["3"]);
    assert_eq!(all("http-status"), ["401"]);
    assert_eq!(all("x-fine-bin"), ["AAE"]);
    for fallen in ["x-trace-bin", "x-tab", "grpc-encoding", "content-length"] {
        assert!(all(fallen).is_empty(), "{fallen}");
    }
}

#[tokio::test]
async fn answers_with_another_label_that_tonic_reads_pass() {
    let headers = [
        ("content-type", "text/plain"),
        ("grpc-status", "5"),
        ("grpc-message", "gone"),
    ];
    let status = status(serve_answer(answer(503, &headers, "")).await).await;
    assert_eq!((status.code(), status.message()), (Code::NotFound, "gone"));
    assert!(status.metadata().get("http-status").is_none());

    let service = tower::service_fn(|_: Request<tonic::body::Body>| {
        let trailers =
            HeaderMap::from_iter([("grpc-status".parse().unwrap(), "0".parse().unwrap())]);
        std::future::ready(Ok::<_, Infallible>(Response::new(page(trailers))))
    });
    let mut client = PrinterClient::new(ErrorEnvelopeLayer::client().layer(service));
    assert_eq!(
        client
            .print(Job::default())
            .await
            .unwrap()
            .into_inner()
            .number,
        0
    );
}

#[tokio::test]
async fn layers_in_between_get_the_envelope() {
    let service = ErrorEnvelopeLayer::client().layer(support::client(support::Protocol::Http2));
    let server = serve_answer(answer(502, &[("content-type", "text/html")], PAGE)).await;
    let request = Request::post(format!("http://{server}/"))
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc");
    let response = service
        .oneshot(request.body(Full::default()).unwrap())
        .await
        .unwrap();
    assert_eq!(
        (response.status(), &response.headers()["content-type"]),
        (StatusCode::OK, &"application/grpc".parse().unwrap())
    );
    let envelope: &Envelope = response.extensions().get().unwrap();
    assert_eq!(
        (
            envelope.status().as_u16(),
            envelope.message(),
            envelope.origin()
        ),
        (502, "The backend is down", Origin::Wire("html"))
    );
}

struct Odd {
    headers: &'static [(&'static str, &'static str)],
    code: Code,
    message: &'static str,
    details: &'static [u8],
}

/// Invalid values of `grpc-status-details-bin` and `grpc-message`, each with the part that can be repaired.
#[rustfmt::skip]
const ODD: [Odd; 16] = [
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "???")], code: Code::NotFound, message: "", details: b"" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-message", "gone"), ("grpc-status-details-bin", "a")], code: Code::NotFound, message: "gone", details: b"" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "YWJjZA==")], code: Code::NotFound, message: "", details: b"abcd" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "YWJjZA")], code: Code::NotFound, message: "", details: b"abcd" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "YWJjZB")], code: Code::NotFound, message: "", details: b"abcd" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "YWJj,ZGVm")], code: Code::NotFound, message: "", details: b"abc" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "!, YWJj")], code: Code::NotFound, message: "", details: b"abc" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "!"), ("grpc-status-details-bin", "YWJj")], code: Code::NotFound, message: "", details: b"abc" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-status-details-bin", "-_-_")], code: Code::NotFound, message: "", details: b"\xfb\xff\xbf" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-message", "bad%2Gcode %zz %")], code: Code::NotFound, message: "bad%2Gcode %zz %", details: b"" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-message", "bad %80 byte %C3%A4")], code: Code::NotFound, message: "bad \u{fffd} byte ä", details: b"" },
    Odd { headers: &[("grpc-status", "5"), ("grpc-message", "100%25 %2541")], code: Code::NotFound, message: "100% %41", details: b"" },
    Odd { headers: &[("grpc-status", "99"), ("grpc-message", "what")], code: Code::Unknown, message: "what", details: b"" },
    Odd { headers: &[("grpc-status", "junk")], code: Code::Unknown, message: "", details: b"" },
    Odd { headers: &[("grpc-status", "-1")], code: Code::Unknown, message: "", details: b"" },
    Odd { headers: &[("grpc-status", "")], code: Code::Unknown, message: "", details: b"" },
];

#[tokio::test]
async fn no_head_makes_tonic_panic() {
    for odd in &ODD {
        for content_type in [&[("content-type", "application/grpc")][..], &[]] {
            let headers = [content_type, odd.headers].concat();
            let status = status(serve_answer(answer(200, &headers, "")).await).await;
            assert_eq!(
                (status.code(), status.message(), status.details()),
                (odd.code, odd.message, odd.details),
                "{:?}",
                odd.headers
            );
        }
    }
}

/// A whole message without bytes, a page with nothing on it, and trailers.
fn page(trailers: HeaderMap) -> StreamBody<impl Stream<Item = Result<Frame<Bytes>, Infallible>>> {
    let data = Frame::data(Bytes::from_static(&[0; 5]));
    let frames = [data, Frame::trailers(trailers)];
    StreamBody::new(tokio_stream::iter(frames.map(Ok)))
}

#[tokio::test]
async fn no_trailers_make_tonic_panic() {
    for odd in &ODD {
        let mut trailers = HeaderMap::new();
        for (name, value) in odd.headers {
            trailers.append(*name, value.parse().unwrap());
        }
        let server = support::serve(tower::service_fn(
            move |_: Request<hyper::body::Incoming>| {
                let response = Response::builder().header("content-type", "application/grpc");
                let response = response.body(page(trailers.clone())).unwrap();
                std::future::ready(Ok::<_, Infallible>(response))
            },
        ))
        .await;
        let mut pages = client(server)
            .await
            .copy(Job::default())
            .await
            .unwrap()
            .into_inner();
        assert!(pages.message().await.unwrap().is_some());
        let status = pages.message().await.unwrap_err();
        assert_eq!(
            (status.code(), status.message(), status.details()),
            (odd.code, odd.message, odd.details),
            "{:?}",
            odd.headers
        );
    }
}

/// Calls in memory, because sockets refuse headers of this length.
async fn status_of(answer: Response<Full<Bytes>>) -> Status {
    let service = tower::service_fn(move |_: Request<tonic::body::Body>| {
        std::future::ready(Ok::<_, Infallible>(answer.clone()))
    });
    let mut client = PrinterClient::new(ErrorEnvelopeLayer::client().layer(service));
    client.print(Job::default()).await.unwrap_err()
}

#[tokio::test]
async fn a_message_of_a_mebibyte_is_only_long() {
    let long = "%E2%82".repeat(1 << 18);
    let head = |body: &str| {
        let response = Response::builder()
            .header("content-type", "application/grpc")
            .header("grpc-status", "8");
        response
            .header("grpc-message", body)
            .body(Full::default())
            .unwrap()
    };
    let status = status_of(head(&long)).await;
    assert_eq!(
        (status.code(), status.message().chars().next()),
        (Code::ResourceExhausted, Some('\u{fffd}'))
    );
    assert_eq!(
        status_of(head(&"x".repeat(1 << 20))).await.message().len(),
        1 << 20
    );
    let page = Response::builder()
        .status(502)
        .header("x-long", "y".repeat(1 << 20))
        .body(Full::from("z".repeat(60_000)));
    let status = status_of(page.unwrap()).await;
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().len() < 8 * 1024 && status.metadata().get("x-long").is_none());
}

#[tokio::test]
async fn answers_in_grpc_arrive_as_without_the_layer() {
    let server = serve_bare().await;
    let bare = everything(PrinterClient::new(channel(server).await)).await;
    assert_eq!(everything(client(server).await).await, bare);
}

#[tokio::test]
async fn an_unknown_service_is_unimplemented_with_and_without_the_layer() {
    let server = serve_bare().await;
    let path = http::uri::PathAndQuery::from_static("/nobody.Knows/This");
    let codec = || tonic_prost::ProstCodec::<Job, Job>::default();
    let mut client =
        tonic::client::Grpc::new(ErrorEnvelopeLayer::client().layer(channel(server).await));
    client.ready().await.unwrap();
    let layered = client
        .unary(tonic::Request::new(Job::default()), path.clone(), codec())
        .await
        .unwrap_err();
    let mut client = tonic::client::Grpc::new(channel(server).await);
    client.ready().await.unwrap();
    let bare = client
        .unary(tonic::Request::new(Job::default()), path, codec())
        .await
        .unwrap_err();
    assert_eq!(
        (layered.code(), bare.code()),
        (Code::Unimplemented, Code::Unimplemented)
    );
    assert_eq!(layered.message(), "Not Found");
}

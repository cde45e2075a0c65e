//! A tonic server with the layer around it, called by gRPC clients and by others, over real sockets.
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use axum::routing::any;
use axum::Router;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Full, StreamBody};
use printer::pb::printer_client::PrinterClient;
use printer::pb::printer_server::PrinterServer;
use printer::pb::{Job, Page};
use printer::{
    channel, everything, long_message, serve_bare, serve_layered, Office, PLAIN, SECRET,
};
use prost::Message;
use support::{collect, send, serve, text, values, Protocol, PROTOCOLS};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::service::Routes;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use tower::{BoxError, Layer, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masked};

/// Calls a method that no gRPC service has.
async fn plain(server: SocketAddr, method: &str) -> Status {
    let mut client = tonic::client::Grpc::new(channel(server).await);
    client.ready().await.unwrap();
    let path = PathAndQuery::try_from(format!("/printer.v1.Plain/{method}")).unwrap();
    let codec = tonic_prost::ProstCodec::<Job, Page>::default();
    let call = client.unary(tonic::Request::new(Job::default()), path, codec);
    let call = tokio::time::timeout(Duration::from_secs(10), call).await;
    call.expect("an answer in time").unwrap_err()
}

/// Sends an empty gRPC message, as bytes.
async fn raw(server: SocketAddr, path: &str, content_type: &str) -> Response<Bytes> {
    let request = Request::post(path).header("content-type", content_type);
    let request = request.body(Full::from(&[0; 5][..])).unwrap();
    send(Protocol::Http2, server, request).await
}

#[tokio::test]
async fn every_error_that_is_not_grpc_arrives_as_a_status() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    for want in &PLAIN {
        let status = plain(server, want.method).await;
        let details = status.get_error_details();
        let fields = details
            .bad_request()
            .map(|request| &request.field_violations[..]);
        let fields = fields.unwrap_or_default().iter();
        let fields: Vec<_> = fields
            .map(|field| (&*field.field, &*field.description))
            .collect();
        assert_eq!(
            (status.code(), status.message()),
            (want.code, want.message),
            "{}",
            want.method
        );
        assert_eq!(fields, want.fields, "{}", want.method);
        let info = details
            .error_info()
            .map(|info| (&*info.reason, &*info.domain));
        let reason = Some((want.reason, "clustr.exceptions"));
        let reason = reason.filter(|(reason, _)| !reason.is_empty());
        assert_eq!(info, reason, "{}", want.method);
    }
}

#[tokio::test]
async fn a_namespace_is_the_domain() {
    let server = serve_layered(ErrorEnvelopeLayer::new().with_namespace("shop.exceptions")).await;
    let info = plain(server, "Json401").await.get_error_details();
    let info = info.error_info().unwrap();
    assert_eq!(
        (&*info.reason, &*info.domain),
        ("LOGIN_REQUIRED", "shop.exceptions")
    );
    assert_eq!(info.metadata["error_type"], "login_required");
}

#[tokio::test]
async fn other_headers_arrive_as_metadata() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let login = plain(server, "Json401").await;
    assert_eq!(login.metadata().get("www-authenticate").unwrap(), "Bearer");
    let busy = plain(server, "Text429").await;
    assert_eq!(busy.metadata().get("retry-after").unwrap(), "3");
    let method = plain(server, "Empty405").await;
    assert_eq!(method.metadata().get("allow").unwrap(), "GET,HEAD");
    for status in [login, busy, method] {
        for name in ["content-length", "x-content-type-options", "vary"] {
            assert!(status.metadata().get(name).is_none(), "{name}: {status:?}");
        }
        assert_eq!(status.metadata().get("cache-control").unwrap(), "no-store");
    }
}

#[tokio::test]
async fn an_answer_is_one_head_that_ends_the_stream() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    for method in ["Empty404", "Fields400", "Secret500", "Timeout"] {
        let request = Request::post(format!("http://{server}/printer.v1.Plain/{method}"));
        let request = request
            .header("content-type", "application/grpc")
            .body(Full::default());
        let client = support::client(Protocol::Http2);
        let response = client.request(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(
            response.body().is_end_stream(),
            "{method}: END_STREAM came with the head"
        );
        assert!(
            !response.headers().contains_key("content-length"),
            "{response:?}"
        );
    }
}

#[tokio::test]
async fn a_long_message_is_cut_between_two_characters_and_the_head_stays_small() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let answer = raw(server, "/printer.v1.Plain/Long400", "application/grpc").await;
    let size: usize = answer
        .headers()
        .iter()
        .map(|(name, value)| 32 + name.as_str().len() + value.len())
        .sum();
    assert!((8 * 1024 - 64..=8 * 1024 - 42).contains(&size), "{size}");
    assert!(!answer.headers().contains_key("grpc-status-details-bin"));
    let status = plain(server, "Long400").await;
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().ends_with('😈') && long_message().starts_with(status.message()));
}

#[tokio::test]
async fn a_secret_is_in_no_header() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    for method in [
        "Secret500",
        "Panic500",
        "Secret503",
        "ServiceError",
        "StatusError",
    ] {
        for content_type in ["application/grpc", "application/grpc-web+proto"] {
            let answer = raw(server, &format!("/printer.v1.Plain/{method}"), content_type).await;
            let details = plain(server, method).await;
            let seen = format!(
                "{:?} {:?} {}",
                answer.headers(),
                answer.body(),
                String::from_utf8_lossy(details.details())
            );
            assert!(!seen.contains(SECRET), "{method}: {seen}");
        }
    }
    let open = serve_layered(ErrorEnvelopeLayer::new().with_insecure_internals()).await;
    for method in ["Secret500", "Secret503", "ServiceError", "StatusError"] {
        assert_eq!(plain(open, method).await.message(), SECRET, "{method}");
    }
}

#[tokio::test]
async fn debug_info_is_for_the_server() {
    let status = |code| {
        let mut details = ErrorDetails::new();
        details
            .set_debug_info(vec![SECRET.into()], SECRET)
            .set_help(vec![]);
        Status::with_error_details(code, "not now", details)
    };
    let failing = |code| {
        tower::service_fn(move |_: Request<()>| {
            std::future::ready(Err::<Response<Full<Bytes>>, BoxError>(status(code).into()))
        })
    };
    let call = |layer: ErrorEnvelopeLayer, code| {
        let request = Request::post("/")
            .version(http::Version::HTTP_2)
            .header("content-type", "application/grpc")
            .body(())
            .unwrap();
        layer.layer(failing(code)).oneshot(request)
    };
    let answer = call(ErrorEnvelopeLayer::new(), Code::FailedPrecondition)
        .await
        .unwrap();
    let status = Status::from_header_map(answer.headers()).unwrap();
    assert_eq!(
        (status.code(), status.message()),
        (Code::FailedPrecondition, "not now")
    );
    let details = status.get_error_details();
    assert!(
        details.debug_info().is_none() && details.help().is_some(),
        "{details:?}"
    );
    let open = ErrorEnvelopeLayer::new().with_insecure_internals();
    let answer = call(open, Code::FailedPrecondition).await.unwrap();
    let status = Status::from_header_map(answer.headers()).unwrap();
    assert!(status.get_error_details().debug_info().is_some());
}

#[tokio::test]
async fn errors_that_tonic_fails_with_have_their_statuses() {
    let connect = || tonic::ConnectError(SECRET.into());
    type Fail = fn() -> BoxError;
    let cases: [(Fail, u16, &str); 4] = [
        (
            || Status::not_found("no such printer").into(),
            404,
            "no such printer",
        ),
        (
            || Status::unavailable("out of paper").into(),
            503,
            "out of paper",
        ),
        (
            || Status::unknown(SECRET).into(),
            500,
            "Internal Server Error",
        ),
        (|| tonic::TimeoutExpired(()).into(), 504, "Gateway Timeout"),
    ];
    for (fail, status, message) in cases {
        assert_eq!(failed(fail()).await, (status, message.to_owned()));
    }
    assert_eq!(
        failed(connect().into()).await,
        (503, "Service Unavailable".to_owned())
    );
}

/// The answer to an HTTP caller if a service fails with this status.
async fn failed(error: BoxError) -> (u16, String) {
    let mut error = Some(error);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Err::<Response<Full<Bytes>>, _>(error.take().unwrap()))
    });
    let answer = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    let envelope: &Envelope = answer.extensions().get().unwrap();
    (answer.status().as_u16(), envelope.message().to_owned())
}

#[tokio::test]
async fn outer_layers_get_the_masked_original() {
    let service = tower::service_fn(|_: Request<()>| {
        std::future::ready(Err::<Response<Full<Bytes>>, BoxError>(
            Status::data_loss(SECRET).into(),
        ))
    });
    let request = Request::post("/")
        .version(http::Version::HTTP_2)
        .header("content-type", "application/grpc");
    let (hook, calls) = std::sync::mpsc::channel();
    let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
        let (status, envelope, original) = (event.status(), event.envelope, event.original);
        let original = original.unwrap().message().to_owned();
        hook.send((status.as_u16(), envelope.message().to_owned(), original))
            .unwrap();
    });
    let answer = layer
        .layer(service)
        .oneshot(request.body(()).unwrap())
        .await
        .unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["grpc-status"]),
        (200, &"15".parse().unwrap())
    );
    assert_eq!(
        answer
            .extensions()
            .get::<Masked>()
            .unwrap()
            .original()
            .message(),
        SECRET
    );
    assert_eq!(
        answer
            .extensions()
            .get::<Envelope>()
            .unwrap()
            .status()
            .as_u16(),
        500
    );
    drop(layer);
    let calls: Vec<_> = calls.try_iter().collect();
    assert_eq!(
        calls,
        [(500, "Internal Server Error".to_owned(), SECRET.to_owned())]
    );
}

#[tokio::test]
async fn the_content_type_of_the_request_is_that_of_the_answer() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    for (asked, answered) in [
        ("application/grpc", "application/grpc"),
        (
            "application/grpc+proto; charset=utf-8",
            "application/grpc+proto",
        ),
        ("Application/gRPC+json", "application/grpc+json"),
        ("application/grpc+msgpack", "application/grpc+msgpack"),
        ("application/grpc-web", "application/grpc-web"),
        ("application/grpc-web+proto", "application/grpc-web+proto"),
        ("application/grpc-web-text", "application/grpc-web-text"),
        (
            "application/grpc-web-text-base64+thrift",
            "application/grpc-web-text-base64+thrift",
        ),
    ] {
        let answer = raw(server, "/nowhere", asked).await;
        assert_eq!(
            (answer.status(), values(&answer, "content-type")),
            (StatusCode::OK, vec![answered])
        );
        assert_eq!(values(&answer, "grpc-status"), ["12"], "{asked}");
        assert!(answer.body().is_empty());
    }
    for other in [
        "application/grpcfoo",
        "application/grpc-websocket",
        "application/json",
    ] {
        let answer = raw(server, "/nowhere", other).await;
        assert_eq!(
            (answer.status().as_u16(), values(&answer, "content-type")),
            (404, vec!["application/json"]),
            "{other}"
        );
    }
}

#[tokio::test]
async fn scripts_of_other_origins_may_read_the_status() {
    let expose = "access-control-expose-headers";
    let inner = Router::new().route(
        "/",
        any(move || async move { (StatusCode::NOT_FOUND, [(expose, "x-own")]) }),
    );
    let server = serve(ErrorEnvelopeLayer::new().layer(inner)).await;
    for protocol in PROTOCOLS {
        let ask = |content_type: &str| {
            let request = Request::post("/").header("content-type", content_type);
            send(protocol, server, request.body(Full::default()).unwrap())
        };
        let names = [
            "x-own",
            "grpc-status, grpc-message, grpc-status-details-bin",
        ];
        assert_eq!(
            values(&ask("application/grpc-web-text").await, expose),
            names
        );
        assert_eq!(values(&ask("application/grpc").await, expose), ["x-own"]);
        assert_eq!(values(&ask("text/plain").await, expose), ["x-own"]);
    }
}

#[tokio::test]
async fn connect_callers_are_answered_in_connect() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let bare = serve_bare().await;
    let requests = [
        ("/printer.v1.Printer/Nope", "application/connect+proto"),
        ("/nowhere", "application/connect+json"),
    ];
    for (path, content_type) in requests {
        let ask = |server| {
            let request = Request::post(path).header("content-type", content_type);
            let request = request.body(Full::default()).unwrap();
            send(Protocol::Http2, server, request)
        };
        let (answer, bare) = (ask(server).await, ask(bare).await);
        assert!(bare.status().as_u16() >= 400 || bare.headers().contains_key("grpc-status"));
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], content_type);
        let (prefix, end) = answer.body().split_at(5);
        assert_eq!(prefix[0], 2, "{path}");
        let end: serde_json::Value = serde_json::from_slice(end).unwrap();
        assert_eq!(end["error"]["code"], "unimplemented", "{path}: {end}");
    }
    let call = Request::post("/printer.v1.Plain/Json401")
        .header("content-type", "application/json")
        .header("connect-protocol-version", "1");
    let answer = send(Protocol::Http2, server, call.body(Full::default()).unwrap()).await;
    assert_eq!(answer.status(), 401);
    let error: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
    assert_eq!(error["code"], "unauthenticated", "{error}");
    assert_eq!(error["message"], "Log in first", "{error}");
}

fn without_date(response: Response<Bytes>) -> (StatusCode, HeaderMap, Bytes) {
    let (mut parts, body) = response.into_parts();
    parts.headers.remove("date");
    (parts.status, parts.headers, body)
}

#[tokio::test]
async fn callers_of_http_get_the_envelope() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let ask = |method: &str, path: &str, body: Vec<u8>| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("content-type", "application/octet-stream");
        send(
            Protocol::Http1,
            server,
            request.body(Full::from(body)).unwrap(),
        )
    };
    let job = |code: Code, message: &str| {
        framed(&Job {
            code: code.into(),
            message: message.into(),
            ..Job::default()
        })
    };
    let print = "/printer.v1.Printer/Print";
    let cases = [
        (
            ask("GET", "/printer.v1.Printer/Nope", vec![]).await,
            501,
            r#"{"_error_message":"Not Implemented","_error_type":"UNIMPLEMENTED"}"#,
        ),
        (
            ask(
                "POST",
                print,
                job(Code::NotFound, "There is no printer 8 (größe 100 %)"),
            )
            .await,
            404,
            r#"{"_error_message":"There is no printer 8 (größe 100 %)","_error_type":"NOT_FOUND"}"#,
        ),
        (
            ask("POST", print, job(Code::InvalidArgument, "no")).await,
            400,
            r#"{"_error_message":"no","_error_type":"INVALID_ARGUMENT"}"#,
        ),
        (
            ask("POST", print, job(Code::Unavailable, "out of paper")).await,
            503,
            r#"{"_error_message":"out of paper","_error_type":"UNAVAILABLE"}"#,
        ),
        (
            ask("POST", print, job(Code::Internal, SECRET)).await,
            500,
            r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#,
        ),
        (
            ask("POST", print, job(Code::Unknown, SECRET)).await,
            500,
            r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#,
        ),
        (
            ask("POST", print, job(Code::DataLoss, SECRET)).await,
            500,
            r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#,
        ),
        (
            ask("GET", "/nowhere", vec![]).await,
            404,
            r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#,
        ),
    ];
    for (answer, status, body) in cases {
        assert_eq!((answer.status().as_u16(), text(&answer)), (status, body));
        assert_eq!(values(&answer, "content-type"), ["application/json"]);
        assert_eq!(values(&answer, "content-length"), [body.len().to_string()]);
        let left: Vec<_> = answer
            .headers()
            .keys()
            .filter(|name| name.as_str().starts_with("grpc-"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
    assert_eq!(text(&ask("GET", "/printers/1", vec![]).await), "laser");
    let head = ask("HEAD", "/printer.v1.Printer/Nope", vec![]).await;
    assert_eq!((head.status().as_u16(), head.body().len()), (501, 0));
}

fn framed(message: &impl Message) -> Vec<u8> {
    let message = message.encode_to_vec();
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message);
    frame
}

#[tokio::test]
async fn a_request_that_is_no_call_is_unsupported_and_no_failure_of_the_server() {
    let bare = serve_bare().await;
    let told = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&told);
    let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
        let failed = usize::from(event.envelope.status().is_server_error());
        counted.fetch_add(failed, Ordering::Relaxed);
    });
    let layered = serve_layered(layer).await;
    for (method, label, body) in [
        ("GET", "", ""),
        ("HEAD", "", ""),
        ("POST", "", ""),
        ("POST", "application/json", "{}"),
        ("POST", "application/json", r#"{"text": "hi"}"#),
        (
            "POST",
            "application/x-www-form-urlencoded",
            "user=admin&password=admin",
        ),
        ("POST", "text/xml", "<?xml version='1.0'?><methodCall/>"),
        ("PUT", "", ""),
        ("DELETE", "", ""),
    ] {
        for protocol in PROTOCOLS {
            let ask = |server| {
                let request = Request::builder()
                    .method(method)
                    .uri("/printer.v1.Printer/Print");
                let request = request.header("content-type", label);
                send(protocol, server, request.body(Full::from(body)).unwrap())
            };
            assert_eq!(ask(bare).await.status(), 200, "{method} {body}");
            let answer = ask(layered).await;
            assert_eq!(answer.status(), 415, "{method} {body}: {}", text(&answer));
            let want = match method {
                "HEAD" => "",
                _ => {
                    r#"{"_error_message":"Unsupported Media Type","_error_type":"clustr.exceptions.UnsupportedMediaType"}"#
                }
            };
            assert_eq!(text(&answer), want);
        }
    }
    assert_eq!(told.load(Ordering::Relaxed), 0);
}

/// An error in the form of connect-go and grpc-java: a head, and trailers without data before them.
#[tokio::test]
async fn an_error_in_trailers_without_data_is_an_error_for_callers_of_http() {
    let head = |frames: Vec<Frame<Bytes>>| {
        let frames = frames.into_iter().map(Ok::<_, Infallible>);
        let body = StreamBody::new(tokio_stream::iter(frames)).boxed_unsync();
        let response = Response::builder().header("content-type", "application/grpc+proto");
        response
            .header("trailer", "grpc-status")
            .body(body)
            .unwrap()
    };
    let trailers = |code: &str| {
        let trailers = [
            ("grpc-status", code),
            ("grpc-message", "There is no printer 8"),
            ("retry-after", "7"),
            ("set-cookie", "a=b"),
        ];
        Frame::trailers(
            trailers
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .into_iter()
                .collect(),
        )
    };
    let data = || Frame::data(Bytes::from_static(b"\0\0\0\0\0"));
    let cases = [
        (
            vec![trailers("5")],
            404,
            r#"{"_error_message":"There is no printer 8","_error_type":"NOT_FOUND"}"#,
        ),
        (
            vec![Frame::data(Bytes::new()), trailers("8")],
            429,
            r#"{"_error_message":"There is no printer 8","_error_type":"RESOURCE_EXHAUSTED"}"#,
        ),
        (
            vec![trailers("13")],
            500,
            r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#,
        ),
        (vec![trailers("0")], 200, ""),
        (vec![], 200, ""),
        (vec![data(), trailers("5")], 200, "\0\0\0\0\0"),
    ];
    for (frames, status, body) in cases {
        for layered in [true, false] {
            let service = tower::service_fn(|_: Request<()>| {
                std::future::ready(Ok::<_, Infallible>(head(frames.iter().map(copy).collect())))
            });
            let response = match layered {
                true => {
                    collect(
                        ErrorEnvelopeLayer::new()
                            .layer(service)
                            .oneshot(Request::new(()))
                            .await
                            .unwrap(),
                    )
                    .await
                }
                false => collect(service.oneshot(Request::new(())).await.unwrap()).await,
            };
            if layered {
                assert_eq!(
                    (response.status().as_u16(), text(&response)),
                    (status, body)
                );
                assert!(response.headers().get("set-cookie").is_none());
                let after = if status == 404 || status == 429 {
                    vec!["7"]
                } else {
                    vec![]
                };
                assert_eq!(values(&response, "retry-after"), after);
            } else {
                assert_eq!(response.status(), 200, "an empty success");
            }
        }
    }
}

fn copy(frame: &Frame<Bytes>) -> Frame<Bytes> {
    match (frame.data_ref(), frame.trailers_ref()) {
        (Some(data), _) => Frame::data(data.clone()),
        (_, trailers) => Frame::trailers(trailers.unwrap().clone()),
    }
}

#[tokio::test]
async fn details_become_parameters_and_type() {
    let mut details = ErrorDetails::new();
    details.set_error_info(
        "EMAIL_TAKEN",
        "shop.example",
        [("by".to_owned(), "7".to_owned())],
    );
    details
        .add_bad_request_violation("email", "is taken")
        .add_bad_request_violation("age", "must be 18");
    let status = Status::with_error_details(Code::InvalidArgument, "cannot sign up", details);
    let want = r#"{"_error_message":"cannot sign up","_error_type":"EMAIL_TAKEN","email":["is taken"],"age":["must be 18"],"_error_details":{"by":"7"}}"#;
    let left = status.clone().into_http::<Full<Bytes>>();
    let mut foreign = left.clone();
    foreign.extensions_mut().clear();
    for answer in [left, foreign] {
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(answer.clone()))
        });
        let response = ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(()))
            .await
            .unwrap();
        assert!(response.extensions().get::<Envelope>().is_some());
        let response = collect(response).await;
        assert_eq!((response.status().as_u16(), text(&response)), (400, want));
    }
}

#[tokio::test]
async fn the_status_that_tonic_left_is_not_parsed_again() {
    let mut answer = Status::not_found("as it was meant").into_http::<Full<Bytes>>();
    answer
        .headers_mut()
        .insert("grpc-message", "as it was written".parse().unwrap());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(answer.clone()))
    });
    let response = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert!(text(&collect(response).await).contains("as it was meant"));
}

#[tokio::test]
async fn a_plain_client_reads_a_status_in_a_head_without_a_body() {
    let bare = serve_bare().await;
    let client = ErrorEnvelopeLayer::client().layer(support::client(Protocol::Http2));
    let request = Request::get(format!("http://{bare}/printer.v1.Printer/Nope"));
    let response = client
        .oneshot(request.body(Full::default()).unwrap())
        .await
        .unwrap();
    let response = collect(response).await;
    assert_eq!(response.status().as_u16(), 501);
    assert_eq!(
        text(&response),
        r#"{"_error_message":"Not Implemented","_error_type":"UNIMPLEMENTED"}"#
    );
}

/// A tonic server with the layer among its user layers.
async fn tonic_server(builder: tonic::transport::Server) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let router = builder
        .accept_http1(true)
        .layer(ErrorEnvelopeLayer::new())
        .layer(tonic_web::GrpcWebLayer::new())
        .add_service(PrinterServer::new(Office));
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    tokio::spawn(router.serve_with_incoming(incoming));
    address
}

#[tokio::test]
async fn the_layer_fits_into_the_server_of_tonic() {
    let server = tonic_server(tonic::transport::Server::builder()).await;
    let mut client = PrinterClient::new(channel(server).await);
    let page = client
        .print(Job {
            text: "hi".into(),
            ..Job::default()
        })
        .await
        .unwrap();
    assert_eq!(page.into_inner().text, "hi");
    let missing = raw(server, "/nowhere", "text/plain").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert!(text(&missing).starts_with(r#"{"_error_message":"Not Found""#));
}

#[tokio::test]
async fn errors_of_the_tonic_server_itself_pass_no_layer() {
    let builder = tonic::transport::Server::builder().timeout(Duration::from_millis(100));
    let server = tonic_server(builder).await;
    let mut client = PrinterClient::new(channel(server).await);
    let late = client
        .print(Job {
            delay_ms: 5000,
            ..Job::default()
        })
        .await
        .unwrap_err();
    assert_eq!(
        (late.code(), late.message()),
        (Code::Cancelled, "Timeout expired")
    );
    assert!(late.details().is_empty());
}

#[tokio::test]
async fn the_load_shedding_of_tonic_passes_no_layer_and_that_of_tower_does() {
    let limited = tonic::transport::Server::builder()
        .concurrency_limit_per_connection(1)
        .load_shed(true);
    let own = shed(tonic_server(limited).await).await;
    assert_eq!(
        (own.code(), own.details().len()),
        (Code::ResourceExhausted, 0)
    );

    let routes = Routes::new(PrinterServer::new(Office)).into_axum_router();
    let layers = ServiceBuilder::new()
        .layer(ErrorEnvelopeLayer::new())
        .load_shed()
        .layer(tower::limit::GlobalConcurrencyLimitLayer::new(1));
    let inner = shed(serve(layers.service(routes)).await).await;
    assert_eq!(
        (inner.code(), inner.message()),
        (Code::Unavailable, "Service Unavailable")
    );
}

/// The status of the second of two concurrent calls.
async fn shed(server: SocketAddr) -> Status {
    let mut client = PrinterClient::new(channel(server).await);
    let mut other = client.clone();
    let slow = tokio::spawn(async move {
        other
            .print(Job {
                delay_ms: 1000,
                ..Job::default()
            })
            .await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let status = client.print(Job::default()).await.unwrap_err();
    slow.await.unwrap().unwrap();
    status
}

#[tokio::test]
async fn grpc_web_may_be_translated_on_either_side() {
    let inner = Router::new()
        .layer(ErrorEnvelopeLayer::new())
        .layer(tonic_web::GrpcWebLayer::new());
    let outer = Router::new()
        .layer(tonic_web::GrpcWebLayer::new())
        .layer(ErrorEnvelopeLayer::new());
    for router in [inner, outer] {
        let answer = raw(
            serve(router).await,
            "/nowhere",
            "application/grpc-web+proto",
        )
        .await;
        assert_eq!(
            (answer.status().as_u16(), values(&answer, "content-type")),
            (200, vec!["application/grpc-web+proto"])
        );
        assert_eq!(values(&answer, "grpc-status"), ["12"]);
    }
}

#[tokio::test]
async fn scripts_may_read_all_metadata_of_an_error() {
    let server = serve_layered(ErrorEnvelopeLayer::new()).await;
    let names = "grpc-status, grpc-message, grpc-status-details-bin";
    for (method, more) in [
        ("Json401", ", www-authenticate"),
        ("Text429", ", retry-after"),
        ("Page403", ""),
    ] {
        let path = format!("/printer.v1.Plain/{method}");
        let answer = raw(server, &path, "application/grpc-web+proto").await;
        let exposed = values(&answer, "access-control-expose-headers");
        assert_eq!(exposed, [format!("{names}{more}")]);
    }
}

/// The status of a call through tonic-web's layer for clients, on either side of the layer.
#[tokio::test]
async fn a_client_of_grpc_web_reads_an_error_of_http_on_either_side_of_its_translation() {
    use hyper_util::client::legacy::Client;
    use hyper_util::rt::TokioExecutor;
    use printer::serve_answer;
    use tonic_web::{GrpcWebCall, GrpcWebClientLayer};

    let page = "<html><head><title>The backend is down</title></head></html>";
    let down = Response::builder()
        .status(502)
        .header("content-type", "text/html");
    let server = serve_answer(down.body(Bytes::from(page)).unwrap()).await;
    let origin: http::Uri = format!("http://{server}").parse().unwrap();
    let http =
        || Client::builder(TokioExecutor::new()).build_http::<GrpcWebCall<tonic::body::Body>>();

    let outside = ErrorEnvelopeLayer::client().layer(GrpcWebClientLayer::new().layer(http()));
    let mut outside = PrinterClient::with_origin(outside, origin.clone());
    let status = outside.print(Job::default()).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "Bad Gateway")
    );

    let inside = GrpcWebClientLayer::new().layer(ErrorEnvelopeLayer::client().layer(http()));
    let mut inside = PrinterClient::with_origin(inside, origin);
    let status = inside.print(Job::default()).await.unwrap_err();
    assert_eq!(
        (status.code(), status.message()),
        (Code::Unavailable, "The backend is down")
    );
}

#[tokio::test]
async fn a_cors_layer_outside_sets_the_exposed_headers() {
    let own = || {
        tower_http::cors::CorsLayer::new()
            .expose_headers([http::HeaderName::from_static("grpc-status")])
    };
    let router = Router::new().layer(ErrorEnvelopeLayer::new()).layer(own());
    let answer = raw(serve(router).await, "/", "application/grpc-web").await;
    assert_eq!(
        values(&answer, "access-control-expose-headers"),
        ["grpc-status"]
    );
}

#[tokio::test]
async fn grpc_web_works_as_without_the_layer() {
    let job = |code: Code| {
        framed(&Job {
            text: "hi".into(),
            copies: 2,
            code: code.into(),
            message: "büro zu".into(),
            ..Job::default()
        })
    };
    let routes = Routes::new(PrinterServer::new(Office))
        .into_axum_router()
        .layer(tonic_web::GrpcWebLayer::new());
    let bare = serve(routes.clone()).await;
    let layered = serve(ErrorEnvelopeLayer::new().layer(routes)).await;
    for path in ["Print", "Copy"] {
        for code in [Code::Ok, Code::NotFound, Code::Internal] {
            for protocol in PROTOCOLS {
                let ask = |server| {
                    let request = Request::post(format!("/printer.v1.Printer/{path}"));
                    let request = request.header("content-type", "application/grpc-web+proto");
                    send(
                        protocol,
                        server,
                        request.body(Full::from(job(code))).unwrap(),
                    )
                };
                let (answer, want) = (ask(layered).await, ask(bare).await);
                assert_eq!(without_date(answer), without_date(want), "{path} {code:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_an_error_is_not_waited_for() {
    let endless = Router::new().route(
        "/",
        any(|| async {
            let body =
                axum::body::Body::from_stream(tokio_stream::pending::<Result<Bytes, Infallible>>());
            (
                StatusCode::SERVICE_UNAVAILABLE,
                [("content-type", "text/event-stream")],
                body,
            )
        }),
    );
    let server = serve(ErrorEnvelopeLayer::new().layer(endless)).await;
    let answer = raw(server, "/", "application/grpc").await;
    assert_eq!(values(&answer, "grpc-status"), ["14"]);
}

#[tokio::test]
async fn answers_in_grpc_pass_also_those_of_a_second_layer() {
    // A second layer, and a service that answers only with HTTP statuses.
    let twice = ErrorEnvelopeLayer::new().layer(ErrorEnvelopeLayer::new().layer(Router::new()));
    let once = ErrorEnvelopeLayer::new().layer(Router::new());
    let (twice, once) = (serve(twice).await, serve(once).await);
    let answers = [
        raw(twice, "/", "application/grpc").await,
        raw(once, "/", "application/grpc").await,
    ];
    let [twice, once] = answers.map(without_date);
    assert_eq!(twice, once);

    let odd = Router::new().route(
        "/",
        any(|| async {
            (
                StatusCode::SERVICE_UNAVAILABLE,
                [("content-type", "application/grpc"), ("grpc-status", "3")],
            )
        }),
    );
    let (bare, layered) = (
        serve(odd.clone()).await,
        serve(ErrorEnvelopeLayer::new().layer(odd)).await,
    );
    let answers = [
        raw(layered, "/", "application/grpc").await,
        raw(bare, "/", "application/grpc").await,
    ];
    let [layered, bare] = answers.map(without_date);
    assert_eq!(layered, bare);
}

#[tokio::test]
async fn a_status_that_a_client_layer_made_is_masked_by_the_server() {
    let cases = [
        (502, "14", "Bad%20Gateway"),
        (500, "2", "Internal"),
        (404, "12", SECRET),
        (401, "16", SECRET),
    ];
    for (status, code, message) in cases {
        let upstream = tower::service_fn(move |_: Request<hyper::body::Incoming>| {
            let answer = Response::builder()
                .status(status)
                .body(Full::<Bytes>::from(SECRET));
            std::future::ready(Ok::<_, Infallible>(answer.unwrap()))
        });
        let proxy = ErrorEnvelopeLayer::new().layer(ErrorEnvelopeLayer::client().layer(upstream));
        let answer = raw(serve(proxy).await, "/", "application/grpc").await;
        let seen = values(&answer, "grpc-message")[0].replace(' ', "%20");
        assert!(seen.starts_with(message), "{status}: {seen}");
        assert_eq!(values(&answer, "grpc-status"), [code], "{status}");
        let details = values(&answer, "grpc-status-details-bin").concat();
        let details =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD_NO_PAD, details)
                .unwrap();
        let details = String::from_utf8_lossy(&details);
        assert!(!details.contains(SECRET) || message == SECRET, "{status}");
    }
}

#[tokio::test]
async fn a_status_passed_on_by_a_handler_is_masked_by_its_code() {
    let meant =
        || async { Envelope::from(Status::internal(SECRET)).with_message("Please try again") };
    let handler = |status: Status| any(move || async move { Err::<(), Envelope>(status.into()) });
    let app = Router::new()
        .route("/meant", any(meant))
        .route("/internal", handler(Status::internal(SECRET)))
        .route("/missing", handler(Status::not_found("no such printer")));
    let server = serve(ErrorEnvelopeLayer::new().layer(app)).await;
    let internal = support::get(server, "/internal").await;
    assert_eq!(internal.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!text(&internal).contains(SECRET));
    let meant = support::get(server, "/meant").await;
    assert!(
        text(&meant).contains("Please try again"),
        "{}",
        text(&meant)
    );
    let missing = support::get(server, "/missing").await;
    assert_eq!(
        text(&missing),
        r#"{"_error_message":"no such printer","_error_type":"NOT_FOUND"}"#
    );
    let missing = raw(server, "/missing", "application/grpc").await;
    assert_eq!(
        (
            values(&missing, "grpc-status"),
            values(&missing, "grpc-message")
        ),
        (vec!["5"], vec!["no such printer"])
    );
}

#[tokio::test]
async fn answers_in_grpc_arrive_as_without_the_layer() {
    let (bare, layered) = (
        serve_bare().await,
        serve_layered(ErrorEnvelopeLayer::new()).await,
    );
    let bare = everything(PrinterClient::new(channel(bare).await)).await;
    let layered = everything(PrinterClient::new(channel(layered).await)).await;
    assert_eq!(layered, bare);
    let within = tonic_server(tonic::transport::Server::builder()).await;
    assert_eq!(
        everything(PrinterClient::new(channel(within).await)).await,
        bare
    );
}

#[tokio::test]
async fn a_masked_status_leaves_no_reason_phrase_of_the_upstream() {
    let service = tower::service_fn(|_: Request<()>| async {
        let response = Response::builder()
            .status(502)
            .header("content-type", "application/grpc-web")
            .header("grpc-status", "13")
            .header("grpc-message", SECRET);
        let reason = hyper::ext::ReasonPhrase::try_from(SECRET.as_bytes()).unwrap();
        let mut response = response.body(Full::<Bytes>::default()).unwrap();
        response.extensions_mut().insert(reason);
        Ok::<_, Infallible>(response)
    });
    let call = Request::post("/printer.v1.Printer/Print");
    let call = call.header("content-type", "application/grpc-web").body(());
    let layer = ErrorEnvelopeLayer::new().with_masked_statuses();
    let response = layer.layer(service).oneshot(call.unwrap()).await.unwrap();
    let reason = response.extensions().get::<hyper::ext::ReasonPhrase>();
    assert!(reason.is_none() && response.headers()["grpc-message"] != SECRET);
}

#[tokio::test]
async fn with_masked_statuses_errors_that_are_not_grpc_are_answered_as_well() {
    let service = tower::service_fn(|_: Request<()>| async {
        let response = Response::builder().status(404);
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from("no printer")).unwrap())
    });
    let call = Request::post("/printer.v1.Printer/Print").version(http::Version::HTTP_2);
    let call = call.header("content-type", "application/grpc").body(());
    let layer = ErrorEnvelopeLayer::new().with_masked_statuses();
    let response = layer.layer(service).oneshot(call.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["grpc-status"], "5");
    assert_eq!(response.headers()["grpc-message"], "no printer");
}

/// The answer to a caller of HTTP, for a gRPC answer without a body and with a message of `bytes`.
async fn for_http(
    layer: ErrorEnvelopeLayer,
    status: &'static str,
    bytes: usize,
) -> Response<Bytes> {
    let service = tower::service_fn(move |_: Request<()>| async move {
        let response = Response::builder()
            .header("content-type", "application/grpc")
            .header("grpc-status", status)
            .header("grpc-message", "m".repeat(bytes));
        Ok::<_, Infallible>(response.body(Full::<Bytes>::default()).unwrap())
    });
    let response = layer.layer(service).oneshot(Request::new(())).await;
    collect(response.unwrap()).await
}

#[tokio::test]
async fn a_success_of_grpc_is_one_for_a_caller_of_http() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let layer = ErrorEnvelopeLayer::new().with_predicate(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        true
    });
    let fine = for_http(layer.clone(), "0", 1).await;
    assert_eq!((fine.status(), &**fine.body()), (StatusCode::OK, &b""[..]));
    assert_eq!(fine.headers()["grpc-status"], "0");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "it is asked about errors");
    let error = for_http(layer, "5", 1).await;
    assert_eq!(error.status(), StatusCode::NOT_FOUND);
    let passed = for_http(ErrorEnvelopeLayer::new().without_grpc(), "5", 1).await;
    assert_eq!(passed.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_error_of_a_peer_is_written_as_long_as_twice_the_limit_and_512_bytes() {
    let layer = || ErrorEnvelopeLayer::new().with_body_limit(1);
    let around = for_http(layer(), "5", 1).await.body().len() - 1;
    let whole = for_http(layer(), "5", 514 - around).await;
    assert_eq!(whole.body().len(), 514);
    let longer = for_http(layer(), "5", 515 - around).await;
    assert!(longer.body().len() < 100, "{}", text(&longer));
}

#[tokio::test]
async fn a_status_that_tonic_left_counts_only_for_an_answer_of_grpc() {
    let answer = |status: Status, text: &'static str| async move {
        let service = tower::service_fn(move |_: Request<()>| {
            let mut response = Response::new(Full::<Bytes>::from(text));
            if text.is_empty() {
                *response.headers_mut() = status.clone().into_http::<()>().headers().clone();
            } else {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            response.extensions_mut().insert(status.clone());
            std::future::ready(Ok::<_, Infallible>(response))
        });
        let layer = ErrorEnvelopeLayer::new().layer(service);
        let response = layer.oneshot(Request::new(())).await.unwrap();
        collect(response).await
    };
    let other = answer(Status::aborted("of another call"), "no printer").await;
    assert!(other
        .body()
        .starts_with(br#"{"_error_message":"no printer""#));
    for (status, code) in [
        (Status::unimplemented(""), 404),
        (Status::unimplemented("not yet"), 501),
        (Status::aborted(""), 409),
    ] {
        let context = format!("{status:?}");
        assert_eq!(
            answer(status, "").await.status().as_u16(),
            code,
            "{context}"
        );
    }
}

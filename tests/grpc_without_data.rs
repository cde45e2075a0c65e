//! An answer of gRPC that ends without data is an error if its status is one, for every caller who does not speak gRPC.
//!
//! connect-go and grpc-java send errors of calls so: a head, and trailers without data between them.
#![cfg(all(feature = "axum", feature = "tonic"))]

mod support;

use std::convert::Infallible;
use std::future::ready;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, StreamBody};
use serde_json::Value;
use support::{serve, values, Protocol};
use tower::{Layer, ServiceExt};
use tower_error_envelope::{
    ErrorEnvelopeLayer, ErrorKind, RaiseErrorsLayer, RaisedError, RetryAdvice,
};

const SAID: &str = "There is no printer 8";

/// An answer of gRPC: the status in its head, its data, the status in its trailers, and the status of HTTP that stands for it.
#[derive(Clone, Copy, Debug)]
struct Shape {
    head: Option<&'static str>,
    data: &'static [&'static str],
    trailers: Option<&'static str>,
    error: Option<u16>,
}

#[rustfmt::skip]
const SHAPES: [Shape; 10] = [
    Shape { head: None, data: &[], trailers: Some("5"), error: Some(404) },
    Shape { head: None, data: &["", ""], trailers: Some("8"), error: Some(429) },
    Shape { head: Some("5"), data: &[], trailers: None, error: Some(404) },
    Shape { head: Some("9"), data: &[""], trailers: None, error: Some(400) },
    Shape { head: Some("12"), data: &[], trailers: Some("12"), error: Some(501) },
    Shape { head: None, data: &["\0\0\0\0\0"], trailers: Some("5"), error: None },
    Shape { head: Some("5"), data: &["\0\0\0\0\0"], trailers: None, error: None },
    Shape { head: None, data: &[], trailers: Some("0"), error: None },
    Shape { head: Some("0"), data: &[], trailers: None, error: None },
    Shape { head: None, data: &[], trailers: None, error: None },
];

fn trailers(code: &str) -> HeaderMap {
    let entries = [
        ("grpc-status", code),
        ("grpc-message", SAID),
        ("retry-after", "7"),
        ("set-cookie", "a=b"),
    ];
    let entries = entries.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    entries.into_iter().collect()
}

type Answer = Response<http_body_util::combinators::UnsyncBoxBody<Bytes, Infallible>>;

fn answer(shape: Shape) -> Answer {
    let data = shape
        .data
        .iter()
        .map(|data| Frame::data(Bytes::from(*data)));
    let end = shape.trailers.map(|code| Frame::trailers(trailers(code)));
    let frames: Vec<_> = data.chain(end).map(Ok).collect();
    let body = StreamBody::new(tokio_stream::iter(frames)).boxed_unsync();
    let mut response = Response::new(body);
    if let Some(code) = shape.head {
        *response.headers_mut() = trailers(code);
        response.headers_mut().remove("set-cookie");
    }
    let label = "application/grpc+proto".parse().unwrap();
    response.headers_mut().insert("content-type", label);
    response
}

type Answers = tower::util::BoxCloneSyncService<Request<()>, Answer, Infallible>;

fn service(shape: Shape) -> Answers {
    let answers = tower::service_fn(move |_: Request<()>| ready(Ok(answer(shape))));
    Answers::new(answers)
}

fn get(method: &Method) -> Request<()> {
    let request = Request::builder().method(method).uri("/a.v1.B/C");
    request.body(()).unwrap()
}

async fn collected<B: Body<Data = Bytes>>(response: Response<B>) -> (Response<Bytes>, HeaderMap)
where
    B::Error: std::fmt::Debug,
{
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned().unwrap_or_default();
    (Response::from_parts(parts, body.to_bytes()), trailers)
}

#[tokio::test]
async fn a_caller_of_http_gets_the_error_of_the_status() {
    for shape in SHAPES {
        for method in [Method::GET, Method::POST, Method::HEAD] {
            let server = ErrorEnvelopeLayer::new().layer(service(shape));
            let server = collected(server.oneshot(get(&method)).await.unwrap()).await;
            let client = ErrorEnvelopeLayer::client().layer(service(shape));
            let client = collected(client.oneshot(get(&method)).await.unwrap()).await;
            for (response, trailers) in [server, client] {
                let context = format!("{method} {shape:?}");
                let status = response.status().as_u16();
                assert_eq!(status, shape.error.unwrap_or(200), "{context}");
                let Some(_) = shape.error else {
                    assert_eq!(response.body(), &shape.data.concat(), "{context}");
                    let sent = shape.trailers.map(|code| code.parse().unwrap());
                    assert_eq!(trailers.get("grpc-status"), sent.as_ref(), "{context}");
                    continue;
                };
                assert!(trailers.is_empty(), "{context}");
                assert_eq!(values(&response, "content-type"), ["application/json"]);
                assert_eq!(values(&response, "retry-after"), ["7"], "{context}");
                for name in [
                    "grpc-status",
                    "grpc-message",
                    "set-cookie",
                    "content-length",
                ] {
                    assert!(!response.headers().contains_key(name), "{context} {name}");
                }
                let said = String::from_utf8_lossy(response.body()).contains(SAID);
                assert_eq!(said, method != Method::HEAD, "{context}");
            }
        }
    }
}

/// The calls of Connect: a unary one by POST and by GET, and a stream.
fn calls() -> [Request<()>; 3] {
    let call = |method: Method, uri: &str, label: &str| {
        let request = Request::builder().method(method).uri(uri);
        let request = request.header("connect-protocol-version", "1");
        request.header("content-type", label).body(()).unwrap()
    };
    [
        call(Method::POST, "/a.v1.B/C", "application/json"),
        call(Method::GET, "/a.v1.B/C?connect=v1", "text/plain"),
        call(Method::POST, "/a.v1.B/C", "application/connect+json"),
    ]
}

#[tokio::test]
async fn a_caller_of_connect_gets_the_error_with_its_code() {
    for shape in SHAPES {
        for (kind, call) in calls().into_iter().enumerate() {
            let layered = ErrorEnvelopeLayer::new().layer(service(shape));
            let response = collected(layered.oneshot(call).await.unwrap()).await.0;
            let Some(status) = shape.error else {
                assert_eq!(response.status(), 200);
                assert_eq!(response.body(), &shape.data.concat());
                continue;
            };
            let is_stream = kind == 2;
            assert_eq!(response.status(), if is_stream { 200 } else { status });
            let json = if is_stream {
                &response.body()[5..]
            } else {
                response.body()
            };
            let error: Value = serde_json::from_slice(json).unwrap();
            let error = if is_stream { &error["error"] } else { &error };
            let code = match shape.head.or(shape.trailers) {
                Some("5") => "not_found",
                Some("8") => "resource_exhausted",
                Some("9") => "failed_precondition",
                _ => "unimplemented",
            };
            assert_eq!(
                (&error["code"], &error["message"]),
                (&code.into(), &SAID.into())
            );
        }
    }
}

/// tonic answers a call of gRPC-Web in gRPC, unless tonic-web translates.
#[tokio::test]
async fn a_caller_of_grpc_web_gets_the_error_in_its_own_label() {
    for shape in SHAPES {
        for label in ["application/grpc-web", "application/grpc-web-text+proto"] {
            for layer in [
                ErrorEnvelopeLayer::new(),
                ErrorEnvelopeLayer::new().with_masked_statuses(),
            ] {
                let call = Request::post("/a.v1.B/C").header("content-type", label);
                let layered = layer.layer(service(shape)).oneshot(call.body(()).unwrap());
                let (response, trailers) = collected(layered.await.unwrap()).await;
                let context = format!("{label} {shape:?}");
                assert_eq!(
                    (response.status().as_u16(), response.version()),
                    (200, Version::HTTP_11)
                );
                if shape.error.is_none() {
                    assert_eq!(
                        values(&response, "content-type"),
                        ["application/grpc+proto"]
                    );
                    let sent = shape.trailers.map(|code| code.parse().unwrap());
                    assert_eq!(trailers.get("grpc-status"), sent.as_ref(), "{context}");
                    continue;
                }
                assert_eq!(values(&response, "content-type"), [label]);
                let code = shape.head.or(shape.trailers).unwrap();
                assert_eq!(values(&response, "grpc-status"), [code], "{context}");
                let exposed = values(&response, "access-control-expose-headers").concat();
                assert!(exposed.contains("grpc-status"), "{context}: {exposed}");
                assert!(
                    response.body().is_empty() && trailers.is_empty(),
                    "{context}"
                );
            }
        }
    }
}

#[tokio::test]
async fn what_was_not_written_for_the_client_is_masked_and_keeps_its_code() {
    let shape = Shape {
        trailers: Some("15"),
        ..SHAPES[0]
    };
    let masked = |request| {
        let layered = ErrorEnvelopeLayer::new().layer(service(shape));
        async { collected(layered.oneshot(request).await.unwrap()).await.0 }
    };
    let [unary, ..] = calls();
    for (request, body) in [
        (
            get(&Method::GET),
            r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#,
        ),
        (
            unary,
            r#"{"code":"data_loss","message":"Internal Server Error"}"#,
        ),
    ] {
        let response = masked(request).await;
        assert_eq!(
            (response.status().as_u16(), response.body()),
            (500, &Bytes::from(body))
        );
    }
}

#[tokio::test]
async fn a_client_that_raises_gets_a_typed_error() {
    let layers = [
        RaiseErrorsLayer::new(),
        RaiseErrorsLayer::new().with_errors_in_success(),
    ];
    for layer in layers {
        for shape in SHAPES {
            for method in [Method::GET, Method::HEAD] {
                let context = format!("{method} {shape:?}");
                let raised = layer.layer(service(shape)).oneshot(get(&method)).await;
                match (raised, shape.error) {
                    (Err(RaisedError::Api(error)), Some(status)) => {
                        assert_eq!(error.status(), status, "{context}");
                        let is_missing = error.kind() == ErrorKind::NoResult;
                        assert_eq!(is_missing, status == 404, "{context}");
                        assert_eq!(error.to_string(), SAID, "{context}");
                        let seconds = std::time::Duration::from_secs(7);
                        assert_eq!(
                            error.retry_advice(),
                            RetryAdvice::After(seconds),
                            "{context}"
                        );
                        assert_eq!(error.trailers().is_some(), shape.trailers.is_some());
                        assert_eq!(error.response().status(), 200);
                    }
                    (Ok(response), None) => {
                        let (response, trailers) = collected(response).await;
                        assert_eq!(response.body(), &shape.data.concat(), "{context}");
                        let sent = shape.trailers.map(|code| code.parse().unwrap());
                        assert_eq!(trailers.get("grpc-status"), sent.as_ref(), "{context}");
                    }
                    (raised, _) => panic!("{context}: {:?}", raised.map(drop)),
                }
            }
        }
    }
}

#[tokio::test]
async fn the_predicates_decide_about_such_an_error_as_well() {
    let refused = ErrorEnvelopeLayer::new().with_predicate(|_, parts| parts.status != 200);
    let response = refused
        .layer(service(SHAPES[0]))
        .oneshot(get(&Method::GET))
        .await;
    let (response, trailers) = collected(response.unwrap()).await;
    assert_eq!(
        (response.status().as_u16(), &trailers["grpc-status"]),
        (200, &"5".parse().unwrap())
    );

    let refused = RaiseErrorsLayer::new().with_predicate(|parts| parts.status != 200);
    let response = refused
        .layer(service(SHAPES[0]))
        .oneshot(get(&Method::GET))
        .await;
    let (_, trailers) = collected(response.unwrap()).await;
    assert_eq!(trailers["grpc-status"], "5");
}

/// The head waits for one frame, and only under the label of gRPC.
#[test]
fn no_other_head_waits() {
    for (label, waits) in [
        ("application/grpc", true),
        ("application/grpc+json; charset=utf-8", true),
        ("application/grpc-web", false),
        ("application/connect+json", false),
        ("application/json", false),
        ("text/event-stream", false),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let pending = || {
                tower::service_fn(move |_: Request<()>| {
                    let response = Response::builder().header("content-type", label);
                    ready(Ok::<_, Infallible>(
                        response.body(body_of_nothing()).unwrap(),
                    ))
                })
            };
            let request = || get(&method);
            let server = ErrorEnvelopeLayer::new()
                .layer(pending())
                .oneshot(request());
            let client = ErrorEnvelopeLayer::client()
                .layer(pending())
                .oneshot(request());
            let raising = RaiseErrorsLayer::new().layer(pending()).oneshot(request());
            let waited = [
                server.now_or_never().is_none(),
                client.now_or_never().is_none(),
                raising.now_or_never().is_none(),
            ];
            assert_eq!(waited, [waits; 3], "{method} {label}");
            let layer = RaiseErrorsLayer::new().with_errors_in_streams();
            let streams = layer.layer(pending()).oneshot(request());
            assert!(streams.now_or_never().is_some(), "the body raises it");
        }
    }
}

fn body_of_nothing() -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
    StreamBody::new(tokio_stream::pending::<Result<Frame<Bytes>, Infallible>>())
}

/// A client of gRPC reads the trailers itself, so nothing waits and nothing changes.
#[test]
fn a_client_of_grpc_waits_for_nothing() {
    let request = || {
        let request = Request::post("/a.v1.B/C").version(Version::HTTP_2);
        request
            .header("content-type", "application/grpc")
            .body(())
            .unwrap()
    };
    let pending = tower::service_fn(|_: Request<()>| {
        let response = Response::builder().header("content-type", "application/grpc");
        ready(Ok::<_, Infallible>(
            response.body(body_of_nothing()).unwrap(),
        ))
    });
    assert!(ErrorEnvelopeLayer::new()
        .layer(pending)
        .oneshot(request())
        .now_or_never()
        .is_some());
    assert!(ErrorEnvelopeLayer::client()
        .layer(pending)
        .oneshot(request())
        .now_or_never()
        .is_some());
    assert!(RaiseErrorsLayer::new()
        .layer(pending)
        .oneshot(request())
        .now_or_never()
        .is_some());
}

/// Over a real connection, with reqwest and its middleware.
#[cfg(all(feature = "reqwest", feature = "reqwest-middleware"))]
#[tokio::test]
async fn reqwest_gets_a_typed_error() {
    use tower_error_envelope::{
        Envelope, ErrorExt, NormaliseErrorsMiddleware, RaiseErrorsMiddleware, ResponseExt,
    };

    let shapes = SHAPES.map(|shape| (shape.error, shape));
    for (error, shape) in shapes {
        let server = serve(tower::service_fn(move |_| {
            ready(Ok::<_, Infallible>(answer(shape)))
        }))
        .await;
        let url = format!("http://{server}/a.v1.B/C");
        let client = reqwest::Client::builder()
            .http2_prior_knowledge()
            .build()
            .unwrap();

        let raised = client
            .get(&url)
            .send()
            .await
            .unwrap()
            .error_for_envelope()
            .await;
        assert_eq!(
            raised.err().map(|error| error.status().as_u16()),
            error,
            "{shape:?}"
        );

        let raising = reqwest_middleware::ClientBuilder::new(client.clone());
        let raising = raising.with(RaiseErrorsMiddleware::new()).build();
        let raised = raising.get(&url).send().await.err();
        let status = raised
            .as_ref()
            .map(|raised| raised.api_error().unwrap().status().as_u16());
        assert_eq!(status, error, "{shape:?}");

        let reading = reqwest_middleware::ClientBuilder::new(client);
        let reading = reading.with(NormaliseErrorsMiddleware::new()).build();
        let read = reading.get(&url).send().await.unwrap();
        assert_eq!(read.status().as_u16(), error.unwrap_or(200), "{shape:?}");
        let envelope = read.extensions().get::<Envelope>();
        assert_eq!(envelope.map(Envelope::message), error.map(|_| SAID));
    }
}

/// Over real connections, with hyper's client.
#[tokio::test]
async fn callers_over_a_connection_get_the_error() {
    for shape in SHAPES {
        let service = tower::service_fn(move |_| ready(Ok::<_, Infallible>(answer(shape))));
        let server = serve(ErrorEnvelopeLayer::new().layer(service)).await;
        for protocol in [Protocol::Http1, Protocol::Http2] {
            for method in [Method::GET, Method::HEAD] {
                // hyper sends the data of a service that answers HEAD with some, and its client resets the stream.
                if method == Method::HEAD && shape.data.concat() != "" {
                    continue;
                }
                let request = Request::builder().method(&method).uri("/a.v1.B/C");
                let request = request.body(http_body_util::Full::default()).unwrap();
                let response = support::send(protocol, server, request).await;
                assert_eq!(
                    response.status().as_u16(),
                    shape.error.unwrap_or(200),
                    "{method} {shape:?}"
                );
            }
        }
    }
}

/// A request has HTTP/1.1 by default, also if its client speaks HTTP/2. A stream in both directions must not wait for data.
#[tokio::test]
async fn a_client_of_grpc_gets_the_head_at_once_whatever_version_its_request_has() {
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let silent = tower::service_fn(|_: Request<()>| async {
            let frames = futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>();
            let response = Response::builder().header("content-type", "application/grpc");
            Ok::<_, Infallible>(response.body(StreamBody::new(frames)).unwrap())
        });
        let request = Request::post("/a.v1.B/C").version(version);
        let request = request.header("content-type", "application/grpc");
        let client = ErrorEnvelopeLayer::client().layer(silent);
        let answer = client.oneshot(request.body(()).unwrap()).now_or_never();
        assert!(answer.is_some(), "{version:?}");
    }
}

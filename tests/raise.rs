//! The layer that raises, around real clients, over HTTP/1.1 and HTTP/2.

mod support;

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper_util::client::legacy;
use serde_json::json;
use support::{serve, serve_bytes, Protocol, PROTOCOLS};
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::read::ErrorReader;
use tower_error_envelope::{
    ApiError, Envelope, ErrorEnvelopeLayer, ErrorKind, OptionalResult, Origin, RaiseErrorsLayer,
    RaisedError,
};
use tower_http::follow_redirect::FollowRedirectLayer;

type Raised<T> = Result<T, RaisedError<legacy::Error>>;

/// The result of a request to a server: data as text, or an error.
async fn call(
    layer: &RaiseErrorsLayer,
    protocol: Protocol,
    server: SocketAddr,
    method: Method,
    path: &str,
) -> Raised<Response<Bytes>> {
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{server}{path}"));
    let request = request.body(Full::default()).unwrap();
    let response = layer
        .layer(support::client(protocol))
        .oneshot(request)
        .await?;
    Ok(support::collect(response).await)
}

async fn ask(server: SocketAddr, path: &str) -> Raised<Response<Bytes>> {
    call(
        &RaiseErrorsLayer::new(),
        Protocol::Http1,
        server,
        Method::GET,
        path,
    )
    .await
}

async fn fail(server: SocketAddr, path: &str) -> ApiError {
    ask(server, path).await.unwrap_err().into_api().unwrap()
}

fn routes() -> Router {
    let status = |status: StatusCode| (status, Json(json!({"error": format!("This is {status}")})));
    Router::new()
        .route("/ok", get(|| async { "fine" }))
        .route(
            "/fields",
            post(|| async {
                let fields = json!({"email": ["is taken", "is odd"], "name": ["is missing"]});
                (StatusCode::BAD_REQUEST, Json(fields))
            }),
        )
        .route(
            "/status/{status}",
            get(
                move |axum::extract::Path(code): axum::extract::Path<u16>| async move {
                    status(StatusCode::from_u16(code).unwrap())
                },
            ),
        )
        .route(
            "/moved",
            get(|| async { (StatusCode::FOUND, [("location", "/ok")], "elsewhere") }),
        )
}

#[tokio::test]
async fn data_comes_only_with_success_and_every_error_has_its_kind() {
    struct Case {
        status: u16,
        kind: ErrorKind,
        is: fn(&ApiError) -> bool,
    }
    #[rustfmt::skip]
    let cases = [
        Case { status: 400, kind: ErrorKind::Request, is: ApiError::is_request },
        Case { status: 401, kind: ErrorKind::NotAuthenticated, is: ApiError::is_not_authenticated },
        Case { status: 403, kind: ErrorKind::Auth, is: ApiError::is_auth },
        Case { status: 404, kind: ErrorKind::NoResult, is: ApiError::is_no_result },
        Case { status: 409, kind: ErrorKind::Request, is: ApiError::is_request },
        Case { status: 429, kind: ErrorKind::RateLimited, is: ApiError::is_rate_limited },
        Case { status: 500, kind: ErrorKind::Server, is: ApiError::is_server },
        Case { status: 503, kind: ErrorKind::Server, is: ApiError::is_server },
        Case { status: 504, kind: ErrorKind::Timeout, is: ApiError::is_timeout },
        Case { status: 600, kind: ErrorKind::Server, is: ApiError::is_server },
    ];
    let server = serve(routes()).await;
    for case in &cases {
        let error = fail(server, &format!("/status/{}", case.status)).await;
        assert_eq!(
            (error.status().as_u16(), error.kind()),
            (case.status, case.kind)
        );
        assert!((case.is)(&error), "{error:?}");
        for other in &cases {
            let is = case.kind.is_a(other.kind);
            assert_eq!((other.is)(&error), is, "{:?} {:?}", case.kind, other.kind);
        }
        assert_eq!(
            error.is_request(),
            !matches!(case.status, 403 | 404 | 504),
            "{error:?}"
        );
        assert!(!error.is_validation(), "{error:?}");
        assert_eq!(error.to_string(), error.envelope().message());
        assert!(error.to_string().starts_with("This is "), "{error}");
    }
    assert_eq!(ask(server, "/ok").await.unwrap().body(), "fine");
}

#[tokio::test]
async fn a_redirect_is_for_another_layer() {
    let server = serve(routes()).await;
    assert_eq!(ask(server, "/moved").await.unwrap().status(), 302);
    let request = || {
        let request = Request::get(format!("http://{server}/moved"));
        request.body(Full::<Bytes>::default()).unwrap()
    };
    let inside = tower::ServiceBuilder::new()
        .layer(RaiseErrorsLayer::new())
        .layer(FollowRedirectLayer::new())
        .service(support::client(Protocol::Http1));
    let response = inside.oneshot(request()).await.unwrap();
    assert_eq!(support::collect(response).await.body(), "fine");
    let outside = tower::ServiceBuilder::new()
        .layer(FollowRedirectLayer::new())
        .layer(RaiseErrorsLayer::new())
        .service(support::client(Protocol::Http1));
    let response = outside.oneshot(request()).await.unwrap();
    assert_eq!(support::collect(response).await.body(), "fine");
}

#[tokio::test]
async fn the_errors_of_parameters_are_at_hand() {
    let server = serve(routes()).await;
    for protocol in PROTOCOLS {
        let layer = RaiseErrorsLayer::new();
        let result = call(&layer, protocol, server, Method::POST, "/fields").await;
        let error = result.unwrap_err().into_api().unwrap();
        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(error.is_validation() && error.is_request());
        assert_eq!(
            error.to_string(),
            "\n- email: is taken\n- email: is odd\n- name: is missing"
        );
        assert_eq!(
            error.envelope().message_for(&["name", "phone"]),
            "name - is missing"
        );
        assert_eq!(error.method(), Some(&Method::POST));
        assert_eq!(error.uri().to_string(), format!("http://{server}/fields"));
    }
}

#[tokio::test]
async fn head_and_body_are_what_the_server_sent() {
    let body = b"{\"error\" :\t\"\xc3\xa4\\u00e4\" }\r\n\xff";
    let head = "HTTP/1.1 401 Who are you\r\n\
        Content-Length: 26\r\n\
        Content-Type: Application/JSON ; charset=latin-1\r\n\
        Content-Encoding: identity\r\n\
        ETag: W/\"x\"\r\n\
        WWW-Authenticate: Basic realm=\"a, b\", Newauth realm=\"apps\", type=1\r\n\
        WWW-Authenticate: Negotiate\r\n\
        RateLimit-Policy: \"burst\";q=100;w=60,\"day\";q=1000;w=86400\r\n\
        RateLimit: \"burst\";r=0;t=30\r\n\
        RateLimit: \"day\";r=7;t=3600\r\n\
        Set-Cookie: a=1\r\n\
        Set-Cookie: b=2\r\n\r\n";
    let server = serve_bytes([head.as_bytes(), body].concat()).await;
    let error = fail(server, "/").await;
    assert_eq!(error.body(), &body[..]);
    assert!(!error.is_truncated());

    let sent: Vec<(String, &str)> = (head.split("\r\n").skip(1))
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value))
        .collect();
    let got = error.headers().iter();
    let got: Vec<(String, &str)> = got
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap()))
        .collect();
    assert_eq!(got, sent);
    let response = error.into_response();
    assert_eq!(response.version(), Version::HTTP_11);
    let phrase: &hyper::ext::ReasonPhrase = response.extensions().get().unwrap();
    assert_eq!(phrase.as_bytes(), b"Who are you");
}

/// The error that is raised for this response with an empty body.
fn raised(response: http::response::Builder) -> ApiError {
    let mut response = Some(response.body(Full::<Bytes>::default()).unwrap());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let call = RaiseErrorsLayer::new()
        .layer(service)
        .oneshot(Request::default());
    let result = tokio_test::block_on(call);
    result.unwrap_err().into_api().unwrap()
}

/// A text of `length` characters that are special in headers and bodies, different for each seed.
fn garbage(seed: u32, length: usize) -> String {
    const CHARACTERS: [char; 24] = [
        '"', '\\', ',', ';', '=', ' ', '\t', '{', '}', '[', ']', ':', '.', '-', '0', '9', 'r', 't',
        's', 'e', '?', '*', 'é', '€',
    ];
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        CHARACTERS[state as usize % CHARACTERS.len()]
    };
    std::iter::repeat_with(&mut next).take(length).collect()
}

#[test]
fn garbage_is_survived() {
    let names = [
        "www-authenticate",
        "ratelimit",
        "retry-after",
        "retry-after-ms",
        "x-ratelimit-reset",
        "date",
        "content-type",
    ];
    for seed in 1..4_000 {
        let mut response = Response::builder().status(429);
        for (number, name) in (0..).zip(names) {
            let value = garbage(seed + 10_000 * number, seed as usize % 40);
            response = response.header(name, value.as_bytes());
        }
        let error = raised(response);
        let _ = (
            error.retry_advice(),
            error.to_string(),
            format!("{error:?}"),
        );
    }
}

#[tokio::test]
async fn a_long_body_is_kept_up_to_the_limit() {
    let server =
        serve(Router::new().fallback(|| async { (StatusCode::CONFLICT, "x".repeat(100_000)) }))
            .await;
    for (limit, kept) in [
        (0, 0),
        (1, 1),
        (99_999, 99_999),
        (100_000, 100_000),
        (100_001, 100_000),
    ] {
        for protocol in PROTOCOLS {
            let layer = RaiseErrorsLayer::new().with_body_limit(limit);
            let result = call(&layer, protocol, server, Method::GET, "/").await;
            let error = result.unwrap_err().into_api().unwrap();
            assert_eq!(
                (error.body().len(), error.is_truncated()),
                (kept, kept < 100_000)
            );
            assert_eq!(error.status(), 409);
            assert!(error.source().is_none(), "nothing failed");
        }
    }
    assert_eq!(fail(server, "/").await.body().len(), 65_536);
}

#[tokio::test]
async fn an_answer_to_head_is_judged_by_its_head() {
    let app = Router::new().route("/", get(|| async { ([("x-a", "1")], "fine") }));
    let server = serve(app).await;
    let strict = RaiseErrorsLayer::new();
    for (layer, path) in [
        (&strict, "/nowhere"),
        (&RaiseErrorsLayer::copr(), "/nowhere"),
    ] {
        for protocol in PROTOCOLS {
            let result = call(layer, protocol, server, Method::HEAD, path).await;
            let error = result.unwrap_err().into_api().unwrap();
            assert!(error.is_no_result() && error.body().is_empty() && !error.is_truncated());
            assert_eq!(error.to_string(), "Not Found");
        }
    }
    for layer in [strict, RaiseErrorsLayer::copr()] {
        let response = call(&layer, Protocol::Http1, server, Method::HEAD, "/")
            .await
            .unwrap();
        assert_eq!(response.headers()["x-a"], "1");
    }
}

#[tokio::test]
async fn the_body_of_an_answer_to_head_is_not_waited_for() {
    let never = || {
        StreamBody::new(futures_util::stream::pending::<
            Result<Frame<Bytes>, BoxError>,
        >())
    };
    for layer in [RaiseErrorsLayer::new(), RaiseErrorsLayer::copr()] {
        let service = tower::service_fn(|_: Request<()>| async move {
            let response = Response::builder().status(404).body(never()).unwrap();
            Ok::<_, Infallible>(response)
        });
        let request = Request::head("/").body(()).unwrap();
        let mut call = tokio_test::task::spawn(layer.layer(service).oneshot(request));
        assert!(tokio_test::assert_ready!(call.poll())
            .unwrap_err()
            .into_api()
            .unwrap()
            .is_no_result());
    }
}

#[tokio::test]
async fn trailers_are_kept() {
    let service = tower::service_fn(|_: Request<hyper::body::Incoming>| async {
        let sum = HeaderMap::from_iter([("x-sum".parse().unwrap(), "17".parse().unwrap())]);
        let frames = [
            Ok::<_, BoxError>(Frame::data(Bytes::from("busy"))),
            Ok(Frame::trailers(sum)),
        ];
        let body = StreamBody::new(futures_util::stream::iter(frames));
        Ok::<_, BoxError>(Response::builder().status(503).body(body).unwrap())
    });
    let server = serve(service).await;
    let result = call(
        &RaiseErrorsLayer::new(),
        Protocol::Http2,
        server,
        Method::GET,
        "/",
    )
    .await;
    let error = result.unwrap_err().into_api().unwrap();
    assert_eq!(error.trailers().unwrap()["x-sum"], "17");
    assert_eq!(error.body(), "busy");
}

#[tokio::test]
async fn a_404_can_be_none() {
    let server = serve(routes()).await;
    assert!(ask(server, "/status/404")
        .await
        .optional()
        .unwrap()
        .is_none());
    assert_eq!(
        ask(server, "/ok").await.optional().unwrap().unwrap().body(),
        "fine"
    );
    let error = ask(server, "/status/403").await.optional().unwrap_err();
    assert!(error.api().unwrap().is_auth());

    let without_answer: Raised<()> = Err(RaisedError::Api(fail(server, "/status/404").await));
    assert!(without_answer.optional().unwrap().is_none());
    let alone: Result<(), ApiError> = Err(fail(server, "/status/404").await);
    assert!(alone.optional().unwrap().is_none());
    let alone: Result<(), ApiError> = Err(fail(server, "/status/410").await);
    assert_eq!(alone.optional().unwrap_err().status(), 410);
}

#[tokio::test]
async fn an_error_without_an_answer_is_the_one_of_the_service() {
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = ask(closed, "/").await.unwrap_err();
    assert!(error.api().is_none());
    let mut sources = std::iter::successors(error.source(), |error| (**error).source());
    assert!(
        sources.any(|error| error.is::<std::io::Error>()),
        "{error:?}"
    );
    let RaisedError::Service(error) = error else {
        panic!()
    };
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_service_that_is_not_ready_fails_as_it_did() {
    let (mut service, mut handle) =
        tower_test::mock::spawn_layer::<Request<()>, Response<Full<Bytes>>, _>(
            RaiseErrorsLayer::new(),
        );
    handle.allow(0);
    tokio_test::assert_pending!(service.poll_ready());
    handle.send_error("the pool is gone");
    let error = tokio_test::assert_ready_err!(service.poll_ready());
    assert_eq!(error.into_boxed().to_string(), "the pool is gone");
}

#[tokio::test]
async fn in_a_box_the_error_is_found_by_its_type() {
    let server = serve(routes()).await;
    let client = tower::ServiceBuilder::new()
        .map_err(RaisedError::into_boxed)
        .layer(RaiseErrorsLayer::new())
        .timeout(Duration::from_secs(5))
        .service(support::client(Protocol::Http1));
    let mut client = tower::ServiceBuilder::new().buffer(4).service(client);
    let request = Request::get(format!("http://{server}/status/404"))
        .body(Full::<Bytes>::default())
        .unwrap();
    let error: BoxError = client
        .ready()
        .await
        .unwrap()
        .call(request)
        .await
        .unwrap_err();
    assert!(error.downcast_ref::<ApiError>().unwrap().is_no_result());
}

#[tokio::test]
async fn readers_and_predicates_of_the_user_have_their_say() {
    struct LinePrinter;
    impl ErrorReader for LinePrinter {
        fn name(&self) -> &'static str {
            "line-printer"
        }
        fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
            Some(Envelope::new(response.status(), "paper").with_field("tray", "is empty"))
        }
    }
    let server = serve(routes()).await;
    let layer = RaiseErrorsLayer::new()
        .with_reader(LinePrinter)
        .with_predicate(|head| head.status != StatusCode::CONFLICT);
    let error = call(&layer, Protocol::Http1, server, Method::GET, "/status/400")
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "\n- paper\n- tray: is empty");
    let error = error.into_api().unwrap();
    assert!(error.is_validation());
    assert_eq!(error.envelope().origin(), Origin::Wire("line-printer"));
    let response = call(&layer, Protocol::Http1, server, Method::GET, "/status/409")
        .await
        .unwrap();
    assert_eq!(response.body(), r#"{"error":"This is 409 Conflict"}"#);
}

#[tokio::test]
async fn an_error_that_an_inner_layer_read_is_not_read_again() {
    let server = serve(routes()).await;
    let client = tower::ServiceBuilder::new()
        .layer(RaiseErrorsLayer::new())
        .layer(
            ErrorEnvelopeLayer::client()
                .map_envelope(|envelope, _| envelope.with_error_type("mine")),
        )
        .service(support::client(Protocol::Http1));
    let request = Request::get(format!("http://{server}/status/403"))
        .body(Full::<Bytes>::default())
        .unwrap();
    let error = client
        .oneshot(request)
        .await
        .unwrap_err()
        .into_api()
        .unwrap();
    assert_eq!(error.envelope().error_type().as_str(), "mine");
    assert_eq!(
        error.body(),
        r#"{"_error_message":"This is 403 Forbidden","_error_type":"mine"}"#
    );
}

/// A server that counts its connections.
async fn counting(app: Router) -> (SocketAddr, Arc<AtomicUsize>) {
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            let service = hyper_util::service::TowerToHyperService::new(app.clone());
            let stream = hyper_util::rt::TokioIo::new(stream);
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(stream, service),
            );
        }
    });
    (address, connections)
}

#[tokio::test]
async fn a_thousand_errors_need_one_connection() {
    let (server, connections) = counting(routes()).await;
    let mut client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http1));
    for number in 0..1000 {
        let path = if number % 2 == 0 {
            "/status/429"
        } else {
            "/nowhere"
        };
        let request = Request::get(format!("http://{server}{path}"))
            .body(Full::<Bytes>::default())
            .unwrap();
        let error = client
            .ready()
            .await
            .unwrap()
            .call(request)
            .await
            .unwrap_err();
        assert!(
            error.api().is_some_and(|error| !error.is_truncated()),
            "{error:?}"
        );
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_is_too_long_does_not_stall_the_pool() {
    let endless = || async {
        let chunks = futures_util::stream::repeat_with(|| {
            Ok::<_, BoxError>(Bytes::from(vec![b'x'; 16 * 1024]))
        });
        (
            StatusCode::BAD_GATEWAY,
            axum::body::Body::from_stream(chunks),
        )
    };
    let app = routes().route("/endless", get(endless));
    let (server, connections) = counting(app).await;
    let mut client = RaiseErrorsLayer::new().layer(support::client(Protocol::Http1));
    let calls = async {
        for _ in 0..20 {
            for (path, kept) in [("/endless", 65_536), ("/status/500", 45)] {
                let request = Request::get(format!("http://{server}{path}"))
                    .body(Full::<Bytes>::default())
                    .unwrap();
                let error = client
                    .ready()
                    .await
                    .unwrap()
                    .call(request)
                    .await
                    .unwrap_err();
                assert_eq!(error.api().unwrap().body().len(), kept, "{path}");
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), calls)
        .await
        .expect("no call to wait for ever");
    let connections = connections.load(Ordering::SeqCst);
    assert!(
        (20..=40).contains(&connections),
        "each long body costs its connection: {connections}"
    );
}

#[tokio::test]
async fn dropping_the_call_half_way_drops_the_body() {
    struct Told(#[allow(dead_code, reason = "to be dropped")] tokio::sync::mpsc::Sender<()>);
    impl http_body::Body for Told {
        type Data = Bytes;
        type Error = BoxError;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            std::task::Poll::Pending
        }
    }
    let (told, mut dropped) = tokio::sync::mpsc::channel(1);
    let mut response = Some(Response::builder().status(500).body(Told(told)).unwrap());
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, BoxError>(response.take().unwrap()))
    });
    let mut call = tokio_test::task::spawn(
        RaiseErrorsLayer::new()
            .layer(service)
            .oneshot(Request::default()),
    );
    tokio_test::assert_pending!(call.poll());
    drop(call);
    assert_eq!(dropped.recv().await, None);
}

#[tokio::test]
async fn an_error_is_one_word_and_goes_anywhere() {
    fn goes_anywhere<T: Error + Send + Sync + 'static>() {}
    goes_anywhere::<ApiError>();
    goes_anywhere::<RaisedError<legacy::Error>>();
    let word = size_of::<usize>();
    assert_eq!(size_of::<ApiError>(), word);
    assert_eq!(size_of::<Result<(), ApiError>>(), word);
    assert_eq!(size_of::<Result<String, ApiError>>(), size_of::<String>());
    assert_eq!(size_of::<RaisedError<BoxError>>(), 2 * word);

    fn is_a_service<T: Clone + Send + Sync + Unpin + 'static>(_: &T) {}
    is_a_service(&RaiseErrorsLayer::new().layer(support::client(Protocol::Http1)));
}

#[tokio::test]
async fn the_whole_response_can_be_read_again() {
    let server = serve(routes()).await;
    let error = fail(server, "/status/418").await;
    let again = error.response().clone().map(Full::new);
    let body = again.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(&body, error.body());
}

#[tokio::test]
async fn a_stream_of_documents_is_not_held_back_while_errors_in_successes_are_looked_for() {
    let event = r#"{"type":"ADDED","object":{"name":"a"}}"#;
    let service = tower::service_fn(move |_: Request<()>| {
        let first = futures_util::stream::iter([Ok::<_, Infallible>(Frame::data(event.into()))]);
        let body = StreamBody::new(first.chain(futures_util::stream::pending()));
        let response = Response::builder().header("content-type", "application/json");
        std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
    });
    let layer = RaiseErrorsLayer::new().with_errors_in_success();
    let client = layer.layer(service);
    let mut body = client.oneshot(Request::new(())).await.unwrap().into_body();
    let frame: Frame<Bytes> = body.frame().await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), event);
}

/// The result of the layer for a JSON response that arrives in these frames and then stalls or ends.
fn of_frames(
    layer: &RaiseErrorsLayer,
    status: u16,
    frames: &[&'static str],
    stalls: bool,
) -> Option<Result<String, ApiError>> {
    let frames: Vec<_> = frames
        .iter()
        .map(|text| Bytes::from_static(text.as_bytes()))
        .collect();
    let frames =
        futures_util::stream::iter(frames).map(|data| Ok::<_, Infallible>(Frame::data(data)));
    let rest = match stalls {
        true => futures_util::stream::pending().boxed(),
        false => futures_util::stream::empty().boxed(),
    };
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    let mut response = Some(response.body(StreamBody::new(frames.chain(rest))).unwrap());
    let service = layer.layer(tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
    }));
    let raised = service.oneshot(Request::new(())).now_or_never()?;
    Some(match raised {
        Ok(response) if stalls => Ok(response.status().to_string()),
        Ok(response) => {
            let body = response.into_body().collect().now_or_never().unwrap();
            Ok(String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap())
        }
        Err(error) => Err(error.into_api().unwrap()),
    })
}

#[test]
fn a_success_is_not_read_unless_errors_in_it_are_asked_for() {
    let layer = RaiseErrorsLayer::new();
    assert!(of_frames(&layer, 200, &["{"], true).is_some());
    let failed = r#"{"ok":false,"error":"not_authed"}"#;
    assert_eq!(
        of_frames(&layer, 200, &[failed], false).unwrap().unwrap(),
        failed
    );
    let looking = layer.with_errors_in_success();
    assert!(of_frames(&looking, 200, &[failed], false).unwrap().is_err());
}

#[test]
fn an_error_status_with_a_body_like_data_is_an_error() {
    let looking = RaiseErrorsLayer::new().with_errors_in_success();
    let error = of_frames(
        &looking,
        500,
        &[r#"["the printer"#, r#" is on fire"]"#],
        false,
    );
    let error = error.unwrap().unwrap_err();
    assert_eq!(error.body(), r#"["the printer is on fire"]"#);
    assert_eq!(error.to_string(), "the printer is on fire");
}

#[test]
fn a_success_longer_than_the_limit_is_data() {
    let failed = r#"{"ok":false,"error":"not_authed"}"#;
    let looking = RaiseErrorsLayer::new().with_errors_in_success();
    let looking = looking.with_body_limit(failed.len());
    let data = of_frames(&looking, 200, &[failed, "   "], false);
    assert_eq!(data.unwrap().unwrap(), format!("{failed}   "));
}

#[test]
fn debug_output_names_the_configuration() {
    let printed = format!("{:?}", RaiseErrorsLayer::new().with_body_limit(7));
    assert!(
        printed.starts_with("RaiseErrorsLayer {") && printed.contains('7'),
        "{printed}"
    );
}

//! The decisions without tower: they equal those of the layer, for any split of the body.

use std::convert::Infallible;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, Version,
};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use proptest::prelude::*;
use tower::{Layer, ServiceExt};
use tower_error_envelope::exchange::{Answer, AnswerBody, BodyHint, Cut, Head, Normaliser};
use tower_error_envelope::read::ErrorReader;
use tower_error_envelope::write::{Clustr, Problem};
use tower_error_envelope::{
    Client, Envelope, ErrorEnvelopeLayer, Masked, Masking, ResponseOrigin, SameBody, Server,
};

/// A response that was sent: its head, its bytes, and whether it ends with its head.
#[derive(Debug, PartialEq)]
struct Sent {
    status: StatusCode,
    headers: HeaderMap,
    envelope: Option<Envelope>,
    masked: Option<Masked>,
    body: Bytes,
}

#[derive(Clone, Debug)]
struct Exchange {
    request: RequestHead,
    status: u16,
    headers: Vec<(HeaderName, HeaderValue)>,
    frames: Vec<Bytes>,
}

#[derive(Clone, Debug)]
struct RequestHead {
    method: Method,
    version: Version,
    uri: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
}

fn header(pair: &(&'static str, &'static str)) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(pair.0),
        HeaderValue::from_static(pair.1),
    )
}

fn pairs(
    choices: &'static [(&'static str, &'static str)],
) -> impl Strategy<Value = Vec<(HeaderName, HeaderValue)>> {
    prop::collection::vec(
        prop::sample::select(choices).prop_map(|pair| header(&pair)),
        0..3,
    )
}

fn request_head() -> impl Strategy<Value = RequestHead> {
    const CLAIMS: &[(&str, &str)] = &[
        ("content-type", "application/grpc"),
        ("content-type", "application/grpc-web+proto"),
        ("content-type", "application/connect+json"),
        ("content-type", "application/json"),
        ("connect-protocol-version", "1"),
        ("accept", "text/html"),
        ("accept", "application/problem+json"),
    ];
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::CONNECT];
    let versions = [Version::HTTP_11, Version::HTTP_2];
    (
        prop::sample::select(methods.to_vec()),
        prop::sample::select(versions.to_vec()),
        prop::sample::select(vec!["/", "/x?connect=v1"]),
        pairs(CLAIMS),
    )
        .prop_map(|(method, version, uri, headers)| RequestHead {
            method,
            version,
            uri,
            headers,
        })
}

fn exchange() -> impl Strategy<Value = Exchange> {
    const LABELS: &[(&str, &str)] = &[
        ("content-type", "application/json"),
        ("content-type", "text/html"),
        ("content-type", "text/event-stream"),
        ("content-type", "application/grpc"),
        ("grpc-status", "5"),
        ("cache-control", "no-transform"),
        ("etag", "\"x\""),
    ];
    const BODIES: &[&str] = &[
        "",
        "No such printer",
        r#"{"error": "It is busy"}"#,
        r#"{"code":"not_found","message":"No such printer"}"#,
        r#"{"_error_message":"Gone","_error_type":"clustr.exceptions.Gone"}"#,
        r#"{"ok": false, "error": "not_authed"}"#,
        "<html><title>404 Not Found</title></html>",
        "{\"type\":\"ADDED\"}\n{\"type\":\"ADDED\"}\n",
        ": hi\n\ndata: {\"error\":\"It is busy\"}\n\n: more\n\n",
    ];
    let statuses = [200, 204, 302, 400, 404, 422, 500, 503, 599];
    let body = (
        prop::sample::select(BODIES),
        prop::collection::vec(0usize..60, 0..4),
    );
    (
        request_head(),
        prop::sample::select(statuses.to_vec()),
        pairs(LABELS),
        body.prop_map(|(body, cuts)| split(body, cuts)),
    )
        .prop_map(|(request, status, headers, frames)| Exchange {
            request,
            status,
            headers,
            frames,
        })
}

/// `body` in frames, cut at these places.
fn split(body: &'static str, mut cuts: Vec<usize>) -> Vec<Bytes> {
    cuts.extend([0, body.len()]);
    cuts.iter_mut()
        .for_each(|cut| *cut = (*cut).min(body.len()));
    cuts.sort_unstable();
    let bytes = Bytes::from_static(body.as_bytes());
    cuts.windows(2)
        .map(|cut| bytes.slice(cut[0]..cut[1]))
        .collect()
}

impl Exchange {
    fn response<B>(&self, body: B) -> Response<B> {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        for (name, value) in &self.headers {
            response.headers_mut().append(name, value.clone());
        }
        response
    }

    fn request(&self) -> Request<()> {
        let head = &self.request;
        let mut request = Request::builder()
            .method(head.method.clone())
            .version(head.version)
            .uri(head.uri)
            .body(())
            .unwrap();
        for (name, value) in &head.headers {
            request.headers_mut().append(name, value.clone());
        }
        request
    }

    /// The response that the layer sends.
    fn through_layer(&self, side: Side) -> Sent {
        let frames = self.frames.clone().into_iter().map(Frame::data);
        let frames = futures_util::stream::iter(frames.map(Ok::<_, Infallible>));
        let mut response = Some(self.response(StreamBody::new(frames).boxed_unsync()));
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Ok::<_, Infallible>(response.take().unwrap()))
        });
        let request = self.request();
        let response = match side {
            Side::Server => tokio_test::block_on(side.server().layer(service).oneshot(request)),
            Side::Client => tokio_test::block_on(side.client().layer(service).oneshot(request)),
        };
        let (parts, body) = response.unwrap().into_parts();
        let body = tokio_test::block_on(body.collect()).unwrap().to_bytes();
        Sent::new(parts, body)
    }

    /// The response of an engine that gets the same head and the same frames.
    fn through_normaliser(&self, side: Side) -> Sent {
        let normaliser: Normaliser = match side {
            Side::Server => side.server().into(),
            Side::Client => side.client().into(),
        };
        let request = self.request();
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let caller = normaliser.caller(method, request.version(), uri, headers);
        let (mut parts, ()) = self.response(()).into_parts();
        let whole = Bytes::from(self.frames.concat());
        let answer = match normaliser.head(caller, &mut parts, BodyHint::default()) {
            Head::Pass => {
                let other = normaliser.trailers_for_other(caller, &whole);
                return Sent::new(parts, other.map_or(whole, |_| Bytes::new()));
            }
            Head::Answer(answer) => answer,
            Head::Read(mut reading) => {
                let mut frames = self.frames.iter().cloned();
                let known = frames.find_map(|frame| reading.push(frame));
                known.unwrap_or_else(|| reading.end(Ok(())))
            }
        };
        let Answer { parts, body, .. } = answer;
        match body {
            AnswerBody::Full(bytes) => Sent::new(parts, bytes),
            AnswerBody::HeadOnly | AnswerBody::EndsWithHead => Sent::new(parts, Bytes::new()),
            AnswerBody::Inner(read) => {
                assert!(whole.starts_with(&read), "{read:?}");
                Sent::new(parts, whole)
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Side {
    Server,
    Client,
}

impl Side {
    fn server(self) -> ErrorEnvelopeLayer<SameBody<Server>> {
        ErrorEnvelopeLayer::new()
            .with_dialect(Clustr)
            .with_dialect(Problem)
            .with_same_body()
    }

    fn client(self) -> ErrorEnvelopeLayer<SameBody<Client>> {
        ErrorEnvelopeLayer::client()
            .with_same_body()
            .with_errors_in_success()
    }
}

impl Sent {
    /// The metadata of an `ErrorInfo` is a map without an order, so of details only the length is compared.
    fn new(mut parts: http::response::Parts, body: Bytes) -> Self {
        let text = String::from_utf8_lossy(&body).into_owned();
        let details = text
            .split_once(r#""details":"#)
            .map(|(before, details)| (before.to_owned(), details.len()));
        let body = details.map_or(body, |(before, length)| format!("{before}{length}").into());
        if let Some(details) = parts.headers.get_mut("grpc-status-details-bin") {
            *details = HeaderValue::from(details.len());
        }
        Self {
            status: parts.status,
            headers: parts.headers,
            envelope: parts.extensions.get().cloned(),
            masked: parts.extensions.get().cloned(),
            body,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_layer_answers_as_an_engine_that_pushes_frames(exchange in exchange()) {
        for side in [Side::Server, Side::Client] {
            prop_assert_eq!(exchange.through_layer(side), exchange.through_normaliser(side));
        }
    }

    #[test]
    fn the_split_of_a_body_changes_nothing(exchange in exchange()) {
        let mut whole = exchange.clone();
        whole.frames = vec![Bytes::from(exchange.frames.concat())];
        for side in [Side::Server, Side::Client] {
            prop_assert_eq!(exchange.through_normaliser(side), whole.through_normaliser(side));
        }
    }
}

/// The answer of `normaliser` to `GET /`, for a response with this head and this body.
fn answer(normaliser: &Normaliser, response: Response<&'static str>) -> Answer {
    let uri = Uri::from_static("/");
    let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &uri, &HeaderMap::new());
    let (mut parts, body) = response.into_parts();
    match normaliser.head(caller, &mut parts, BodyHint::default()) {
        Head::Read(mut reading) => {
            let known = reading.push(body.into());
            known.unwrap_or_else(|| reading.end(Ok(())))
        }
        head => panic!("{head:?}"),
    }
}

fn text(answer: &Answer) -> &str {
    match &answer.body {
        AnswerBody::Full(bytes) => std::str::from_utf8(bytes).unwrap(),
        body => panic!("{body:?}"),
    }
}

#[test]
fn a_proxy_may_mask_its_upstream_and_not_itself() {
    let normaliser = Normaliser::server().with_masking(Masking::Upstream);
    let cases = [
        (None, false),
        (Some(ResponseOrigin::Upstream), false),
        (Some(ResponseOrigin::Proxy), true),
    ];
    for (origin, is_shown) in cases {
        let mut response = Response::builder()
            .status(503)
            .body("no healthy upstream")
            .unwrap();
        if let Some(origin) = origin {
            response.extensions_mut().insert(origin);
        }
        let answer = answer(&normaliser, response);
        assert_eq!(
            text(&answer).contains("no healthy upstream"),
            is_shown,
            "{origin:?}"
        );
        assert_eq!(answer.original.is_some(), !is_shown, "{origin:?}");
    }
}

#[test]
fn a_body_that_is_cut_leaves_the_envelope_of_the_status() {
    let normaliser = Normaliser::server().with_body_limit(8);
    let response = |body| Response::builder().status(404).body(body).unwrap();
    let short = answer(&normaliser, response("no disk"));
    assert!(text(&short).contains("no disk"));
    let long = answer(&normaliser, response("no such printer"));
    assert!(text(&long).contains("Not Found"));

    let uri = Uri::from_static("/");
    let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &uri, &HeaderMap::new());
    let (mut parts, _) = response("").into_parts();
    let Head::Read(mut reading) = normaliser.head(caller, &mut parts, BodyHint::default()) else {
        panic!("the body has to be read");
    };
    assert!(reading.push("no".into()).is_none());
    assert!(text(&reading.end(Err(Cut::Broken))).contains("Not Found"));
}

/// An engine may have frames at hand that it does not need any more.
#[test]
fn after_the_answer_further_frames_count_for_nothing() {
    let events = [("content-type", "text/event-stream")];
    let json = [("content-type", "application/json")];
    let client = || Normaliser::client().with_errors_in_success();
    for (status, headers, frames) in [
        (404, &[][..], ["no such printer", "more"]),
        (
            404,
            &events,
            [
                "data: {\"error\":\"It is busy\"}\n\n",
                "data: more data\n\n",
            ],
        ),
        (200, &json, ["{\"ok\":true}", " {\"error\":\"It is busy\"}"]),
    ] {
        for limit in [8, 60] {
            let normaliser = client().with_body_limit(limit);
            let (uri, none) = (Uri::from_static("/"), HeaderMap::new());
            let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &uri, &none);
            let mut response = Response::builder().status(status).body(()).unwrap();
            response.headers_mut().extend(headers.iter().map(header));
            let (mut parts, ()) = response.into_parts();
            let hint = BodyHint::default();
            let Head::Read(mut reading) = normaliser.head(caller, &mut parts, hint) else {
                panic!("the body has to be read");
            };
            let answers = [frames[0], frames[1], frames[1], "", frames[1]];
            let answers = answers.map(|frame| reading.push(frame.into()));
            let count = answers.iter().flatten().count();
            assert!(count <= 1, "{status} {headers:?} {limit}: {answers:?}");
        }
    }
}

#[test]
fn a_panicking_hook_loses_no_response() {
    let normaliser = Normaliser::server()
        .map_envelope(|_, _| panic!("map_envelope"))
        .on_error(|_| panic!("on_error"))
        .with_predicate(|_, _| panic!("with_predicate"));
    let response = Response::builder()
        .status(500)
        .body("password=hunter2")
        .unwrap();
    let answer = answer(&normaliser, response);
    assert_eq!(answer.parts.status, 500);
    assert!(text(&answer).contains("Internal Server Error"));
}

/// A reader of the user that panics.
struct Faulty;

impl ErrorReader for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn read(&self, _: &Response<Bytes>) -> Option<Envelope> {
        panic!("ErrorReader")
    }
}

#[test]
fn a_panicking_reader_loses_no_response() {
    let error = Response::builder()
        .status(404)
        .body("No such printer")
        .unwrap();
    let error = answer(&Normaliser::server().with_reader(Faulty), error);
    assert!(text(&error).contains("No such printer"));

    let client = Normaliser::client().with_reader(Faulty);
    let success = |body| {
        let response = Response::builder().header("content-type", "application/json");
        answer(
            &client.clone().with_errors_in_success(),
            response.body(body).unwrap(),
        )
    };
    let failed = success(r#"{"ok": false, "error": "not_authed"}"#);
    assert_eq!(failed.parts.status, 401);
    let data = success(r#"{"printers": []}"#);
    assert!(matches!(data.body, AnswerBody::Inner(_)));
}

#[test]
fn an_engine_masks_the_status_in_trailers_if_configured() {
    for (normaliser, message) in [
        (Normaliser::server(), "db01 is gone"),
        (
            Normaliser::server().with_masked_statuses(),
            "Internal Server Error",
        ),
    ] {
        let headers = HeaderMap::from_iter([(
            http::header::CONTENT_TYPE,
            "application/grpc".parse().unwrap(),
        )]);
        let uri = "/a.B/C".parse().unwrap();
        let caller = normaliser.caller(&Method::POST, Version::HTTP_2, &uri, &headers);
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", "13".parse().unwrap());
        trailers.insert("grpc-message", "db01 is gone".parse().unwrap());
        normaliser.trailers(caller, &mut trailers);
        assert_eq!(trailers["grpc-message"], message);
    }
}

/// Otherwise its client reads the text as the beginning of a message.
#[cfg(feature = "tonic")]
#[test]
fn a_body_that_is_only_labelled_as_grpc_becomes_trailers() {
    let client = Normaliser::client();
    let said = |label: &'static str, body: &'static [u8]| {
        let label = HeaderValue::from_static(label);
        let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, label)]);
        let uri = Uri::from_static("/a.B/C");
        let caller = client.caller(&Method::POST, Version::HTTP_2, &uri, &headers);
        client.trailers_for_other(caller, &Bytes::from_static(body))
    };
    let trailers = said("application/grpc", b"Log in").unwrap();
    assert_eq!(trailers["grpc-status"], "2");
    let message = trailers["grpc-message"].to_str().unwrap();
    assert!(message.ends_with("Log in"), "{message}");
    assert_eq!(said("application/grpc", b"\0\0\0\0\0"), None);
    assert_eq!(said("application/grpc", b""), None);
    assert_eq!(said("application/json", b"Log in"), None);
}

#[test]
fn the_hook_for_service_errors_replaces_their_text() {
    let busy = || Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "The pool is busy");
    let normaliser = Normaliser::server().with_service_error(move |_| Some(busy()));
    let headers = HeaderMap::new();
    let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::default(), &headers);
    let answer = normaliser.service_error(caller, None, "connect to 10.0.0.7: refused".into());
    let body = r#"{"_error_message":"The pool is busy","_error_type":"clustr.exceptions.ServiceUnavailable"}"#;
    assert_eq!((answer.parts.status.as_u16(), text(&answer)), (503, body));
}

#[cfg(feature = "tonic")]
#[test]
fn a_status_in_the_extensions_of_an_http_error_is_ignored() {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::NOT_FOUND;
    let stray = tonic::Status::permission_denied("postgres://root:hunter2@db");
    response.extensions_mut().insert(stray);
    let (mut parts, _) = response.into_parts();
    let (normaliser, headers) = (Normaliser::server(), HeaderMap::new());
    let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::default(), &headers);
    let hint = BodyHint {
        ended: true,
        length: Some(0),
    };
    let Head::Answer(answer) = normaliser.head(caller, &mut parts, hint) else {
        panic!("it has no body");
    };
    let body = r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;
    assert_eq!(text(&answer), body);
}

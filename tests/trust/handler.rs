//! Mistakes of the author of a handler do no harm.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{header, HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Version};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::{BoxError, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

use crate::exchange::{answer, exchange, request, Inside, Script, Seen};

/// Status, headers and body.
type Answer<'a> = (u16, &'a [(&'a str, &'a str)], &'a str);

fn ask(method: &str, inside: Inside) -> Seen {
    let request = request(method, Version::HTTP_11, "/x", &[]);
    exchange(&ErrorEnvelopeLayer::new(), request, inside)
}

fn carrying(envelope: Envelope) -> Inside {
    let mut response = Response::new(Script::of("old"));
    *response.status_mut() = envelope.status();
    response.extensions_mut().insert(envelope);
    Inside::Answers(response)
}

/// Headers with the length, the coding or the type of the body.
const FRAMING: [(&str, &str); 16] = [
    ("content-length", "2"),
    ("transfer-encoding", "chunked"),
    ("content-encoding", "gzip"),
    ("content-type", "text/html"),
    ("content-range", "bytes 0-1/2"),
    ("content-location", "/x"),
    ("content-language", "de"),
    ("content-disposition", "attachment"),
    ("content-md5", "AA=="),
    ("content-digest", "sha-256=:AA==:"),
    ("repr-digest", "sha-256=:AA==:"),
    ("digest", "sha-256=AA=="),
    ("etag", "\"x\""),
    ("last-modified", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ("accept-ranges", "bytes"),
    ("trailer", "x-sum"),
];

#[test]
fn a_header_of_an_envelope_frames_no_body() {
    for (name, value) in FRAMING {
        let envelope = Envelope::new(StatusCode::NOT_FOUND, "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
            .with_header(name, value);
        let mapping = {
            let (name, value): (HeaderName, _) =
                (name.parse().unwrap(), HeaderValue::from_static(value));
            ErrorEnvelopeLayer::new()
                .map_envelope(move |envelope, _| envelope.with_header(name.clone(), value.clone()))
        };
        let ask =
            |layer: &_, inside| exchange(layer, request("GET", Version::HTTP_11, "/", &[]), inside);
        let carried = ask(&ErrorEnvelopeLayer::new(), carrying(envelope));
        let mapped = ask(&mapping, answer(404, &[], "gone"));
        for seen in [carried, mapped] {
            let sent = seen.header(name).filter(|sent| *sent == value);
            assert_eq!(sent, None, "{name}");
            assert_eq!(
                seen.header("content-type"),
                Some("application/json"),
                "{name}"
            );
        }
    }
}

#[test]
fn head_has_the_head_of_get() {
    let fields = r#"{"name": ["too long"]}"#;
    let documented = r#"{"_error_message":"m","_error_type":"t"}"#;
    let json = ("content-type", "application/json");
    let cases: [Answer<'_>; 12] = [
        (422, &[json], fields),
        (400, &[json], fields),
        (422, &[json], r#"{"error": "no"}"#),
        (500, &[json], fields),
        (
            500,
            &[json, ("content-language", "de")],
            r#"{"error": "no"}"#,
        ),
        (
            409,
            &[json, ("etag", "\"1\""), ("content-language", "de")],
            r#"{"error": "no"}"#,
        ),
        (
            404,
            &[json, ("content-language", "de")],
            r#"{"error": "no"}"#,
        ),
        (404, &[json, ("etag", "\"1\"")], documented),
        (503, &[json, ("etag", "\"1\"")], documented),
        (404, &[("content-type", "text/html")], "<html>no</html>"),
        (500, &[("content-type", "text/event-stream")], "data: x\n\n"),
        (404, &[], ""),
    ];
    for (status, headers, body) in cases {
        let [get, head] = ["GET", "HEAD"].map(|method| ask(method, answer(status, headers, body)));
        let context = format!("{status} {headers:?} {body}");
        let sorted = |seen: &Seen| {
            let headers = seen.head.headers().iter();
            let mut headers: Vec<_> = headers
                .filter(|(name, _)| **name != header::CONTENT_LENGTH)
                .map(|(name, value)| (name.to_string(), value.clone()))
                .collect();
            headers.sort();
            headers
        };
        assert_eq!(head.status(), get.status(), "{context}");
        assert_eq!(sorted(&head), sorted(&get), "{context}");
        let length = head.header("content-length");
        assert!(
            length.is_none() || length == Some(&get.body.len().to_string()),
            "{context}"
        );
        assert!(head.body.is_empty(), "{context}");
    }
}

#[test]
fn a_documented_body_loses_a_wrong_coding_and_length() {
    let body = r#"{"_error_message":"m","_error_type":"t"}"#;
    let headers = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("content-length", "2"),
    ];
    let Inside::Answers(mut response) = answer(404, &headers, body) else {
        unreachable!()
    };
    *response.version_mut() = Version::HTTP_3;
    let seen = ask("GET", Inside::Answers(response));
    assert_eq!(
        (
            seen.header("content-encoding"),
            seen.header("content-length")
        ),
        (None, None),
        "{}",
        seen.text()
    );
    assert_eq!(seen.head.version(), Version::HTTP_11);
}

#[test]
fn no_signature_stays_where_something_changed() {
    let signed = [
        ("signature", "sig1=:AA==:"),
        ("signature-input", "sig1=(\"vary\")"),
    ];
    let body = r#"{"_error_message":"m","_error_type":"t"}"#;
    let cases: [Answer<'_>; 3] = [
        (404, &[("content-type", "application/json")], body),
        (
            422,
            &[("content-type", "application/json")],
            r#"{"a": ["m"]}"#,
        ),
        (404, &[("content-type", "text/html")], "<html>no</html>"),
    ];
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(tower_error_envelope::write::Clustr)
        .with_dialect(tower_error_envelope::write::Problem);
    for (status, headers, body) in cases {
        let headers = [&signed[..], headers].concat();
        for accept in ["*/*", "text/html"] {
            let request = request("GET", Version::HTTP_11, "/x", &[("accept", accept)]);
            let seen = exchange(&layer, request, answer(status, &headers, body));
            let added =
                seen.header("vary").is_some() || seen.header("x-content-type-options").is_some();
            let signed =
                seen.header("signature").is_some() || seen.header("signature-input").is_some();
            assert!(!(added && signed), "{status} {headers:?} {accept}");
        }
    }
}

#[test]
fn a_full_map_of_headers_still_has_the_content_type() {
    let mut headers = HeaderMap::new();
    for number in 0.. {
        let name: HeaderName = format!("x-{number}").parse().unwrap();
        if headers.try_append(name, HeaderValue::from(number)).is_err() {
            break;
        }
    }
    let mut response = Response::new(Script::of("gone"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    *response.headers_mut() = headers;
    let seen = ask("GET", Inside::Answers(response));
    assert_eq!(
        (seen.status(), seen.header("content-type")),
        (404, Some("application/json"))
    );
}

#[test]
fn a_hook_that_panics_costs_no_answer() {
    let loud = |layer: ErrorEnvelopeLayer| {
        let service = tower::service_fn(|_: Request<()>| async {
            let response = Response::builder()
                .status(500)
                .body(Full::<Bytes>::from("hunter2hunter2"));
            Ok::<_, Infallible>(response.unwrap())
        });
        let answer = layer.layer(service).oneshot(Request::new(()));
        let task = async {
            answer
                .await
                .unwrap()
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| tokio_test::block_on(task)))
    };
    let hooks = [
        ErrorEnvelopeLayer::new().map_envelope(|_, _| panic!("map_envelope")),
        ErrorEnvelopeLayer::new().on_error(|_| panic!("on_error")),
    ];
    for layer in hooks {
        let body = loud(layer).expect("an answer");
        assert!(
            body.starts_with(br#"{"_error_message":"Internal Server Error""#),
            "{body:?}"
        );
    }
}

#[test]
fn words_in_quotes_are_no_directive() {
    for value in [
        "x=\"a, no-transform, b\"",
        "x=\"a, no-transform\"",
        "x=\"no-transform\"",
        "no-transform-ever",
        "x=no-transform",
    ] {
        let seen = ask("GET", answer(404, &[("cache-control", value)], "gone"));
        assert_eq!(
            seen.header("content-type"),
            Some("application/json"),
            "{value}"
        );
    }
}

#[test]
fn an_empty_text_is_not_a_message() {
    for body in ["null", "\"\"", " ", "{}", "[]"] {
        let seen = ask(
            "GET",
            answer(404, &[("content-type", "application/json")], body),
        );
        let want = r#"{"_error_message":"Not Found","_error_type":"clustr.exceptions.NotFound"}"#;
        assert_eq!(seen.text(), want, "{body}");
    }
}

#[test]
fn an_envelope_is_found_wherever_an_error_holds_it() {
    let conflict = || Envelope::new(StatusCode::CONFLICT, "taken");
    fn io(error: impl Into<BoxError>) -> std::io::Error {
        std::io::Error::other(error)
    }
    let errors: Vec<BoxError> = vec![
        conflict().into(),
        io(conflict()).into(),
        io(io(conflict())).into(),
        Box::new(Arc::new(conflict())),
        io(Arc::new(conflict())).into(),
        Box::new(Arc::new(io(conflict()))),
    ];
    for error in errors {
        let context = format!("{error:?}");
        let mut error = Some(error);
        let service = tower::service_fn(move |_: Request<()>| {
            std::future::ready(Err::<Response<Full<Bytes>>, BoxError>(
                error.take().unwrap(),
            ))
        });
        let answer = ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(()));
        assert_eq!(
            tokio_test::block_on(answer).unwrap().status(),
            409,
            "{context}"
        );
    }
}

/// A list of objects that never ends, as a watch sends it; the layer may hold back its beginning, not all of it.
#[tokio::test(start_paused = true)]
async fn a_watch_in_json_arrives_while_it_goes_on() {
    use std::time::Duration;
    let events = futures_util::stream::unfold(0, |count| async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let event = format!("{{\"type\":\"ADDED\",\"object\":{{\"n\":{count}}}}}\n");
        Some((
            Ok::<_, Infallible>(http_body::Frame::data(Bytes::from(event))),
            count + 1,
        ))
    });
    let mut body = Some(StreamBody::new(Box::pin(events)));
    let service = tower::service_fn(move |_: Request<()>| {
        let response = Response::builder().header("content-type", "application/json");
        std::future::ready(Ok::<_, Infallible>(
            response.body(body.take().unwrap()).unwrap(),
        ))
    });
    let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    let first = async {
        let response = layer
            .layer(service)
            .oneshot(Request::new(()))
            .await
            .unwrap();
        let mut body = response.into_body();
        body.frame().await.unwrap().unwrap().into_data().unwrap()
    };
    let first = tokio::time::timeout(Duration::from_secs(10), first).await;
    assert!(first
        .expect("events as they come")
        .starts_with(br#"{"type":"ADDED""#));
}

//! Law: a client reads the error that a server wrote into the last frame, for each label and each dialect.
#![cfg(all(feature = "layer", feature = "tonic"))]

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use serde_json::json;
use tower::{service_fn, BoxError, Layer, ServiceExt};
use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, OpenAi, Problem};
use tower_error_envelope::{ApiError, Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer, RaisedError};

/// A label, and the data of its stream before the failure.
const LABELS: [(&str, &[u8]); 17] = [
    ("text/event-stream", b"data: {\"token\":\"a\"}\n\n"),
    ("text/event-stream", b"data: {\"token\":"),
    ("application/x-ndjson", b"{\"token\":\"a\"}\n"),
    ("application/ndjson", b"{\"token\":"),
    ("application/jsonl", b""),
    ("application/jsonlines", b"{}\n{}\n"),
    ("application/x-jsonlines", b"{}\r\n"),
    ("application/stream+json", b"{}"),
    ("application/json-seq", b"\x1e{}\n"),
    ("application/geo+json-seq", b"\x1e{"),
    ("application/vnd.a+JSON-seq", b"\x1e{"),
    ("application/grpc", b"\0\0\0\0\x01x"),
    ("application/grpc-web+proto", b"\0\0\0\0\x01x"),
    ("application/grpc-web-text", b"AAAAAAF4"),
    ("application/grpc-web-text+proto", b"AAAAAAE=eA=="),
    ("application/connect+json", b"\0\0\0\0\x02{}"),
    ("application/connect+proto", b"\0\0\0\0\x01x"),
];

/// The parts of an error that a dialect can write in a line, beside the message and the status.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Says {
    All,
    /// No type, and no parameters apart from the message.
    Text,
    /// No parameters apart from the message.
    Type,
}

fn layers() -> [(&'static str, ErrorEnvelopeLayer, Says); 4] {
    fn of(dialect: impl ErrorWriter + 'static) -> ErrorEnvelopeLayer {
        ErrorEnvelopeLayer::new().with_dialect(dialect)
    }
    [
        ("clustr", of(Clustr), Says::All),
        ("problem", of(Problem), Says::All),
        ("copr", of(Copr), Says::Text),
        ("openai", of(OpenAi), Says::Type),
    ]
}

fn envelopes() -> Vec<Envelope> {
    let plain = |status| {
        Envelope::new(
            StatusCode::from_u16(status).unwrap(),
            "größe: 100 % zu viel",
        )
    };
    let mut envelopes: Vec<_> = (400..=429)
        .chain(500..=511)
        .chain([451, 499, 529])
        .map(plain)
        .collect();
    envelopes.extend([
        plain(429).with_header("retry-after", 7),
        plain(402).with_error_type("shop.NoCredit"),
        // Members with the names in which the head of the error is written.
        plain(409).with_member("status", "closed"),
        plain(409).with_member("status", 404),
        plain(409).with_member("status", "404"),
        plain(409).with_member("status", 404.0),
        plain(409).with_member("code", 404),
        plain(409).with_member("retry_after", 7),
        plain(409).with_member("status", json!(null)),
        plain(402)
            .with_error_type("shop.NoCredit")
            .with_member("status", 200),
        plain(429)
            .with_header("retry-after", 7)
            .with_member("retry_after", "soon"),
        plain(409).with_error_type("https://shop.example/sold-out"),
        plain(404).with_error_type("/probs/gone"),
        plain(409)
            .with_member("balance", 30)
            .with_member("accounts", json!(["a", {"b": null}])),
        plain(503)
            .with_error_type("OVERLOADED")
            .with_header("retry-after", 1),
        Envelope::from_status(StatusCode::GONE),
        Envelope::validation([
            ("email", "is taken"),
            ("email", "is too long"),
            ("items.0.name", "is missing"),
        ]),
    ]);
    envelopes
}

/// The error that a client raises from the stream of a server.
async fn through(
    server: ErrorEnvelopeLayer,
    label: &'static str,
    data: &'static [u8],
    error: Envelope,
) -> Option<ApiError> {
    let stream = service_fn(move |_: Request<()>| {
        let frames = [
            Ok(Frame::data(Bytes::from_static(data))),
            Err(BoxError::from(error.clone())),
        ];
        let body = StreamBody::new(futures_util::stream::iter(frames));
        let response = Response::builder().header("content-type", label).body(body);
        std::future::ready(Ok::<_, Infallible>(response.unwrap()))
    });
    let stream = server.with_last_frame().layer(stream);
    let client = RaiseErrorsLayer::new()
        .with_errors_in_streams()
        .layer(stream);
    let request = Request::post("/a.B/C")
        .version(Version::HTTP_2)
        .header("content-type", label);
    let mut body = client
        .oneshot(request.body(()).unwrap())
        .await
        .unwrap()
        .into_body();
    loop {
        match body.frame().await {
            None | Some(Err(RaisedError::Service(_))) => return None,
            Some(Ok(_)) => {}
            Some(Err(RaisedError::Api(error))) => return Some(error),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_that_is_written_is_the_error_that_is_read() {
    let mut read = 0;
    for (dialect, layer, says) in layers() {
        for (label, data) in LABELS {
            for sent in envelopes() {
                let context = format!("{dialect} {label} {sent:?}");
                let error = through(layer.clone(), label, data, sent.clone()).await;
                let error = error.unwrap_or_else(|| panic!("data: {context}"));
                let got = error.envelope();
                let is_rpc = label.contains("grpc") || label.contains("connect");
                assert_eq!(error.status(), got.status(), "{context}");
                assert_eq!(got.status(), sent.status(), "{context} {got:?}");
                let says = if is_rpc { Says::All } else { says };
                if says == Says::All {
                    assert_eq!(got.message(), sent.message(), "{context} {got:?}");
                    assert_eq!(got.field_errors(), sent.field_errors(), "{context} {got:?}");
                }
                // Without a type, gRPC has the name of its code, and OpenAI a type for each status.
                let is_typed =
                    Envelope::from_status(sent.status()).error_type() != sent.error_type();
                if is_typed && says != Says::Text || says == Says::All && !is_rpc {
                    assert_eq!(got.error_type(), sent.error_type(), "{context} {got:?}");
                }
                for name in ["balance", "accounts"] {
                    assert_eq!(
                        got.members().get(name),
                        sent.members().get(name),
                        "{context} {got:?}"
                    );
                }
                assert!(
                    error.to_string().contains(sent.message()) || !sent.field_errors().is_empty(),
                    "{context} {error}"
                );
                let advice = error
                    .retry_advice()
                    .delay()
                    .filter(|delay| *delay > Duration::ZERO);
                assert_eq!(
                    advice,
                    sent.retry_advice()
                        .delay()
                        .filter(|delay| *delay > Duration::ZERO),
                    "{context} {got:?}"
                );
                read += 1;
            }
        }
    }
    println!("{read} last frames read");
}

/// An event or a line of more than 64 KiB would be data.
#[tokio::test(start_paused = true)]
async fn a_long_error_is_cut_so_that_clients_read_it() {
    let long = || "größer ".repeat(20_000);
    let gone = || Envelope::new(StatusCode::GONE, "gone").with_header("retry-after", 7);
    for (what, sent) in [
        ("message", gone().with_message(long())),
        ("escapes", gone().with_message("\u{1}<".repeat(20_000))),
        ("member", gone().with_member("log", long())),
        ("type", gone().with_error_type(long())),
        (
            "parameters",
            (0..5000).fold(gone(), |error, number| {
                error.with_field(format!("field_{number}"), "is too long")
            }),
        ),
    ] {
        for (dialect, layer, _) in layers() {
            for (label, data) in LABELS {
                let error = through(layer.clone(), label, data, sent.clone()).await;
                let error = error.unwrap_or_else(|| panic!("data: {what} {dialect} {label}"));
                if !label.contains("grpc") && !label.contains("connect") {
                    assert_eq!(error.status(), 410, "{what} {dialect} {label}");
                    assert!(error.body().len() <= 65_536 && error.retry_advice().delay().is_some());
                }
            }
        }
    }
}

#[test]
fn a_line_with_a_title_and_a_status_is_data() {
    for data in [
        r#"{"title":"Not Found","status":404,"url":"https://shop.example/x"}"#,
        r#"{"title":"Intro","status":"published","type":"article"}"#,
        r#"{"type":"https://schema.example/page","title":"A page","status":200}"#,
        r#"{"type":"page","title":"A page","status":404}"#,
    ] {
        assert_eq!(Envelope::from_event(None, data), None, "{data}");
    }
    let foreign = r#"{"type":"https://shop.example/busy","title":"Busy","status":503,"detail":"Come back later","errors":[]}"#;
    let error = Envelope::from_event(None, foreign).unwrap();
    assert_eq!(
        (error.status().as_u16(), error.message()),
        (503, "Come back later")
    );
}

//! The promises also hold for any response of an upstream or a handler.

use bytes::Bytes;
use http::{HeaderMap, Response, Version};
use hyper::ext::ReasonPhrase;
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::exchange::{answer, exchange, request, Inside, Script, Step, SECRET};

fn ask(inside: Inside) -> crate::exchange::Seen {
    exchange(
        &ErrorEnvelopeLayer::new(),
        request("GET", Version::HTTP_11, "/x", &[]),
        inside,
    )
}

#[test]
fn no_label_of_an_answer_switches_masking_off() {
    let labels = [
        ("cache-control", "no-transform"),
        ("cache-control", "max-age=1, NO-TRANSFORM"),
        ("content-type", "text/event-stream"),
        ("content-type", "multipart/mixed; boundary=x"),
        ("content-type", "application/x-ndjson"),
        ("content-type", "application/jsonl"),
        ("content-type", "application/json-seq"),
        ("content-type", "application/stream+json"),
        ("content-type", "application/grpc"),
        ("content-type", "application/grpc-web+proto"),
        ("content-type", "application/connect+json"),
        ("content-encoding", "gzip"),
    ];
    for label in labels {
        for status in [500, 503, 599, 600] {
            let seen = ask(answer(status, &[label], &format!("data: {SECRET}\n\n")));
            assert!(!seen.shows_secret(), "{label:?} {status}: {}", seen.text());
            assert_eq!(seen.events.len(), 1, "{label:?} {status}");
        }
    }
}

#[test]
fn the_reason_phrase_of_an_upstream_is_masked() {
    for status in [500, 503] {
        let mut response = Response::new(Script::of("oh"));
        *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
        response
            .extensions_mut()
            .insert(ReasonPhrase::from_static(SECRET.as_bytes()));
        assert!(!ask(Inside::Answers(response)).shows_secret(), "{status}");
    }
}

#[test]
fn trailers_of_a_masked_error_fall() {
    let trailers = HeaderMap::from_iter([("x-error".parse().unwrap(), SECRET.parse().unwrap())]);
    for label in ["text/plain", "text/event-stream", "application/grpc"] {
        let steps = [
            Step::Data(Bytes::from("oh")),
            Step::Trailers(trailers.clone()),
        ]
        .into();
        let response = Response::builder()
            .status(500)
            .header("content-type", label);
        let response = response
            .body(Script {
                steps,
                is_exact: false,
            })
            .unwrap();
        let seen = ask(Inside::Answers(response));
        assert!(!seen.shows_secret() && seen.trailers.is_empty(), "{label}");
    }
}

#[cfg(feature = "tonic")]
mod metadata {
    use std::convert::Infallible;

    use http::{Request, Response, Version};
    use tonic::metadata::MetadataMap;
    use tonic::{Code, Status};
    use tower::{Layer, ServiceExt};
    use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

    use crate::exchange::Script;

    /// Names of headers that control browsers, caches and proxies.
    const UNSAFE: [&str; 24] = [
        "set-cookie",
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "clear-site-data",
        "location",
        "refresh",
        "cache-control",
        "authorization",
        "content-disposition",
        "content-encoding",
        "content-length",
        "transfer-encoding",
        "connection",
        "etag",
        "last-modified",
        "age",
        "alt-svc",
        "strict-transport-security",
        "content-security-policy",
        "x-accel-redirect",
        "x-sendfile",
        "link",
        "vary",
        "x-internal-host",
    ];

    fn status() -> Status {
        let names = UNSAFE.iter().chain(&["retry-after"]);
        let headers = names.map(|name| (name.parse().unwrap(), "1".parse().unwrap()));
        let metadata = MetadataMap::from_headers(headers.collect());
        Status::with_metadata(Code::NotFound, "No such printer", metadata)
    }

    fn assert_safe(headers: &http::HeaderMap, context: &str) {
        for name in UNSAFE {
            assert_ne!(
                headers.get(name).map(http::HeaderValue::as_bytes),
                Some(&b"1"[..]),
                "{name}: {context}"
            );
        }
        assert_eq!(headers["retry-after"], "1", "{context}");
    }

    #[test]
    fn only_safe_names_become_headers_of_an_envelope() {
        assert_safe(Envelope::from(status()).headers(), "Envelope::from");
    }

    #[test]
    fn only_safe_names_become_headers_of_an_answer() {
        let service =
            tower::service_fn(|_: Request<()>| async { Err::<Response<Script>, _>(status()) });
        let service = ErrorEnvelopeLayer::new().layer(service);
        let response = tokio_test::block_on(service.oneshot(Request::new(())));
        assert_safe(
            response
                .unwrap_or_else(|never: Infallible| match never {})
                .headers(),
            "a service error",
        );
    }

    #[test]
    fn only_safe_metadata_of_a_trailers_only_answer_becomes_headers() {
        let service = tower::service_fn(|_: Request<()>| async {
            let mut response = Response::builder()
                .version(Version::HTTP_2)
                .header("content-type", "application/grpc")
                .header("grpc-status", "5")
                .body(Script::default())
                .unwrap();
            response.extensions_mut().insert(status());
            Ok::<_, Infallible>(response)
        });
        let service = ErrorEnvelopeLayer::new().layer(service);
        let response = tokio_test::block_on(service.oneshot(Request::new(()))).unwrap();
        assert_safe(response.headers(), "the status that tonic left");
    }
}

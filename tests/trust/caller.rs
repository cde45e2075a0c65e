//! What a caller says decides the protocol and the dialect of an answer, and nothing else.

use http::Version;
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::exchange::{answer, exchange, request, Seen};

type Asking<'a> = (&'a str, Version, &'a str, &'a [(&'a str, &'a str)]);

/// Requests that claim another protocol, or ask in one.
const CLAIMS: [Asking<'_>; 16] = [
    ("GET", Version::HTTP_11, "/x?connect=v1", &[]),
    ("GET", Version::HTTP_2, "/x?encoding=json&connect=v1", &[]),
    (
        "POST",
        Version::HTTP_11,
        "/x",
        &[("connect-protocol-version", "1")],
    ),
    (
        "POST",
        Version::HTTP_11,
        "/x",
        &[
            ("connect-protocol-version", "1"),
            ("content-type", "application/json"),
        ],
    ),
    (
        "GET",
        Version::HTTP_11,
        "/x",
        &[("content-type", "application/connect+json")],
    ),
    (
        "POST",
        Version::HTTP_2,
        "/x",
        &[("content-type", "application/connect+proto")],
    ),
    (
        "PUT",
        Version::HTTP_2,
        "/x",
        &[("content-type", "application/connect+json")],
    ),
    (
        "GET",
        Version::HTTP_11,
        "/x",
        &[("content-type", "application/grpc")],
    ),
    (
        "POST",
        Version::HTTP_11,
        "/x",
        &[("content-type", "application/grpc")],
    ),
    (
        "POST",
        Version::HTTP_2,
        "/x",
        &[("content-type", "application/grpc")],
    ),
    (
        "DELETE",
        Version::HTTP_2,
        "/x",
        &[("content-type", "application/grpc+proto")],
    ),
    (
        "POST",
        Version::HTTP_11,
        "/x",
        &[("content-type", "application/grpc-web+proto")],
    ),
    (
        "PATCH",
        Version::HTTP_11,
        "/x",
        &[("content-type", "application/grpc-web-text")],
    ),
    ("CONNECT", Version::HTTP_11, "shop.example:443", &[]),
    (
        "CONNECT",
        Version::HTTP_2,
        "shop.example:443",
        &[("content-type", "application/grpc")],
    ),
    (
        "HEAD",
        Version::HTTP_11,
        "/x?connect=v1",
        &[("content-type", "application/grpc")],
    ),
];

fn ask((method, version, uri, headers): Asking<'_>, status: u16, body: &str) -> Seen {
    let request = request(method, version, uri, headers);
    let inside = answer(status, &[("content-type", "text/plain")], body);
    exchange(&ErrorEnvelopeLayer::new(), request, inside)
}

#[test]
fn no_claim_switches_masking_off() {
    for claim in CLAIMS {
        let seen = ask(claim, 500, "postgres://root:hunter2hunter2@db");
        assert!(!seen.shows_secret(), "{claim:?}: {}", seen.text());
    }
}

#[test]
fn no_claim_hides_an_error_from_the_hook() {
    for claim in CLAIMS {
        for status in [404, 500] {
            let seen = ask(claim, status, "postgres://root:hunter2hunter2@db");
            let statuses: Vec<_> = seen.events.iter().map(|event| event.status).collect();
            assert_eq!(statuses, [status], "{claim:?}");
        }
    }
}

#[test]
fn the_label_of_grpc_makes_no_success_of_an_error() {
    let labels = [
        "application/grpc",
        "application/grpc+proto",
        "Application/GRPC;charset=utf-8",
    ];
    for label in labels {
        for (method, version) in [
            ("GET", Version::HTTP_2),
            ("GET", Version::HTTP_11),
            ("HEAD", Version::HTTP_11),
            ("PUT", Version::HTTP_2),
            ("POST", Version::HTTP_11),
            ("POST", Version::HTTP_10),
            ("OPTIONS", Version::HTTP_3),
            ("CONNECT", Version::HTTP_2),
        ] {
            let seen = ask(
                (method, version, "/auth", &[("content-type", label)]),
                401,
                "Log in",
            );
            assert_eq!(seen.status(), 401, "{method} {version:?} {label}");
        }
    }
    let labels = [
        "application/grpc-web",
        "application/grpc-web+proto",
        "application/grpc-web-text",
    ];
    for label in labels {
        for method in ["GET", "HEAD", "PUT", "OPTIONS"] {
            let seen = ask(
                (
                    method,
                    Version::HTTP_11,
                    "/auth",
                    &[("content-type", label)],
                ),
                401,
                "Log in",
            );
            assert_eq!(seen.status(), 401, "{method} {label}");
        }
    }
}

#[cfg(feature = "tonic")]
#[test]
fn no_cache_keeps_an_error_that_grpc_sends_with_200() {
    for label in ["application/grpc", "application/grpc-web+proto"] {
        for status in [401, 404, 500] {
            let seen = ask(
                ("POST", Version::HTTP_2, "/x", &[("content-type", label)]),
                status,
                "x",
            );
            assert_eq!(
                (seen.status(), seen.header("cache-control")),
                (200, Some("no-store")),
                "{label} {status}"
            );
        }
    }
}

#[cfg(not(feature = "tonic"))]
#[test]
fn without_grpc_its_callers_get_errors_of_http() {
    for label in ["application/grpc", "application/grpc-web+proto"] {
        let seen = ask(
            ("POST", Version::HTTP_2, "/x", &[("content-type", label)]),
            401,
            "Log in",
        );
        assert_eq!(
            (seen.status(), seen.header("content-type")),
            (401, Some("application/json")),
            "{label}"
        );
    }
}

//! A request decides the protocol and the dialect of its answer, and nothing else.

use http::Version;
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::exchange::{answer, exchange, request, Seen};

type Asking<'a> = (&'a str, Version, &'a str, &'a [(&'a str, &'a str)]);

/// Requests that claim another protocol, or use one.
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

#[test]
fn grpc_can_be_switched_off() {
    let layer = ErrorEnvelopeLayer::new().without_grpc();
    for label in ["application/grpc", "application/grpc-web+proto"] {
        let request = request("POST", Version::HTTP_2, "/x", &[("content-type", label)]);
        let seen = exchange(&layer, request, answer(401, &[], "Log in"));
        let got = (seen.status(), seen.header("content-type"));
        assert_eq!(got, (401, Some("application/json")), "{label}");
    }
}

/// Errors of services in the protocol of their caller, as heads, trailers and JSON.
#[cfg(feature = "tonic")]
mod own_words {
    use http::{HeaderMap, Response, Version};
    use tower_error_envelope::ErrorEnvelopeLayer;

    use crate::exchange::{exchange, request, Inside, Script, Seen, Step, SECRET};

    fn call(
        layer: &ErrorEnvelopeLayer,
        headers: &[(&str, &str)],
        inside: Response<Script>,
    ) -> Seen {
        let request = request("POST", Version::HTTP_2, "/a.B/C", headers);
        exchange(layer, request, Inside::Answers(inside))
    }

    fn status(code: &str) -> HeaderMap {
        let debug_info = "CA0SDmh1bnRlcjJodW50ZXIyGkQKKHR5cGUuZ29vZ2xlYXBpcy5jb20vZ29vZ2xlLnJwYy5EZWJ1Z0luZm8SGAoKc3RhY2sgaW5mbxIKZGIgcGFzc3dk";
        HeaderMap::from_iter([
            ("grpc-status".parse().unwrap(), code.parse().unwrap()),
            ("grpc-message".parse().unwrap(), SECRET.parse().unwrap()),
            (
                "grpc-status-details-bin".parse().unwrap(),
                debug_info.parse().unwrap(),
            ),
        ])
    }

    #[test]
    fn one_switch_masks_them_in_heads_and_in_trailers() {
        let label = [("content-type", "application/grpc")];
        let masking = ErrorEnvelopeLayer::new().with_masked_statuses();
        for code in ["2", "13", "15"] {
            let mut head = Response::builder()
                .header(label[0].0, label[0].1)
                .body(Script::default())
                .unwrap();
            head.headers_mut().extend(status(code));
            let steps = [
                Step::Data("\0\0\0\0\0".into()),
                Step::Trailers(status(code)),
            ]
            .into();
            let body = Script {
                steps,
                is_exact: false,
            };
            let trailers = Response::builder()
                .header(label[0].0, label[0].1)
                .body(body)
                .unwrap();
            for inside in [head, trailers] {
                let masked = call(&masking, &label, inside.clone());
                assert!(!masked.shows_secret(), "{code}: {masked:?}");
                let codes = [masked.head.headers(), &masked.trailers]
                    .map(|map| map.get("grpc-status").cloned());
                assert!(
                    codes.contains(&Some(code.parse().unwrap())),
                    "{code}: {masked:?}"
                );
                assert!(
                    call(&ErrorEnvelopeLayer::new(), &label, inside).shows_secret(),
                    "its own word"
                );
            }
        }
    }

    /// Any handler can write a 5xx in Connect's JSON, so the protocol of the request does not unmask it.
    #[test]
    fn json_that_looks_like_connects_is_masked_with_or_without_the_switch() {
        let json = ("content-type", "application/json");
        let layers = [
            ErrorEnvelopeLayer::new(),
            ErrorEnvelopeLayer::new().with_masked_statuses(),
        ];
        for asking in [&[json][..], &[json, ("connect-protocol-version", "1")]] {
            for code in ["internal", "unknown", "data_loss"] {
                for layer in &layers {
                    let body = format!(r#"{{"code":"{code}","message":"{SECRET}"}}"#);
                    let inside = Response::builder()
                        .status(500)
                        .header(json.0, json.1)
                        .body(Script::of(body))
                        .unwrap();
                    let seen = call(layer, asking, inside);
                    assert!(!seen.shows_secret(), "{asking:?}: {}", seen.text());
                }
            }
        }
    }
}

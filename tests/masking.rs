//! The text of a server's error is never sent.

mod support;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use support::{collect, text};
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Masked, Origin, ResponseBody};

const SECRET: &str = "hunter2";

/// Bodies with a secret, in the formats of common systems.
const LEAKS: [(&str, &str); 9] = [
    (
        "text/plain",
        "thread 'main' panicked at src/db.rs:17: password=hunter2",
    ),
    (
        "text/html",
        "<html><title>Error: password=hunter2</title><pre>at /srv/app/db.rs hunter2</pre></html>",
    ),
    (
        "application/json",
        r#"{"error": "connect to postgres://app:hunter2@10.0.0.5 failed"}"#,
    ),
    (
        "application/json",
        r#"{"errors": {"db": ["hunter2"]}, "trace": ["hunter2"]}"#,
    ),
    ("application/json", r#"{"db": ["hunter2"]}"#),
    (
        "application/problem+json",
        r#"{"type": "https://hunter2.example", "title": "hunter2", "detail": "hunter2", "errors": [{"detail": "hunter2", "pointer": "/hunter2"}]}"#,
    ),
    ("application/octet-stream", "hunter2"),
    ("", "hunter2"),
    (
        "application/xml",
        "<Error><Code>hunter2</Code><Message>hunter2</Message></Error>",
    ),
];

const STATUSES: [u16; 6] = [500, 502, 503, 599, 600, 999];

const ACCEPTS: [&str; 4] = [
    "application/json",
    "application/problem+json",
    "text/html",
    "application/vnd.copr+json",
];

async fn answer(
    layer: &ErrorEnvelopeLayer,
    accept: &str,
    response: Response<Full<Bytes>>,
) -> Response<ResponseBody<Full<Bytes>>> {
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(response.clone()))
    });
    let request = Request::builder()
        .header("accept", accept)
        .body(())
        .unwrap();
    layer.layer(service).oneshot(request).await.unwrap()
}

fn leak(status: u16, media_type: &str, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    let response = if media_type.is_empty() {
        response
    } else {
        response.header("content-type", media_type)
    };
    response.body(Full::new(body.into())).unwrap()
}

/// All bytes that a client gets.
async fn seen(response: Response<ResponseBody<Full<Bytes>>>) -> String {
    let response = collect(response).await;
    format!(
        "{} {:?} {}",
        response.status(),
        response.headers(),
        text(&response)
    )
}

#[tokio::test]
async fn a_secret_is_in_no_byte_of_any_dialect() {
    let all = ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem)
        .with_dialect(Copr);
    for layer in [
        ErrorEnvelopeLayer::new(),
        all,
        ErrorEnvelopeLayer::new().with_dialect(Copr),
    ] {
        for status in STATUSES {
            for (media_type, body) in LEAKS {
                for accept in ACCEPTS {
                    let answer =
                        seen(answer(&layer, accept, leak(status, media_type, body)).await).await;
                    assert!(
                        !answer.contains(SECRET),
                        "{status} {media_type} {accept}: {answer}"
                    );
                    assert!(
                        answer.contains("error") || answer.contains("title"),
                        "{answer}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_secret_in_an_unreadable_body_is_not_sent() {
    let long = "hunter2 ".repeat(10_000);
    let gzip = leak(500, "text/plain", "\u{1f}\u{8b}hunter2");
    let coded = {
        let mut gzip = gzip;
        gzip.headers_mut()
            .insert("content-encoding", "gzip".parse().unwrap());
        gzip
    };
    for response in [
        leak(500, "text/plain", long),
        coded,
        leak(500, "text/plain", &b"\xff\xfehunter2"[..]),
    ] {
        let answer = seen(answer(&ErrorEnvelopeLayer::new(), "*/*", response).await).await;
        assert!(!answer.contains(SECRET), "{answer}");
    }
}

#[tokio::test]
async fn masked_errors_of_one_status_look_alike() {
    let layer = ErrorEnvelopeLayer::new();
    let mut answers = Vec::new();
    for (media_type, body) in LEAKS.into_iter().chain([("", ""), ("text/plain", " ")]) {
        answers.push(seen(answer(&layer, "*/*", leak(500, media_type, body)).await).await);
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:#?}"
    );
}

#[tokio::test]
async fn outer_layers_get_the_original() {
    let response = answer(
        &ErrorEnvelopeLayer::new(),
        "*/*",
        leak(
            500,
            "application/json",
            r#"{"error": "The password is hunter2", "code": "E17"}"#,
        ),
    )
    .await;
    let masked: &Masked = response.extensions().get().unwrap();
    assert_eq!(
        (
            masked.original().message(),
            masked.original().error_type().as_str()
        ),
        ("The password is hunter2", "E17")
    );
    let envelope: &Envelope = response.extensions().get().unwrap();
    assert_eq!(
        (envelope.message(), envelope.origin()),
        ("Internal Server Error", Origin::Inferred)
    );
}

#[tokio::test]
async fn errors_of_the_client_are_not_masked() {
    let response = answer(
        &ErrorEnvelopeLayer::new(),
        "*/*",
        leak(409, "text/plain", "name is taken"),
    )
    .await;
    assert!(response.extensions().get::<Masked>().is_none());
    assert!(text(&collect(response).await).contains("name is taken"));
}

#[tokio::test]
async fn deliberate_errors_are_not_masked() {
    let by_hand = {
        let mut response = leak(503, "text/plain", "hunter2");
        response.extensions_mut().insert(Envelope::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Back at noon",
        ));
        response
    };
    let documented = leak(
        503,
        "application/json",
        r#"{"_error_message": "Back at noon"}"#,
    );
    for response in [by_hand, documented] {
        let answer = collect(answer(&ErrorEnvelopeLayer::new(), "*/*", response).await).await;
        assert!(text(&answer).contains("Back at noon"), "{}", text(&answer));
        assert!(!text(&answer).contains(SECRET));
    }
}

#[tokio::test]
async fn lists_of_strings_are_the_envelope_only_with_400() {
    let body = r#"{"db": ["hunter2"]}"#;
    let meant = collect(
        answer(
            &ErrorEnvelopeLayer::new(),
            "*/*",
            leak(400, "application/json", body),
        )
        .await,
    )
    .await;
    assert_eq!(text(&meant), body);
}

#[tokio::test]
async fn internals_are_shown_where_that_was_asked_for() {
    let layer = ErrorEnvelopeLayer::new().with_insecure_internals();
    let answer = collect(answer(&layer, "*/*", leak(500, "text/plain", "hunter2")).await).await;
    assert_eq!(
        text(&answer),
        r#"{"_error_message":"hunter2","_error_type":"clustr.exceptions.ServerError"}"#
    );
}

#[tokio::test]
async fn errors_of_services_are_masked() {
    let service = tower::service_fn(|_: Request<()>| async {
        Err::<Response<Full<Bytes>>, BoxError>("hunter2".into())
    });
    let response = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(
        response
            .extensions()
            .get::<Masked>()
            .unwrap()
            .original()
            .message(),
        "hunter2"
    );
    let answer = collect(response).await;
    assert_eq!(answer.status(), 500);
    assert_eq!(
        text(&answer),
        r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError"}"#
    );
}

#[tokio::test]
async fn the_hook_is_called_once_with_the_original() {
    type Call = (u16, String, Option<String>);
    let calls: Arc<Mutex<Vec<Call>>> = Arc::default();
    let seen = Arc::clone(&calls);
    let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
        let (status, envelope, original) = (event.status(), event.envelope, event.original);
        let original = original.map(ToString::to_string);
        seen.lock()
            .unwrap()
            .push((status.as_u16(), envelope.to_string(), original));
    });
    for (status, body) in [
        (500, "hunter2"),
        (404, "no such thing"),
        (200, "fine"),
        (500, ""),
    ] {
        answer(&layer, "*/*", leak(status, "text/plain", body)).await;
    }
    let want = [
        (
            500,
            "Internal Server Error".to_owned(),
            Some("hunter2".to_owned()),
        ),
        (404, "no such thing".to_owned(), None),
        (500, "Internal Server Error".to_owned(), None),
    ];
    assert_eq!(*calls.lock().unwrap(), want);
}

#[tokio::test]
async fn a_client_never_masks() {
    let service = tower::service_fn(|_: Request<()>| async {
        Ok::<_, Infallible>(leak(500, "text/plain", "hunter2"))
    });
    let response = ErrorEnvelopeLayer::client()
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    assert_eq!(
        response.extensions().get::<Envelope>().unwrap().message(),
        "hunter2"
    );
}

#[tokio::test]
async fn an_envelope_that_a_client_layer_read_is_masked_by_the_server() {
    let upstream = tower::service_fn(|_: Request<()>| async {
        Ok::<_, Infallible>(leak(500, "text/plain", "hunter2"))
    });
    let mut client = ErrorEnvelopeLayer::client().layer(upstream);
    let passed_on = client.call(Request::new(())).await.unwrap();
    let (parts, body) = passed_on.into_parts();
    let body = collect(Response::new(body)).await.into_body();
    let response = Response::from_parts(parts, Full::new(body));
    let answer = seen(answer(&ErrorEnvelopeLayer::new(), "*/*", response).await).await;
    assert!(!answer.contains(SECRET), "{answer}");
}

#[tokio::test]
async fn of_a_body_that_was_masked_4096_bytes_are_kept() {
    for (length, kept) in [(100, 100), (4096, 4096), (5000, 4096)] {
        let body = "x".repeat(length);
        let answered = answer(
            &ErrorEnvelopeLayer::new(),
            "*/*",
            leak(500, "text/plain", body),
        )
        .await;
        let masked: &Masked = answered.extensions().get().unwrap();
        assert_eq!(masked.body().len(), kept);
    }
}

#[tokio::test]
async fn headers_that_say_an_error_are_masked_with_it() {
    for name in [
        "x-error-message",
        "x-error-code",
        "x-status-reason",
        "x-ms-error-code",
        "error",
    ] {
        for (status, label, stays) in [
            (500, "text/plain", false),
            (500, "text/event-stream", false),
            (404, "text/plain", true),
        ] {
            let service = tower::service_fn(move |_: Request<Full<Bytes>>| {
                let response = Response::builder().status(status).header(name, "hunter2");
                let response = response.header("x-served-by", "cache-7");
                let response = response.header("content-type", label);
                let body = Full::from("There is no printer 8");
                std::future::ready(Ok::<_, Infallible>(response.body(body).unwrap()))
            });
            let layered = ErrorEnvelopeLayer::new().layer(service);
            let request = Request::new(Full::default());
            let response = layered.oneshot(request).await.unwrap();
            assert_eq!(
                response.headers().contains_key(name),
                stays,
                "{name} {label}"
            );
            assert_eq!(response.headers()["x-served-by"], "cache-7");
        }
    }
}

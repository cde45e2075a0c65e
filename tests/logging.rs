//! The log events of errors, with the feature `tracing`.
#![cfg(feature = "tracing")]

mod support;

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody};
use support::log::lines_of;
use tower::{Layer, ServiceExt};
use tower_error_envelope::ErrorEnvelopeLayer;

/// The lines that are logged while an error with this status and body passes.
fn logged(status: u16, body: &'static str) -> Vec<String> {
    let service = tower::service_fn(move |_: Request<()>| async move {
        let response = Response::builder()
            .status(status)
            .header("authorization", "Bearer hunter2");
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from(body)).unwrap())
    });
    lines_of(async {
        let layer = ErrorEnvelopeLayer::new();
        layer
            .layer(service)
            .oneshot(Request::new(()))
            .await
            .unwrap();
    })
}

#[test]
fn a_masked_error_is_logged_once_at_level_error() {
    let lines = logged(503, "no route to 10.0.0.5");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("ERROR") && lines[0].contains("http.response.status_code=503"),
        "{lines:?}"
    );
    assert!(
        lines[0].contains("error.message=no route to 10.0.0.5"),
        "{lines:?}"
    );
    assert!(!lines[0].contains("hunter2"), "{lines:?}");
}

#[test]
fn a_message_cannot_forge_a_line() {
    let lines = logged(500, "first\r\nERROR forged\u{1b}[2J");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains(r"first\n- ERROR forged\u{1b}[2J"),
        "{lines:?}"
    );
}

#[test]
fn faults_of_the_client_are_not_logged_as_errors() {
    assert!(logged(404, "no such thing").is_empty());
}

#[test]
fn unreadable_bodies_are_logged_at_level_debug() {
    let long: &'static str = Box::leak("x".repeat(100_000).into_boxed_str());
    let lines = logged(404, long);
    assert!(
        lines.len() == 1
            && lines[0].contains("DEBUG")
            && lines[0].contains("longer than the limit"),
        "{lines:?}"
    );
}

#[test]
fn a_body_that_fails_is_logged_once_whatever_its_label() {
    for label in ["text/event-stream", "application/x-ndjson", "text/plain"] {
        let lines = lines_of(async {
            let service = tower::service_fn(|_: Request<()>| async {
                let gone = io::Error::from(io::ErrorKind::ConnectionReset);
                let frames = [Err::<http_body::Frame<Bytes>, _>(gone)];
                let body = StreamBody::new(futures_util::stream::iter(frames));
                let response = Response::builder().header("content-type", label);
                Ok::<_, Infallible>(response.body(body).unwrap())
            });
            let layer = ErrorEnvelopeLayer::new().with_last_frame();
            let response = layer
                .layer(service)
                .oneshot(Request::new(()))
                .await
                .unwrap();
            assert!(response.into_body().collect().await.is_err());
        });
        assert_eq!(lines.len(), 1, "{label}: {lines:?}");
        assert!(lines[0].contains("ERROR"), "{lines:?}");
        assert!(
            lines[0].contains("error.message=connection reset"),
            "{lines:?}"
        );
    }
}

/// A body in which the layer hears of a failure is in one more box.
#[test]
fn with_the_same_body_a_body_that_fails_is_told_to_hooks_alone() {
    let lines = lines_of(async {
        let service = tower::service_fn(|_: Request<()>| async {
            let gone = io::Error::from(io::ErrorKind::ConnectionReset);
            let frames = [Err::<http_body::Frame<Bytes>, _>(gone)];
            let body = StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync();
            Ok::<_, Infallible>(Response::new(body))
        });
        let layer = ErrorEnvelopeLayer::new().with_same_body();
        let response = layer.layer(service).oneshot(Request::new(()));
        let body = response.await.unwrap().into_body();
        assert!(body.collect().await.is_err());
    });
    assert_eq!(lines, [""; 0]);
}

#[test]
fn the_request_is_logged_only_if_a_hook_needs_it() {
    let lines = |layer: ErrorEnvelopeLayer| {
        lines_of(async {
            let service = tower::service_fn(|_: Request<()>| async {
                let response = Response::builder().status(500);
                Ok::<_, Infallible>(response.body(Full::<Bytes>::from("db01 is gone")).unwrap())
            });
            let request = Request::post("/pay?token=hunter2").body(()).unwrap();
            layer.layer(service).oneshot(request).await.unwrap();
        })
    };
    let known = lines(ErrorEnvelopeLayer::new().on_error(|_| {}));
    assert!(
        known[0].contains("POST") && known[0].contains("url.path=/pay"),
        "{known:?}"
    );
    assert!(known[0].contains("error.body=db01 is gone"), "{known:?}");
    assert!(!known[0].contains("hunter2"), "{known:?}");
    let unknown = lines(ErrorEnvelopeLayer::new());
    assert!(!unknown[0].contains("url.path"), "{unknown:?}");
}

#[test]
fn the_cause_of_an_error_is_logged() {
    let lines = lines_of(async {
        let failing = tower::service_fn(|_: Request<()>| async {
            let gone = io::Error::new(io::ErrorKind::NotConnected, "db01 is gone");
            Err::<Response<Full<Bytes>>, _>(gone)
        });
        let service = ErrorEnvelopeLayer::new().layer(failing);
        service.oneshot(Request::new(())).await.unwrap();
    });
    assert!(lines[0].contains("error.cause=db01 is gone"), "{lines:?}");
}

#[test]
fn a_hook_that_panics_is_logged() {
    let lines = lines_of(async {
        let service = tower::service_fn(|_: Request<()>| async {
            let response = Response::builder().status(404);
            Ok::<_, Infallible>(response.body(Full::<Bytes>::from("gone")).unwrap())
        });
        let layer = ErrorEnvelopeLayer::new().on_error(|_| panic!("a fault of the user"));
        layer
            .layer(service)
            .oneshot(Request::new(()))
            .await
            .unwrap();
    });
    assert!(
        lines.iter().any(|line| line.contains("a hook panicked")),
        "{lines:?}"
    );
}

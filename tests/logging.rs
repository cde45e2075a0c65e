//! What is logged of errors, with the feature `tracing`.
#![cfg(feature = "tracing")]

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody};
use tower::{Layer, ServiceExt};
use tower_error_envelope::ErrorEnvelopeLayer;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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

/// The lines that are logged meanwhile.
fn lines_of(work: impl Future<Output = ()>) -> Vec<String> {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(work));
    let bytes = log.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_was_masked_is_logged_once_as_an_error() {
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
fn what_could_not_be_read_is_a_matter_of_debugging() {
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

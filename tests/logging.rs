//! What is logged of errors, with the feature `tracing`.
#![cfg(feature = "tracing")]

use std::convert::Infallible;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
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
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    let service = tower::service_fn(move |_: Request<()>| async move {
        let response = Response::builder()
            .status(status)
            .header("authorization", "Bearer hunter2");
        Ok::<_, Infallible>(response.body(Full::<Bytes>::from(body)).unwrap())
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    tracing::subscriber::with_default(subscriber, || {
        let answer = ErrorEnvelopeLayer::new()
            .layer(service)
            .oneshot(Request::new(()));
        runtime.block_on(answer).unwrap();
    });
    let bytes = log.0.lock().unwrap().clone();
    String::from_utf8(bytes)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
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

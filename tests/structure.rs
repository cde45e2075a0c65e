//! The marks of a written response are state of the response, not of its envelope. Also tests the changes that hooks may
//! make.
#![cfg(feature = "axum")]

use std::convert::Infallible;
use std::future::{ready, Ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::response::IntoResponse;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::{BoxError, Layer, Service, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, ErrorType};

const SECRET: &str = "password=hunter2";

fn response(status: u16, body: &'static str) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    response.body(Full::from(body)).unwrap()
}

/// The answer of a server's layer to `response`.
async fn through(layer: ErrorEnvelopeLayer, response: Response<Full<Bytes>>) -> Response<Bytes> {
    let mut response = Some(response);
    let service = tower::service_fn(move |_: Request<()>| {
        ready(Ok::<_, Infallible>(response.take().unwrap()))
    });
    let answer = layer.layer(service).oneshot(Request::new(()));
    let (parts, body) = answer.await.unwrap().into_parts();
    Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn a_request_is_printed_without_its_query() {
    let seen = Arc::new(Mutex::new(String::new()));
    let log = Arc::clone(&seen);
    let layer = ErrorEnvelopeLayer::new().on_error(move |event| {
        *log.lock().unwrap() = format!("{:?}", event.request);
    });
    let service = tower::service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(response(404, ""))));
    let request = Request::get("/pay?token=hunter2").header("x-request-id", "r7");
    let answer = layer.layer(service).oneshot(request.body(()).unwrap());
    assert_eq!(answer.await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(
        *seen.lock().unwrap(),
        r#"RequestHead { method: GET, path: "/pay", request_id: Some("r7") }"#
    );
}

#[tokio::test]
async fn an_envelope_that_moves_to_another_response_is_the_error_of_that_response() {
    let answered = through(ErrorEnvelopeLayer::new(), response(500, "boom")).await;
    let by_layer: Envelope = answered.extensions().get().cloned().unwrap();
    let returned = Envelope::new(StatusCode::INTERNAL_SERVER_ERROR, "meant").into_response();
    let by_handler: Envelope = returned.extensions().get().cloned().unwrap();
    for envelope in [by_layer, by_handler] {
        let mut other = response(500, SECRET);
        other.extensions_mut().insert(envelope.clone());
        let other = through(ErrorEnvelopeLayer::new(), other).await;
        let want = serde_json::to_vec(&envelope).unwrap();
        assert_eq!(other.body(), &want, "{envelope:?}");
    }
}

#[tokio::test]
async fn an_envelope_that_replaces_that_of_an_answered_response_is_written() {
    let answered = through(ErrorEnvelopeLayer::new(), response(404, "nothing")).await;
    let mut answered = answered.map(Full::new);
    answered.extensions_mut().insert(Envelope::new(
        StatusCode::NOT_FOUND,
        "There is no printer 8",
    ));
    let again = through(ErrorEnvelopeLayer::new(), answered).await;
    let text = String::from_utf8_lossy(again.body());
    assert!(text.contains("There is no printer 8"), "{text}");
}

#[tokio::test]
async fn the_status_of_a_response_replaces_that_of_its_envelope() {
    let mut changed = response(404, "");
    let envelope = Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "Later");
    changed.extensions_mut().insert(envelope);
    let answer = through(ErrorEnvelopeLayer::new(), changed).await;
    assert_eq!(answer.status(), 404);
    let body = r#"{"_error_message":"Later","_error_type":"clustr.exceptions.NotFound"}"#;
    assert_eq!(answer.body(), body);
}

#[tokio::test]
async fn a_parameter_that_a_hook_adds_leaves_message_and_type() {
    let layer = || ErrorEnvelopeLayer::new().map_envelope(|e, _| e.with_field("help", "/help"));
    for (status, body, want) in [
        (
            405,
            "",
            r#"{"_error_message":"Method Not Allowed","_error_type":"clustr.exceptions.MethodNotAllowed","help":["/help"]}"#,
        ),
        (
            500,
            SECRET,
            r#"{"_error_message":"Internal Server Error","_error_type":"clustr.exceptions.ServerError","help":["/help"]}"#,
        ),
        (
            404,
            "No such printer",
            r#"{"_error_message":"No such printer","_error_type":"clustr.exceptions.NotFound","help":["/help"]}"#,
        ),
    ] {
        assert_eq!(through(layer(), response(status, body)).await.body(), want);
    }
}

#[tokio::test]
async fn an_error_stays_an_error_with_any_status_of_a_hook() {
    for status in [100, 200, 204, 205, 302, 304] {
        let status = StatusCode::from_u16(status).unwrap();
        let layer = ErrorEnvelopeLayer::new().map_envelope(move |e, _| e.with_status(status));
        let answer = through(layer, response(404, "No such printer")).await;
        assert_eq!(answer.status(), 404, "{status}");
        assert!(!answer.body().is_empty(), "{status}");
    }
}

#[test]
fn an_empty_type_and_an_empty_message_are_none() {
    let error = Envelope::new(StatusCode::NOT_FOUND, "").with_error_type("");
    assert_eq!(
        (error.sent_message(), error.sent_error_type()),
        (None, None)
    );
    assert_eq!(
        error.error_type(),
        &ErrorType::for_status(StatusCode::NOT_FOUND)
    );
}

#[test]
fn builder_calls_work_in_any_order() {
    let _ = ErrorEnvelopeLayer::client()
        .with_same_body()
        .with_errors_in_success();
    let _ = ErrorEnvelopeLayer::client()
        .with_errors_in_success()
        .with_same_body();
    let _ = ErrorEnvelopeLayer::new()
        .with_same_body()
        .with_insecure_internals();
}

/// A service whose first `poll_ready` fails.
#[derive(Default)]
struct Flaky {
    asked: u32,
}

impl Service<Request<()>> for Flaky {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.asked += 1;
        match self.asked {
            1 => Poll::Ready(Err("not yet".into())),
            _ => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(response(200, "fine")))
    }
}

#[tokio::test]
async fn a_service_that_is_ready_again_is_called() {
    let mut service = ErrorEnvelopeLayer::new().layer(Flaky::default());
    service.ready().await.unwrap();
    let answer = service.ready().await.unwrap().call(Request::new(()));
    assert_eq!(answer.await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_service_that_failed_is_answered_for() {
    let mut service = ErrorEnvelopeLayer::new().layer(Flaky::default());
    let answer = service.ready().await.unwrap().call(Request::new(()));
    assert_eq!(answer.await.unwrap().status(), 500);
}

#[test]
#[cfg_attr(debug_assertions, should_panic = "polled after completion")]
fn a_future_that_has_ended_does_not_hang() {
    let service = tower::service_fn(|_: Request<()>| ready(Err::<Response<Full<Bytes>>, _>("x")));
    let call = ErrorEnvelopeLayer::new()
        .layer(service)
        .call(Request::new(()));
    let mut call = std::pin::pin!(call);
    let mut cx = Context::from_waker(futures_util::task::noop_waker_ref());
    assert!(std::future::Future::poll(call.as_mut(), &mut cx).is_ready());
    assert!(std::future::Future::poll(call.as_mut(), &mut cx).is_ready());
}

#[tokio::test]
async fn a_documented_body_passes_byte_for_byte_unless_the_hook_changes_the_error() {
    let body = r#"{ "_error_message": "no printer", "_error_type": "shop.NoPrinter" }"#;
    let documented = || {
        let mut documented = response(404, body);
        let label = http::HeaderValue::from_static("application/json");
        documented.headers_mut().insert("content-type", label);
        documented
    };
    let same = ErrorEnvelopeLayer::new().map_envelope(|error, _| error);
    assert_eq!(through(same, documented()).await.body(), body);
    let other = ErrorEnvelopeLayer::new().map_envelope(|error, _| error.with_message("none"));
    let written = r#"{"_error_message":"none","_error_type":"shop.NoPrinter"}"#;
    assert_eq!(through(other, documented()).await.body(), written);
}

#[tokio::test]
async fn an_error_of_a_handler_is_written_whole_with_any_body_limit() {
    let text = "m".repeat(2000);
    let mut own = response(404, "");
    let meant = Envelope::new(StatusCode::NOT_FOUND, text.clone());
    own.extensions_mut().insert(meant);
    let written = through(ErrorEnvelopeLayer::new().with_body_limit(10), own).await;
    assert!(String::from_utf8_lossy(written.body()).contains(&text));
}

#[tokio::test]
async fn each_hook_alone_gets_the_request() {
    type Build = fn(Arc<Mutex<Vec<String>>>) -> ErrorEnvelopeLayer;
    let layers: [Build; 3] = [
        |seen| {
            ErrorEnvelopeLayer::new().with_predicate(move |request, _| {
                seen.lock()
                    .unwrap()
                    .push(format!("{} {}", request.method(), request.uri()));
                true
            })
        },
        |seen| {
            ErrorEnvelopeLayer::new().map_envelope(move |error, request| {
                seen.lock()
                    .unwrap()
                    .push(format!("{} {}", request.method(), request.uri()));
                error
            })
        },
        |seen| {
            ErrorEnvelopeLayer::new().on_error(move |event| {
                let request = event.request;
                seen.lock()
                    .unwrap()
                    .push(format!("{} {}", request.method(), request.uri()));
            })
        },
    ];
    for layer in layers {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let service =
            tower::service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(response(404, ""))));
        let service = layer(Arc::clone(&seen)).layer(service);
        let request = Request::post("/pay?x=1").body(()).unwrap();
        assert_eq!(service.oneshot(request).await.unwrap().status(), 404);
        assert_eq!(*seen.lock().unwrap(), ["POST /pay?x=1"]);
    }
}

#[tokio::test]
async fn a_service_error_caused_by_the_client_has_a_4xx() {
    let service = tower::service_fn(|_: Request<()>| async {
        let limited = http_body_util::Limited::new(Full::<Bytes>::from("too long"), 1);
        limited.collect().await.map(|_| response(200, ""))
    });
    let answer = ErrorEnvelopeLayer::new()
        .layer(service)
        .oneshot(Request::new(()));
    let body = answer.await.unwrap().into_body().collect().await.unwrap();
    let want = r#"{"_error_message":"Payload Too Large""#;
    let body = body.to_bytes();
    assert!(body.starts_with(want.as_bytes()), "{body:?}");
}

//! The contract of `tower::Service`, poll by poll.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use tokio_test::{assert_pending, assert_ready_ok};
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_error_envelope::{Client, ErrorEnvelopeLayer, ErrorEnvelopeService, Server};
use tower_test::mock::{self, Handle, Mock, Spawn};

type Answer = Response<Full<Bytes>>;
type Asked = Request<&'static str>;

type Layered = Spawn<ErrorEnvelopeService<Mock<Asked, Answer>, Server>>;

fn spawn() -> (Layered, Handle<Asked, Answer>) {
    mock::spawn_layer(ErrorEnvelopeLayer::new())
}

fn not_found() -> Answer {
    Response::builder()
        .status(404)
        .body(Full::from("gone"))
        .unwrap()
}

#[tokio::test]
async fn readiness_is_that_of_the_inner_service() {
    let (mut service, mut handle) = spawn();
    handle.allow(0);
    assert_pending!(service.poll_ready());
    handle.allow(1);
    assert_ready_ok!(service.poll_ready());
    // The mock panics if an instance is called that is not ready.
    let mut response = tokio_test::task::spawn(service.call(Request::new("a")));
    assert_pending!(response.poll());
    let (request, send) = handle.next_request().await.unwrap();
    assert_eq!(*request.body(), "a");
    send.send_response(not_found());
    assert_eq!(response.await.unwrap().status(), 404);
}

#[tokio::test]
async fn debug_output_names_the_state() {
    let (mut service, mut handle) = spawn();
    let layer = format!("{:?}", ErrorEnvelopeLayer::new());
    assert!(
        layer.contains("masking: All") && layer.contains(r#"["application/json"]"#),
        "{layer}"
    );
    assert!(
        layer.starts_with("ErrorEnvelopeLayer { normaliser: "),
        "{layer}"
    );
    let around = format!("{:?}", ErrorEnvelopeLayer::new().layer("inner"));
    assert!(
        around.starts_with(r#"ErrorEnvelopeService { inner: "inner", "#),
        "{around}"
    );

    assert_ready_ok!(service.poll_ready());
    let mut response = Box::pin(service.call(Request::new("a")));
    let printed = |state: &str| format!(r#"ResponseFuture {{ state: "{state}", .. }}"#);
    assert_eq!(format!("{response:?}"), printed("waiting"));
    handle
        .next_request()
        .await
        .unwrap()
        .1
        .send_response(not_found());
    let answer = response.as_mut().await.unwrap();
    assert_eq!(format!("{response:?}"), printed("done"));
    assert_eq!(format!("{:?}", answer.body()), r#"ResponseBody("error")"#);
    handle.send_error("the pool is gone");
    assert_ready_ok!(service.poll_ready());
    let failed = service.call(Request::new("b"));
    assert_eq!(format!("{failed:?}"), printed("failed"));
}

#[tokio::test]
async fn an_error_of_poll_ready_answers_one_caller() {
    let (mut service, mut handle) = spawn();
    handle.send_error("the pool is gone");
    assert_ready_ok!(service.poll_ready());
    let mut clone = service.clone();
    assert_eq!(service.call(Request::new("a")).await.unwrap().status(), 500);

    assert_ready_ok!(clone.poll_ready());
    let response = clone.call(Request::new("b"));
    handle
        .next_request()
        .await
        .unwrap()
        .1
        .send_response(not_found());
    assert_eq!(response.await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_error_of_the_call_is_answered() {
    let (mut service, mut handle) = spawn();
    assert_ready_ok!(service.poll_ready());
    let response = service.call(Request::new("a"));
    handle.next_request().await.unwrap().1.send_error("hunter2");
    assert_eq!(response.await.unwrap().status(), 500);
}

#[tokio::test]
async fn the_inner_service_is_called_once_and_asked_once() {
    #[derive(Clone, Default)]
    struct Counts {
        ready: Arc<AtomicUsize>,
        called: Arc<AtomicUsize>,
    }
    impl Service<Asked> for Counts {
        type Response = Answer;
        type Error = std::convert::Infallible;
        type Future = std::future::Ready<Result<Answer, Self::Error>>;
        fn poll_ready(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Result<(), Self::Error>> {
            self.ready.fetch_add(1, Ordering::SeqCst);
            std::task::Poll::Ready(Ok(()))
        }
        fn call(&mut self, _: Asked) -> Self::Future {
            self.called.fetch_add(1, Ordering::SeqCst);
            std::future::ready(Ok(not_found()))
        }
    }
    let counts = Counts::default();
    let mut service = ErrorEnvelopeLayer::new().layer(counts.clone());
    service
        .ready()
        .await
        .unwrap()
        .call(Request::new("a"))
        .await
        .unwrap();
    assert_eq!(
        (
            counts.ready.load(Ordering::SeqCst),
            counts.called.load(Ordering::SeqCst)
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn the_request_reaches_the_service_as_it_was_sent() {
    let (mut service, mut handle) = spawn();
    assert_ready_ok!(service.poll_ready());
    let request = Request::put("/x")
        .header("accept", "text/html")
        .extension(7_u8)
        .body("a body of any type")
        .unwrap();
    let _response = tokio_test::task::spawn(service.call(request));
    let (request, _send) = handle.next_request().await.unwrap();
    assert_eq!(
        (
            request.method().as_str(),
            request.uri().path(),
            *request.body()
        ),
        ("PUT", "/x", "a body of any type")
    );
    assert_eq!(
        (request.headers().len(), request.extensions().get::<u8>()),
        (1, Some(&7))
    );
}

#[tokio::test]
async fn it_needs_no_runtime() {
    let service =
        tower::service_fn(|_: Asked| async { Ok::<_, std::convert::Infallible>(not_found()) });
    let mut service = ErrorEnvelopeLayer::new().layer(service);
    let mut response = tokio_test::task::spawn(service.call(Request::new("a")));
    assert_ready_ok!(response.poll());
}

#[test]
fn it_is_clone_send_and_sync_and_can_be_boxed() {
    fn is_clone_send_sync<T: Clone + Send + Sync + Unpin + 'static>(_: &T) {}
    let service =
        tower::service_fn(|_: Asked| async { Ok::<_, std::convert::Infallible>(not_found()) });
    let server: ErrorEnvelopeService<_, Server> = ErrorEnvelopeLayer::new().layer(service);
    let client: ErrorEnvelopeService<_, Client> = ErrorEnvelopeLayer::client().layer(service);
    is_clone_send_sync(&server);
    is_clone_send_sync(&client);
    let _boxed = ServiceBuilder::new()
        .layer(tower::util::BoxCloneSyncServiceLayer::new(
            ErrorEnvelopeLayer::new(),
        ))
        .service(service);
    let _not_clone = ErrorEnvelopeLayer::new().layer(tower::util::BoxService::new(service));
}

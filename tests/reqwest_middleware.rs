//! The middleware for reqwest-middleware, alone and with reqwest-retry.
#![cfg(feature = "reqwest-middleware")]

use std::time::Duration;

use http::StatusCode;

use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Middleware};
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::RetryTransientMiddleware;
use tower_error_envelope::{
    Envelope, ErrorEnvelopeLayer, ErrorKind, OptionalResult, RaiseErrorsLayer, RetryAdvice,
};
use tower_error_envelope::{ErrorExt, NormaliseErrorsMiddleware, RaiseErrorsMiddleware};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A server that gives these answers in order, and repeats the last.
async fn answers(answers: &[(u16, &str)]) -> MockServer {
    let server = MockServer::start().await;
    for (number, (status, body)) in answers.iter().enumerate() {
        let answer = ResponseTemplate::new(*status).set_body_raw(*body, "application/json");
        let mock = Mock::given(any()).respond_with(answer);
        let mock = if number + 1 < answers.len() {
            mock.up_to_n_times(1)
        } else {
            mock
        };
        mock.mount(&server).await;
    }
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn retries() -> impl Middleware {
    let policy = ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(2))
        .build_with_max_retries(3);
    RetryTransientMiddleware::new_with_policy(policy)
}

fn builder() -> ClientBuilder {
    ClientBuilder::new(reqwest::Client::new())
}

async fn get(
    client: &ClientWithMiddleware,
    server: &MockServer,
) -> Result<reqwest::Response, Error> {
    client
        .get(format!("{}/builds/123?token=hunter2", server.uri()))
        .send()
        .await
}

const BUSY: (u16, &str) = (503, r#"{"error": "It is busy"}"#);
const FINE: (u16, &str) = (200, r#"{"id": 123}"#);

#[tokio::test]
async fn an_error_response_is_raised_and_found() {
    let server = answers(&[(404, r#"{"error": "Build 123 does not exist."}"#)]).await;
    let client = builder().with(RaiseErrorsMiddleware::new()).build();
    let error = get(&client, &server).await.unwrap_err();
    let raised = error.api_error().unwrap();
    assert_eq!(
        (raised.kind(), raised.to_string()),
        (ErrorKind::NoResult, "Build 123 does not exist.".into())
    );
    assert_eq!(raised.method(), Some(&http::Method::GET));
    assert_eq!(raised.body(), r#"{"error": "Build 123 does not exist."}"#);

    assert_eq!(
        error.to_string(),
        format!(
            "GET {}/builds/123: 404 Not Found: Build 123 does not exist.",
            server.uri()
        )
    );
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "Build 123 does not exist.");
    assert!(!format!("{error:?}").contains("hunter2"));

    assert!(get(&client, &server).await.optional().unwrap().is_none());
}

#[tokio::test]
async fn an_error_prints_the_message_of_the_server_if_there_is_one() {
    let cases = [
        (404, "", "404 Not Found"),
        (
            400,
            r#"{"name": ["is taken"]}"#,
            "400 Bad Request: name: is taken",
        ),
        (
            400,
            r#"{"a": ["x"], "b": ["y"]}"#,
            "400 Bad Request:\n- a: x\n- b: y",
        ),
        (503, BUSY.1, "503 Service Unavailable: It is busy"),
    ];
    let client = builder().with(RaiseErrorsMiddleware::new()).build();
    for (status, body, want) in cases {
        let server = answers(&[(status, body)]).await;
        let error = get(&client, &server).await.unwrap_err();
        let want = format!("GET {}/builds/123: {want}", server.uri());
        assert_eq!(error.to_string(), want);
    }
}

#[tokio::test]
async fn a_handler_passes_the_error_of_an_upstream_on() {
    async fn handler(client: &ClientWithMiddleware, server: &str) -> Result<String, Envelope> {
        Ok(client.get(server).send().await?.text().await?)
    }
    let client = builder()
        .with(retries())
        .with(RaiseErrorsMiddleware::new())
        .build();
    let server = answers(&[(404, r#"{"error": "no such build"}"#), BUSY]).await;
    let missing = handler(&client, &server.uri()).await.unwrap_err();
    assert_eq!(
        (missing.status().as_u16(), missing.message()),
        (404, "no such build")
    );
    let busy = handler(&client, &server.uri()).await.unwrap_err();
    assert_eq!(
        (busy.status().as_u16(), busy.message()),
        (503, "Service Unavailable")
    );
    assert!(busy.source().is_some());
    let nobody = handler(&client, "http://127.0.0.1:1/").await.unwrap_err();
    assert!(nobody.status().is_server_error() && nobody.source().is_some());
    let after = builder()
        .with(RaiseErrorsMiddleware::new())
        .with(retries())
        .build();
    let after = handler(&after, "http://127.0.0.1:1/").await.unwrap_err();
    assert_eq!(after, Envelope::from(StatusCode::BAD_GATEWAY));
}

#[tokio::test]
async fn an_error_that_came_with_200_is_passed_on_as_a_400() {
    let server = answers(&[(200, r#"{"error": "Cannot cancel build 123"}"#)]).await;
    let rules = RaiseErrorsMiddleware::from(RaiseErrorsLayer::copr());
    let error = get(&builder().with(rules).build(), &server).await;
    let passed_on = Envelope::from(error.unwrap_err());
    let seen = (passed_on.status().as_u16(), passed_on.message());
    assert_eq!(seen, (400, "Cannot cancel build 123"));
}

#[tokio::test]
async fn a_success_is_the_response_that_it_was() {
    let server = answers(&[FINE]).await;
    let client = builder()
        .with(RaiseErrorsMiddleware::new())
        .with(NormaliseErrorsMiddleware::new())
        .build();
    let response = get(&client, &server).await.optional().unwrap().unwrap();
    assert!(response.remote_addr().is_some());
    assert_eq!(
        (response.content_length(), response.url().path()),
        (Some(11), "/builds/123")
    );
    assert_eq!(response.text().await.unwrap(), FINE.1);
}

#[tokio::test]
async fn outside_of_retries_it_raises_the_last_error() {
    let client = builder()
        .with(RaiseErrorsMiddleware::new())
        .with(retries())
        .build();
    let server = answers(&[BUSY, BUSY, FINE]).await;
    assert_eq!(get(&client, &server).await.unwrap().status(), 200);
    assert_eq!(requests(&server).await, 3);

    let server = answers(&[BUSY]).await;
    let error = get(&client, &server).await.unwrap_err();
    assert_eq!(requests(&server).await, 4, "the first and three more");
    let raised = error.api_error().unwrap();
    assert_eq!(
        (raised.kind(), raised.retry_advice()),
        (ErrorKind::Server, RetryAdvice::Backoff)
    );
}

#[tokio::test]
async fn inside_of_retries_it_stops_them_and_is_found_nevertheless() {
    let client = builder()
        .with(retries())
        .with(RaiseErrorsMiddleware::new())
        .build();
    let server = answers(&[BUSY, FINE]).await;
    let error = get(&client, &server).await.unwrap_err();
    assert_eq!(requests(&server).await, 1);
    assert_eq!(error.api_error().unwrap().to_string(), "It is busy");
}

#[tokio::test]
async fn behind_the_error_of_a_retry_it_is_found_as_well() {
    // The first attempt gets no connection and is repeated. The second is raised and counted.
    let server = answers(&[BUSY]).await;
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let (first, second) = (format!("http://{closed}/"), server.uri());
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let redirect = Redirect {
        first,
        second,
        attempts,
    };
    let client = builder()
        .with(retries())
        .with(redirect)
        .with(RaiseErrorsMiddleware::new())
        .build();
    let error = get(&client, &server).await.unwrap_err();
    assert_eq!(error.to_string(), "Request failed after 1 retries");
    assert_eq!(error.api_error().unwrap().to_string(), "It is busy");
}

/// Sends the first attempt to an address without a server.
struct Redirect {
    first: String,
    second: String,
    attempts: std::sync::atomic::AtomicUsize,
}

#[async_trait::async_trait]
impl Middleware for Redirect {
    async fn handle(
        &self,
        mut request: reqwest::Request,
        extensions: &mut http::Extensions,
        next: reqwest_middleware::Next<'_>,
    ) -> reqwest_middleware::Result<reqwest::Response> {
        let is_first = self
            .attempts
            .fetch_add(1, std::sync::atomic::Ordering::SeqCst)
            == 0;
        let url = if is_first { &self.first } else { &self.second };
        *request.url_mut() = url.parse().unwrap();
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn an_error_without_an_answer_holds_none() {
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let client = builder().with(RaiseErrorsMiddleware::new()).build();
    let error = client
        .get(format!("http://{closed}/"))
        .send()
        .await
        .unwrap_err();
    assert!(error.api_error().is_none() && error.is_connect());
    let refused = Error::middleware(std::io::Error::other("refused by a middleware"));
    assert!(refused.api_error().is_none());
}

#[tokio::test]
async fn by_the_rules_of_a_layer() {
    let server = answers(&[(200, r#"{"error": "no such build"}"#)]).await;
    let client = builder()
        .with(RaiseErrorsMiddleware::from(RaiseErrorsLayer::copr()))
        .build();
    let error = get(&client, &server).await.unwrap_err();
    assert_eq!(error.api_error().unwrap().to_string(), "no such build");
}

#[tokio::test]
async fn errors_are_normalised_and_retried_on_either_side() {
    let want = r#"{"_error_message":"It is busy","_error_type":"shop.ServiceUnavailable"}"#;
    let normalise =
        || NormaliseErrorsMiddleware::from(ErrorEnvelopeLayer::client().with_namespace("shop"));
    let clients = [
        builder().with(normalise()).with(retries()).build(),
        builder().with(retries()).with(normalise()).build(),
    ];
    for client in clients {
        let server = answers(&[BUSY]).await;
        let response = get(&client, &server).await.unwrap();
        assert_eq!(requests(&server).await, 4);
        assert_eq!(
            (response.status().as_u16(), response.url().path()),
            (503, "/builds/123")
        );
        assert!(response.remote_addr().is_some());
        let envelope: &Envelope = response.extensions().get().unwrap();
        assert_eq!(envelope.message(), "It is busy");
        assert_eq!(response.headers()["content-type"], "application/json");
        assert_eq!(response.text().await.unwrap(), want);
    }
}

#[tokio::test]
async fn errors_that_travel_with_a_success_are_raised_where_a_layer_inside_looks_for_them() {
    let server = answers(&[(200, r#"{"ok": false, "error": "not_authed"}"#), FINE]).await;
    let looking = ErrorEnvelopeLayer::client().with_errors_in_success();
    let client = builder()
        .with(RaiseErrorsMiddleware::new())
        .with(NormaliseErrorsMiddleware::from(looking))
        .build();
    let error = get(&client, &server).await.unwrap_err();
    let error = error.api_error().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotAuthenticated);
    assert_eq!(error.envelope().error_type().as_str(), "not_authed");
    assert_eq!(
        get(&client, &server).await.unwrap().text().await.unwrap(),
        FINE.1
    );
}

#[tokio::test]
async fn errors_of_connect_stay_and_errors_to_head_are_read() {
    let client = builder().with(NormaliseErrorsMiddleware::default()).build();
    let own = (404, r#"{"code":"not_found","message":"no printer 8"}"#);
    let server = answers(&[own, BUSY]).await;
    // The client of Connect reads such an error itself.
    let request = client
        .post(server.uri())
        .header("connect-protocol-version", "1");
    let response = request.send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), own.1);
    let response = client.head(server.uri()).send().await.unwrap();
    assert_eq!(
        response.extensions().get::<Envelope>().unwrap().message(),
        "Service Unavailable"
    );
}

//! Retries of reqwest-retry by the advice of errors, with servers that name a delay.
#![cfg(feature = "reqwest-retry")]

use std::time::{Duration, Instant};

use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_retry::policies::ExponentialBackoff;
use reqwest_retry::RetryTransientMiddleware;
use tower_error_envelope::{Envelope, ErrorExt, NormaliseErrorsMiddleware};
use tower_error_envelope::{RaiseErrorsMiddleware, RetryMiddleware};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A server that gives this answer once, and then always 200.
async fn once(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let mock = Mock::given(any()).respond_with(answer);
    mock.up_to_n_times(1).mount(&server).await;
    let fine = ResponseTemplate::new(200);
    Mock::given(any()).respond_with(fine).mount(&server).await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}

fn policy() -> ExponentialBackoff {
    ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(2))
        .build_with_max_retries(3)
}

fn retrying() -> RetryMiddleware {
    RetryMiddleware::new(policy())
}

fn client(middleware: impl reqwest_middleware::Middleware) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new())
        .with(middleware)
        .build()
}

fn busy(retry_after: &str) -> ResponseTemplate {
    ResponseTemplate::new(503).insert_header("retry-after", retry_after)
}

#[tokio::test]
async fn waits_as_long_as_the_server_says() {
    let stacks = [
        client(retrying()),
        ClientBuilder::new(reqwest::Client::new())
            .with(retrying())
            .with(RaiseErrorsMiddleware::new())
            .build(),
        ClientBuilder::new(reqwest::Client::new())
            .with(RaiseErrorsMiddleware::new())
            .with(retrying())
            .with(NormaliseErrorsMiddleware::new())
            .build(),
    ];
    for client in stacks {
        let server = once(busy("1")).await;
        let start = Instant::now();
        let response = client.post(server.uri()).body("x").send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), requests(&server).await),
            (200, 2)
        );
        assert!(
            start.elapsed() >= Duration::from_millis(990),
            "{:?}",
            start.elapsed()
        );
    }
}

#[tokio::test]
async fn the_policy_alone_would_not_wait() {
    let server = once(busy("1")).await;
    let start = Instant::now();
    let client = client(RetryTransientMiddleware::new_with_policy(policy()));
    client.get(server.uri()).send().await.unwrap();
    assert!(start.elapsed() < Duration::from_millis(900));
}

#[tokio::test]
async fn repeats_only_requests_with_that_advice() {
    struct Case {
        answer: ResponseTemplate,
        post: bool,
        requests: usize,
    }
    let plain = ResponseTemplate::new;
    let told = |value| plain(409).insert_header("x-should-retry", value);
    let cases = [
        Case {
            answer: plain(503),
            post: false,
            requests: 2,
        },
        Case {
            answer: plain(503),
            post: true,
            requests: 1,
        },
        Case {
            answer: plain(500),
            post: true,
            requests: 1,
        },
        Case {
            answer: busy("0"),
            post: true,
            requests: 2,
        },
        Case {
            answer: busy("121"),
            post: false,
            requests: 1,
        },
        Case {
            answer: plain(404),
            post: false,
            requests: 1,
        },
        Case {
            answer: told("true"),
            post: true,
            requests: 2,
        },
        Case {
            answer: told("false"),
            post: false,
            requests: 1,
        },
        Case {
            answer: plain(501),
            post: false,
            requests: 1,
        },
        Case {
            answer: plain(302),
            post: false,
            requests: 1,
        },
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let server = once(case.answer).await;
        let client = client(retrying());
        let request = match case.post {
            true => client.post(server.uri()),
            false => client.get(server.uri()),
        };
        request.send().await.unwrap();
        assert_eq!(requests(&server).await, case.requests, "case {number}");
    }
}

#[tokio::test]
async fn a_delay_in_the_body_counts_outside_of_raising() {
    let quota = r#"{"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED", "details": [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.3s"}]}}"#;
    let server = once(ResponseTemplate::new(429).set_body_raw(quota, "application/json")).await;
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(retrying())
        .with(RaiseErrorsMiddleware::new())
        .build();
    let start = Instant::now();
    client.post(server.uri()).send().await.unwrap();
    assert!(start.elapsed() >= Duration::from_millis(290));
}

#[tokio::test]
async fn gives_up_after_as_many_as_the_policy_allows_and_the_error_is_found() {
    let server = MockServer::start().await;
    let always = busy("0").set_body_raw(r#"{"error": "It is busy"}"#, "application/json");
    Mock::given(any()).respond_with(always).mount(&server).await;
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(retrying())
        .with(RaiseErrorsMiddleware::new())
        .build();
    let error = client.get(server.uri()).send().await.unwrap_err();
    assert_eq!(requests(&server).await, 4);
    assert_eq!(error.api_error().unwrap().to_string(), "It is busy");
}

#[tokio::test]
async fn an_error_that_was_not_repeated_is_as_it_was() {
    let error = client(retrying()).get("no url").send().await.unwrap_err();
    assert!(error.is_builder(), "{error:?}");
    let server = once(ResponseTemplate::new(404)).await;
    let client = ClientBuilder::new(reqwest::Client::new())
        .with(retrying())
        .with(RaiseErrorsMiddleware::new())
        .build();
    let error = client.get(server.uri()).send().await.unwrap_err();
    assert!(error.to_string().ends_with(": 404 Not Found"), "{error}");
}

#[tokio::test]
async fn requests_that_fail_together_wait_for_their_own_delays() {
    let client = client(retrying());
    let send = |delay: &'static str| {
        let client = client.clone();
        async move {
            let server = once(busy(delay)).await;
            let start = Instant::now();
            client.get(server.uri()).send().await.unwrap();
            start.elapsed()
        }
    };
    let (short, long) = tokio::join!(send("0"), send("1"));
    assert!(short < Duration::from_millis(900) && long >= Duration::from_millis(990));
}

#[tokio::test]
async fn without_an_answer_a_request_is_repeated_where_nobody_saw_it() {
    let policy = ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(100), Duration::from_millis(100))
        .jitter(reqwest_retry::Jitter::None)
        .build_with_max_retries(1);
    let retries = RetryMiddleware::new(policy).with_max_delay(Duration::from_secs(9));
    let start = Instant::now();
    let nobody = client(retries.clone())
        .post("http://127.0.0.1:1/")
        .send()
        .await;
    assert!(start.elapsed() >= Duration::from_millis(90));
    assert_eq!(Envelope::from(nobody.unwrap_err()).status(), 502);

    // A server that does not answer in time may have got the request.
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(9));
    Mock::given(any()).respond_with(slow).mount(&server).await;
    for (method, want) in [(reqwest::Method::POST, 1), (reqwest::Method::GET, 2)] {
        let before = requests(&server).await;
        let request = client(retries.clone()).request(method, server.uri());
        let timeout = Duration::from_millis(100);
        let error = request.timeout(timeout).send().await.unwrap_err();
        assert_eq!(Envelope::from(error).status(), 504);
        assert_eq!(requests(&server).await - before, want);
    }
}

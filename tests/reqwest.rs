//! Typed errors for reqwest's responses, with servers of wiremock and of the tests.
#![cfg(feature = "reqwest")]

mod support;

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use reqwest::Client;
use support::{read_head, serve_bytes};
use tokio::io::AsyncWriteExt;
use tower_error_envelope::{ApiError, ErrorKind, OptionalResult, RaiseErrorsLayer, RetryAdvice};
use tower_error_envelope::{Envelope, RaisedError, ResponseExt};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn answering(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/builds/123"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

async fn get(server: &MockServer) -> reqwest::Response {
    let url = format!("{}/builds/123?token=hunter2", server.uri());
    Client::new().get(url).send().await.unwrap()
}

#[tokio::test]
async fn an_error_keeps_headers_and_body() {
    let answer = ResponseTemplate::new(400)
        .append_header("set-cookie", "a=1")
        .append_header("set-cookie", "b=2")
        .insert_header("retry-after", "3")
        .set_body_raw(r#"{"name": ["is taken"]}"#, "application/json");
    let server = answering(answer).await;
    let error = get(&server).await.error_for_envelope().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Validation, StatusCode::BAD_REQUEST)
    );
    let cookies: Vec<_> = error.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(error.body(), r#"{"name": ["is taken"]}"#);
    assert_eq!(error.to_string(), "name: is taken");
    assert_eq!(
        error.uri().path_and_query().unwrap(),
        "/builds/123?token=hunter2"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[tokio::test]
async fn without_the_method_only_a_hint_advises_a_retry() {
    let server = answering(ResponseTemplate::new(503)).await;
    let error = get(&server).await.error_for_envelope().await.unwrap_err();
    assert_eq!(
        (error.method(), error.retry_advice()),
        (None, RetryAdvice::No)
    );
    let server = answering(ResponseTemplate::new(503).insert_header("retry-after", "3")).await;
    let error = get(&server).await.error_for_envelope().await.unwrap_err();
    assert_eq!(
        error.retry_advice(),
        RetryAdvice::After(Duration::from_secs(3))
    );
}

#[tokio::test]
async fn a_success_is_the_response_that_it_was() {
    let answer = ResponseTemplate::new(200)
        .insert_header("x-a", "1")
        .set_body_string("fine");
    let server = answering(answer).await;
    let response = get(&server).await;
    let (url, address) = (response.url().clone(), response.remote_addr());
    let response = response.error_for_envelope().await.unwrap();
    assert_eq!((response.url(), response.remote_addr()), (&url, address));
    assert_eq!(
        (response.content_length(), &response.headers()["x-a"]),
        (Some(4), &"1".parse().unwrap())
    );
    assert_eq!(response.text().await.unwrap(), "fine");
}

#[tokio::test]
async fn by_the_rules_of_a_layer() {
    let copr = RaiseErrorsLayer::copr();
    let answer =
        ResponseTemplate::new(200).set_body_json(serde_json::json!({"error": "no such build"}));
    let server = answering(answer).await;
    let error = get(&server)
        .await
        .error_for_envelope_by(&copr)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "no such build");

    let long = "[".to_owned() + &"0,".repeat(50_000) + "0]";
    for body in [r#"{"id": 123}"#, &long] {
        let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
        let server = answering(answer).await;
        let response = get(&server)
            .await
            .error_for_envelope_by(&copr)
            .await
            .unwrap();
        assert!(response.url().path().ends_with("/builds/123") && response.remote_addr().is_some());
        assert_eq!(response.content_length(), Some(body.len() as u64));
        assert_eq!(response.text().await.unwrap(), body);
    }

    let short = RaiseErrorsLayer::new().with_body_limit(4);
    let server = answering(ResponseTemplate::new(500).set_body_string("abcdef")).await;
    let error = get(&server)
        .await
        .error_for_envelope_by(&short)
        .await
        .unwrap_err();
    assert_eq!(
        (&error.body()[..], error.is_truncated()),
        (&b"abcd"[..], true)
    );
}

#[tokio::test]
async fn an_error_that_travels_with_a_success_is_raised_if_that_is_wanted() {
    let said = r#"{"ok": false, "error": "channel_not_found"}"#;
    let answer = || ResponseTemplate::new(200).set_body_raw(said, "application/json");
    let server = answering(answer()).await;
    let data = get(&server).await.error_for_envelope().await.unwrap();
    assert_eq!(data.text().await.unwrap(), said);

    let rules = RaiseErrorsLayer::new().with_errors_in_success();
    let error = get(&server).await.error_for_envelope_by(&rules).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.response().status()),
        (ErrorKind::NoResult, StatusCode::NOT_FOUND, StatusCode::OK)
    );
    assert_eq!(error.envelope().error_type(), "channel_not_found");
    assert_eq!(error.body(), said);
}

#[tokio::test]
async fn data_stays_data_where_errors_in_successes_are_looked_for() {
    let rules = RaiseErrorsLayer::new().with_errors_in_success();
    let long = format!(r#"{{"items": [{}0]}}"#, "0,".repeat(50_000));
    for (body, label) in [
        (r#"{"id": 123, "error": null}"#, "application/json"),
        (r#"{"ok": false, "error": "x"}"#, "text/plain"),
        ("", "application/json"),
        (&long, "application/json"),
    ] {
        let server = answering(ResponseTemplate::new(200).set_body_raw(body, label)).await;
        let response = get(&server).await.error_for_envelope_by(&rules).await;
        let response = response.unwrap();
        assert!(response.remote_addr().is_some());
        assert_eq!(response.text().await.unwrap(), body);
    }
}

#[tokio::test]
async fn both_kinds_of_errors_take_the_question_mark() {
    async fn text(url: String) -> Result<String, RaisedError<reqwest::Error>> {
        let response = reqwest::get(url).await?;
        Ok(response.error_for_envelope().await?.text().await?)
    }
    async fn handler(url: String) -> Result<String, Envelope> {
        let response = reqwest::get(url).await?;
        Ok(response.error_for_envelope().await?.text().await?)
    }
    let busy = ResponseTemplate::new(503).set_body_string("at 10.0.0.5");
    let server = answering(busy).await;
    let url = format!("{}/builds/123", server.uri());
    assert_eq!(
        text(url.clone()).await.unwrap_err().to_string(),
        "at 10.0.0.5"
    );
    let passed = handler(url).await.unwrap_err();
    assert_eq!(passed.message(), "Service Unavailable");

    let nobody = "http://127.0.0.1:1/?token=hunter2".to_owned();
    let error = text(nobody.clone()).await.unwrap_err();
    assert!(error.api().is_none());
    let error = handler(nobody).await.unwrap_err();
    assert_eq!(error, Envelope::from_status(StatusCode::BAD_GATEWAY));
    let source = error.source().unwrap();
    assert!(!format!("{source:?} {source}").contains("hunter2"));
    let error = handler("no url".to_owned()).await.unwrap_err();
    assert_eq!(error.status(), 500);
}

#[tokio::test]
async fn a_timeout_of_the_upstream_is_504_for_callers_of_the_handler() {
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_secs(9));
    let server = answering(slow).await;
    let client = Client::builder().timeout(Duration::from_millis(50));
    let url = format!("{}/builds/123", server.uri());
    let error = client.build().unwrap().get(url).send().await.unwrap_err();
    assert_eq!(Envelope::from(error).status(), 504);
}

#[tokio::test]
async fn a_404_can_be_none() {
    let server = MockServer::start().await;
    let nothing = get(&server).await.error_for_envelope().await.optional();
    assert!(nothing.unwrap().is_none());
}

/// The error of a client whose server stalls in the middle of an error.
async fn stalled(client: Client) -> ApiError {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_head(&mut stream).await;
        let half = b"HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\nhalf";
        stream.write_all(half).await.unwrap();
        std::future::pending::<()>().await;
    });
    let url = format!("http://{server}/?token=hunter2");
    let response = client.get(url).send().await.unwrap();
    response.error_for_envelope().await.unwrap_err()
}

/// The error of reqwest that an error has as its source.
fn source(error: &ApiError) -> &reqwest::Error {
    error.source().unwrap().downcast_ref().unwrap()
}

#[tokio::test]
async fn a_stall_ends_with_the_timeouts_of_reqwest_and_keeps_the_status() {
    let short = Duration::from_millis(200);
    let clients = [
        Client::builder().read_timeout(short),
        Client::builder().timeout(short),
    ];
    for client in clients {
        let error = stalled(client.build().unwrap()).await;
        assert_eq!(
            (error.kind(), &error.body()[..]),
            (ErrorKind::NoResult, &b"half"[..])
        );
        assert!(error.is_truncated() && source(&error).is_timeout());
        assert!(
            source(&error).url().is_none() && !format!("{:?}", source(&error)).contains("hunter2")
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_keeps_its_status() {
    let server = serve_bytes("HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\nhalf").await;
    let response = reqwest::get(format!("http://{server}/")).await.unwrap();
    let error = response.error_for_envelope().await.unwrap_err();
    assert!(error.is_no_result() && error.is_truncated());
    let mut sources = std::iter::successors(error.source(), |error| (**error).source());
    assert!(sources.any(|error| error.is::<hyper::Error>()));
}

#[tokio::test]
async fn a_success_is_data_unless_errors_in_it_are_asked_for() {
    let failed = r#"{"ok":false,"error":"not_authed"}"#;
    let answer = ResponseTemplate::new(200).set_body_raw(failed, "application/json");
    let server = answering(answer).await;
    let response = get(&server).await.error_for_envelope().await.unwrap();
    assert_eq!(response.text().await.unwrap(), failed);
}

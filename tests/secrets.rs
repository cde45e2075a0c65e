//! `Display` and `Debug` of errors show no secrets of requests or responses.
#![cfg(feature = "full")]

use std::error::Error;
use std::fmt::{Debug, Display};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::TokioExecutor;
use tower::{Layer, ServiceExt};
use tower_error_envelope::ResponseExt;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, RaiseErrorsLayer, RaisedError};
use tower_error_envelope::{ErrorExt, NormaliseErrorsMiddleware, RaiseErrorsMiddleware};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Secrets, each named after its place.
const SECRETS: [&str; 9] = [
    "bearer-2f7c",
    "cookie-9a31",
    "set-cookie-51be",
    "query-c0de",
    "user-77aa",
    "password-88bb",
    "challenge-d00f",
    "api-key-3141",
    "location-1618",
];

fn assert_keeps_secrets(what: &str, texts: &[String]) {
    for text in texts {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{what} tells {secret}: {text}");
        }
    }
}

/// All texts that a value and its sources print.
fn prints(value: &(impl Display + Debug)) -> [String; 4] {
    [
        format!("{value}"),
        format!("{value:#}"),
        format!("{value:?}"),
        format!("{value:#?}"),
    ]
}

fn prints_with_sources(error: &(dyn Error + 'static)) -> Vec<String> {
    let sources = std::iter::successors(Some(error), |error| (**error).source());
    sources.flat_map(|error| prints(&error)).collect()
}

/// Answers with this status and with secrets in the headers. For a body that must break off, the declared length is too
/// large.
async fn server(status: u16, body: &'static str) -> MockServer {
    let answer = ResponseTemplate::new(status)
        .append_header("set-cookie", "session=set-cookie-51be")
        .append_header("www-authenticate", "Digest nonce=\"challenge-d00f\"")
        .append_header("location", "/login?next=location-1618")
        .append_header("authorization", "Bearer bearer-2f7c")
        .set_body_raw(body, "application/json");
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

const BODY: &str = r#"{"error": "Cannot cancel build 123"}"#;

fn uri(server: &str, path: &str) -> String {
    let host = server.trim_start_matches("http://");
    format!("http://user-77aa:password-88bb@{host}{path}?token=query-c0de")
}

fn request(uri: &str) -> Request<Full<Bytes>> {
    Request::get(uri)
        .header("authorization", "Bearer bearer-2f7c")
        .header("cookie", "session=cookie-9a31")
        .header("x-api-key", "api-key-3141")
        .body(Full::default())
        .unwrap()
}

#[tokio::test]
async fn errors_of_the_layer_tell_none() {
    for (status, layer) in [
        (500, RaiseErrorsLayer::new()),
        (200, RaiseErrorsLayer::copr()),
    ] {
        let server = server(status, BODY).await;
        let http: Client<HttpConnector, Full<Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let client = layer.layer(http.clone());
        let raised = client
            .oneshot(request(&uri(&server.uri(), "/a")))
            .await
            .unwrap_err();
        assert_keeps_secrets("RaisedError", &prints_with_sources(&raised));

        let error = raised.into_api().unwrap();
        assert!(
            error.uri().query().unwrap().contains("query-c0de"),
            "it is there for who asks"
        );
        assert_keeps_secrets("ApiError", &prints_with_sources(&error));
        assert_keeps_secrets("Envelope", &prints(error.envelope()));
        assert!(format!("{error:?}").contains("/a"), "{error:?}");

        let raised: RaisedError<std::io::Error> = error.into();
        assert_keeps_secrets("RaisedError", &prints(&raised));
        assert_keeps_secrets("boxed", &prints_with_sources(&*raised.into_boxed()));
    }
}

#[tokio::test]
async fn errors_that_broke_off_tell_none() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _request = stream.read(&mut [0; 2048]).await.unwrap();
            let cut = "HTTP/1.1 500 Oh\r\nset-cookie: session=set-cookie-51be\r\ncontent-length: 9\r\n\r\nx";
            stream.write_all(cut.as_bytes()).await.unwrap();
        }
    });
    let http: Client<HttpConnector, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    let call = RaiseErrorsLayer::new()
        .layer(http)
        .oneshot(request(&uri(&server, "/a")));
    let error = call.await.unwrap_err();
    assert!(error.api().unwrap().source().is_some());
    assert_keeps_secrets("ApiError", &prints_with_sources(&error));

    let response = reqwest::get(uri(&server, "/a")).await.unwrap();
    let error = response.error_for_envelope().await.unwrap_err();
    assert!(error.source().is_some());
    assert_keeps_secrets("reqwest", &prints_with_sources(&error));
}

#[tokio::test]
async fn errors_of_reqwest_and_its_middleware_tell_none() {
    let server = server(401, BODY).await;
    let response = reqwest::Client::new()
        .get(uri(&server.uri(), "/a"))
        .bearer_auth("bearer-2f7c")
        .send()
        .await
        .unwrap();
    let error = response.error_for_envelope().await.unwrap_err();
    assert_keeps_secrets("reqwest", &prints_with_sources(&error));

    for normalise in [false, true] {
        let client = reqwest_middleware::ClientBuilder::new(reqwest::Client::new())
            .with(RaiseErrorsMiddleware::new());
        let client = if normalise {
            client.with(NormaliseErrorsMiddleware::new())
        } else {
            client
        };
        let request = client
            .build()
            .get(uri(&server.uri(), "/a"))
            .bearer_auth("bearer-2f7c");
        let error = request.send().await.unwrap_err();
        assert!(error.api_error().is_some());
        assert_keeps_secrets("reqwest-middleware", &prints_with_sources(&error));
    }
}

#[tokio::test]
async fn envelopes_tell_none() {
    let envelope = Envelope::new(http::StatusCode::UNAUTHORIZED, "Log in")
        .with_header(http::header::SET_COOKIE, "session=set-cookie-51be");
    assert_keeps_secrets("Envelope", &prints_with_sources(&envelope));
    let service = tower::service_fn(move |_: Request<Full<Bytes>>| {
        let mut response = Response::builder()
            .status(401)
            .body(Full::<Bytes>::default())
            .unwrap();
        response.extensions_mut().insert(envelope.clone());
        std::future::ready(Ok::<_, std::convert::Infallible>(response))
    });
    let layer = ErrorEnvelopeLayer::client();
    let response = layer
        .layer(service)
        .oneshot(request("/?token=query-c0de"))
        .await
        .unwrap();
    let envelope: &Envelope = response.extensions().get().unwrap();
    assert_keeps_secrets("Envelope", &prints(envelope));
}

#[test]
fn the_search_finds_a_secret() {
    let told = std::panic::catch_unwind(|| {
        let error = std::io::Error::other("GET /?token=query-c0de");
        assert_keeps_secrets("a bad error", &prints_with_sources(&error));
    });
    assert!(told.is_err());
}

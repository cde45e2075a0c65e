//! Clients of other projects read streams that fail after their head was sent, without the layer and with it.
//!
//! They are installed by `tests/interop/streams/install FOLDER`; with `STREAMS_PEERS=FOLDER` the tests find them there.
#![cfg(feature = "full")]

mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use axum::Router;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use prost::Message;
use serde_json::Value;
use tokio::process::Command;
use tower::BoxError;
use tower_error_envelope::write::OpenAi;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

const WORDS: [&str; 2] = ["one", "two"];

fn app() -> Router {
    Router::new()
        .route(
            "/events",
            get(|| async { failing("text/event-stream", WORDS.map(event), busy()) }),
        )
        .route(
            "/lines",
            get(|| async { failing("application/x-ndjson", WORDS.map(line), busy()) }),
        )
        .route(
            "/plain",
            get(|| async { failing("text/plain", WORDS.map(Bytes::from), busy()) }),
        )
        .route(
            "/v1/chat/completions",
            post(|| async { failing("text/event-stream", WORDS.map(chunk), busy()) }),
        )
        .route(
            "/streams.v1.Words/Tell",
            post(|request: Request| async move { tell(&request, busy()) }),
        )
        .route(
            "/streams.v1.Words/Secret",
            post(|request: Request| async move { tell(&request, "connect to 10.0.0.7: refused") }),
        )
}

fn busy() -> Envelope {
    let busy = Envelope::new(StatusCode::TOO_MANY_REQUESTS, "No paper left");
    busy.with_error_type("no_paper").with_header(RETRY_AFTER, 7)
}

fn event(word: &str) -> Bytes {
    format!("data: {word}\n\n").into()
}

fn line(word: &str) -> Bytes {
    format!("{{\"word\":\"{word}\"}}\n").into()
}

fn chunk(word: &str) -> Bytes {
    let choices =
        serde_json::json!([{"index": 0, "delta": {"content": word}, "finish_reason": null}]);
    let chunk = serde_json::json!({
        "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices,
    });
    format!("data: {chunk}\n\n").into()
}

/// A method that answers with the label of the request, and fails.
fn tell(request: &Request, error: impl Into<BoxError>) -> Response {
    let label = request.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let is_json = label.ends_with("json");
    let messages = WORDS.map(|word| {
        let content = match is_json {
            true => format!("{word:?}").into_bytes(),
            false => word.to_owned().encode_to_vec(),
        };
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        Bytes::from([&[0][..], &length, &content].concat())
    });
    failing(&label, messages, error)
}

/// A stream that gives these bytes and then fails, once the reader has had time to read them.
fn failing<const N: usize>(label: &str, data: [Bytes; N], error: impl Into<BoxError>) -> Response {
    let error = error.into();
    let data = stream::iter(data).map(Ok::<_, BoxError>);
    let failure = stream::once(async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Err(error)
    });
    let mut response = Response::new(Body::from_stream(data.chain(failure)));
    let label = HeaderValue::from_str(label).unwrap();
    response.headers_mut().insert(CONTENT_TYPE, label);
    response
}

/// The servers without the layer, with it, and with it in OpenAI's dialect.
async fn servers() -> [SocketAddr; 3] {
    let layered = app().layer(ErrorEnvelopeLayer::new().with_last_frame());
    let openai = ErrorEnvelopeLayer::new()
        .with_dialect(OpenAi)
        .with_last_frame();
    [
        support::serve(app()).await,
        support::serve(layered).await,
        support::serve(app().layer(openai)).await,
    ]
}

fn peers() -> PathBuf {
    let folder =
        std::env::var_os("STREAMS_PEERS").expect("STREAMS_PEERS is the folder with the peers");
    folder.into()
}

/// The results of a peer with this server, case by case.
async fn outcomes(program: &Path, script: &str, server: SocketAddr) -> BTreeMap<String, Value> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/streams");
    let mut peer = Command::new(program);
    peer.arg(scripts.join(script)).arg(server.to_string());
    peer.env("PEER_MODULES", peers().join("node_modules"));
    let output = peer.kill_on_drop(true).output();
    let output = tokio::time::timeout(Duration::from_secs(120), output)
        .await
        .unwrap()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let outcomes = lines.lines().map(|line| {
        println!("{server} {line}");
        let outcome: Value = serde_json::from_str(line).unwrap();
        (outcome["case"].as_str().unwrap().to_owned(), outcome)
    });
    outcomes.collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn grpcio_and_openai_raise_the_error() {
    let [bare, layered, openai] = servers().await;
    let python = peers().join("venv/bin/python");
    let (bare, layered) = (
        outcomes(&python, "peer.py", bare).await,
        outcomes(&python, "peer.py", layered).await,
    );
    for outcome in [&bare["grpcio Tell"], &layered["grpcio Tell"]] {
        assert_eq!(outcome["words"], serde_json::json!(WORDS));
    }
    assert_ne!(bare["grpcio Tell"]["code"], "RESOURCE_EXHAUSTED");
    assert_eq!(layered["grpcio Tell"]["code"], "RESOURCE_EXHAUSTED");
    assert_eq!(layered["grpcio Tell"]["message"], "No paper left");
    assert_eq!(layered["grpcio Secret"]["code"], "INTERNAL");
    assert_eq!(layered["grpcio Secret"]["message"], "Internal Server Error");

    let openai = outcomes(&python, "peer.py", openai).await;
    for outcome in [&bare["openai"], &openai["openai"]] {
        assert_eq!(outcome["tokens"], serde_json::json!(WORDS));
    }
    assert_ne!(bare["openai"]["error"], "APIError");
    assert_eq!(openai["openai"]["error"], "APIError");
    assert_eq!(openai["openai"]["message"], "No paper left");
    assert_eq!(openai["openai"]["code"], "no_paper");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn connect_node_and_eventsource_get_the_error() {
    let [bare, layered, _] = servers().await;
    let node = Path::new("node");
    let (bare, layered) = (
        outcomes(node, "peer.js", bare).await,
        outcomes(node, "peer.js", layered).await,
    );
    let mut calls = 0;
    for (case, outcome) in layered.iter().filter(|(case, _)| case.ends_with("Tell")) {
        assert_eq!(outcome["words"], serde_json::json!(WORDS), "{case}");
        assert_eq!(outcome["code"], "ResourceExhausted", "{case}");
        assert_eq!(outcome["message"], "No paper left", "{case}");
        assert_eq!(outcome["retry"], "7", "{case}");
        assert_ne!(bare[case]["code"], "ResourceExhausted", "{case}");
        calls += 1;
    }
    for (case, outcome) in layered.iter().filter(|(case, _)| case.ends_with("Secret")) {
        assert_eq!(outcome["code"], "Internal", "{case}");
        assert_eq!(outcome["message"], "Internal Server Error", "{case}");
        calls += 1;
    }
    assert_eq!(calls, 14);
    let sent = r#"{"_error_message":"No paper left","_error_type":"no_paper","_error_details":{"status":429,"retry_after":7}}"#;
    assert_eq!(bare["eventsource"]["errors"], serde_json::json!([null]));
    assert_eq!(
        layered["eventsource"]["errors"],
        serde_json::json!([sent, null])
    );
    for outcome in [&bare["eventsource"], &layered["eventsource"]] {
        assert_eq!(outcome["data"], serde_json::json!(WORDS));
    }
}

/// A stream that broke off must not look complete: 18 is "partial file", 92 an error of a stream of HTTP/2.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs curl"]
async fn curl_fails_as_without_the_layer_and_has_the_last_frame() {
    let [bare, layered, _] = servers().await;
    for (version, code) in [("--http1.1", 18), ("--http2-prior-knowledge", 92)] {
        for path in ["/events", "/lines", "/plain"] {
            let mut texts = Vec::new();
            for server in [bare, layered] {
                let url = format!("http://{server}{path}");
                let mut curl = Command::new("curl");
                let output = curl.args(["-sN", version, &url]).output().await.unwrap();
                assert_eq!(output.status.code(), Some(code), "{version} {path}");
                texts.push(String::from_utf8(output.stdout).unwrap());
            }
            println!("curl {version} {path}: {code}, {:?}", texts[1]);
            let added = texts[1].strip_prefix(&*texts[0]).unwrap();
            match path {
                "/events" => {
                    assert!(added.starts_with("event: error\ndata: {\"_error_message\":\"No paper"))
                }
                "/lines" => assert!(
                    added.starts_with("{\"_error_message\":\"No paper") && added.ends_with("}\n")
                ),
                _ => assert_eq!(added, ""),
            }
        }
    }
}

/// A browser runs this page, which prints the events of its `EventSource`.
const PAGE: &str = r#"<!doctype html><title>x</title><pre id="seen"></pre><script>
const seen = [];
const source = new EventSource("/events");
const tell = (event) => seen.push([event.type, event.data ?? null]);
source.onmessage = tell;
source.onerror = (event) => {
  tell(event);
  if (event.data === undefined) {
    source.close();
    document.getElementById("seen").textContent = JSON.stringify(seen);
  }
};
</script>"#;

/// A headless browser, if one is installed.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = [
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ];
    let mut folders = std::env::split_paths(&path);
    folders.find_map(|folder| {
        let mut programs = names.iter().map(|name| folder.join(name));
        programs.find(|program| program.is_file())
    })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium"]
async fn an_event_source_in_a_browser_gets_the_error_before_the_connection_breaks() {
    let Some(chromium) = chromium() else {
        println!("no Chromium is installed: not tried");
        return;
    };
    let page = || get(|| async { axum::response::Html(PAGE) });
    let layered = app()
        .route("/page", page())
        .layer(ErrorEnvelopeLayer::new().with_last_frame());
    let servers = [(app().route("/page", page()), 3), (layered, 4)];
    for (app, told) in servers {
        let server = support::serve(app).await;
        let mut browser = Command::new(&chromium);
        let browser = browser
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--virtual-time-budget=3000",
            ])
            .args(["--dump-dom", &format!("http://{server}/page")]);
        let output = browser.kill_on_drop(true).output();
        let output = tokio::time::timeout(Duration::from_secs(60), output)
            .await
            .unwrap()
            .unwrap();
        let dom = String::from_utf8_lossy(&output.stdout).into_owned();
        let seen = dom
            .split("<pre id=\"seen\">")
            .nth(1)
            .and_then(|rest| rest.split("</pre>").next());
        let seen: Vec<(String, Option<String>)> =
            serde_json::from_str(seen.expect(&dom)).expect(&dom);
        println!("{seen:?}");
        let words: Vec<_> = seen.iter().filter(|(kind, _)| kind == "message").collect();
        assert_eq!(words.len(), WORDS.len());
        assert_eq!(seen.len(), told);
        let errors: Vec<_> = seen.iter().filter(|(kind, _)| kind == "error").collect();
        assert_eq!(errors.last().unwrap().1, None);
        if let [(_, Some(data)), _] = errors[..] {
            let error = Envelope::from_event(Some("error"), data).unwrap();
            assert_eq!(
                (error.status().as_u16(), error.message()),
                (429, "No paper left")
            );
        }
    }
}

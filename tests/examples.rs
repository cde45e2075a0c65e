//! Every example is run, and does what it says.
#![cfg(all(feature = "axum", feature = "tonic", feature = "tracing"))]

mod support;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};

use axum::routing::get;
use axum::Router;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use support::{send, text, values, Protocol};

/// The command that runs an example, built beforehand with the features of this test.
fn example(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    command.args([
        "run",
        "--quiet",
        "--all-features",
        "--manifest-path",
        manifest,
        "--example",
        name,
        "--",
    ]);
    command
}

fn output(mut command: Command) -> Output {
    command.output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// An example that serves until it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(name: &str, arguments: &[&str]) -> Self {
        let mut process = example(name)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("{line}"));
        Self {
            address: address.parse().unwrap(),
            process,
        }
    }

    async fn ask(&self, method: &str, path: &str, body: &'static str) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        send(
            Protocol::Http1,
            self.address,
            request.body(Full::from(body)).unwrap(),
        )
        .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The child is `cargo run`, which on Unix has become the example itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn quickstart_shows_a_dozen_errors_before_and_after() {
    let output = output(example("quickstart"));
    assert!(output.status.success(), "{output:?}");
    let lines = lines(&output);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.contains("  before  "))
            .count(),
        12
    );
    let after: Vec<_> = lines
        .iter()
        .filter(|line| line.contains("  after   "))
        .collect();
    assert_eq!(after.len(), 12);
    assert_eq!(
        after
            .iter()
            .filter(|line| line.contains(" application/json "))
            .count(),
        11,
        "all but the page of the browser"
    );
    for class in [
        "NotFound",
        "MethodNotAllowed",
        "BadRequest",
        "UnsupportedMediaType",
        "ContentTooLarge",
        "Conflict",
        "ServerError",
        "GatewayTimeout",
        "ServiceUnavailable",
    ] {
        assert!(
            after
                .iter()
                .any(|line| line.contains(&format!("clustr.exceptions.{class}\""))),
            "{class}"
        );
    }
    assert!(after
        .iter()
        .any(|line| line.contains(r#"{"name":["missing field `name`"]}"#)));
    assert!(
        lines.iter().all(|line| !line.contains('\u{1b}')),
        "colours are for terminals"
    );
    assert!(lines.last().unwrap().contains("No such page"));
}

#[tokio::test]
async fn axum_answers_every_error_with_the_envelope() {
    let server = Server::start("axum", &["127.0.0.1:0"]);
    let missing = server.ask("GET", "/printers/7", "").await;
    assert_eq!(
        text(&missing),
        r#"{"_error_message":"There is no printer 7","_error_type":"clustr.exceptions.NotFound"}"#
    );
    let invalid = server.ask("POST", "/printers", r#"{"name": ""}"#).await;
    assert_eq!(
        (invalid.status(), text(&invalid)),
        (StatusCode::BAD_REQUEST, r#"{"name":["must not be empty"]}"#)
    );
    let incomplete = server.ask("POST", "/printers", "{}").await;
    assert_eq!(text(&incomplete), r#"{"name":["missing field `name`"]}"#);
    assert_eq!(values(&incomplete, "access-control-allow-origin"), ["*"]);
    assert_eq!(
        server
            .ask("POST", "/printers", r#"{"name": "laser"}"#)
            .await
            .status(),
        StatusCode::CREATED
    );
    assert_eq!(
        text(&server.ask("GET", "/printers/1", "").await),
        r#"{"name":"laser"}"#
    );
    assert_eq!(
        server.ask("DELETE", "/printers", "").await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn hyper_answers_the_errors_of_a_plain_function() {
    let server = Server::start("hyper", &["127.0.0.1:0"]);
    assert_eq!(text(&server.ask("POST", "/double", "21").await), "42");
    let invalid = server.ask("POST", "/double", "many").await;
    assert_eq!(
        (invalid.status().as_u16(), text(&invalid)),
        (400, r#"{"body":["invalid digit found in string"]}"#)
    );
    let masked = server.ask("POST", "/double", "4000000000").await;
    assert_eq!(masked.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!text(&masked).contains("10.0.0.5"));
    assert_eq!(
        server
            .ask("POST", "/double", "12345678901234567890")
            .await
            .status(),
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert!(text(&server.ask("GET", "/", "").await).contains("POST a number to /double"));
}

#[test]
fn hyper_client_reads_services_it_knows_nothing_about() {
    let output = output(example("hyper_client"));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "username This field is required.",
        "Item 7 is sold out",
        "https://shop.example/no-stock",
        "Only admins may do this",
        "Bad Gateway",
        "410 Gone",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn gateway_normalises_what_its_upstream_answers() {
    let page = "<html><head><title>No such page</title></head></html>";
    let upstream = Router::new()
        .route("/ok", get(|| async { "fine" }))
        .route(
            "/page",
            get(move || async move { (StatusCode::NOT_FOUND, axum::response::Html(page)) }),
        )
        .route(
            "/broken",
            get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, "at 10.0.0.5") }),
        );
    let upstream = support::serve(upstream).await;
    let server = Server::start(
        "gateway",
        &[
            "--upstream",
            &format!("http://{upstream}"),
            "--listen",
            "127.0.0.1:0",
        ],
    );
    assert_eq!(text(&server.ask("GET", "/ok", "").await), "fine");
    assert!(
        text(&server.ask("GET", "/page", "").await).contains(r#""_error_message":"No such page""#)
    );
    assert!(text(&server.ask("GET", "/nowhere", "").await).contains("clustr.exceptions.NotFound"));
    let broken = server.ask("GET", "/broken", "").await;
    assert!(
        broken.status() == 500 && !text(&broken).contains("10.0.0.5"),
        "{broken:?}"
    );
}

#[tokio::test]
async fn gateway_says_when_there_is_no_upstream() {
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let server = Server::start(
        "gateway",
        &[
            "--upstream",
            &format!("http://{closed}"),
            "--listen",
            "127.0.0.1:0",
        ],
    );
    let answer = server.ask("GET", "/", "").await;
    assert_eq!(
        (
            answer.status(),
            text(&answer).contains("The upstream cannot be reached")
        ),
        (StatusCode::BAD_GATEWAY, true)
    );
}

#[test]
fn gateway_says_what_is_wrong_with_its_options() {
    let cases: [(&[&str], &str); 4] = [
        (&[], "--upstream is missing"),
        (&["--upstream"], "--upstream needs a value"),
        (
            &["--upstream", "example.com"],
            "example.com is no http:// URL",
        ),
        (&["--port", "1"], "there is no option --port"),
    ];
    for (arguments, problem) in cases {
        let mut command = example("gateway");
        command.args(arguments);
        let output = output(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(2)
                && said.contains(problem)
                && said.contains("usage: gateway"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn tonic_server_answers_each_caller_in_its_own_protocol() {
    let server = Server::start("tonic_server", &["127.0.0.1:0"]);
    let missing = server.ask("GET", "/printers/7", "").await;
    assert_eq!(
        text(&missing),
        r#"{"_error_message":"There is no printer 7","_error_type":"clustr.exceptions.NotFound"}"#
    );
    let nope = server.ask("POST", "/printer.v1.Printer/Nope", "").await;
    assert_eq!(
        (nope.status(), text(&nope)),
        (
            StatusCode::NOT_IMPLEMENTED,
            r#"{"_error_message":"Not Implemented","_error_type":"UNIMPLEMENTED"}"#
        )
    );
    for (path, code, message) in [
        ("/printer.v1.Printer/Print", "3", "text: must not be empty"),
        ("/printer.v1.Plain/Empty404", "5", "Not Found"),
    ] {
        let request = Request::post(path).header("content-type", "application/grpc");
        let request = request.body(Full::from(&[0; 5][..])).unwrap();
        let answer = send(Protocol::Http2, server.address, request).await;
        let status = (
            values(&answer, "grpc-status"),
            values(&answer, "grpc-message"),
        );
        // tonic escapes blanks as well.
        let message = [message, &message.replace(' ', "%20")];
        assert_eq!(
            (answer.status(), &*status.0),
            (StatusCode::OK, &[code][..]),
            "{path}"
        );
        assert!(message.contains(&status.1[0]), "{path}: {status:?}");
    }
}

#[test]
fn tonic_client_reads_what_proxies_answer() {
    let output = output(example("tonic_client"));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "without the layer: Internal: protocol error",
        "with    the layer: Unavailable: The backend is down",
        "with    the layer: Unauthenticated: Log in first",
        "details:  login_required of clustr.exceptions",
        "with    the layer: Unavailable: Service Unavailable",
        "metadata: http-status \"503\"",
        "envelope: 401 Unauthorized login_required Log in first",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

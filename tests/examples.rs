//! Runs every example, and checks its output.
#![cfg(feature = "full")]

mod support;

use std::io::Write;
use std::process::Stdio;

use axum::routing::get;
use axum::Router;
use http::{Request, StatusCode};
use http_body_util::Full;
use support::example::{example, lines, output, Server};
use support::{send, text, values, Protocol};

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

#[test]
fn streams_lose_the_error_without_the_layers_and_raise_it_with_them() {
    let output = output(example("streams"));
    assert!(output.status.success(), "{output:?}");
    let lines = lines(&output);
    let of = |start: &str| -> Vec<_> {
        let lines = lines.iter().filter(|line| line.starts_with(start));
        lines.cloned().collect()
    };
    let (without, with) = (of("  without "), of("  with "));
    assert_eq!((without.len(), with.len()), (3, 3), "{lines:#?}");
    assert!(with[0].contains("RateLimited: The quota is used up (again: After(7s))"));
    assert!(with[1].contains("Server: Internal Server Error"));
    assert!(with[2].contains("Server: The printer is being moved (again: Backoff)"));
    for line in &without {
        assert!(line.contains("error reading a body"), "{line}");
    }
    assert!(!lines.concat().contains("10.0.0.7"));
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
fn hyper_client_reads_unknown_services() {
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
async fn gateway_normalises_the_errors_of_its_upstream() {
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
fn gateway_explains_invalid_options() {
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

/// The exit code and the output of `read_any` for this input.
fn read_any(arguments: &[&str], input: &str) -> (Option<i32>, String) {
    let mut process = example("read_any")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = process.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(printed).unwrap())
}

#[test]
fn read_any_shows_what_it_reads() {
    let redirected = "HTTP/2 302\r\nlocation: /x\r\n\r\nHTTP/2 422\r\ncontent-type: application/json\r\n\r\n{\"message\": \"Invalid\", \"errors\": {\"email\": [\"is taken\"]}}";
    assert_eq!(
        read_any(&[], redirected),
        (
            Some(0),
            "status   422 Unprocessable Entity\nread as  json\nmessage  Invalid\ntype     (none was sent)\nfield    email: is taken\nenvelope {\"_error_message\":\"Invalid\",\"email\":[\"is taken\"]}\n".into()
        )
    );
    let (_, slack) = read_any(&[], "HTTP/1.1 200 OK\ncontent-type: application/json\n\n{\"ok\": false, \"error\": \"not_authed\"}");
    assert!(slack.starts_with("status   401 Unauthorized\n"), "{slack}");
    let (_, data) = read_any(&[], "HTTP/1.1 200 OK\n\n{}");
    assert_eq!(data, "200 OK: no error, the layer leaves it alone\n");
}

#[test]
fn read_any_explains_invalid_input() {
    let cases = [
        (&[][..], "", "the input is empty"),
        (&[], "{\"error\": 1}", "the first line must be one like"),
        (
            &[],
            "HTTP/1.1 404 Not Found\na: b",
            "no blank line follows the headers",
        ),
        (&["/no/such/file"], "", "cannot read `/no/such/file`"),
    ];
    for (arguments, input, problem) in cases {
        let (code, printed) = read_any(arguments, input);
        assert_eq!(code, Some(2), "{printed}");
        assert!(
            printed.contains(problem) && printed.contains("curl -si"),
            "{printed}"
        );
    }
}

#[test]
fn copr_client_prints_the_session_of_the_documentation() {
    let server = Server::start("copr_server", &["127.0.0.1:0"]);
    let url = format!("http://{}", server.address);
    let run = |arguments: &[&str]| {
        let mut command = example("copr_client");
        command.args(["--url", &url]).args(arguments);
        let output = output(command);
        (output.status.code(), lines(&output))
    };
    let lines = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();

    assert_eq!(
        run(&["get", "123"]),
        (Some(0), lines(&["Build 123 is running"]))
    );
    assert_eq!(
        run(&["cancel", "123"]),
        (Some(0), lines(&["Build 123 is canceled"]))
    );
    assert_eq!(
        run(&["cancel", "123"]),
        (Some(1), lines(&["Cannot cancel build 123"]))
    );
    let (_, debug) = run(&["--debug", "cancel", "123"]);
    assert_eq!(
        debug[..2],
        lines(&["Cannot cancel build 123", "500 Internal Server Error"])
    );
    for header in ["content-type: application/json", "content-length: 35"] {
        assert!(debug.contains(&header.to_owned()), "{debug:?}");
    }
    assert_eq!(
        run(&["get", "9"]),
        (Some(0), lines(&["There is no build 9"]))
    );
    assert_eq!(
        run(&["builds", "frodo", "ring"]).1,
        ["The API request timeouted"]
    );
    assert_eq!(
        run(&["add", "frodo", "the ring"]).1[0],
        "",
        "bullets stand below"
    );
    assert_eq!(run(&["add", "frodo", "the ring"]).1.len(), 3);
    assert_eq!(
        run(&["add", "frodo", "ring", "fedora"]).1,
        ["Project frodo/ring is there"]
    );
    let anonymous = run(&["--login", "login:expired", "add", "frodo", "ring", "fedora"]);
    assert_eq!(
        anonymous.1,
        ["Login invalid/expired. Please get a new API token."]
    );
    assert_eq!(run(&[]).0, Some(2));
    assert_eq!(run(&["cancel", "all"]).0, Some(2));
}

#[tokio::test]
async fn copr_server_speaks_html_elsewhere() {
    let server = Server::start("copr_server", &["127.0.0.1:0"]);
    let page = server.ask("GET", "/coprs", "").await;
    assert_eq!(
        (page.status().as_u16(), text(&page)),
        (404, "<h1>Page Not Found</h1>")
    );
    let unknown = server.ask("GET", "/api_3/coprs", "").await;
    assert_eq!(
        text(&unknown),
        r#"{"error":"Such API endpoint doesn't exist"}"#
    );
    let anonymous = server.ask("PUT", "/api_3/build/cancel/123", "").await;
    assert_eq!(
        values(&anonymous, "www-authenticate"),
        [r#"Basic realm="copr""#]
    );
}

#[test]
fn tower_client_gets_past_a_bad_server() {
    let output = output(example("tower_client"));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "data       served at the second attempt",
        "NoResult   There is no such thing at all",
        "status     409 Conflict",
        r#"body       b"half a mess""#,
        "broke off  data was not received within the designated timeout",
        "no answer  request timed out",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn reqwest_client_keeps_headers_and_body() {
    let output = output(example("reqwest_client"));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "data: laser",
        "Validation, 400 Bad Request",
        "tray: is empty, is open",
        "| content-type: application/json",
        r#"| {"name":["is missing"],"tray":["is empty","is open"]}"#,
        "NoResult, 404 Not Found: Not Found",
        "printer 8: none",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn reqwest_middleware_shows_that_order_matters() {
    let output = output(example("reqwest_middleware"));
    assert!(output.status.success(), "{output:?}");
    let warming = "The printer is warming up";
    let normalised = r#"503 Service Unavailable {"_error_message":"The printer is warming up","_error_type":"clustr.exceptions.ServiceUnavailable"}"#;
    assert_eq!(
        lines(&output),
        [
            "raise outside of retries, the right way:".to_owned(),
            "  busy 2 times, asked 3 times: 200 OK printed".into(),
            format!("  busy 9 times, asked 4 times: Server: {warming}"),
            "raise inside of retries, which stops them:".into(),
            format!("  busy 2 times, asked 1 times: Server: {warming}"),
            "normalise:".into(),
            format!("  busy 9 times, asked 4 times: {normalised}"),
            "retry as the server says, on either side:".into(),
            "  busy 2 times, asked 3 times: 200 OK printed".into(),
        ]
    );
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
        ("/printer.v1.Plain/Empty404", "12", "Not Found"),
        (
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "12",
            "Not Found",
        ),
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
fn tonic_client_reads_the_errors_of_proxies() {
    let output = output(example("tonic_client"));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    for part in [
        "without the layer: Internal: protocol error",
        "with    the layer: Unavailable: The backend is down",
        "with    the layer: Unauthenticated: Log in first",
        "details:  LOGIN_REQUIRED of clustr.exceptions",
        "with    the layer: Unavailable: Service Unavailable",
        "metadata: http-status \"503\"",
        "envelope: 401 Unauthorized login_required Log in first",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

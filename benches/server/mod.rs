//! A whole server: the user-space instructions of its process for one request, with axum, hyper, HTTP/1.1 and one
//! connection.
//!
//! What the system does for it is not counted.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use axum::http::{header::CONTENT_TYPE, StatusCode};
use axum::middleware::from_fn;
use axum::routing::get;
use axum::Router;
use tower::layer::util::Identity;
use tower_error_envelope::ErrorEnvelopeLayer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::work;

/// The groups by their names.
pub(crate) const WORK: [(&str, &str); 2] = [
    ("server, all successes", "/builds/8"),
    ("server, all 404", "/missing/8"),
];

/// The layer around the routes. The others are compared with the first.
pub(crate) const LAYERS: [&str; 7] = [
    "no layer",
    "identity layer",
    "ours, same body",
    "ours",
    "tower-http CatchPanic",
    "axum from_fn",
    "middleware with json!",
];

fn app(layer: &str) -> Router {
    let fine = || async { ([(CONTENT_TYPE, "application/json")], work::FINE) };
    let missing = || async { (StatusCode::NOT_FOUND, work::MISSING) };
    let routes = Router::new();
    let routes = routes.route("/builds/{id}", get(fine));
    let routes = routes.route("/missing/{id}", get(missing));
    match layer {
        "no layer" => routes,
        "identity layer" => routes.layer(Identity::new()),
        "ours, same body" => routes.layer(ErrorEnvelopeLayer::new().with_same_body()),
        "ours" => routes.layer(ErrorEnvelopeLayer::new()),
        "tower-http CatchPanic" => routes.layer(CatchPanicLayer::new()),
        "axum from_fn" => routes.layer(from_fn(work::pass)),
        "middleware with json!" => routes.layer(from_fn(work::rewrite)),
        other => panic!("there is no layer {other}"),
    }
}

/// Serves until the standard input ends, in the measured process.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve(layer: &str) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    axum::serve(listener, app(layer)).await.unwrap();
}

/// Instructions of a request for `path`.
pub(crate) fn count(layer: &str, path: &str) -> u64 {
    let (few, many) = (100, 400);
    (collected(layer, path, many) - collected(layer, path, few)) / (many - few)
}

fn collected(layer: &str, path: &str, requests: u64) -> u64 {
    let mut server = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args(["--serve", layer])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("valgrind is installed");
    let stdout = server.stdout.take().unwrap();
    let rewrites = ["ours", "ours, same body", "middleware with json!"].contains(&layer);
    let want = match path {
        "/builds/8" => work::FINE,
        _ if rewrites => work::JSON,
        _ => work::MISSING,
    };
    ask(port(stdout), path, requests, want);
    crate::said(&stop(server))
}

fn port(stdout: ChildStdout) -> u16 {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    line.trim().parse().unwrap()
}

/// Sends the given number of requests, and checks each answer.
fn ask(port: u16, path: &str, requests: u64, want: &str) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n\r\n");
    let mut answers = BufReader::new(stream.try_clone().unwrap());
    for _ in 0..requests {
        stream.write_all(request.as_bytes()).unwrap();
        let body = String::from_utf8(answer(&mut answers)).unwrap();
        assert_eq!(body, want);
    }
}

/// The body of the next answer.
fn answer(answers: &mut impl BufRead) -> Vec<u8> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            None if line == "\r\n" => break,
            _ => assert!(!line.is_empty(), "the server went away"),
        }
    }
    let mut body = vec![0; length];
    answers.read_exact(&mut body).unwrap();
    body
}

/// The standard error of the server.
fn stop(mut server: Child) -> String {
    drop(server.stdin.take());
    let output = server.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

//! The other implementations of gRPC, as clients of a server with the layer and as servers of a client with it.
//!
//! They are installed by `tests/interop/grpc/install FOLDER`; with `GRPC_PEERS=FOLDER` the tests find them there.
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine;
use printer::pb::printer_client::PrinterClient;
use printer::pb::printer_server::PrinterServer;
use printer::pb::{Job, Page};
use printer::{channel, everything, long_message, serve_bare, serve_layered, Plain, PLAIN};
use prost::Message;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tonic::Code;
use tonic_types::pb;
use tower::Layer;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

type Outcomes = BTreeMap<String, Value>;

fn peers() -> PathBuf {
    let folder = std::env::var_os("GRPC_PEERS").expect("GRPC_PEERS is the folder with the peers");
    folder.into()
}

fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn python(script: &str) -> Command {
    let mut command = Command::new(peers().join("venv/bin/python"));
    command.arg(in_repository("tests/interop/grpc").join(script));
    command.env("PEER_BUF", peers().join("node_modules/.bin/buf"));
    command
}

fn node() -> Command {
    let mut command = Command::new("node");
    command.arg(in_repository("tests/interop/grpc/peer.js"));
    command.env("PEER_MODULES", peers().join("node_modules"));
    command
}

/// The answers that a peer gets from this server, case by case.
async fn outcomes(mut peer: Command, server: SocketAddr) -> Outcomes {
    peer.arg(server.to_string()).arg(in_repository("examples"));
    peer.args(PLAIN.iter().map(|plain| plain.method))
        .arg("Long400");
    let output = peer.kill_on_drop(true).output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).unwrap();
    let outcomes = lines.lines().map(|line| {
        let outcome: Value = serde_json::from_str(line).unwrap();
        (outcome["case"].as_str().unwrap().to_owned(), outcome)
    });
    outcomes.collect()
}

/// Calls a server with the layer and one without it, and compares the answers that the peer gets.
async fn compare(peer: fn() -> Command, least: usize) -> Row {
    let bare = outcomes(peer(), serve_bare().await).await;
    let layered = outcomes(peer(), serve_layered(ErrorEnvelopeLayer::new()).await).await;
    assert_eq!(
        bare.keys().collect::<Vec<_>>(),
        layered.keys().collect::<Vec<_>>()
    );
    let mut equal = 0;
    for (case, outcome) in layered
        .iter()
        .filter(|(case, _)| !case.starts_with("plain"))
    {
        assert_eq!(outcome, &bare[case], "{case}");
        equal += 1;
    }
    assert!(equal >= least, "only {equal} cases of {least}");
    for plain in &PLAIN {
        for kind in ["plain", "plain stream"] {
            // The body of a unary call of Connect has no prefix: an empty message is within the limit of this handler.
            let fits = |outcome: &Value| plain.method == "Text413" && bare_is(&bare, outcome);
            let outcome = layered.get(&format!("{kind} {}", plain.method));
            if let Some(outcome) = outcome.filter(|outcome| !fits(outcome)) {
                is_plain(outcome, plain);
            }
        }
    }
    let long = layered["plain Long400"]["message"].as_str().unwrap();
    // Connect marks the cut.
    let long = long.trim_end_matches('…');
    assert!(
        long.len() > 2000 && long_message().starts_with(long) && long.ends_with('😈'),
        "{long}"
    );
    Row {
        equal,
        bare: read(&bare),
        layered: read(&layered),
    }
}

/// A row of the table in the guide: successes and errors of the service that are equal with and without the layer, and the errors
/// of plain handlers whose code and message the peer reads, without the layer and with it.
#[derive(Debug, PartialEq)]
struct Row {
    equal: usize,
    bare: usize,
    layered: usize,
}

impl Row {
    fn is(&self, peer: &str, equal: usize, bare: usize, layered: usize) {
        println!(
            "| {peer} | {} | {} | {} |",
            self.equal, self.bare, self.layered
        );
        let want = Self {
            equal,
            bare,
            layered,
        };
        assert_eq!(*self, want, "{peer}");
    }
}

/// The number of errors of plain handlers that a peer reads.
fn read(outcomes: &Outcomes) -> usize {
    let of = |kind: &str, plain: &Plain| {
        let outcome = outcomes.get(&format!("{kind} {}", plain.method))?;
        let code = plain.code as usize;
        let codes = [Value::from(code), Value::from(NAMES[code])];
        Some(codes.contains(&outcome["code"]) && outcome["message"] == plain.message)
    };
    let kinds = ["plain", "plain stream"];
    let all = kinds
        .iter()
        .flat_map(|kind| PLAIN.iter().filter_map(|plain| of(kind, plain)));
    all.filter(|is_read| *is_read).count()
}

/// Whether the peer got exactly this without the layer.
fn bare_is(bare: &Outcomes, outcome: &Value) -> bool {
    bare.get(outcome["case"].as_str().unwrap()) == Some(outcome)
}

/// Codes by their names in `buf`.
const NAMES: [&str; 17] = [
    "ok",
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
];

fn is_plain(outcome: &Value, want: &Plain) {
    let code = want.code as usize;
    let codes = [Value::from(code), Value::from(NAMES[code])];
    assert!(
        codes.contains(&outcome["code"]),
        "{}: {outcome}",
        want.method
    );
    assert_eq!(outcome["message"], want.message, "{}", want.method);
    let anys = anys(outcome);
    let info = anys.get("google.rpc.ErrorInfo").cloned();
    let info = pb::ErrorInfo::decode(&*info.unwrap_or_default()).unwrap();
    assert_eq!(info.reason, want.reason, "{}", want.method);
    let request = anys
        .get("google.rpc.BadRequest")
        .cloned()
        .unwrap_or_default();
    let request = pb::BadRequest::decode(&*request).unwrap();
    let fields = request
        .field_violations
        .iter()
        .map(|field| (&*field.field, &*field.description));
    assert_eq!(fields.collect::<Vec<_>>(), want.fields, "{}", want.method);
}

/// The details, by the names of their types.
fn anys(outcome: &Value) -> BTreeMap<String, Vec<u8>> {
    let decoded = |value: &Value| STANDARD_NO_PAD.decode(value.as_str().unwrap()).unwrap();
    if let Some(anys) = outcome["anys"].as_array() {
        let any = |any: &Value| {
            (
                any["type"].as_str().unwrap().to_owned(),
                decoded(&any["value"]),
            )
        };
        return anys.iter().map(any).collect();
    }
    let status = pb::Status::decode(&*decoded(&outcome["details"])).unwrap();
    let any = |any: prost_types::Any| {
        (
            any.type_url.rsplit('/').next().unwrap().to_owned(),
            any.value,
        )
    };
    status.details.into_iter().map(any).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn grpcio_sees_no_difference_and_every_plain_error() {
    let row = compare(|| python("peer.py"), 22).await;
    row.is("grpcio", 22, 0, 34);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn grpc_js_sees_no_difference_and_every_plain_error() {
    compare(node, 21).await.is("grpc-js", 21, 0, 34);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn buf_sees_no_difference_and_every_plain_error() {
    let row = compare(|| python("peer_buf.py"), 19).await;
    row.is("buf, gRPC", 19, 0, 17);
    let outcomes = outcomes(python("peer_buf.py"), serve_bare().await).await;
    let metadata = outcomes["metadata of an error"]["metadata"]
        .as_array()
        .unwrap();
    assert_eq!(metadata.len(), 2, "{metadata:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn buf_sees_every_plain_error_in_grpc_web() {
    let web = || {
        let mut command = python("peer_buf.py");
        command.env("PEER_PROTOCOL", "grpcweb");
        command
    };
    compare(web, 0).await.is("buf, gRPC-Web", 0, 0, 17);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn buf_sees_every_plain_error_in_connect() {
    let connect = || {
        let mut command = python("peer_buf.py");
        command.env("PEER_PROTOCOL", "connect");
        command
    };
    compare(connect, 0).await.is("buf, Connect", 0, 0, 16);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn buf_calls_the_example_by_reflection_of_version_1alpha() {
    let server = support::example::Server::start("tonic_server", &["127.0.0.1:0"]);
    for (arguments, want) in [
        (&["--list-methods"][..], "printer.v1.Printer/Print"),
        (
            &["--reflect", "-d", r#"{"text":"hi"}"#][..],
            r#""text": "hi""#,
        ),
        (&["--reflect", "-d", "{}"][..], "text: must not be empty"),
    ] {
        let path = match arguments[0] {
            "--list-methods" => "",
            _ => "/printer.v1.Printer/Print",
        };
        let mut buf = Command::new(peers().join("node_modules/.bin/buf"));
        buf.args(["curl", "--http2-prior-knowledge", "--protocol", "grpc"]);
        buf.args(arguments)
            .arg(format!("http://{}{path}", server.address));
        let output = buf.output().await.unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains(want), "{arguments:?}: {said}");
    }
}

/// A server that has no health is not one whose health is unknown: `NOT_FOUND` means that it does not know the service that was
/// asked for ([health](https://github.com/grpc/grpc/blob/master/doc/health-checking.md)).
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn every_peer_hears_that_a_server_has_no_health() {
    let buf = |protocol: &str| {
        let mut command = python("peer_buf.py");
        command.env("PEER_PROTOCOL", protocol);
        command
    };
    let router = || {
        let printer = PrinterServer::new(printer::Office);
        axum::Router::new().route_service("/printer.v1.Printer/{*rest}", printer)
    };
    let routes = || tonic::service::Routes::new(PrinterServer::new(printer::Office));
    let layer = ErrorEnvelopeLayer::new;
    let routes = || routes().into_axum_router();
    let servers = [
        ("axum's router", support::serve(router()).await, 10),
        (
            "axum's router, layered",
            support::serve(layer().layer(router())).await,
            10,
        ),
        ("tonic's routes", support::serve(routes()).await, 6),
        (
            "tonic's routes, layered",
            support::serve(layer().layer(routes())).await,
            10,
        ),
    ];
    for (server, address, want) in servers {
        let peers = [
            ("grpcio", python("peer.py")),
            ("grpc-js", node()),
            ("buf, gRPC", buf("grpc")),
            ("buf, gRPC-Web", buf("grpcweb")),
            ("buf, Connect", buf("connect")),
        ];
        let (mut heard, mut others) = (0, Vec::new());
        for (peer, mut command) in peers {
            command.env("PEER_ONLY", "health");
            let outcomes = outcomes(command, address).await;
            for method in ["Check", "Watch"] {
                let outcome = &outcomes[&format!("health {method}")];
                let codes = [Value::from(12), Value::from("unimplemented")];
                match codes.contains(&outcome["code"]) {
                    true => heard += 1,
                    false => others.push(format!("{peer}: {outcome}")),
                }
            }
        }
        println!("| no health, {server} | {heard} of 10 |");
        assert_eq!(heard, want, "{server}: {others:#?}");
    }
}

/// A plain handler, and the code, message, names of details and metadata that a caller of Connect or gRPC gets.
type Seen = (
    &'static str,
    u64,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[rustfmt::skip]
const CONNECT_PLAIN: [Seen; 8] = [
    ("Json401", 16, "The token is expired", &[], &[]),
    ("Envelope402", 9, "Pay first", &["google.rpc.ErrorInfo"], &[]),
    ("Text403", 7, "You may not print", &[], &[]),
    ("Empty404", 12, "Not Found", &[], &[]),
    ("Fields422", 3, "- amount: is too high\n- card: has expired", &["google.rpc.BadRequest"], &[]),
    ("Json429", 8, "Slow down", &["google.rpc.RetryInfo"], &["retry-after: 7"]),
    ("Secret500", 13, "Internal Server Error", &[], &[]),
    ("OtherJson500", 13, "Internal Server Error", &[], &[]),
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers"]
async fn connect_node_and_connect_web_see_no_difference_and_every_plain_error() {
    let manifest = in_repository("tests/interop/grpc/connect/Cargo.toml");
    let mut server = Command::new("cargo");
    server
        .args(["run", "--quiet", "--manifest-path"])
        .arg(manifest);
    server.env("CARGO_TARGET_DIR", peers().join("connect-target"));
    let mut server = server
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut addresses = String::new();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    output.read_line(&mut addresses).await.unwrap();
    let (bare, layered) = addresses.trim().split_once(' ').unwrap();
    let peer = || {
        let mut command = Command::new("node");
        command.arg(in_repository("tests/interop/grpc/peer_connect.js"));
        command.env("PEER_MODULES", peers().join("node_modules"));
        command
    };
    let buf = |server: &str| outcomes(python("peer_connect_buf.py"), server.parse().unwrap());
    let (bare_buf, layered_buf) = (buf(bare).await, buf(layered).await);
    let (mut equal, mut errors, mut masked) = (0, 0, 0);
    for (case, outcome) in &layered_buf {
        // Codes whose unary errors have a 5xx.
        let is_internal = [2, 4, 12, 14, 15]
            .iter()
            .any(|code| case.contains(&format!("fail {code} ")));
        if case.contains("Say") && is_internal {
            assert_ne!(outcome["exit"], 0, "{case}");
            assert!(
                !outcome["err"].as_str().unwrap().contains("größe"),
                "{case}"
            );
            masked += 1;
            continue;
        }
        assert_eq!(outcome, &bare_buf[case], "{case}");
        equal += 1;
        errors += usize::from(outcome["exit"] != 0);
    }
    println!("buf in Connect: {equal} calls equal, {errors} of them errors, {masked} masked");
    assert_eq!((equal, errors, masked), (42, 25, 10));

    let bare = outcomes(peer(), bare.parse().unwrap()).await;
    let layered = outcomes(peer(), layered.parse().unwrap()).await;
    let (mut equal, mut masked) = (0, 0);
    for (case, outcome) in layered
        .iter()
        .filter(|(case, _)| !case.starts_with("plain"))
    {
        // Any handler can write a unary error of Connect with 500, so it is masked. In gRPC the head identifies the error.
        if case.ends_with("Say fail 13 its own word") && !case.starts_with("grpc") {
            assert_eq!(outcome["code"], 13, "{case}");
            assert_eq!(outcome["message"], "Internal Server Error", "{case}");
            masked += 1;
        } else {
            assert_eq!(outcome, &bare[case], "{case}");
            equal += 1;
        }
    }
    assert!(
        equal >= 120 && masked == 8,
        "{equal} equal, {masked} masked"
    );
    let mut plain = 0;
    for (method, code, message, details, metadata) in CONNECT_PLAIN {
        for (case, outcome) in layered
            .iter()
            .filter(|(case, _)| case.starts_with("plain") && case.ends_with(&format!(" {method}")))
        {
            assert_eq!(
                (&outcome["code"], &outcome["message"]),
                (&code.into(), &message.into()),
                "{case}"
            );
            assert!(anys(outcome).keys().eq(details), "{case}: {outcome}");
            assert_eq!(
                outcome["metadata"],
                Value::from(metadata.to_vec()),
                "{case}"
            );
            assert!(!outcome.to_string().contains(printer::SECRET), "{case}");
            plain += 1;
        }
    }
    assert!(plain >= 150, "{plain}");
    let read = |outcomes: &Outcomes| {
        let of = |case: &str, outcome: &Value| {
            let mut known = CONNECT_PLAIN
                .iter()
                .filter(|plain| case.ends_with(&format!(" {}", plain.0)));
            known.any(|plain| outcome["code"] == plain.1 && outcome["message"] == plain.2)
        };
        let plain = outcomes
            .iter()
            .filter(|(case, _)| case.starts_with("plain"));
        plain.filter(|(case, outcome)| of(case, outcome)).count()
    };
    println!("{masked} masked");
    let row = Row {
        equal,
        bare: read(&bare),
        layered: read(&layered),
    };
    row.is("connect-node and connect-web, ten transports", 122, 0, 160);
}

/// Processes that end with the test.
struct Proxied {
    proxy: SocketAddr,
    _processes: [tokio::process::Child; 2],
    _folder: PathBuf,
}

/// A grpcio server behind nginx.
async fn proxied(name: &str) -> Proxied {
    let mut server = python("server.py");
    server
        .arg(in_repository("examples"))
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut server = server.spawn().unwrap();
    let mut backend = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut backend)
        .await
        .unwrap();

    let closed = || {
        std::net::TcpListener::bind(("127.0.0.1", 0))
            .unwrap()
            .local_addr()
            .unwrap()
    };
    let (proxy, dead) = (closed(), closed());
    let folder = std::env::temp_dir().join(format!("{name}-{}", proxy.port()));
    std::fs::create_dir(&folder).unwrap();
    let config = std::fs::read_to_string(in_repository("tests/interop/grpc/nginx.conf")).unwrap();
    let config = config
        .replace("PORT", &proxy.port().to_string())
        .replace("BACKEND", backend.trim())
        .replace("CLOSED", &dead.port().to_string());
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    std::fs::write(folder.join("empty"), "").unwrap();
    let mut nginx = Command::new("nginx");
    nginx
        .arg("-p")
        .arg(&folder)
        .args(["-c", "nginx.conf"])
        .kill_on_drop(true);
    let nginx = nginx.spawn().expect("nginx in the PATH");
    while tokio::net::TcpStream::connect(proxy).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Proxied {
        proxy,
        _processes: [server, nginx],
        _folder: folder,
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self._folder);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers and nginx"]
async fn a_client_sees_no_difference_through_nginx_to_grpcio() {
    let server = proxied("grpc-equal").await;
    let bare = everything(PrinterClient::new(channel(server.proxy).await)).await;
    let layered = ErrorEnvelopeLayer::client().layer(channel(server.proxy).await);
    let layered = everything(PrinterClient::new(layered)).await;
    assert_eq!(layered, bare);
    assert!(
        layered.iter().any(|outcome| outcome.1 == Code::DataLoss),
        "{layered:?}"
    );
    println!("{} calls equal", layered.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the peers and nginx"]
async fn a_client_reads_the_errors_of_nginx_itself() {
    let server = proxied("grpc-errors").await;
    let cases = [
        (
            "Html502",
            Code::Unavailable,
            "Bad Gateway",
            "clustr.exceptions.BadGateway",
            ("http-status", "502"),
        ),
        (
            "Json401",
            Code::Unauthenticated,
            "Log in first",
            "login_required",
            ("www-authenticate", "Bearer"),
        ),
        (
            "Empty503",
            Code::Unavailable,
            "Service Unavailable",
            "UNAVAILABLE",
            ("retry-after", "3"),
        ),
        (
            "Nowhere",
            Code::Unimplemented,
            "Not Found",
            "clustr.exceptions.NotFound",
            ("http-status", "404"),
        ),
    ];
    for (method, code, message, error_type_wanted, (name, value)) in cases {
        let layered = ErrorEnvelopeLayer::client().layer(channel(server.proxy).await);
        let mut client = tonic::client::Grpc::new(layered);
        client.ready().await.unwrap();
        let path = format!("/printer.v1.Plain/{method}").parse().unwrap();
        let codec = tonic_prost::ProstCodec::<Job, Page>::default();
        let status = client
            .unary(tonic::Request::new(Job::default()), path, codec)
            .await
            .unwrap_err();
        assert_eq!(status.code(), code, "{method}");
        assert!(status.message().ends_with(message), "{method}: {status}");
        let error_type = Envelope::from(status.clone()).error_type().clone();
        assert_eq!(error_type.as_str(), error_type_wanted, "{method}");
        assert_eq!(status.metadata().get(name).unwrap(), value, "{method}");
    }
}

//! Filters of Envoy between callers of HTTP, gRPC-Web or Connect and a gRPC server. Compares the errors that callers read
//! with the layer in that server, and without it.
//!
//! ```sh
//! tests/interop/grpc/install /tmp/peers
//! GRPC_PEERS=/tmp/peers ENVOY=$(examples/envoy/install 1.40.0) cargo test --all-features --test envoy_filters -- --ignored
//! ```
#![cfg(all(feature = "axum", feature = "tonic"))]

#[path = "support/printer.rs"]
mod printer;
mod support;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use printer::pb::Job;
use printer::{serve_bare, serve_layered, PLAIN, SECRET};
use prost::Message;
use serde_json::{json, Value};
use support::{send, values, Protocol};
use tokio::sync::{Mutex, MutexGuard};
use tonic::Code;
use tonic_types::StatusExt;
use tower_error_envelope::ErrorEnvelopeLayer;

/// A filter, and the protocol of its callers.
struct Filter {
    name: &'static str,
    config: fn(&Files) -> Value,
    protocol: Protocol,
    headers: &'static [(&'static str, &'static str)],
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const CONNECT: &[(&str, &str)] = &[
    ("content-type", "application/json"),
    ("connect-protocol-version", "1"),
];

const FILTERS: [Filter; 5] = [
    Filter {
        name: "transcoder",
        config: |files| transcoder(&files.own),
        protocol: Protocol::Http1,
        headers: JSON,
    },
    Filter {
        name: "transcoder + error_details",
        config: |files| transcoder(&files.with_details),
        protocol: Protocol::Http1,
        headers: JSON,
    },
    Filter {
        name: "grpc_web",
        config: |_| filter("grpc_web", json!({})),
        protocol: Protocol::Http1,
        headers: &[("content-type", "application/grpc-web+proto")],
    },
    Filter {
        name: "grpc_http1_bridge",
        config: |_| filter("grpc_http1_bridge", json!({})),
        protocol: Protocol::Http1,
        headers: &[("content-type", "application/grpc")],
    },
    Filter {
        name: "connect_grpc_bridge",
        config: |_| filter("connect_grpc_bridge", json!({})),
        protocol: Protocol::Http1,
        headers: CONNECT,
    },
];

fn filter(name: &str, mut config: Value) -> Value {
    let message = match name {
        "grpc_json_transcoder" => "GrpcJsonTranscoder",
        "grpc_web" => "GrpcWeb",
        "connect_grpc_bridge" => "FilterConfig",
        _ => "Config",
    };
    config["@type"] =
        format!("type.googleapis.com/envoy.extensions.filters.http.{name}.v3.{message}").into();
    json!({"name": format!("envoy.filters.http.{name}"), "typed_config": config})
}

fn transcoder(descriptors: &Path) -> Value {
    let services = ["printer.v1.Printer", "printer.v1.Plain"];
    let config = json!({"proto_descriptor": descriptors, "services": services, "auto_mapping": true,
        "convert_grpc_status": true, "print_options": {"always_print_primitive_fields": true}});
    filter("grpc_json_transcoder", config)
}

/// The files that Envoy needs beside its configuration.
struct Files {
    folder: PathBuf,
    /// The descriptors of the service alone.
    own: PathBuf,
    /// The same with `google/rpc/error_details.proto`.
    with_details: PathBuf,
}

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let with_details = folder.join("with_details.binpb");
        let python = PathBuf::from(std::env::var_os("GRPC_PEERS").expect("GRPC_PEERS"))
            .join("venv/bin/python");
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let script = "import sys, google.rpc, grpc_tools.protoc as protoc; from os.path import dirname; \
            root = dirname(dirname(list(google.rpc.__path__)[0])); own = dirname(protoc.__file__) + '/_proto'; \
            sys.exit(protoc.main(['', '-I', root, '-I', own, '-I', sys.argv[1], '--include_imports', \
            '--descriptor_set_out=' + sys.argv[2], 'printer/v1/printer.proto', 'google/rpc/error_details.proto']))";
        let status = Command::new(python)
            .args(["-c", script])
            .arg(&examples)
            .arg(&with_details)
            .status();
        assert!(status.unwrap().success());
        Self {
            own: examples.join("printer/v1/printer.binpb"),
            folder,
            with_details,
        }
    }
}

/// A running Envoy with one listener for each filter and each server. It ends with the test.
struct Envoy {
    process: std::process::Child,
    folder: PathBuf,
    listeners: Vec<SocketAddr>,
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Envoy {
    async fn start(files: Files, servers: &[SocketAddr]) -> Self {
        let each = FILTERS
            .iter()
            .flat_map(|filter| (0..servers.len()).map(move |server| (filter, server)));
        let (mut listeners, mut addresses) = (Vec::new(), Vec::new());
        let mut free = free(FILTERS.len() * servers.len()).into_iter();
        for (filter, server) in each {
            let address = free.next().unwrap();
            addresses.push(address);
            listeners.push(listener(
                address,
                &(filter.config)(&files),
                &format!("server{server}"),
            ));
        }
        let clusters: Vec<_> = servers
            .iter()
            .enumerate()
            .map(|(index, server)| cluster(index, *server))
            .collect();
        let config = json!({"static_resources": {"listeners": listeners, "clusters": clusters}});
        let path = files.folder.join("envoy.json");
        std::fs::write(&path, config.to_string()).unwrap();
        let log = std::fs::File::create(files.folder.join("log")).unwrap();
        let mut command = Command::new(std::env::var_os("ENVOY").expect("ENVOY is the binary"));
        command.arg("-c").arg(path).args([
            "--disable-hot-restart",
            "--concurrency",
            "1",
            "--log-level",
            "warning",
        ]);
        let process = command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut envoy = Self {
            process,
            folder: files.folder,
            listeners: addresses,
        };
        for address in envoy.listeners.clone() {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                let ended = envoy.process.try_wait().unwrap();
                assert!(
                    ended.is_none(),
                    "{}",
                    std::fs::read_to_string(envoy.folder.join("log")).unwrap()
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        envoy
    }

    fn listener(&self, filter: usize, server: usize) -> SocketAddr {
        self.listeners[filter * (self.listeners.len() / FILTERS.len()) + server]
    }
}

/// `count` free addresses.
fn free(count: usize) -> Vec<SocketAddr> {
    let listeners: Vec<_> = (0..count)
        .map(|_| TcpListener::bind(("127.0.0.1", 0)).unwrap())
        .collect();
    listeners
        .iter()
        .map(|listener| listener.local_addr().unwrap())
        .collect()
}

fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {"address": "127.0.0.1", "port_value": address.port()}})
}

fn listener(address: SocketAddr, filter: &Value, cluster: &str) -> Value {
    let router = json!({"name": "router", "typed_config":
        {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}});
    let route = json!({"match": {"prefix": "/"}, "route": {"cluster": cluster, "timeout": "10s"}});
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "x", "http_filters": [filter, router],
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]}});
    let chain = json!({"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]});
    json!({"address": socket(address), "filter_chains": [chain]})
}

fn cluster(index: usize, server: SocketAddr) -> Value {
    let http2 = json!({"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}}});
    let name = format!("server{index}");
    json!({"name": name, "connect_timeout": "1s",
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket(server)}}]}]}})
}

async fn call(filter: &Filter, server: SocketAddr, path: &str, body: Bytes) -> Response<Bytes> {
    let mut request = Request::post(path);
    for (name, value) in filter.headers {
        request = request.header(*name, *value);
    }
    send(
        filter.protocol,
        server,
        request.body(Full::from(body)).unwrap(),
    )
    .await
}

/// A message of a program that asks for a page or for an error: as JSON, or framed as protobuf.
fn job(filter: &Filter, job: &Job) -> Bytes {
    if filter.headers == CONNECT || filter.headers == JSON {
        let details = base64::engine::general_purpose::STANDARD.encode(&job.details);
        let job =
            json!({"text": job.text, "code": job.code, "message": job.message, "details": details});
        return job.to_string().into();
    }
    let message = job.encode_to_vec();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &length[..], &message].concat().into()
}

/// The code and the message of an error, from JSON or from headers. `None` if the answer has neither.
fn told(answer: &Response<Bytes>) -> Option<(String, String)> {
    if let (Some(code), message) = (
        values(answer, "grpc-status").first(),
        values(answer, "grpc-message"),
    ) {
        let message = message.first().copied().unwrap_or_default();
        let message = percent_encoding::percent_decode_str(message)
            .decode_utf8()
            .unwrap();
        return Some(((*code).to_owned(), message.into_owned()));
    }
    let json: Value = serde_json::from_slice(answer.body()).ok()?;
    let code = json.get("code")?;
    // The bridge of Connect does not decode `grpc-message`.
    let message = percent_encoding::percent_decode_str(json.get("message")?.as_str()?)
        .decode_utf8()
        .unwrap();
    let code = code
        .as_str()
        .map_or_else(|| code.to_string(), str::to_owned);
    Some((code, message.into_owned()))
}

fn names(code: Code) -> [String; 2] {
    let name = format!("{code:?}");
    let snake = name.char_indices().map(|(index, letter)| match letter {
        letter if letter.is_uppercase() && index > 0 => format!("_{}", letter.to_lowercase()),
        letter => letter.to_lowercase().to_string(),
    });
    [(code as i32).to_string(), snake.collect()]
}

/// An error whose body is empty for a caller who reads bodies: the filter could not write its details.
fn is_emptied(filter: &Filter, answer: &Response<Bytes>) -> bool {
    let reads_body = matches!(filter.headers, JSON | CONNECT);
    reads_body && answer.body().is_empty()
}

/// The table of the guide on gRPC: for each filter and each server, errors that are read and answers that are empty.
const READ: [[(usize, usize); 3]; 5] = [
    // It does not know the messages of the details.
    [(0, 6), (11, 6), (17, 0)],
    [(0, 6), (17, 0), (17, 0)],
    [(0, 0), (17, 0), (17, 0)],
    [(0, 0), (17, 0), (17, 0)],
    [(0, 6), (17, 0), (17, 0)],
];

const SERVERS: [&str; 3] = ["bare", "layered", "layered, no details"];

/// One Envoy at a time: two could listen on the same free addresses.
static TURN: Mutex<()> = Mutex::const_new(());

async fn start(name: &str) -> (MutexGuard<'static, ()>, Envoy) {
    let turn = TURN.lock().await;
    let servers = [
        serve_bare().await,
        serve_layered(ErrorEnvelopeLayer::new()).await,
        serve_layered(ErrorEnvelopeLayer::new().without_grpc_details()).await,
    ];
    (turn, Envoy::start(Files::new(name), &servers).await)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Envoy and the peers"]
async fn every_plain_error_is_read_through_every_filter() {
    let (_turn, envoy) = start("envoy-plain").await;
    println!(
        "errors of HTTP whose message a caller gets, and those with an empty body, of {}:",
        PLAIN.len()
    );
    for (index, filter) in FILTERS.iter().enumerate() {
        let mut row = [(0, 0); 3];
        for plain in &PLAIN {
            for (server, counted) in row.iter_mut().enumerate() {
                let path = format!("/printer.v1.Plain/{}", plain.method);
                let answer = call(
                    filter,
                    envoy.listener(index, server),
                    &path,
                    job(filter, &Job::default()),
                )
                .await;
                let told = told(&answer);
                let is_told = told.as_ref().is_some_and(|(code, message)| {
                    names(plain.code).contains(code) && message == plain.message
                });
                let is_empty = is_emptied(filter, &answer);
                counted.0 += usize::from(is_told && !is_empty);
                counted.1 += usize::from(is_empty);
                if server > 0 {
                    assert!(is_told, "{} {} {answer:?}", filter.name, plain.method);
                    let seen = format!("{answer:?}{:?}", answer.body());
                    assert!(!seen.contains(SECRET), "{} {}", filter.name, plain.method);
                }
                if server == 2 {
                    assert!(
                        !is_emptied(filter, &answer),
                        "{} {}",
                        filter.name,
                        plain.method
                    );
                    assert!(values(&answer, "grpc-status-details-bin").is_empty());
                }
                if server > 0 && plain.method == "Text429" {
                    assert_eq!(values(&answer, "retry-after"), ["3"]);
                }
            }
        }
        println!(
            "{:28} {}",
            filter.name,
            row.iter()
                .zip(SERVERS)
                .map(|((told, empty), name)| format!("{name}: {told} told, {empty} empty; "))
                .collect::<String>()
        );
        assert_eq!(row, READ[index], "{}", filter.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Envoy and the peers"]
async fn answers_of_the_service_are_equal_through_every_filter() {
    let (_turn, envoy) = start("envoy-own").await;
    let page = Job {
        text: "größe 😈".into(),
        ..Job::default()
    };
    let error = |code, message: &str, details: &[u8]| Job {
        code,
        message: message.into(),
        details: details.to_vec(),
        ..Job::default()
    };
    let details = tonic_types::ErrorDetails::with_resource_info("printer", "8", "", "broken");
    let rich = tonic::Status::with_error_details(Code::Internal, "its own word", details);
    let mut jobs = vec![
        page.clone(),
        Job {
            text: "x".repeat(100_000),
            ..page
        },
    ];
    jobs.extend((1..17).map(|code| error(code, "100 % größe", b"")));
    jobs.push(error(5, "", b""));
    jobs.push(error(13, "its own word", rich.details()));
    let mut equal = 0;
    for (index, filter) in FILTERS.iter().enumerate() {
        for one in &jobs {
            let mut answers = Vec::new();
            for server in 0..SERVERS.len() {
                let answer = call(
                    filter,
                    envoy.listener(index, server),
                    "/printer.v1.Printer/Print",
                    job(filter, one),
                )
                .await;
                answers.push(without_times(answer));
            }
            assert!(
                answers[0] == answers[1] && answers[1] == answers[2],
                "{} {one:?} {answers:#?}",
                filter.name
            );
            equal += 1;
        }
    }
    println!("{equal} answers of the service equal with and without the layer");
}

/// The part of an answer that is equal in each run. The bridge of Connect writes members in any order.
fn without_times(answer: Response<Bytes>) -> (u16, Vec<String>, Result<Value, Bytes>) {
    let (parts, body) = answer.into_parts();
    let changes = ["date", "x-envoy-upstream-service-time", "x-request-id"];
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| !changes.contains(&name.as_str()));
    let mut headers: Vec<_> = headers.map(|entry| format!("{entry:?}")).collect();
    headers.sort();
    (
        parts.status.as_u16(),
        headers,
        serde_json::from_slice(&body).map_err(|_| body),
    )
}

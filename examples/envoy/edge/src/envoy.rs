//! Envoy: its configuration, its process, its statistics.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{json, Value};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::client::raw;
use crate::BoxError;

/// The installed Envoy and the built module.
pub(crate) struct Install {
    pub(crate) binary: PathBuf,
    pub(crate) modules: PathBuf,
}

/// The addresses for requests.
#[derive(Clone, Copy)]
pub(crate) struct Upstreams {
    pub(crate) app: SocketAddr,
    pub(crate) nginx: Option<SocketAddr>,
    /// The external processor, if one runs.
    pub(crate) processor: Option<SocketAddr>,
}

/// One listener, with its filters before the router, the outermost first.
pub(crate) struct Listener {
    pub(crate) name: &'static str,
    pub(crate) filters: Vec<Value>,
}

/// A running Envoy. It ends when this is dropped.
pub(crate) struct Envoy {
    listeners: Vec<(&'static str, SocketAddr)>,
    admin: SocketAddr,
    process: Child,
    pub(crate) log: PathBuf,
}

impl Install {
    /// Starts Envoy, and waits until it is ready.
    ///
    /// # Errors
    /// If it does not start; the log says why.
    pub(crate) async fn start(
        &self,
        folder: &Path,
        upstreams: Upstreams,
        listeners: Vec<Listener>,
    ) -> Result<Envoy, BoxError> {
        let mut addresses = Vec::new();
        for listener in &listeners {
            addresses.push((
                listener.name,
                SocketAddr::from(([127, 0, 0, 1], free_port()?)),
            ));
        }
        let admin = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let places = listeners
            .into_iter()
            .zip(addresses.iter().map(|(_, address)| *address));
        let configuration = bootstrap(places, admin, upstreams);
        let (path, log) = (folder.join("envoy.json"), folder.join("envoy.log"));
        std::fs::write(&path, configuration.to_string())?;
        let mut process = self
            .command(&path, &log)?
            .args(["--concurrency", "2"])
            .kill_on_drop(true)
            .spawn()?;
        for _ in 0..200 {
            if process.try_wait()?.is_some() {
                break;
            }
            if statistics(admin, "/ready")
                .await
                .is_ok_and(|text| text.contains("LIVE"))
            {
                return Ok(Envoy {
                    listeners: addresses,
                    admin,
                    process,
                    log,
                });
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err(format!("Envoy did not start:\n{}", std::fs::read_to_string(&log)?).into())
    }

    /// Whether Envoy accepts a filter with this configuration, and with this one for a route; and its log.
    pub(crate) async fn takes(
        &self,
        folder: &Path,
        upstreams: Upstreams,
        filter: Value,
    ) -> Result<(bool, String), BoxError> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let listener = Listener {
            name: "tried",
            filters: vec![filter],
        };
        let configuration = bootstrap([(listener, address)], address, upstreams);
        let (path, log) = (folder.join("tried.json"), folder.join("tried.log"));
        std::fs::write(&path, configuration.to_string())?;
        self.takes_file(&path, &log).await
    }

    /// Whether Envoy accepts the configuration in a file, and its log.
    pub(crate) async fn takes_file(
        &self,
        path: &Path,
        log: &Path,
    ) -> Result<(bool, String), BoxError> {
        let mut command = self.command(path, log)?;
        let status = command.args(["--mode", "validate"]).status().await?;
        Ok((status.success(), std::fs::read_to_string(log)?))
    }

    fn command(&self, configuration: &Path, log: &Path) -> Result<Command, BoxError> {
        let log = std::fs::File::create(log)?;
        let mut command = Command::new(&self.binary);
        command
            .arg("-c")
            .arg(configuration)
            .args(["-l", "info", "--disable-hot-restart"])
            .env("ENVOY_DYNAMIC_MODULES_SEARCH_PATH", &self.modules)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        Ok(command)
    }
}

impl Envoy {
    pub(crate) fn address(&self, name: &str) -> Result<SocketAddr, BoxError> {
        let found = self.listeners.iter().find(|(it, _)| *it == name);
        found
            .map(|(_, address)| *address)
            .ok_or_else(|| format!("no listener {name}").into())
    }

    /// The value of one of the module's counters, over all listeners.
    pub(crate) async fn counter(&self, name: &str) -> Result<u64, BoxError> {
        let text = statistics(self.admin, "/stats?filter=dynamicmodulescustom").await?;
        let lines = text.lines().filter_map(|line| line.split_once(": "));
        Ok(lines
            .filter(|(it, _)| it.ends_with(&format!(".{name}")))
            .filter_map(|(_, value)| value.trim().parse::<u64>().ok())
            .sum())
    }

    /// Streams that Envoy still serves.
    pub(crate) async fn active(&self) -> Result<u64, BoxError> {
        let text = statistics(self.admin, "/stats?filter=downstream_rq_active").await?;
        let lines = text
            .lines()
            .filter(|line| line.starts_with("http.") && !line.starts_with("http.admin"));
        Ok(lines
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum())
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id().unwrap_or_default()
    }
}

async fn statistics(admin: SocketAddr, path: &str) -> Result<String, BoxError> {
    raw(
        admin,
        format!("GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n").as_bytes(),
    )
    .await
}

/// A free port.
pub(crate) fn free_port() -> Result<u16, BoxError> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Waits until a server listens at the address.
pub(crate) async fn ready(address: SocketAddr) -> Result<(), BoxError> {
    for _ in 0..100 {
        if TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(50)).await;
    }
    Err(format!("nothing listens on {address}").into())
}

/// The filter, with its configuration as a `Struct`.
pub(crate) fn filter(module: &str, configuration: Value) -> Value {
    json!({
        "name": "error_envelope",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter",
            "dynamic_module_config": {"name": module, "do_not_close": true},
            "filter_name": "error_envelope",
            "filter_config": structure(configuration),
        },
    })
}

fn structure(configuration: Value) -> Value {
    json!({"@type": "type.googleapis.com/google.protobuf.Struct", "value": configuration})
}

/// The external processor, asked only about errors: responses of the classes 1xx to 3xx skip it.
pub(crate) fn processor() -> Value {
    let skip = json!({"action": {
        "name": "skip",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.common.matcher.action.v3.SkipFilter"},
    }});
    json!({
        "name": "error_envelope",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher",
            "extension_config": {
                "name": "envoy.filters.http.ext_proc",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
                    "grpc_service": {"envoy_grpc": {"cluster_name": "processor"}},
                    "message_timeout": "1s",
                    "failure_mode_allow": true,
                    "allow_mode_override": true,
                    "processing_mode": {"request_header_mode": "SKIP", "response_header_mode": "SEND"},
                    "response_attributes": [
                        "request.method",
                        "request.path",
                        "request.protocol",
                        "request.headers['accept']",
                        "request.headers['content-type']",
                        "request.headers['connect-protocol-version']",
                        "response.code_details",
                    ],
                },
            },
            "xds_matcher": {"matcher_tree": {
                "input": {
                    "name": "class",
                    "typed_config": {"@type": "type.googleapis.com/envoy.type.matcher.v3.HttpResponseStatusCodeClassMatchInput"},
                },
                "exact_match_map": {"map": {"1xx": skip, "2xx": skip, "3xx": skip}},
            }},
        },
    })
}

pub(crate) fn cors() -> Value {
    json!({
        "name": "envoy.filters.http.cors",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors"},
    })
}

/// A filter that holds every body until it has ended.
pub(crate) fn buffering() -> Value {
    json!({
        "name": "envoy.filters.http.lua",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": "function envoy_on_response(handle) handle:body() end"},
        },
    })
}

/// The filter that translates gRPC-Web to gRPC.
pub(crate) fn grpc_web() -> Value {
    json!({
        "name": "envoy.filters.http.grpc_web",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.grpc_web.v3.GrpcWeb"},
    })
}

/// Envoy's decompressor, for responses in gzip.
pub(crate) fn decompressor() -> Value {
    json!({
        "name": "envoy.filters.http.decompressor",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.decompressor.v3.Decompressor",
            "decompressor_library": {
                "name": "gzip",
                "typed_config": {"@type": "type.googleapis.com/envoy.extensions.compression.gzip.decompressor.v3.Gzip"},
            },
            "request_direction_config": {"common_config": {"enabled": {"default_value": false, "runtime_key": "none"}}},
        },
    })
}

/// A filter that adds `x-outer` to responses.
pub(crate) fn mutation() -> Value {
    let header = |key, value| json!({"append": {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}});
    json!({
        "name": "envoy.filters.http.header_mutation",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
            "mutations": {"response_mutations": [header("x-outer", "here")]},
        },
    })
}

/// A filter that makes every request look like gRPC, as the transcoder does.
pub(crate) fn translation() -> Value {
    let header = |key, value| json!({"append": {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}});
    json!({
        "name": "envoy.filters.http.header_mutation",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
            "mutations": {"request_mutations": [header("content-type", "application/grpc")]},
        },
    })
}

fn bootstrap(
    listeners: impl IntoIterator<Item = (Listener, SocketAddr)>,
    admin: SocketAddr,
    upstreams: Upstreams,
) -> Value {
    let listeners: Vec<Value> = listeners
        .into_iter()
        .map(|(it, address)| listener(it, address))
        .collect();
    let dead = SocketAddr::from(([127, 0, 0, 1], 1));
    json!({
        "admin": {"address": socket(admin)},
        "static_resources": {
            "listeners": listeners,
            "clusters": [
                cluster("app", Some(upstreams.app), false),
                cluster("app2", Some(upstreams.app), true),
                cluster("nginx", upstreams.nginx, false),
                cluster("processor", upstreams.processor, true),
                cluster("dead", Some(dead), false),
                cluster("dead2", Some(dead), true),
            ],
        },
    })
}

fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {"address": address.ip().to_string(), "port_value": address.port()}})
}

fn cluster(name: &str, address: Option<SocketAddr>, http2: bool) -> Value {
    let endpoints: Vec<Value> = address
        .into_iter()
        .map(|it| json!({"endpoint": {"address": socket(it)}}))
        .collect();
    let protocol = if http2 {
        json!({"http2_protocol_options": {}})
    } else {
        json!({"http_protocol_options": {"enable_trailers": true}})
    };
    json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "explicit_http_config": protocol,
            },
        },
    })
}

/// The answer if an upstream breaks off while the module holds a head: Envoy answers without the filters.
fn broken_off() -> Value {
    let envelope =
        json!({"_error_message": "Bad Gateway", "_error_type": "clustr.exceptions.BadGateway"});
    json!({"mappers": [{
        "filter": {"metadata_filter": {
            "matcher": {"filter": "error_envelope", "path": [{"key": "held"}], "value": {"string_match": {"exact": "yes"}}},
            "match_if_key_not_found": false,
        }},
        "body": {"inline_string": envelope.to_string()},
        "body_format_override": {
            "text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"},
            "content_type": "application/json",
        },
        "status_code": 502,
    }]})
}

fn listener(listener: Listener, address: SocketAddr) -> Value {
    let to = |cluster: &str, timeout: &str| json!({"cluster": cluster, "timeout": timeout});
    let route = |prefix: &str, action: Value| json!({"match": {"prefix": prefix}, "route": action});
    let direct = |prefix: &str, status: u16, text: &str| json!({"match": {"prefix": prefix}, "direct_response": {"status": status, "body": {"inline_string": text}}});
    let mut open = route("/open/", to("app", "30s"));
    // Only with the filter, because Envoy would load the module for the override alone.
    if let Some(module) = listener
        .filters
        .iter()
        .find_map(|it| it.pointer("/typed_config/dynamic_module_config"))
    {
        open["typed_per_filter_config"] = json!({"error_envelope": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilterPerRoute",
            "dynamic_module_config": module,
            "filter_config": structure(json!({"masking": "none"})),
        }});
    }
    let mut filters = listener.filters;
    filters.push(json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
    }));
    json!({
        "name": listener.name,
        "address": socket(address),
        // An external processor waits until the buffer is full: of HTTP/1 this one, of HTTP/2 the stream's window.
        "per_connection_buffer_limit_bytes": 65536,
        "filter_chains": [{"filters": [{
            "name": "envoy.filters.network.http_connection_manager",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                "stat_prefix": listener.name,
                "codec_type": "AUTO",
                "http_protocol_options": {"enable_trailers": true},
                "http2_protocol_options": {"initial_stream_window_size": 65536},
                "http_filters": filters,
                "local_reply_config": broken_off(),
                "route_config": {"virtual_hosts": [{
                    "name": "edge",
                    "domains": ["edge.test"],
                    "typed_per_filter_config": {"envoy.filters.http.cors": {
                        "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.CorsPolicy",
                        "allow_origin_string_match": [{"exact": "https://shop.example"}],
                        "expose_headers": "x-keep",
                    }},
                    "routes": [
                        direct("/direct/403", 403, "not for you"),
                        direct("/direct/500", 500, "the edge is broken"),
                        direct("/shop.Shop/Direct", 403, "not for you"),
                        route("/app/slow", to("app", "0.3s")),
                        route("/app/stalls", to("app", "0.5s")),
                        route("/shop.Shop/Slow", to("app2", "0.3s")),
                        route("/app/", to("app", "30s")),
                        route("/axum/", to("app", "30s")),
                        open,
                        route("/h2/", to("app2", "30s")),
                        route("/shop.Shop/Down", to("dead2", "30s")),
                        route("/shop.Shop/", to("app2", "30s")),
                        route("/down", to("dead", "30s")),
                        route("/nginx/", to("nginx", "30s")),
                    ],
                }]},
            },
        }]}],
    })
}

//! The soak test and the measurement of cost.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::json;

use crate::check::Folder;
use crate::client::HOST;
use crate::envoy::{filter, Envoy, Install, Listener, Upstreams};
use crate::gateway::Connector;
use crate::{upstream, BoxError};

/// The mixed requests with their expected statuses. Paths of `/shop.Shop/` are called in gRPC.
const MIX: [(&str, u16); 18] = [
    ("/app/ok", 200),
    ("/axum/html", 404),
    ("/app/ok", 200),
    ("/app/login", 401),
    ("/app/fastapi", 400),
    ("/app/ok", 200),
    ("/app/secret", 500),
    ("/app/own", 404),
    ("/direct/403", 403),
    ("/app/moved", 302),
    ("/down", 503),
    ("/axum/missing", 404),
    ("/app/problem", 409),
    ("/nowhere", 404),
    ("/app/chunked", 404),
    ("/h2/trailers", 404),
    ("/shop.Shop/Html", 200),
    ("/shop.Shop/Down", 200),
];

/// The number of requests over HTTP/1. Those in gRPC are at the end.
const HTTP1: usize = 16;

const REQUESTS: usize = 100_000;
const ROUNDS: usize = 5;
const CONNECTIONS: usize = 16;

/// The growth of memory that Envoy may have after the first rounds, in KiB.
const GROWTH: u64 = 4 * 1024;

/// 100,000 mixed requests over both protocols: no wrong answer, and no memory that grows.
pub(crate) async fn soak(install: &Install) -> Result<bool, BoxError> {
    let (_folder, envoy) = start(install).await?;
    let address = envoy.address("module")?;
    let mut memory = Vec::new();
    let mut wrong = 0;
    for round in 0..ROUNDS {
        for http2 in [false, true] {
            wrong += mixed(address, http2, REQUESTS / ROUNDS / 2).await?;
        }
        memory.push(resident(&envoy)?);
        println!(
            "round {}: {wrong} wrong, {} KiB",
            round + 1,
            memory.last().unwrap_or(&0)
        );
    }
    let (warm, last) = (memory.get(ROUNDS - 3).copied(), memory.last().copied());
    let grown = last
        .zip(warm)
        .map_or(0, |(last, warm)| last.saturating_sub(warm));
    let active = envoy.active().await?;
    println!("{REQUESTS} requests: {wrong} wrong, {active} streams left, {grown} KiB more in the last two rounds");
    Ok(wrong == 0 && active == 0 && grown <= GROWTH)
}

async fn mixed(address: SocketAddr, http2: bool, requests: usize) -> Result<usize, BoxError> {
    let client = client(address, http2);
    let mix = if http2 { MIX.len() } else { HTTP1 };
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|worker| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut wrong = 0;
                for at in 0..requests / CONNECTIONS {
                    let Some((path, status)) = MIX.get((worker + at) % mix) else {
                        continue;
                    };
                    match ask(&client, path).await {
                        Ok((seen, body))
                            if seen == *status && (seen < 400 || body.starts_with(b"{\"")) => {}
                        _ => wrong += 1,
                    }
                }
                wrong
            })
        })
        .collect();
    let mut wrong = 0;
    for worker in workers {
        wrong += worker.await?;
    }
    Ok(wrong)
}

/// The same requests to a listener without the module, with it, and without again. A run measures the three in order, so
/// that other load of the machine affects all of them. The medians of the ratios count.
pub(crate) async fn cost(install: &Install) -> Result<bool, BoxError> {
    const RUNS: usize = 7;
    const EACH: Duration = Duration::from_millis(700);
    let (_folder, envoy) = start(install).await?;
    let mut good = true;
    for (name, path) in [("success", "/app/ok"), ("error", "/axum/html")] {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let plain = measure(&envoy, "plain", path, EACH).await?;
            let module = measure(&envoy, "module", path, EACH).await?;
            let again = measure(&envoy, "again", path, EACH).await?;
            runs.push((plain, module, again));
        }
        // The control is the mean of the two listeners without the module.
        let rate = median(
            runs.iter()
                .map(|(plain, module, again)| 2.0 * module.rate / (plain.rate + again.rate)),
        );
        let cpu = median(
            runs.iter()
                .map(|(plain, module, again)| 2.0 * module.cpu / (plain.cpu + again.cpu)),
        );
        let noise = median(runs.iter().map(|(plain, _, again)| again.rate / plain.rate));
        println!(
            "{name}: {:.0} requests a second without, {:.0} with: {rate:.2} (without again {noise:.2}); \
             CPU of Envoy {:.1} µs, {:.1} µs: {cpu:.2}",
            median(runs.iter().map(|(plain, ..)| plain.rate)),
            median(runs.iter().map(|(_, module, _)| module.rate)),
            median(runs.iter().map(|(plain, ..)| plain.cpu)),
            median(runs.iter().map(|(_, module, _)| module.cpu)),
        );
        good &= match name {
            "success" => rate >= 0.97,
            _ => cpu <= 1.5,
        };
    }
    Ok(good)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

struct Figure {
    /// Requests a second.
    rate: f64,
    /// Microseconds of Envoy's processors for each request.
    cpu: f64,
}

async fn measure(
    envoy: &Envoy,
    listener: &str,
    path: &'static str,
    time: Duration,
) -> Result<Figure, BoxError> {
    let address = envoy.address(listener)?;
    let client = client(address, false);
    let (started, before) = (Instant::now(), processor(envoy)?);
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut count = 0_u32;
                while started.elapsed() < time {
                    if ask(&client, path).await.is_ok() {
                        count += 1;
                    }
                }
                count
            })
        })
        .collect();
    let mut count = 0;
    for worker in workers {
        count += worker.await?;
    }
    let count = f64::from(count.max(1));
    Ok(Figure {
        rate: count / started.elapsed().as_secs_f64(),
        cpu: (processor(envoy)? - before) * 1e6 / count,
    })
}

async fn start(install: &Install) -> Result<(Folder, Envoy), BoxError> {
    let folder = Folder::new()?;
    let upstreams = Upstreams {
        app: upstream::start().await?,
        nginx: None,
        processor: None,
    };
    let listeners = [
        ("plain", vec![]),
        ("module", vec![filter("error_envelope", json!({}))]),
        ("again", vec![]),
    ];
    let listeners = listeners.map(|(name, filters)| Listener { name, filters });
    let envoy = install
        .start(&folder.0, upstreams, listeners.into())
        .await?;
    Ok((folder, envoy))
}

type Http = Client<Connector, Full<Bytes>>;

fn client(address: SocketAddr, http2: bool) -> Http {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.http2_only(http2).build(Connector(address))
}

async fn ask(client: &Http, path: &str) -> Result<(u16, Bytes), BoxError> {
    let uri = format!("http://{HOST}{path}");
    let request = if path.starts_with("/shop.Shop/") {
        Request::post(uri)
            .header("content-type", "application/grpc")
            .body(Bytes::from_static(b"\0\0\0\0\0").into())
    } else {
        Request::get(uri).body(Full::default())
    };
    let response: Response<Incoming> = client.request(request?).await?;
    let status = response.status().as_u16();
    let grpc = response.headers().contains_key("grpc-status");
    let body = response.into_body().collect().await?.to_bytes();
    // A status of gRPC has no body, and an error of HTTP has one.
    let whole = grpc == (status == 200 && body.is_empty());
    if whole {
        Ok((status, body))
    } else {
        Err("half an answer".into())
    }
}

/// Seconds of processors that Envoy has used.
fn processor(envoy: &Envoy) -> Result<f64, BoxError> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", envoy.id()))?;
    let fields: Vec<&str> = text
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|it| it.parse::<f64>().ok())
            .unwrap_or_default()
    };
    Ok((ticks(11) + ticks(12)) / 100.0)
}

/// KiB of memory that Envoy holds.
fn resident(envoy: &Envoy) -> Result<u64, BoxError> {
    let text = std::fs::read_to_string(format!("/proc/{}/status", envoy.id()))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    Ok(line
        .and_then(|it| it.split_whitespace().next()?.parse().ok())
        .unwrap_or_default())
}

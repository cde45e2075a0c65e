//! Checks beside the table: invalid bytes, outer filters, panics, counters, configurations.

use std::path::Path;
use std::time::Duration;

use serde_json::{json, Value};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::check::Tally;
use crate::client::{fetch, raw, Ask, Seen, Wire};
use crate::envoy::{filter, Envoy, Install, Upstreams};
use crate::rows::envelope;
use crate::BoxError;

const WIRES: [Wire; 2] = [Wire::Http1, Wire::Http2];

/// Traps of a running Envoy.
pub(crate) async fn run(envoy: &Envoy, tally: &mut Tally) -> Result<(), BoxError> {
    println!("traps");
    codec(envoy, tally).await?;
    connection(envoy, tally).await?;
    clients_that_go(envoy).await?;
    for wire in WIRES {
        outer(envoy, tally, wire).await?;
        inner(envoy, tally, wire).await?;
        configured(envoy, tally, wire).await?;
        panics(envoy, tally, wire).await?;
    }
    counters(envoy, tally).await
}

/// Bytes that the codec refuses.
async fn codec(envoy: &Envoy, tally: &mut Tally) -> Result<(), BoxError> {
    let address = envoy.address("module")?;
    let huge = format!(
        "GET / HTTP/1.1\r\nhost: edge.test\r\nx-huge: {}\r\n\r\n",
        "x".repeat(70 * 1024)
    );
    for (name, bytes, want, phrase) in [
        (
            "a header that is none",
            "GET / HTTP/1.1\r\nhost: edge.test\r\nbad header\r\n\r\n",
            400,
            "Bad Request",
        ),
        ("no Host", "GET / HTTP/1.1\r\n\r\n", 400, "Bad Request"),
        (
            "a first line that is none",
            "FOO\r\n\r\n",
            400,
            "Bad Request",
        ),
        (
            "70 KB of headers",
            huge.as_str(),
            431,
            "Request Header Fields Too Large",
        ),
    ] {
        let answer = raw(address, bytes.as_bytes()).await?;
        let head = format!("HTTP/1.1 {want} ");
        let message = format!(r#""_error_message":"{phrase}""#);
        let good = answer.starts_with(&head) && answer.contains(&message);
        tally.holds(name, shown(good, &answer));
    }
    Ok(())
}

/// A connection stays usable after an answer that Envoy sent instead of the upstream's.
async fn connection(envoy: &Envoy, tally: &mut Tally) -> Result<(), BoxError> {
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: edge.test\r\n\r\n");
    for path in [
        "/app/declared",
        "/app/chunked",
        "/app/endless",
        "/app/login",
    ] {
        let bytes = request(path) + &request("/app/ok");
        let answer = raw(envoy.address("module")?, bytes.as_bytes()).await?;
        let good = answer.matches("HTTP/1.1 ").count() == 2 && answer.ends_with(r#"{"order":7}"#);
        tally.holds(
            &format!("the connection serves on after {path}"),
            shown(good, &answer),
        );
    }
    Ok(())
}

/// Clients that disconnect while a head is held leave no stream behind. `counters` checks this at the end.
async fn clients_that_go(envoy: &Envoy) -> Result<(), BoxError> {
    for _ in 0..20 {
        let mut stream = TcpStream::connect(envoy.address("module")?).await?;
        stream
            .write_all(b"GET /app/stalls HTTP/1.1\r\nhost: edge.test\r\n\r\n")
            .await?;
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Outer filters get every answer except those that Envoy sends instead of the upstream's.
async fn outer(envoy: &Envoy, tally: &mut Tally, wire: Wire) -> Result<(), BoxError> {
    let address = envoy.address("outer")?;
    for (path, reaches) in [
        ("/app/login", true),
        ("/app/ok", true),
        ("/axum/missing", true),
        ("/app/chunked", false),
    ] {
        let seen = fetch(address, wire, &Ask::get(path)).await?;
        let good = (seen.header("x-outer") == Some("here")) == reaches;
        tally.holds(
            &format!("filters further out and {path} ({wire:?})"),
            shown(good, &seen),
        );
    }
    Ok(())
}

/// Inner filters hold bodies, change them, and change the request.
async fn inner(envoy: &Envoy, tally: &mut Tally, wire: Wire) -> Result<(), BoxError> {
    type Holds = fn(&Seen) -> bool;
    let login: Holds = |it| envelope(it, 401, "who are you?");
    let post = |ask: Ask| Ask {
        method: http::Method::POST,
        ..ask
    };
    let web = |path| post(Ask::get(path)).with(&[("content-type", "application/grpc-web+proto")]);
    let rows: [(&str, &str, Ask, Holds); 10] = [
        (
            "decompresses",
            "decompressed",
            Ask::get("/app/gzip").with(&[("accept-encoding", "gzip")]),
            |it| envelope(it, 404, "No such order"),
        ),
        (
            "decodes nothing where it is told so",
            "coded",
            Ask::get("/app/gzip").with(&[("accept-encoding", "gzip")]),
            |it| envelope(it, 404, "Not Found"),
        ),
        ("holds the body", "buffered", Ask::get("/app/login"), login),
        (
            "holds the body of a success",
            "buffered",
            Ask::get("/app/ok"),
            |it| it.text() == r#"{"order":7}"#,
        ),
        (
            "holds a body with trailers",
            "buffered",
            Ask::get("/h2/trailers"),
            |it| envelope(it, 404, "no such order"),
        ),
        (
            "holds the documented envelope",
            "buffered",
            Ask::get("/app/own"),
            |it| envelope(it, 404, "No order 7"),
        ),
        (
            "translates the request to gRPC",
            "translated",
            post(Ask::get("/app/login")),
            login,
        ),
        (
            "speaks gRPC for gRPC-Web",
            "web",
            web("/shop.Shop/Taken"),
            |it| {
                it.status == 200
                    && it
                        .header("content-type")
                        .is_some_and(|it| it.starts_with("application/grpc-web"))
                    && (it.text() + it.header("grpc-message").unwrap_or_default())
                        .contains("Name is taken")
            },
        ),
        (
            "tells gRPC-Web too much",
            "web",
            web("/shop.Shop/Secret"),
            |it| {
                let text = it.text() + &format!("{:?}", it.headers);
                it.status == 200
                    && !text.contains("db.internal")
                    && text.contains("Internal Server Error")
            },
        ),
        (
            "leaves the others alone",
            "web",
            Ask::get("/app/login"),
            login,
        ),
    ];
    for (name, listener, ask, holds) in rows {
        let seen = fetch(envoy.address(listener)?, wire, &ask).await?;
        tally.holds(
            &format!("a filter further in {name} ({wire:?})"),
            shown(holds(&seen), &seen),
        );
    }
    Ok(())
}

/// The effect of each key of the configuration.
async fn configured(envoy: &Envoy, tally: &mut Tally, wire: Wire) -> Result<(), BoxError> {
    type Holds = fn(&Seen) -> bool;
    let problem = Ask::get("/app/problem").with(&[("accept", "application/problem+json")]);
    let browser = Ask::get("/app/page").with(&[("accept", "text/html")]);
    let rows: [(&str, &str, Ask, Holds); 10] = [
        (
            "masking of the upstream masks the upstream",
            "upstream",
            Ask::get("/app/secret"),
            |it| envelope(it, 500, "Internal Server Error"),
        ),
        (
            "masking of the upstream lets Envoy speak",
            "upstream",
            Ask::get("/direct/500"),
            |it| envelope(it, 500, "the edge is broken"),
        ),
        (
            "a route overrides masking",
            "module",
            Ask::get("/open/secret"),
            |it| envelope(it, 500, "connect to db.internal:5432 as admin failed"),
        ),
        ("the namespace", "shop", Ask::get("/axum/missing"), |it| {
            it.text().contains("shop.exceptions.NotFound")
        }),
        ("the dialects", "shop", problem, |it| {
            it.status == 409 && it.header("content-type") == Some("application/problem+json")
        }),
        (
            "the validation status",
            "shop",
            Ask::get("/app/fastapi"),
            |it| it.status == 422 && it.text().contains("email"),
        ),
        ("pages", "shop", browser, |it| {
            it.status == 404 && it.header("content-type") == Some("application/json")
        }),
        ("the body limit", "shop", Ask::get("/app/chunked"), |it| {
            envelope(it, 404, "Not Found")
        }),
        (
            "statuses that are not named pass",
            "shop",
            Ask::get("/app/busy"),
            |it| it.status == 429 && it.text() == "slow down",
        ),
        (
            "statuses that are named do not",
            "shop",
            Ask::get("/app/secret"),
            |it| envelope(it, 500, "Internal Server Error"),
        ),
    ];
    for (name, listener, ask, holds) in rows {
        let seen = fetch(envoy.address(listener)?, wire, &ask).await?;
        tally.holds(&format!("{name} ({wire:?})"), shown(holds(&seen), &seen));
    }
    Ok(())
}

/// After a panic, the original answer passes completely.
async fn panics(envoy: &Envoy, tally: &mut Tally, wire: Wire) -> Result<(), BoxError> {
    let address = envoy.address("panic")?;
    for (path, length) in [
        ("/app/panic-head", 12),
        ("/app/panic-body", 12),
        ("/app/panic-end", 12),
        ("/app/panic-chunked", 3 * 16384),
        ("/h2/panic-trailers", 12),
    ] {
        let before = envoy.counter("panicked").await?;
        let seen = fetch(address, wire, &Ask::get(path)).await?;
        let good = seen.whole
            && seen.status == 404
            && seen.body.len() == length
            && envoy.counter("panicked").await? == before + 1;
        tally.holds(
            &format!("the original passes after a panic: {path} ({wire:?})"),
            shown(good, &seen),
        );
    }
    let seen = fetch(address, wire, &Ask::get("/app/login")).await?;
    tally.holds(
        &format!("the next answer is an envelope ({wire:?})"),
        shown(envelope(&seen, 401, "who are you?"), &seen),
    );
    Ok(())
}

/// Each counter has the right value.
async fn counters(envoy: &Envoy, tally: &mut Tally) -> Result<(), BoxError> {
    const NAMES: [&str; 5] = ["rewritten", "masked", "passed", "panicked", "over_limit"];
    let address = envoy.address("module")?;
    for (ask, steps) in [
        (Ask::get("/app/login"), [1, 0, 0, 0, 0]),
        (Ask::get("/app/secret"), [1, 1, 0, 0, 0]),
        (Ask::get("/app/verbatim"), [0, 0, 1, 0, 0]),
        (Ask::get("/app/chunked"), [1, 0, 0, 0, 1]),
        (Ask::get("/app/declared"), [1, 0, 0, 0, 1]),
        (Ask::get("/app/ok"), [0, 0, 0, 0, 0]),
        (Ask::grpc("/shop.Shop/Html"), [1, 0, 0, 0, 0]),
        (Ask::grpc("/shop.Shop/NotFound"), [0, 0, 1, 0, 0]),
    ] {
        let mut before = Vec::new();
        for name in NAMES {
            before.push(envoy.counter(name).await?);
        }
        fetch(address, Wire::Http2, &ask).await?;
        let mut counted = Vec::new();
        for (name, before) in NAMES.into_iter().zip(before) {
            counted.push(envoy.counter(name).await? - before);
        }
        let good = counted == steps;
        tally.holds(
            &format!("the counters after {}", ask.path),
            shown(good, &format!("{NAMES:?}: {counted:?}, not {steps:?}")),
        );
    }
    let active = envoy.active().await?;
    tally.holds("no stream is left", shown(active == 0, &active));
    Ok(())
}

/// With an invalid configuration Envoy does not start, and its log has the reason.
pub(crate) async fn configuration(
    install: &Install,
    folder: &Path,
    upstreams: Upstreams,
    tally: &mut Tally,
) -> Result<(), BoxError> {
    let structures: [(Value, &str); 6] = [
        (json!({"name_space": "shop"}), "unknown field `name_space`"),
        (json!({"dialects": ["html"]}), "unknown variant `html`"),
        (json!({"body_limit": -1}), "body_limit: -1"),
        (json!({"validation_status": 500}), "validation_status: 500"),
        (json!({"statuses": ["3xx"]}), "statuses: \"3xx\""),
        (json!({"masking": true}), "masking"),
    ];
    for (structure, why) in structures {
        let name = format!("Envoy refuses {structure}");
        let (taken, log) = install
            .takes(folder, upstreams, filter("error_envelope", structure))
            .await?;
        let good =
            !taken && log.contains("error_envelope: wrong configuration") && log.contains(why);
        tally.holds(&name, shown(good, &log));
    }
    let (taken, log) = install
        .takes(
            folder,
            upstreams,
            filter("error_envelope", json!({"body_limit": 1024})),
        )
        .await?;
    tally.holds("Envoy takes what is right", shown(taken, &log));
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["envoy.yaml", "ext_proc/envoy.yaml"] {
        let log = folder.join("example.log");
        let (taken, log) = install.takes_file(&examples.join(name), &log).await?;
        tally.holds(&format!("Envoy takes {name}"), shown(taken, &log));
    }
    Ok(())
}

fn shown(good: bool, what: &dyn std::fmt::Debug) -> Result<(), BoxError> {
    if good {
        return Ok(());
    }
    Err(format!("    {what:?}").into())
}

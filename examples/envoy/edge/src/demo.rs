//! Shows answers before and after, like the example `quickstart` of the crate.

use serde_json::json;

use crate::check::Folder;
use crate::client::{fetch, Ask, Seen, Wire};
use crate::envoy::{filter, Install, Listener, Upstreams};
use crate::{nginx, upstream, BoxError};

/// Sends a dozen requests to an Envoy without the module and with it, and prints the answers.
pub(crate) async fn run(install: &Install) -> Result<bool, BoxError> {
    let folder = Folder::new()?;
    let nginx = nginx::start(&folder.0).await?;
    let upstreams = Upstreams {
        app: upstream::start().await?,
        nginx: nginx.as_ref().map(|(_, address)| *address),
        processor: None,
    };
    let listeners = [
        ("before", vec![]),
        ("after", vec![filter("error_envelope", json!({}))]),
    ];
    let listeners = listeners.map(|(name, filters)| Listener { name, filters });
    let envoy = install
        .start(&folder.0, upstreams, listeners.into())
        .await?;

    let requests = [
        ("nginx has no such page", Ask::get("/nginx/missing")),
        ("axum says it in a text", Ask::get("/axum/text")),
        ("axum says nothing", Ask::get("/axum/missing")),
        ("problem details", Ask::get("/app/problem")),
        ("FastAPI's validation", Ask::get("/app/fastapi")),
        ("a 500 that says too much", Ask::get("/app/secret")),
        ("the documented envelope", Ask::get("/app/own")),
        ("the upstream is down", Ask::get("/down")),
        ("the upstream is too slow", Ask::get("/app/slow")),
        ("Envoy forbids it", Ask::get("/direct/403")),
        (
            "no such host",
            Ask {
                host: "nowhere.test",
                ..Ask::get("/")
            },
        ),
        ("a gRPC caller gets a page", Ask::grpc("/shop.Shop/Html")),
        ("a success", Ask::get("/app/ok")),
    ];
    for (number, (name, ask)) in (1..).zip(requests) {
        if nginx.is_none() && ask.path.starts_with("/nginx") {
            continue;
        }
        println!("{number:2}. {} {} ({name})", ask.method, ask.path);
        for side in ["before", "after"] {
            let wire = if ask.body.is_empty() {
                Wire::Http1
            } else {
                Wire::Http2
            };
            println!(
                "    {side:<7} {}",
                line(&fetch(envoy.address(side)?, wire, &ask).await?)
            );
        }
    }
    Ok(true)
}

fn line(seen: &Seen) -> String {
    let label = seen.header("content-type").unwrap_or("no type");
    match seen.header("grpc-status") {
        Some(code) => format!(
            "{} {label} grpc-status {code} {}",
            seen.status,
            seen.header("grpc-message").unwrap_or_default()
        ),
        None => format!(
            "{} {label} {}",
            seen.status,
            seen.text().split_whitespace().collect::<Vec<_>>().join(" ")
        ),
    }
}

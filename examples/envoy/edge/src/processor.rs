//! Runs the table with the external processor, and lists its differences from the module.

use std::net::SocketAddr;

use tokio::process::{Child, Command};
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::check::{compare, Folder, Tally};
use crate::client::{fetch, Ask, Seen, Wire};
use crate::envoy::{cors, free_port, processor, ready, Install, Listener, Upstreams};
use crate::rows::{grpc, http, Want};
use crate::{gateway, upstream, BoxError};

/// Rows that differ from the layer in process, with the reasons.
const OTHERWISE: [(&str, &str); 1] = [(
    "an HTTP caller of a gRPC service",
    "its status is 200, which skips the processor",
)];

/// Runs the rows; false if one fails.
pub(crate) async fn run(install: &Install) -> Result<bool, BoxError> {
    let folder = Folder::new()?;
    let (mut service, address) = start(install).await?;
    let upstreams = Upstreams {
        app: upstream::start().await?,
        nginx: None,
        processor: Some(address),
    };
    let listeners = [
        ("plain", vec![cors()]),
        ("module", vec![processor(), cors()]),
    ];
    let listeners = listeners.map(|(name, filters)| Listener { name, filters });
    let envoy = install
        .start(&folder.0, upstreams, listeners.into())
        .await?;
    let layer = gateway::start(ErrorEnvelopeLayer::new(), envoy.address("plain")?).await?;

    let mut tally = Tally::default();
    for row in http().iter().chain(&grpc()) {
        let differs = OTHERWISE.iter().find(|(name, _)| *name == row.name);
        if row.ask.path.starts_with("/nginx")
            || matches!(row.want, Want::Says(_))
            || differs.is_some()
        {
            if let Some((name, why)) = differs {
                println!("  left out: {name}: {why}");
            }
            continue;
        }
        for &wire in row.wires {
            let result = compare(row, wire, &envoy, layer, equal).await;
            tally.note(row.name, wire, result);
        }
    }
    service.kill().await?;
    let ask = Ask::get("/app/login");
    let seen = fetch(envoy.address("module")?, Wire::Http1, &ask).await?;
    let passes = seen.status == 401 && seen.text() == "who are you?";
    let result = passes
        .then_some(())
        .ok_or_else(|| format!("    {seen:?}").into());
    tally.holds("the original passes when the processor is gone", result);
    tally.end(&folder, &envoy)
}

/// Whether two answers are equal except `Content-Length`, which Envoy removes if a processor changes a body.
fn equal(seen: &Seen, wanted: &Seen) -> bool {
    let without = |seen: &Seen| {
        let mut seen = seen.clone();
        seen.headers.retain(|(name, _)| name != "content-length");
        seen
    };
    without(seen) == without(wanted)
}

async fn start(install: &Install) -> Result<(Child, SocketAddr), BoxError> {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let service = Command::new(install.modules.join("error-envelope-ext-proc"))
        .arg(address.to_string())
        .kill_on_drop(true)
        .spawn()?;
    ready(address).await?;
    Ok((service, address))
}

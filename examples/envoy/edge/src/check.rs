//! Runs the table of requests against the real Envoy, and then the traps.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::json;
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::client::{fetch, Seen, Wire};
use crate::envoy::{
    buffering, cors, decompressor, filter, grpc_web, mutation, translation, Envoy, Install,
    Listener, Upstreams,
};
use crate::rows::{grpc, http, Row, Want};
use crate::{gateway, nginx, traps, upstream, BoxError};

/// Runs all checks; false if one fails.
pub(crate) async fn run(install: &Install) -> Result<bool, BoxError> {
    let folder = Folder::new()?;
    let app = upstream::start().await?;
    let nginx = nginx::start(&folder.0).await?;
    if nginx.is_none() {
        println!("skipped: the rows of nginx, which is not installed");
    }
    let upstreams = Upstreams {
        app,
        nginx: nginx.as_ref().map(|(_, address)| *address),
        processor: None,
    };
    let envoy = install.start(&folder.0, upstreams, listeners()).await?;
    let layer = gateway::start(ErrorEnvelopeLayer::new(), envoy.address("plain")?).await?;

    let mut tally = Tally::default();
    for (title, rows) in [("HTTP", http()), ("gRPC", grpc())] {
        println!("{title}: {} requests", rows.len());
        let rows = rows
            .iter()
            .filter(|row| nginx.is_some() || !row.ask.path.starts_with("/nginx"));
        for row in rows {
            for &wire in row.wires {
                let result = compare(row, wire, &envoy, layer, Seen::eq).await;
                tally.note(row.name, wire, result);
            }
        }
    }
    traps::run(&envoy, &mut tally).await?;
    traps::configuration(install, &folder.0, upstreams, &mut tally).await?;
    tally.end(&folder, &envoy)
}

/// The checks that hold, and the failures.
#[derive(Default)]
pub(crate) struct Tally {
    good: u32,
    bad: u32,
}

impl Tally {
    pub(crate) fn note(&mut self, name: &str, wire: Wire, result: Result<(), BoxError>) {
        self.holds(&format!("{name} ({wire:?})"), result);
    }

    /// Prints a failure.
    pub(crate) fn holds(&mut self, name: &str, result: Result<(), BoxError>) {
        match result {
            Ok(()) => self.good += 1,
            Err(problem) => {
                self.bad += 1;
                println!("  FAILED {name}\n{problem}");
            }
        }
    }

    /// Prints both counts; true if all checks hold.
    pub(crate) fn end(&self, folder: &Folder, envoy: &Envoy) -> Result<bool, BoxError> {
        println!("{} hold, {} do not", self.good, self.bad);
        if self.bad > 0 {
            println!("the log of Envoy: {}", folder.keep(&envoy.log)?.display());
        }
        Ok(self.bad == 0)
    }
}

fn listeners() -> Vec<Listener> {
    let module = |configuration| filter("error_envelope", configuration);
    let listener = |name, filters| Listener { name, filters };
    vec![
        listener("plain", vec![cors()]),
        listener("module", vec![module(json!({})), cors()]),
        listener("outer", vec![mutation(), module(json!({}))]),
        listener("coded", vec![module(json!({"decompression": false}))]),
        listener(
            "decompressed",
            vec![module(json!({"decompression": false})), decompressor()],
        ),
        listener("buffered", vec![module(json!({})), buffering()]),
        listener("web", vec![module(json!({})), grpc_web()]),
        listener("translated", vec![module(json!({})), translation()]),
        listener("upstream", vec![module(json!({"masking": "upstream"}))]),
        listener(
            "shop",
            vec![module(json!({
                "namespace": "shop.exceptions",
                "dialects": ["clustr", "problem"],
                "validation_status": 422,
                "body_limit": 1000,
                "pages": false,
                "statuses": ["5xx", 404, 409, 422],
            }))],
        ),
        listener("panic", vec![filter("error_envelope_panic", json!({}))]),
    ]
}

/// Sends a request of the table to the module, and to the layer in process.
pub(crate) async fn compare(
    row: &Row,
    wire: Wire,
    envoy: &Envoy,
    layer: SocketAddr,
    equal: fn(&Seen, &Seen) -> bool,
) -> Result<(), BoxError> {
    let seen = fetch(envoy.address("module")?, wire, &row.ask).await?;
    match row.want {
        Want::Says(holds) if holds(&seen) => Ok(()),
        Want::Says(_) => Err(format!("    module  {seen:?}").into()),
        Want::AsLayer => {
            let wanted = fetch(layer, wire, &row.ask).await?;
            if equal(&seen, &wanted) {
                return Ok(());
            }
            let plain = fetch(envoy.address("plain")?, wire, &row.ask).await;
            Err(
                format!("    plain   {plain:?}\n    layer   {wanted:?}\n    module  {seen:?}")
                    .into(),
            )
        }
    }
}

/// A folder for configurations and logs, removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self, BoxError> {
        let path = std::env::temp_dir().join(format!("error-envelope-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Saves a file in the folder.
    fn keep(&self, file: &Path) -> Result<PathBuf, BoxError> {
        let kept = std::env::temp_dir().join("error-envelope.log");
        std::fs::copy(file, &kept)?;
        Ok(kept)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

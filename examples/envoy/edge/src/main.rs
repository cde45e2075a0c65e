//! Runs the real Envoy with the module, beside the layer in process.
//!
//! ```sh
//! edge demo ENVOY MODULES         # before and after
//! edge check ENVOY MODULES        # the table, the traps, the configuration
//! edge processor ENVOY MODULES    # the table by the external processor
//! edge soak ENVOY MODULES         # 100,000 mixed requests
//! edge cost ENVOY MODULES         # none, module, none again
//! ```
//!
//! `ENVOY` is the binary, `MODULES` the folder with `liberror_envelope.so`. `examples/envoy/run` and `check` install and
//! build both.

mod check;
mod client;
mod demo;
mod envoy;
mod gateway;
mod load;
mod nginx;
mod processor;
mod rows;
mod traps;
mod upstream;

use std::path::PathBuf;
use std::process::ExitCode;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<ExitCode, BoxError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [command, binary, modules] = arguments.as_slice() else {
        eprintln!("usage: edge demo|check|processor|soak|cost ENVOY MODULES");
        return Ok(ExitCode::from(2));
    };
    let install = envoy::Install {
        binary: PathBuf::from(binary),
        modules: PathBuf::from(modules),
    };
    let good = match command.as_str() {
        "demo" => demo::run(&install).await?,
        "check" => check::run(&install).await?,
        "processor" => processor::run(&install).await?,
        "soak" => load::soak(&install).await?,
        "cost" => load::cost(&install).await?,
        other => return Err(format!("no such command: {other}").into()),
    };
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

//! Runs the examples.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Output, Stdio};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

use super::{send, Protocol};

/// The command that runs an example, built beforehand with the features of this test.
pub(crate) fn example(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    command.args([
        "run",
        "--quiet",
        "--all-features",
        "--manifest-path",
        manifest,
        "--example",
        name,
        "--",
    ]);
    command
}

pub(crate) fn output(mut command: Command) -> Output {
    command.output().unwrap()
}

pub(crate) fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

/// An example that serves until it is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn start(name: &str, arguments: &[&str]) -> Self {
        let mut process = example(name)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .unwrap_or_else(|| panic!("{line}"));
        Self {
            address: address.parse().unwrap(),
            process,
        }
    }

    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        body: &'static str,
    ) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json");
        send(
            Protocol::Http1,
            self.address,
            request.body(Full::from(body)).unwrap(),
        )
        .await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The child is `cargo run`, which on Unix has become the example itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#!/usr/bin/env bash
# Prints the crates, and the KiB of the stripped binary, that the layer adds to a hello-world app of axum.
# usage: benches/weight.sh [features of this crate beside `layer`, with commas]
set -euo pipefail
cd "$(dirname "$0")/.."
crate=$PWD app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT

cargo init --quiet --name hello "$app"
cd "$app"
cargo add --quiet axum
cargo add --quiet tokio --features macros,net,rt-multi-thread
printf '[profile.release]\nstrip = true\n' >> Cargo.toml

app() { # the line with the layer
    cat > src/main.rs <<RUST
use axum::{routing::get, Router};

#[tokio::main]
async fn main() {
    let app = Router::new().route("/", get(|| async { "Hello, World!" }));
    $1
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
RUST
}

crates() { cargo tree --edges normal,build --prefix none --format '{p}' | awk '{print $1, $2}' | sort -u | wc -l; }

weigh() { # name
    cargo build --quiet --release
    printf '%-10s %4d crates %6d KiB\n' "$1" "$(($(crates) - 1))" "$(($(stat -c %s target/release/hello) / 1024))"
}

app ''
weigh without
app 'let app: Router = app.layer(tower_error_envelope::ErrorEnvelopeLayer::new());'
cargo add --quiet tower-error-envelope --path "$crate" --no-default-features --features "layer${1:+,$1}"
weigh with

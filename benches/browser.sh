#!/usr/bin/env bash
# Headless Chromium opens the page of examples/page.rs, which has fifty parts, from a server with the layer and without.
# Prints the instructions of the server's process for each request, which callgrind counts: the difference of many loads
# and one, each with an empty cache. `control` is a second server without the layer.
# usage: benches/browser.sh [loads]
set -euo pipefail
cd "$(dirname "$0")/.."
loads=${1:-5}

needs() { # command package
    command -v "$1" > /dev/null || { apt-get update -qq && apt-get install -y -qq "$2" > /dev/null; }
}
needs chromium chromium
needs valgrind valgrind
needs curl curl
cargo build --quiet --release --features axum --example page
server=${CARGO_TARGET_DIR:-target}/release/examples/page
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

open() { # port
    local profile
    profile=$(mktemp -d -p "$scratch")
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --user-data-dir="$profile" --virtual-time-budget=20000 \
        --dump-dom "http://127.0.0.1:$1/" > "$scratch/dom" 2> /dev/null
    grep -q 'Printers' "$scratch/dom"
    rm -rf "$profile"
}

# Prints the instructions and the requests of a server for the given number of loads.
serve() { # layer port loads
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$server" "$1" "127.0.0.1:$2" \
        > "$scratch/requests" 2> "$scratch/messages" &
    local process=$!
    until curl --silent --fail --output /dev/null "127.0.0.1:$2/parts/0.css"; do sleep 0.3; done
    for _ in $(seq "$3"); do open "$2"; done
    curl --silent "127.0.0.1:$2/stop" > /dev/null || true
    wait "$process"
    echo "$(awk '/Collected/ {print $NF}' "$scratch/messages") $(cat "$scratch/requests")"
}

port=3200 none=
echo "| | requests | instructions each | times |"
echo "| --- | --- | --- | --- |"
for name in none control layer 'same body'; do
    read -r few one < <(serve "$name" $((port++)) 1)
    read -r many all < <(serve "$name" $((port++)) "$loads")
    each=$(((many - few) / (all - one)))
    none=${none:-$each}
    echo "| $name | $((all - one)) | $each | $(awk "BEGIN {printf \"%.3f\", $each / $none}") |"
done

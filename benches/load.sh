#!/usr/bin/env bash
# The server of examples/load.rs under load, with the layer and without, in turns: wrk speaks HTTP/1.1, h2load HTTP/2.
# `control` is a second server without the layer: its difference is noise.
# usage: benches/load.sh [rounds] [seconds of each]
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-7} seconds=${2:-2}

cargo build --quiet --release --features axum --example load
server=${CARGO_TARGET_DIR:-target}/release/examples/load
names=(none control layer)
declare -A pid port
for position in 0 1 2; do
    name=${names[$position]} port[$name]=$((3100 + position))
    "$server" "$name" "127.0.0.1:${port[$name]}" &
    pid[$name]=$!
done
trap 'kill "${pid[@]}"' EXIT
sleep 1

ticks() { awk '{print $14 + $15}' "/proc/${pid[$1]}/stat"; }

# The number of requests of one turn.
load() { # protocol name path
    local url=http://127.0.0.1:${port[$2]}/printers/$3
    case $1 in
        h1) wrk --threads 1 --connections 8 --duration "${seconds}s" "$url" | awk '/requests in/ {print $1}' ;;
        h2) h2load --clients 2 --max-concurrent-streams 8 --duration "$seconds" "$url" | awk '/^requests:/ {print $6}' ;;
    esac
}

for protocol in h1 h2; do
    for id in 7 8; do
        for _ in $(seq "$rounds"); do
            for name in "${names[@]}"; do
                before=$(ticks "$name")
                requests=$(load "$protocol" "$name" "$id")
                echo "$protocol $id $name $requests $(($(ticks "$name") - before))"
            done
        done
    done
done | python3 -c '
import collections, statistics, sys
turns = collections.defaultdict(list)
for line in sys.stdin:
    protocol, id, name, requests, ticks = line.split()
    turns[protocol, {"7": "success", "8": "404"}[id], name].append((int(requests), int(ticks) / int(requests)))
print("| | | throughput | CPU of the server a request |\n| --- | --- | --- | --- |")
for (protocol, work, name), own in turns.items():
    if name == "none":
        continue
    pairs = list(zip(own, turns[protocol, work, "none"]))
    ratio = lambda index: statistics.median(a[index] / b[index] for a, b in pairs)
    print(f"| {protocol}, {work} | {name} | {ratio(0):.3f} | {ratio(1):.3f} |")'

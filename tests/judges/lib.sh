# What the judges share: a folder that is removed, our server, and a list of findings.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PATH:/usr/sbin"

folder=$(mktemp -d)
# Varnish works as a user of its own.
chmod 755 "$folder"
children=()
cleanup() {
    for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done
    wait 2> /dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Installs packages of Debian's or Ubuntu's whose command is not there: need COMMAND PACKAGE
need() {
    command -v "$1" > /dev/null && return
    as_root apt-get update -qq
    as_root apt-get install -y -qq "$2" > /dev/null
}

# Runs a command in the background, to be ended with the script.
start() {
    "$@" &
    children+=($!)
}

# Waits until a command succeeds, for ten seconds at most.
await() {
    for _ in {1..100}; do
        "$@" && return
        sleep 0.1
    done
    echo "gave up waiting for: $*" >&2
    return 1
}

# A free port of this machine.
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts our server with all features; its URL is in $server.
serve() {
    cargo build --quiet --all-features --example judged
    start target/debug/examples/judged 127.0.0.1:0 > "$folder/server"
    await grep -q listening "$folder/server"
    server=$(sed -n 's/^listening on //p' "$folder/server")
}

findings=0
# Says what is wrong and counts it: expect WHAT ACTUAL EXPECTED
expect() {
    [ "$2" = "$3" ] && return
    printf '%s: got %q, expected %q\n' "$1" "$2" "$3" >&2
    findings=$((findings + 1))
}
verdict() {
    echo "$1: $findings findings"
    [ "$findings" = 0 ]
}

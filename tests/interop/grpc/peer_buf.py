"""Calls a printer with `buf curl` of npm's @bufbuild/buf: `peer_buf.py ADDRESS FOLDER-OF-THE-PROTO METHOD-OF-PLAIN...`.

Prints one JSON object a case: what `buf curl` says. The environment names the protocol, `grpc` or `grpcweb`.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

address, protos, *plain = sys.argv[1:]
protocol = os.environ.get("PEER_PROTOCOL", "grpc")
schema = ["--schema", f"{protos}/printer/v1/printer.proto"]


def curl(path, jobs, *options, schema=schema):
    command = [os.environ["PEER_BUF"], "curl", "--http2-prior-knowledge", "--protocol", protocol, *schema, *options]
    data = "\n".join(json.dumps(job) for job in jobs)
    done = subprocess.run([*command, "-d", "@-", f"http://{address}{path}"], input=data, capture_output=True, text=True, timeout=30)
    # An error is a JSON document on standard error, after pages on standard output; with -v it has lines before it.
    lines = done.stderr.splitlines()
    metadata = sorted(line for line in lines if re.match(r"buf: < \(#1\) X-", line))
    try:
        error = json.loads("\n".join(line for line in lines if not line.startswith("buf: ")) or "{}")
    except ValueError:
        error = {"message": done.stderr}
    anys = [{"type": any["type"], "value": any["value"]} for any in error.get("details", [])]
    pages = [f"{len(done.stdout)} bytes"] if len(done.stdout) > 1000 else done.stdout.splitlines()
    return {"pages": pages, "code": error.get("code", 0), "message": error.get("message", ""), "anys": anys, "metadata": metadata, "exit": done.returncode}


def report(name, outcome):
    print(json.dumps({"case": name, **outcome}), flush=True)


if os.environ.get("PEER_ONLY") == "health":
    # buf calls only what is in a schema.
    with tempfile.TemporaryDirectory() as folder:
        proto = pathlib.Path(folder, "health.proto")
        methods = "rpc Check(Empty) returns (Empty); rpc Watch(Empty) returns (stream Empty);"
        proto.write_text(f'syntax = "proto3"; package grpc.health.v1; message Empty {{}} service Health {{ {methods} }}')
        for method in ["Check", "Watch"]:
            outcome = curl(f"/grpc.health.v1.Health/{method}", [{}], schema=["--schema", str(proto)])
            report(f"health {method}", outcome)
    sys.exit()

cases = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text()) if protocol == "grpc" else []
for case in cases:
    if case["method"] == "Nope" or "\x00" in case["jobs"][0].get("text", ""):
        continue  # buf calls only what is in the schema
    jobs = [{**job, "text": job.get("text", "") * case.get("repeat", 1)} for job in case["jobs"]]
    headers = ["-v", "-H", "x-twice: a", "-H", "x-twice: b"] if case.get("metadata") else []
    deadline = ["-H", f"grpc-timeout: {case['deadline_ms']}m"] if "deadline_ms" in case else []
    report(case["name"], curl(f"/printer.v1.Printer/{case['method']}", jobs, *headers, *deadline))

for method in plain:
    report(f"plain {method}", curl(f"/printer.v1.Plain/{method}", [{}]))

if protocol == "grpc":
    report("reflection", curl("/grpc.health.v1.Health/Check", [{}], schema=["--reflect"]))

"""Calls a printer with PyPI's grpcio: `peer.py ADDRESS FOLDER-OF-THE-PROTO METHOD-OF-PLAIN...`.

With PEER_ONLY=health in the environment it asks for the health only, of a server that may have none.

Prints one JSON object a case: what an application gets to see.
"""

import base64
import json
import os
import pathlib
import sys
import time

import grpc

address, protos, *plain = sys.argv[1:]
sys.path.append(protos)
messages, services = grpc.protos_and_services("printer/v1/printer.proto")

from google.protobuf import json_format
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

# Limits of our own machine, not of the protocol.
channel = grpc.insecure_channel(address, options=[("grpc.max_receive_message_length", 1 << 24)])
METADATA = [("x-twice", "a"), ("x-twice", "b"), ("x-other", "c d"), ("x-some-bin", b"\x00\xff\x10")]


def call(path, jobs, streams_in, streams_out, metadata=(), deadline=10):
    kinds = {(False, False): channel.unary_unary, (False, True): channel.unary_stream, (True, True): channel.stream_stream}
    method = kinds[streams_in, streams_out](
        path, request_serializer=messages.Job.SerializeToString, response_deserializer=messages.Page.FromString
    )
    pages = []
    try:
        if streams_in:
            call = method(ping(jobs, pages), metadata=metadata, timeout=deadline)
        elif streams_out:
            call = method(jobs[0], metadata=metadata, timeout=deadline)
        else:
            page, call = method.with_call(jobs[0], metadata=metadata, timeout=deadline)
            pages.append(page)
        if streams_out:
            for page in call:
                pages.append(page)
    except grpc.RpcError as error:
        call = error
    return {
        "pages": [f"{page.number} {page.text}" if len(page.text) < 1000 else len(page.text) for page in pages],
        "code": call.code().value[0],
        "message": call.details() or "",
        "details": details(call.trailing_metadata() or ()),
        "initial": shown(call.initial_metadata() or ()),
        "trailing": shown(call.trailing_metadata() or ()),
    }


def ping(jobs, pages):
    """The next job only when the page for the last one is there."""
    for position, job in enumerate(jobs):
        while len(pages) < position:
            time.sleep(0.005)
        yield job


def details(metadata):
    values = [value for name, value in metadata if name == "grpc-status-details-bin"]
    return base64.b64encode(values[0]).decode().rstrip("=") if values else ""


def shown(metadata):
    text = lambda value: value.hex() if isinstance(value, bytes) else value
    own = [(name, text(value)) for name, value in metadata if name not in ("date", "grpc-status-details-bin")]
    return sorted(f"{name}: {value}" for name, value in own)


def report(name, outcome):
    print(json.dumps({"case": name, **outcome}), flush=True)


if os.environ.get("PEER_ONLY") == "health":
    stub, request = health_pb2_grpc.HealthStub(channel), health_pb2.HealthCheckRequest()
    for name, ask in [("Check", stub.Check), ("Watch", lambda *a, **k: next(iter(stub.Watch(*a, **k))))]:
        try:
            ask(request, timeout=10)
            report(f"health {name}", {"code": 0})
        except grpc.RpcError as error:
            report(f"health {name}", {"code": error.code().value[0], "message": error.details()})
    sys.exit()

cases = json.loads(pathlib.Path(__file__).with_name("cases.json").read_text())
for case in cases:
    jobs = [json_format.ParseDict(job, messages.Job()) for job in case["jobs"]]
    for job in jobs:
        job.text *= case.get("repeat", 1)
    streams_out = case["method"] in ("Copy", "Chat")
    metadata = METADATA if case.get("metadata") else ()
    deadline = case.get("deadline_ms", 10_000) / 1000
    path = f"/printer.v1.Printer/{case['method']}"
    report(case["name"], call(path, jobs, case["method"] == "Chat", streams_out, metadata, deadline))

for method in plain:
    report(f"plain {method}", call(f"/printer.v1.Plain/{method}", [messages.Job()], False, False))
    report(f"plain stream {method}", call(f"/printer.v1.Plain/{method}", [messages.Job()], True, True))

health = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=10)
report("health", {"status": health.status})
reflection = ProtoReflectionDescriptorDatabase(channel)
report("reflection", {"services": sorted(reflection.get_services())})

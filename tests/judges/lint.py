"""Asks httplint what is wrong with our answers. What it says of the inner answer alone is not ours, and explained."""

import http.client
import socket
import sys
import time
import urllib.parse
import urllib.request

from httplint import HttpResponseLinter, levels

SERVER = urllib.parse.urlsplit(sys.argv[1])
ACCEPTS = ["*/*", "application/problem+json", "text/html,*/*;q=0.8"]

# What it may say, and why: the kind, the note, the reason.
EXPLAINED = {
    ("fine", "FRESHNESS_HEURISTIC"): "a success passes; whether it may be kept is the application's to say",
    ("moved", "FRESHNESS_HEURISTIC"): "so is a redirect",
    ("fields", "STATUS_BAD_REQUEST"): "the note says what 400 means",
    ("language", "STATUS_BAD_REQUEST"): "the note says what 400 means",
}

# Answers that are wrong, to see that the judge is awake.
WRONG = {
    "CL_INCORRECT": b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-length: 9\r\n\r\ngone",
    "BAD_GZIP": b"HTTP/1.1 404 Not Found\r\ncontent-type: text/plain\r\ncontent-encoding: gzip\r\n\r\n" + b"gone" * 20,
    "CONTENT_RANGE_MEANINGLESS": b"HTTP/1.1 404 Not Found\r\ncontent-range: bytes 0-1/2\r\n\r\ngone",
}


def answer(method, path, accept):
    """The bytes of one answer on a connection that is closed behind it."""
    with socket.create_connection((SERVER.hostname, SERVER.port)) as stream:
        head = f"{method} {path} HTTP/1.1\r\nhost: a\r\naccept: {accept}\r\nconnection: close\r\n\r\n"
        stream.sendall(head.encode())
        return b"".join(iter(lambda: stream.recv(65536), b""))


def notes(method, data):
    """What httplint says of an answer: warnings and what is bad."""
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    version, code, phrase = (status.split(b" ", 2) + [b""])[:3]
    fields = [tuple(line.split(b": ", 1)) for line in lines]
    linter = HttpResponseLinter(start_time=time.time(), no_content=method == "HEAD")
    linter.process_response_topline(version.split(b"/")[1], code, phrase)
    linter.process_headers(fields)
    linter.feed_content(body)
    linter.finish_content(True, [])
    return [note for note in linter.notes if note.level in (levels.BAD, levels.WARN)]


def main():
    for name, data in WRONG.items():
        assert name in [type(note).__name__ for note in notes("GET", data)], f"does not find {name}"
    found = 0
    checked = 0
    with urllib.request.urlopen(SERVER.geturl() + "/kinds") as response:
        kinds = response.read().decode().split()
    for kind in kinds + ["no-such-kind"]:
        for accept in ACCEPTS:
            for method in ("GET", "HEAD", "POST"):
                data = answer(method, f"/kind/{kind}", accept)
                checked += 1
                for note in notes(method, data):
                    name = type(note).__name__
                    if (kind, name) in EXPLAINED:
                        continue
                    found += 1
                    print(f"{kind} {method} {accept}: {note.level.name} {name}: {note.summary}\n{data[:600]!r}")
    print(f"httplint: {checked} answers, {found} findings")
    sys.exit(found > 0)


main()

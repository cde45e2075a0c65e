"""Writes the corpus of the tests as seeds: whole responses for `read`, pages for `html`."""

import base64
import gzip
import json
import pathlib
import zlib

here = pathlib.Path(__file__).parent
for corpus in ("recorded", "documented"):
    for case in json.loads((here.parent / "corpus" / f"{corpus}.json").read_text("utf-8")):
        response = case["response"]
        body = response.get("body_base64")
        body = base64.b64decode(body) if body else (response.get("body") or "").encode()
        lines = [str(response["status"])] + [f"{name}: {value}" for name, value in response["headers"].items()]
        seeds = {"read": "\n".join(lines + ["", ""]).encode() + body}
        if body.lstrip()[:1] == b"<":
            seeds["html"] = body
        for target, seed in seeds.items():
            folder = here / "corpus" / target
            folder.mkdir(parents=True, exist_ok=True)
            (folder / case["id"]).write_bytes(seed)

TEXT = b'{"code": "E17", "message": "The name is taken"}'
# A frame of zstd with one block, which is not compressed: RFC 8878, section 3.1.1.
ZSTD = b"\x28\xb5\x2f\xfd\x20" + bytes([len(TEXT)]) + (len(TEXT) << 3 | 1).to_bytes(3, "little") + TEXT
folder = here / "corpus" / "coded"
folder.mkdir(parents=True, exist_ok=True)
for number, body in ((0, gzip.compress(TEXT)), (1, zlib.compress(TEXT)), (3, ZSTD)):
    (folder / str(number)).write_bytes(bytes([number]) + body)

for target, seeds in {
    "accept": ["*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/problem+json",
               "application/json;q=0.1, application/*+json;q=0.5", 'application/json;profile="a,b";q=1.000, */*;q=0'],
}.items():
    folder = here / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_text(seed)

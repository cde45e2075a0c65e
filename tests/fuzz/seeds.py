"""Writes the corpus of the tests as seeds: whole responses for `read`, pages for `html`."""

import base64
import json
import pathlib

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

for target, seeds in {
    "accept": ["*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/problem+json",
               "application/json;q=0.1, application/*+json;q=0.5", 'application/json;profile="a,b";q=1.000, */*;q=0'],
}.items():
    folder = here / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_text(seed)

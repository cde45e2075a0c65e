"""Calls the server in `connect/` with `buf curl --protocol connect`: `peer_connect_buf.py ADDRESS`.

Prints one JSON object a case: all that `buf curl` says of a call, over HTTP/1.1 and over HTTP/2.
"""

import json
import os
import pathlib
import subprocess
import sys

address = sys.argv[1]
schema = ["--schema", str(pathlib.Path(__file__).with_name("connect"))]
codes = [code for code in range(1, 17) if code != 13]
cases = [
    ("Say", ["hi"]),
    ("Say", ["größe 😈 100 %"]),
    ("Say", ["x" * 100_000]),
    ("Say", [""]),
    *(("Say", [f"fail {code} größe 😈 100 %"]) for code in codes),
    ("Words", ["one two three"]),
    ("Words", [""]),
    ("Words", ["one two fail 8 out of paper"]),
    ("Words", ["fail 7 before the first"]),
    ("Join", ["one", "two"]),
    ("Join", ["one", "fail 9 jam"]),
    ("Chat", ["one", "two", "three"]),
    ("Chat", ["one", "fail 3 jam"]),
]

for version, options in (("h1", []), ("h2", ["--http2-prior-knowledge"])):
    for method, texts in cases:
        if version == "h1" and method == "Chat":
            continue  # it needs HTTP/2
        command = [os.environ["PEER_BUF"], "curl", "--protocol", "connect", *options, *schema, "-d", "@-", f"http://{address}/echo.v1.Echo/{method}"]
        data = "\n".join(json.dumps(text) for text in texts)
        done = subprocess.run(command, input=data, capture_output=True, text=True, timeout=30)
        outcome = {"case": f"{version} {method} {' '.join(texts)[:40]}", "out": done.stdout, "err": done.stderr, "exit": done.returncode}
        print(json.dumps(outcome), flush=True)

"""What the real python-copr makes of the answers in copr_answers.json, byte by byte.

The Rust client reads the same file in tests/copr.rs.
"""

import http.client
import json
import pathlib
import socketserver
import sys
import threading

import copr.v3
from copr.v3.requests import Request

TABLE = pathlib.Path(__file__).with_name("copr_answers.json")


def answer(row):
    """The bytes that a server sends."""
    body = bytes.fromhex(row["hex"]) if "hex" in row else row["body"].encode()
    reason = row.get("reason", http.client.responses.get(row["status"], ""))
    head = f"HTTP/1.1 {row['status']} {reason}\r\nConnection: close\r\n"
    if row["status"] != 204:
        head += f"Content-Length: {row.get('declares', len(body))}\r\n"
    if row["type"]:
        head += f"Content-Type: {row['type']}\r\n"
    return head.encode() + b"\r\n" + body


class Handler(socketserver.StreamRequestHandler):
    """Answers /7 with the bytes of row 7."""

    def handle(self):
        request = self.rfile.readline().split()
        length = 0
        for line in iter(self.rfile.readline, b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self.rfile.read(length)
        self.wfile.write(answer(self.server.rows[int(request[1].strip(b"/"))]))


def outcome(url, number, row):
    """What a call gives: data, an exception, or a crash of the client itself."""
    try:
        response = Request(api_base_url=url).send(f"/{number}", method=row["method"])
    except copr.v3.CoprException as ex:
        said = {"class": type(ex).__name__, "status": ex.result.__response__.status_code}
        try:
            return said | {"text": str(ex), "error": ex.result.error}
        except Exception as crash:  # whatever it is
            return said | {"crash": type(crash).__name__}
    except Exception as crash:  # whatever it is
        return {"crash": type(crash).__name__}
    return {"data": response.status_code}


def main():
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.rows = rows
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    wrong = 0
    for number, row in enumerate(rows):
        got = outcome(url, number, row)
        if got != row["python"]:
            print(f"{row['name']}: expected {row['python']}, got {got}")
            wrong += 1
    print(f"python-copr: {len(rows) - wrong} of {len(rows)} answers as in the table")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

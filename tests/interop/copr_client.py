"""The real python-copr as client of our copr_server: for each route of copr_routes.json, the data, or the class of the
exception, its text, and the status of the stored response.

The Rust client goes the same routes in tests/interop.rs.
"""

import json
import pathlib
import sys

import copr.v3

from servers import serving

TABLE = pathlib.Path(__file__).with_name("copr_routes.json")
EXPECTED = ("data", "class", "text", "status")


def client(url, token):
    return copr.v3.Client({"copr_url": url, "login": "login", "token": token, "username": "frodo"})


def call(clients, row):
    """What the call of a row gives, in the form of the table."""
    proxy, method, arguments = row["python"]
    proxy = getattr(clients[row.get("anonymous", False)], proxy)
    try:
        munch = getattr(proxy, method)(*arguments)
    except copr.v3.CoprException as ex:
        response = ex.result.__response__
        return {"class": type(ex).__name__, "text": str(ex), "status": response.status_code}
    return {"data": {name: munch[name] for name in row.get("data", munch)}}


def main():
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    wrong = 0
    with serving("copr_server") as url:
        clients = {False: client(url, "token"), True: client(url, "expired")}
        for row in rows:
            want = {name: row[name] for name in EXPECTED if name in row}
            got = call(clients, row)
            print(f"{row['name']}: {got.get('status', 200)} {got.get('class', 'data')} {got.get('text', '')!r}")
            if got != want:
                print(f"    expected {want}")
                wrong += 1
    print(f"python-copr: {len(rows) - wrong} of {len(rows)} routes as in the table")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

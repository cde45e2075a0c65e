"""A program with requests and the documented get_error_message, as client of our clustr_server.

It prints what the documentation's example prints; the messages of a field come in the order in which they were sent,
where the documentation's second output swaps them. The Rust client reads the same answers in tests/interop.rs.
"""

import json
import pathlib
import sys

import requests

from servers import serving

TABLE = pathlib.Path(__file__).with_name("clustr.json")


def get_error_message(response_json, fields=()):
    """The documented algorithm; as in its example output, a field and its message stand apart by " - "."""
    message = response_json.get("_error_message")
    if message:
        return message
    lines = [f"{field} - {message}" for field in fields for message in response_json.get(field, [])]
    return "\n".join(lines)


def account(table):
    """What the documentation's example sends: both values too long, one with special characters."""
    fields = {name: table[name] for name in ("email", "username")}
    return {name: spec.get("first", "").ljust(spec["characters"], "x") for name, spec in fields.items()}


def main():
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    checks = []
    with serving("clustr_server") as url:
        response = requests.post(f"{url}/api", json=account(table), timeout=10)
        checks.append((response.status_code, 400))
        for row in table["texts"]:
            text = get_error_message(response.json(), row["fields"])
            print(f"{row['fields']}:\n{text}")
            checks.append((text, row["text"]))
        for row in table["generic"]:
            response = requests.post(url + row["path"], json=row["json"], timeout=10)
            got = (response.status_code, get_error_message(response.json()))
            print(*got)
            checks.append((got, (row["status"], row["text"])))
    wrong = [check for check in checks if check[0] != check[1]]
    for got, want in wrong:
        print(f"expected {want!r}, got {got!r}")
    print(f"requests: {len(checks) - len(wrong)} of {len(checks)} texts as documented")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

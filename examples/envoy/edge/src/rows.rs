//! The table of requests and their expected answers.

use http::Method;

use crate::client::{Ask, Seen, Wire};

/// The expected answer.
pub(crate) enum Want {
    /// The answer of the layer in process, in front of an Envoy without the module.
    AsLayer,
    /// A documented difference from the layer in process. The sentence says what must hold.
    Says(fn(&Seen) -> bool),
}

/// A row.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) ask: Ask,
    pub(crate) wires: &'static [Wire],
    pub(crate) want: Want,
}

const BOTH: &[Wire] = &[Wire::Http1, Wire::Http2];
const HTTP2: &[Wire] = &[Wire::Http2];

fn same(name: &'static str, ask: Ask) -> Row {
    Row {
        name,
        ask,
        wires: BOTH,
        want: Want::AsLayer,
    }
}

fn says(name: &'static str, ask: Ask, says: fn(&Seen) -> bool) -> Row {
    Row {
        want: Want::Says(says),
        ..same(name, ask)
    }
}

fn call(name: &'static str, path: &'static str) -> Row {
    Row {
        wires: HTTP2,
        ..same(name, Ask::grpc(path))
    }
}

fn call_says(name: &'static str, path: &'static str, says: fn(&Seen) -> bool) -> Row {
    Row {
        want: Want::Says(says),
        ..call(name, path)
    }
}

/// Whether it is the documented envelope with this status and message.
pub(crate) fn envelope(seen: &Seen, status: u16, message: &str) -> bool {
    let body: serde_json::Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    let length = seen
        .header("content-length")
        .map(|it| it == seen.body.len().to_string());
    seen.whole
        && seen.status == status
        && seen.header("content-type") == Some("application/json")
        && length != Some(false)
        && body["_error_message"] == message
        && body["_error_type"].is_string()
}

/// Whether it is a gRPC answer without a body.
pub(crate) fn status(seen: &Seen, code: &str, message: &str) -> bool {
    seen.status == 200
        && seen.ended_with_head
        && seen.header("grpc-status") == Some(code)
        && seen.header("grpc-message").unwrap_or_default() == message
}

/// HTTP callers.
pub(crate) fn http() -> Vec<Row> {
    let get = Ask::get;
    vec![
        same("a page of nginx for a 404", get("/nginx/missing")),
        same("a text of nginx for a 404", get("/nginx/text")),
        same("a page of axum for a 404", get("/axum/html")),
        same("a text of axum for a 404", get("/axum/text")),
        same("axum's empty 404", get("/axum/missing")),
        same("the upstream is down", get("/down")),
        same(
            "a host that has no routes",
            Ask {
                host: "nowhere.test",
                ..get("/app/ok")
            },
        ),
        same("a path that has no route", get("/nowhere")),
        same("the upstream is too slow", get("/app/slow")),
        same("a direct response of Envoy, 403", get("/direct/403")),
        same("a direct response of Envoy, 500", get("/direct/500")),
        same("problem details", get("/app/problem")),
        same("FastAPI's 422", get("/app/fastapi")),
        same("a 500 that says too much", get("/app/secret")),
        same("the documented envelope", get("/app/own")),
        same("401 with cookies and challenges", get("/app/login")),
        same("429 with Retry-After", get("/app/busy")),
        same(
            "an error in gzip",
            get("/app/gzip").with(&[("accept-encoding", "gzip")]),
        ),
        says(
            "an error in gzip is decoded",
            get("/app/gzip").with(&[("accept-encoding", "gzip")]),
            |seen| {
                envelope(seen, 404, "No such order") && seen.header("content-encoding").is_none()
            },
        ),
        same(
            "a bomb: 48 MB in gzip",
            get("/app/bomb").with(&[("accept-encoding", "gzip")]),
        ),
        says(
            "a bomb costs the message alone",
            get("/app/bomb").with(&[("accept-encoding", "gzip")]),
            |seen| envelope(seen, 404, "Not Found") && seen.header("content-encoding").is_none(),
        ),
        same("3 MB with a length", get("/app/declared")),
        same("3 MB in pieces", get("/app/chunked")),
        same("a 404 that never ends", get("/app/endless")),
        same(
            "trailers behind an error",
            get("/h2/trailers").with(&[("te", "trailers")]),
        ),
        same(
            "HEAD of an error",
            Ask {
                method: Method::HEAD,
                ..get("/app/login")
            },
        ),
        same(
            "HEAD of 3 MB",
            Ask {
                method: Method::HEAD,
                ..get("/app/declared")
            },
        ),
        same("no-transform", get("/app/verbatim")),
        same(
            "events of an error, each in its time",
            get("/app/events-503"),
        ),
        same("events of a success, each in its time", get("/app/events")),
        same(
            "a page for a browser",
            get("/app/page").with(&[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]),
        ),
        same(
            "a page for a program",
            get("/app/page").with(&[("accept", "application/json")]),
        ),
        same(
            "CORS on an error",
            get("/app/login").with(&[("origin", "https://shop.example")]),
        ),
        same(
            "CORS on 3 MB",
            get("/app/declared").with(&[("origin", "https://shop.example")]),
        ),
        same("a success", get("/app/ok")),
        same("a redirect", get("/app/moved")),
        same("204", get("/app/none")),
        same(
            "an HTTP caller of a gRPC service",
            get("/shop.Shop/NotFound").with(&[("accept", "application/json")]),
        ),
        same(
            "a caller who claims to be gRPC, by GET",
            get("/app/secret").with(&[("content-type", "application/grpc")]),
        ),
        // The layer keeps the status of a body that breaks off. Envoy answers without the filters here. The module marks
        // the stream, and Envoy's `local_reply_config` formats the answer.
        says("the upstream breaks off", get("/app/breaks"), |seen| {
            envelope(seen, 502, "Bad Gateway")
        }),
        says(
            "the upstream stalls behind a head",
            get("/app/stalls"),
            |seen| envelope(seen, 502, "Bad Gateway"),
        ),
    ]
}

/// gRPC callers.
pub(crate) fn grpc() -> Vec<Row> {
    vec![
        call("OK", "/shop.Shop/Ok"),
        call("a stream", "/shop.Shop/Stream"),
        call("an error behind a message", "/shop.Shop/Late"),
        call("NOT_FOUND", "/shop.Shop/NotFound"),
        call("UNIMPLEMENTED", "/shop.Shop/Unimplemented"),
        call("a page for a 404", "/shop.Shop/Html"),
        call("an empty 404", "/shop.Shop/Empty"),
        call("problem details, 409", "/shop.Shop/Taken"),
        call("a 500 that says too much", "/shop.Shop/Secret"),
        call("a 404 of 3 MB", "/shop.Shop/Big"),
        // In process, the layer gets an answer in gRPC here, and passes it: "upstream connect error or …".
        call_says("the upstream is down", "/shop.Shop/Down", |seen| {
            status(seen, "14", "Service Unavailable")
        }),
        call_says("the upstream is too slow", "/shop.Shop/Slow", |seen| {
            status(seen, "4", "Gateway Timeout") || status(seen, "14", "Gateway Timeout")
        }),
        call_says("a direct response of Envoy", "/shop.Shop/Direct", |seen| {
            status(seen, "7", "not for you")
        }),
        Row {
            ask: Ask {
                host: "nowhere.test",
                ..Ask::grpc("/shop.Shop/Ok")
            },
            ..call_says("a host that has no routes", "", |seen| {
                status(seen, "12", "Not Found")
            })
        },
    ]
}

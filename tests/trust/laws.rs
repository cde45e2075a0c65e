//! Laws that hold for every exchange, and counts of the generated cases.

use std::collections::BTreeMap;

use http::{HeaderMap, Method, Request, Version};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tower_error_envelope::write::{Clustr, Copr, Problem};
use tower_error_envelope::ErrorEnvelopeLayer;

use crate::exchange::{exchange, Inside, Seen};
use crate::hostile::{cases, Case};

fn layer() -> ErrorEnvelopeLayer {
    ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem)
        .with_dialect(Copr)
}

/// The protocol in which a request may be answered. It needs the right method and version, not only a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Http,
    Grpc,
    ConnectUnary,
    ConnectStream,
}

impl Asked {
    fn of(request: &Request<()>) -> Self {
        let label = essence(request.headers());
        let is_post = request.method() == Method::POST;
        let version = request.headers().get("connect-protocol-version");
        let query = request.uri().query().unwrap_or_default();
        let is_unary = (is_post && version.is_some_and(|version| version == "1"))
            || (request.method() == Method::GET
                && query.split('&').any(|pair| pair == "connect=v1"));
        if is_post && cfg!(feature = "tonic") && is_grpc_web(&label) {
            Self::Grpc
        } else if is_post && cfg!(feature = "tonic") && is_grpc(&label) {
            if request.version() >= Version::HTTP_2 {
                Self::Grpc
            } else {
                Self::Http
            }
        } else if is_post && label.starts_with("application/connect+") {
            Self::ConnectStream
        } else if is_unary {
            Self::ConnectUnary
        } else {
            Self::Http
        }
    }
}

fn essence(headers: &HeaderMap) -> String {
    let label = headers
        .get("content-type")
        .and_then(|label| label.to_str().ok());
    let label = label
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    label.trim().to_ascii_lowercase()
}

fn is_grpc(label: &str) -> bool {
    label == "application/grpc" || label.starts_with("application/grpc+")
}

fn is_grpc_web(label: &str) -> bool {
    ["application/grpc-web", "application/grpc-web-text"]
        .into_iter()
        .any(|name| label == name || label.starts_with(&format!("{name}+")))
}

/// Whether the response of the service is an error, and whether it is an error of the server that must be masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Judged {
    is_error: bool,
    is_masked: bool,
}

fn judge(case: &Case) -> Judged {
    let Inside::Answers(response) = &case.inside else {
        return Judged {
            is_error: true,
            is_masked: true,
        };
    };
    let status = response.status().as_u16();
    let label = essence(response.headers());
    let has_code = response.headers().contains_key("grpc-status");
    // A service may answer a gRPC caller with any status in gRPC.
    let is_own_word = Asked::of(&case.request) == Asked::Grpc
        && (is_grpc(&label) || is_grpc_web(&label))
        && (has_code || status < 400);
    Judged {
        is_error: status >= 400 && !is_own_word,
        is_masked: status >= 500 && !is_own_word,
    }
}

/// Whether the answer is an error for the caller.
fn is_error_for(asked: Asked, seen: &Seen) -> bool {
    match asked {
        Asked::Http | Asked::ConnectUnary => seen.status() >= 400,
        Asked::Grpc => {
            let code = seen.header("grpc-status");
            seen.status() == 200
                && code.is_some_and(|code| code != "0")
                && seen
                    .header("cache-control")
                    .is_some_and(|value| value.contains("no-store"))
                && seen.body.is_empty()
        }
        Asked::ConnectStream => {
            seen.status() == 200
                && seen.body.first() == Some(&2)
                && seen.text().contains(r#""error":{"#)
        }
    }
}

/// The name of the promise that a hostile exchange broke.
fn broken(case: &Case, seen: &Seen) -> Vec<&'static str> {
    let asked = Asked::of(&case.request);
    let judged = judge(case);
    let mut broken = Vec::new();
    if judged.is_masked && seen.shows_secret() {
        broken.push("the secret is out");
    }
    if judged.is_masked && (seen.events.len() != 1 || seen.events[0].status.as_u16() < 400) {
        broken.push("the hook was not told");
    }
    if judged.is_error && matches!(asked, Asked::Http | Asked::ConnectUnary) && seen.status() < 400
    {
        broken.push("the error is no error any more");
    }
    if judged.is_masked && !is_error_for(asked, seen) {
        broken.push("no error in the protocol of the caller");
    }
    broken
}

fn check(case: &Case) -> Vec<&'static str> {
    let seen = exchange(&layer(), case.request.clone(), case.inside.clone());
    broken(case, &seen)
}

/// 4,000 exchanges, or as many as `PROPTEST_CASES` says.
fn wanted() -> u32 {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    wanted.map_or(4_000, |wanted| wanted.parse().unwrap())
}

proptest! {
    #![proptest_config(Config { cases: wanted(), failure_persistence: None, ..Config::default() })]

    /// The two laws: a masked secret is in no byte of any answer, and the hook is called. An error stays an error, in the
    /// protocol of the caller. For all callers except those of gRPC and of streams of Connect, the status shows it.
    #[test]
    fn no_request_and_no_label_switches_a_promise_off(case in cases()) {
        prop_assert_eq!(check(&case), Vec::<&str>::new());
    }
}

/// The kinds of attack in a case.
fn kinds(case: &Case) -> Vec<&'static str> {
    let request = &case.request;
    let label = essence(request.headers());
    let (get, post) = (
        request.method() == Method::GET,
        request.method() == Method::POST,
    );
    let has_query = request
        .uri()
        .query()
        .is_some_and(|query| query.contains("connect=v1"));
    let mut kinds = Vec::new();
    let mut add = |is: bool, kind| {
        if is {
            kinds.push(kind)
        }
    };
    let has_version = request
        .headers()
        .get("connect-protocol-version")
        .is_some_and(|it| it == "1");
    add(get && has_query, "GET ?connect=v1");
    add(post && has_version, "POST connect-protocol-version: 1");
    add(
        label.starts_with("application/connect+"),
        "content-type: application/connect+…",
    );
    let claims = is_grpc(&label) || is_grpc_web(&label);
    add(claims && !post, "gRPC's content type, not POST");
    add(
        claims && post && request.version() < Version::HTTP_2,
        "gRPC's content type, POST, before HTTP/2",
    );
    add(
        claims && post && request.version() >= Version::HTTP_2,
        "gRPC's content type, POST, HTTP/2",
    );
    add(request.method() == Method::CONNECT, "CONNECT");
    add(request.method() == Method::HEAD, "HEAD");
    let Inside::Answers(response) = &case.inside else {
        kinds.push("an error of the service");
        return kinds;
    };
    let label = essence(response.headers());
    let cache = response.headers().get_all("cache-control");
    let add_response = |kinds: &mut Vec<&'static str>, is: bool, kind| {
        if is {
            kinds.push(kind)
        }
    };
    add_response(
        &mut kinds,
        cache.iter().any(|it| {
            it.as_bytes()
                .to_ascii_lowercase()
                .ends_with(b"no-transform")
        }),
        "answer: no-transform",
    );
    for (prefix, kind) in [
        ("text/event-stream", "answer: text/event-stream"),
        ("multipart/", "answer: multipart/*"),
        ("application/x-ndjson", "answer: NDJSON"),
        ("application/json-seq", "answer: json-seq"),
        ("application/stream+json", "answer: stream+json"),
        ("application/grpc", "answer: application/grpc"),
        ("application/connect+", "answer: application/connect+…"),
    ] {
        add_response(&mut kinds, label.starts_with(prefix), kind);
    }
    let reason = response.extensions().get::<hyper::ext::ReasonPhrase>();
    add_response(&mut kinds, reason.is_some(), "answer: a reason phrase");
    kinds
}

/// The number of cases of each kind, and the promises that they broke.
fn census(cases_wanted: usize) -> BTreeMap<&'static str, (usize, BTreeMap<&'static str, usize>)> {
    let mut runner = TestRunner::deterministic();
    let strategy = cases();
    let mut census = BTreeMap::<_, (usize, BTreeMap<_, usize>)>::new();
    for _ in 0..cases_wanted {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let broken = check(&case);
        for kind in kinds(&case).into_iter().chain(["(all)"]) {
            let (count, found) = census.entry(kind).or_default();
            *count += 1;
            for promise in &broken {
                *found.entry(*promise).or_default() += 1;
            }
        }
    }
    census
}

/// A law holds trivially without cases, so each kind of attack must be generated often enough.
#[test]
fn the_generator_makes_up_every_kind_of_attack() {
    let census = census(3_000);
    println!("{census:#?}");
    let (all, _) = census["(all)"];
    for (kind, (count, _)) in &census {
        assert!(count * 400 > all, "{kind}: {count} of {all}");
    }
    assert_eq!(census.len(), 19, "{:?}", census.keys());
}

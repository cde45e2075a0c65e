//! Sends every response of the corpus through the layer of a client. `tests/corpus/README.md` gives the sources.
#![cfg(all(feature = "decompression", feature = "tonic", feature = "xml"))]

mod support;

use std::collections::BTreeMap;
use std::convert::Infallible;

use base64::prelude::{Engine, BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;
use indexmap::IndexMap;
use serde::Deserialize;
use support::collect;
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::read::read;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, Origin};

#[derive(Deserialize)]
struct Case {
    id: String,
    request: Asked,
    response: Recorded,
    expect: Expected,
}

#[derive(Deserialize)]
struct Asked {
    method: String,
}

#[derive(Deserialize)]
struct Recorded {
    status: u16,
    headers: IndexMap<String, String>,
    body: Option<String>,
    body_base64: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    status: u16,
    message: Option<String>,
    r#type: Option<String>,
    fields: IndexMap<String, Vec<String>>,
}

/// By the id of the case.
type Reasons = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Misses {
    documented: Reasons,
    fresh: Reasons,
    met: Reasons,
    recorded: Reasons,
}

impl Recorded {
    fn to_response(&self) -> Response<Bytes> {
        let Self {
            status,
            headers,
            body,
            body_base64,
        } = self;
        let coded = body_base64
            .as_ref()
            .map(|body| BASE64_STANDARD.decode(body).unwrap());
        let body = coded
            .or_else(|| Some(body.clone()?.into_bytes()))
            .unwrap_or_default();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(*status).unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            response.headers_mut().append(name, value);
        }
        response
    }
}

impl Case {
    fn response(&self) -> Response<Bytes> {
        self.response.to_response()
    }

    fn expected(&self) -> Envelope {
        let Expected {
            status,
            message,
            r#type,
            fields,
        } = &self.expect;
        let mut envelope = Envelope::from_status(StatusCode::from_u16(*status).unwrap());
        if let Some(message) = message {
            envelope = envelope.with_message(message.clone());
        }
        if let Some(name) = r#type {
            envelope = envelope.with_error_type(name.clone());
        }
        let all = fields
            .iter()
            .flat_map(|(name, messages)| messages.iter().map(move |message| (name, message)));
        all.fold(envelope, |envelope, (name, message)| {
            envelope.with_field(name.clone(), message.clone())
        })
    }

    /// The envelope that a client gets. A success passes the layer, so an error in a success is read directly.
    async fn got(&self) -> Envelope {
        let response = self.response();
        if response.status().is_success() {
            return read(&response);
        }
        let service = service_fn(move |_: Request<()>| {
            let response = response.clone().map(Full::from);
            async { Ok::<_, Infallible>(response) }
        });
        let method: Method = self.request.method.parse().unwrap();
        let request = Request::builder().method(method).body(()).unwrap();
        let response = ErrorEnvelopeLayer::client()
            .layer(service)
            .oneshot(request)
            .await
            .unwrap();
        let envelope: Envelope = response.extensions().get().cloned().unwrap();
        if self.request.method != "HEAD" {
            self.check_body(&envelope, &collect(response).await);
        }
        envelope
    }

    /// The layer writes the documented JSON, which is read as the same envelope.
    fn check_body(&self, envelope: &Envelope, response: &Response<Bytes>) {
        assert_eq!(
            response.status().as_u16(),
            self.response.status,
            "{}",
            self.id
        );
        assert_eq!(
            response.headers()["content-type"],
            "application/json",
            "{}",
            self.id
        );
        let again: Envelope = serde_json::from_slice(response.body())
            .unwrap_or_else(|error| panic!("{}: {error}", self.id));
        assert_eq!(
            again.with_status(response.status()),
            *envelope,
            "{}",
            self.id
        );
    }
}

/// The corpus does not list members and headers.
fn says_the_same(got: &Envelope, expected: &Envelope) -> bool {
    got.status() == expected.status()
        && got.message() == expected.message()
        && got.error_type() == expected.error_type()
        && got.field_errors() == expected.field_errors()
}

fn show(envelope: &Envelope) -> String {
    format!(
        "{} {:?} {:?} {:?}",
        envelope.status().as_u16(),
        envelope.sent_message(),
        envelope.sent_error_type(),
        envelope.field_errors()
    )
}

/// Reads all cases, prints the number of correct ones of each format, and compares the others with the list.
async fn play(name: &str, corpus: &str, misses: &Reasons, at_least: f64) {
    let cases: Vec<Case> = serde_json::from_str(corpus).unwrap();
    let mut formats: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &cases {
        let (got, expected) = (case.got().await, case.expected());
        let format = match got.origin() {
            Origin::Wire(format) => format,
            _ => "(none)",
        };
        let (right, all) = formats.entry(format).or_default();
        *all += 1;
        if says_the_same(&got, &expected) {
            *right += 1;
        } else {
            wrong.push(case.id.clone());
            if !misses.contains_key(&case.id) {
                println!(
                    "{}\n  want {}\n  got  {}",
                    case.id,
                    show(&expected),
                    show(&got)
                );
            }
        }
    }
    for (format, (right, all)) in formats {
        println!("{name} {format:12} {right:3} of {all:3}");
    }
    let right = cases.len() - wrong.len();
    println!(
        "{name} {:12} {right:3} of {:3} wholly right",
        "in all",
        cases.len()
    );
    wrong.sort();
    assert_eq!(
        wrong,
        misses.keys().cloned().collect::<Vec<_>>(),
        "formats.misses.json lists the others"
    );
    assert!(right as f64 >= at_least * cases.len() as f64);
}

fn misses() -> Misses {
    serde_json::from_str(include_str!("formats.misses.json")).unwrap()
}

#[tokio::test]
async fn documented_errors_are_read_as_a_careful_engineer_would() {
    play(
        "documented",
        include_str!("corpus/documented.json"),
        &misses().documented,
        0.97,
    )
    .await;
}

#[tokio::test]
async fn recorded_errors_are_read_as_a_careful_engineer_would() {
    play(
        "recorded",
        include_str!("corpus/recorded.json"),
        &misses().recorded,
        0.98,
    )
    .await;
}

#[tokio::test]
async fn errors_met_elsewhere_are_read_as_a_careful_engineer_would() {
    play("met", include_str!("corpus/met.json"), &misses().met, 0.95).await;
}

/// Labelled before any was read. When they were met, 93 were read wholly right.
#[tokio::test]
async fn errors_of_fresh_systems_are_read_as_a_careful_engineer_would() {
    play(
        "fresh",
        include_str!("corpus/fresh.json"),
        &misses().fresh,
        0.92,
    )
    .await;
}

/// The error that a client with `with_errors_in_success` finds.
async fn found_in_success(response: Response<Bytes>) -> Option<Envelope> {
    let mut response = Some(response.map(Full::from));
    let service = service_fn(move |_: Request<()>| {
        let response = response.take().unwrap();
        async { Ok::<_, Infallible>(response) }
    });
    let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    let answer = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    answer.extensions().get().cloned()
}

/// Compares the errors that came with a 2xx and are not found with the list.
async fn look_for_errors_in_success(name: &str, corpus: &str, missed_ones: &[&str]) {
    let cases: Vec<Case> = serde_json::from_str(corpus).unwrap();
    let in_success: Vec<_> = cases
        .iter()
        .filter(|case| case.expect.status < 300)
        .collect();
    let mut missed = Vec::new();
    for case in &in_success {
        let expected = case.expected();
        let found = found_in_success(case.response()).await.is_some_and(|got| {
            got.sent_error_type() == expected.sent_error_type()
                && got.field_errors() == expected.field_errors()
                && got.sent_message() == expected.sent_message()
        });
        if !found {
            missed.push(&*case.id);
        }
    }
    println!(
        "{name}, in success {} of {}: {missed:?}",
        in_success.len() - missed.len(),
        in_success.len()
    );
    assert_eq!(missed, missed_ones);
}

#[tokio::test]
async fn errors_in_success_are_found() {
    // A stream of events is never held back.
    let missed = ["anthropic-like-sse"];
    look_for_errors_in_success("met", include_str!("corpus/met.json"), &missed).await;
    // Successes have a `code` and a text as well, and errors beside an id may be findings of a check.
    let missed = ["okx", "milvus", "onesignal-200", "feishu"];
    look_for_errors_in_success("fresh", include_str!("corpus/fresh.json"), &missed).await;
}

#[derive(Deserialize)]
struct Data {
    id: String,
    response: Recorded,
}

#[tokio::test]
async fn data_that_looks_like_an_error_is_data() {
    let all: Vec<Data> = serde_json::from_str(include_str!("corpus/fresh_data.json")).unwrap();
    for Data { id, response } in all {
        let found = found_in_success(response.to_response()).await;
        assert!(found.is_none(), "{id}: {found:?}");
    }
}

#[test]
fn the_readme_says_how_many_are_right() {
    let cases = |corpus| serde_json::from_str::<Vec<Case>>(corpus).unwrap().len();
    let mut all = 0;
    for (file, corpus) in [
        ("documented", include_str!("corpus/documented.json")),
        ("fresh", include_str!("corpus/fresh.json")),
        ("met", include_str!("corpus/met.json")),
        ("recorded", include_str!("corpus/recorded.json")),
    ] {
        let cases = cases(corpus);
        let row = format!("| `{file}.json` | {}+ |", cases / 10 * 10);
        assert!(include_str!("corpus/README.md").contains(&row), "{row}");
        all += cases;
    }
    let Misses {
        documented,
        fresh,
        met,
        recorded,
    } = misses();
    let right = all - documented.len() - fresh.len() - met.len() - recorded.len();
    assert!(all > 1_000 && 100 * right > 98 * all, "{right} of {all}");
    let readme = include_str!("../README.md");
    for claim in [
        "with more than 1,000 recorded, met and documented responses",
        "More than 98 % of them are read exactly as expected",
    ] {
        assert!(readme.contains(claim), "{claim}");
    }
    let reasons = documented
        .values()
        .chain(fresh.values())
        .chain(met.values())
        .chain(recorded.values());
    assert!(reasons.into_iter().all(|reason| reason.ends_with('.')));
}

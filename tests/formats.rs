//! Every response of the corpus, through the layer of a client.

use std::collections::BTreeMap;
use std::convert::Infallible;

use base64::prelude::{Engine, BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::Full;
use indexmap::IndexMap;
use serde::Deserialize;
use tower::{Layer, ServiceExt};
use tower_error_envelope::read::read;
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

#[derive(Deserialize)]
struct Case {
    id: String,
    system: String,
    response: Recorded,
    expect: Expected,
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

impl Case {
    fn response(&self) -> Response<Bytes> {
        let recorded = &self.response;
        let coded = recorded
            .body_base64
            .as_ref()
            .map(|body| BASE64_STANDARD.decode(body).unwrap());
        let body = coded
            .or_else(|| Some(recorded.body.clone()?.into_bytes()))
            .unwrap_or_default();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(recorded.status).unwrap();
        for (name, value) in &recorded.headers {
            let name: HeaderName = name.parse().unwrap();
            response
                .headers_mut()
                .append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        response
    }

    fn expected(&self) -> Envelope {
        let status = StatusCode::from_u16(self.expect.status).unwrap();
        let mut envelope = Envelope::from_status(status);
        if let Some(message) = &self.expect.message {
            envelope = envelope.with_message(message.clone());
        }
        if let Some(name) = &self.expect.r#type {
            envelope = envelope.with_error_type(name.clone());
        }
        for (name, messages) in &self.expect.fields {
            for message in messages {
                envelope = envelope.with_field(name.clone(), message.clone());
            }
        }
        envelope
    }
}

fn corpus(text: &str) -> Vec<Case> {
    serde_json::from_str(text).unwrap()
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

#[test]
fn survey() {
    for (name, text) in [
        ("documented", include_str!("corpus/documented.json")),
        ("recorded", include_str!("corpus/recorded.json")),
    ] {
        let cases = corpus(text);
        let mut right = 0;
        for case in &cases {
            let envelope = read(&case.response());
            if envelope == case.expected() {
                right += 1;
            } else {
                let body = case.response().body().clone();
                let body = String::from_utf8_lossy(&body[..body.len().min(700)]).into_owned();
                println!(
                    "--- {} [{}] {:?}\n    body {}\n    want {}\n    got  {} ({:?})",
                    case.id,
                    case.response.headers.get("content-type").map_or("", |x| x),
                    case.system,
                    body.replace('\n', "\\n"),
                    show(&case.expected()),
                    show(&envelope),
                    envelope.origin()
                );
            }
        }
        println!("=== {name}: {right} of {}", cases.len());
    }
    let _: BTreeMap<u8, u8> = BTreeMap::new();
    let _: Option<Infallible> = None;
    let _ = (
        ErrorEnvelopeLayer::client(),
        Request::new(()),
        Full::<Bytes>::default(),
    );
    fn _x<S: ServiceExt<Request<()>>>(s: S, l: impl Layer<S>) {
        let _ = l.layer(s);
    }
}

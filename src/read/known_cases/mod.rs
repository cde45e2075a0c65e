//! What the tables are worth, by the cases of `tests/corpus/`: each row is taken out or moved by one level, and somebody
//! has to notice.

mod left_out;
mod moved_rows;

use std::collections::BTreeSet;

use base64::prelude::{Engine, BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderName, Response, StatusCode};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::any_json::{CONSTANTS, PLACES, ROWS};
use super::switches::Row;
use super::{read, source, Source};
use crate::envelope::Envelope;

/// Parts into which the systems are split.
const PARTS: u32 = 5;

/// The errors of parameters, which are the only part of a case whose order counts.
#[derive(serde::Deserialize)]
struct Ordered {
    expect: Fields,
}

#[derive(serde::Deserialize)]
struct Fields {
    fields: IndexMap<String, Vec<String>>,
}

struct Case {
    id: String,
    part: u32,
    response: Response<Bytes>,
    expected: Envelope,
    /// The words that stand in the document: keys and texts, as the tables have them.
    words: BTreeSet<String>,
}

fn cases() -> Vec<Case> {
    let files = ["documented", "fresh", "met", "recorded"];
    let all = files.into_iter().flat_map(|file| {
        let path = format!("{}/tests/corpus/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let json = std::fs::read_to_string(path).unwrap();
        let cases = serde_json::from_str::<Vec<Json>>(&json).unwrap();
        let ordered = serde_json::from_str::<Vec<Ordered>>(&json).unwrap();
        cases.into_iter().zip(ordered)
    });
    all.map(|(case, ordered)| Case::new(&case, ordered.expect.fields))
        .collect()
}

impl Case {
    fn new(case: &Json, fields: IndexMap<String, Vec<String>>) -> Self {
        let mut expected = expected(&case["expect"]);
        for (name, messages) in fields {
            for message in messages {
                let name = name.as_str().into();
                expected.fields_mut().push_read(name, message.into());
            }
        }
        let response = response(&case["response"]);
        let words = words(&response);
        Self {
            id: case["id"].as_str().unwrap().to_owned(),
            part: part(case["system"].as_str().unwrap()),
            expected,
            response,
            words,
        }
    }

    fn is_right(&self) -> bool {
        let got = read(&self.response);
        got.status() == self.expected.status()
            && got.message() == self.expected.message()
            && got.error_type() == self.expected.error_type()
            && got.field_errors() == self.expected.field_errors()
    }
}

/// The part of a system, by the first word of its name: all that one vendor has is in one part.
fn part(system: &str) -> u32 {
    let name = system.trim_start_matches('@').to_ascii_lowercase();
    let vendor = name
        .split([' ', '/', '-', ':', ','])
        .next()
        .unwrap_or_default();
    // FNV-1a.
    let hash = vendor.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash >> 8) % PARTS
}

/// The samples of the documentation, as cases.
fn samples() -> Vec<Case> {
    let samples = super::samples::all();
    let case = |sample: super::samples::Sample| {
        let response = sample.response();
        Case {
            id: sample.response.to_owned(),
            part: 0,
            words: words(&response),
            expected: sample.envelope().with_status(response.status()),
            response,
        }
    };
    samples.into_iter().map(case).collect()
}

fn response(recorded: &Json) -> Response<Bytes> {
    let coded = recorded["body_base64"].as_str();
    let coded = coded.map(|body| BASE64_STANDARD.decode(body).unwrap());
    let body = coded.or_else(|| Some(recorded["body"].as_str()?.into()));
    let mut response = Response::new(Bytes::from(body.unwrap_or_default()));
    *response.status_mut() = status(&recorded["status"]);
    for (name, value) in recorded["headers"].as_object().unwrap() {
        let name: HeaderName = name.parse().unwrap();
        let value = http::HeaderValue::from_bytes(value.as_str().unwrap().as_bytes());
        response.headers_mut().append(name, value.unwrap());
    }
    response
}

fn status(number: &Json) -> StatusCode {
    StatusCode::from_u16(number.as_u64().unwrap().try_into().unwrap()).unwrap()
}

fn expected(expect: &Json) -> Envelope {
    let mut envelope = Envelope::from_status(status(&expect["status"]));
    envelope.set_message(expect["message"].as_str().unwrap_or_default().into());
    envelope.set_error_type(expect["type"].as_str().unwrap_or_default().into());
    envelope
}

fn words(response: &Response<Bytes>) -> BTreeSet<String> {
    let decoded = super::decoded(response, 1 << 16);
    let response = decoded.as_ref().unwrap_or(response);
    let body = source::decode(response);
    let source = Source::new(response, &body);
    let mut words = BTreeSet::new();
    let mut values: Vec<_> = source.document().into_iter().collect();
    while let Some(value) = values.pop() {
        values.extend(value.items());
        for (key, value) in value.members() {
            words.insert(compared(key));
            words.extend(key.rsplit_once(':').map(|(_, key)| compared(key)));
            values.push(value);
        }
        if let Some(text) = value.as_text() {
            let names = text.split(['.', '/', '[', ']']);
            words.extend(
                names
                    .chain([text])
                    .filter(|text| text.len() < 64)
                    .map(compared),
            );
            // A document in a string.
            if text.starts_with(['{', '[']) {
                words.extend(text.split('"').map(compared));
            }
        }
    }
    words
}

fn compared(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn row(table: &'static str, name: &str) -> Row {
    (table, name.to_owned())
}

/// The rows of all tables, and the words by which a case may need them.
fn rows() -> Vec<Row> {
    let keys = ROWS.iter().copied().flatten();
    let keys = keys.map(|key| row("roles", std::str::from_utf8(key).unwrap()));
    let places = PLACES.iter().map(|name| row("places", name));
    let constants = CONSTANTS.iter().map(|name| row("constants", name));
    keys.chain(places).chain(constants).collect()
}

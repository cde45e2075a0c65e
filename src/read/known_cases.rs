//! What the tables are worth, by the cases of `tests/corpus/`: each row is taken out or moved by one level, and somebody
//! has to notice.

use std::collections::{BTreeMap, BTreeSet};

use base64::prelude::{Engine, BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderName, Response, StatusCode};
use indexmap::IndexMap;
use serde_json::Value as Json;

use super::any_json::{
    role_of, MessageLevels as M, ParameterLevel as P, Role, TypeLevel as T, CONSTANTS, PLACES, ROWS,
};
use super::rivals::{self, RIVALS};
use super::switches::{with_change, without, Row};
use super::{read, source, Source};
use crate::envelope::{Envelope, Origin};

/// Formats of one system. The others are standards, which nobody has to meet to know them.
const OF_SYSTEMS: [&str; 5] = ["aws", "copr", "feathers", "google", "kubernetes"];

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
    let files = ["documented", "met", "recorded"];
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

/// How many of all that a system of this part says would be read if nothing were known that it alone has.
#[test]
#[ignore = "prints figures"]
fn what_is_read_of_systems_that_were_left_out() {
    let cases = cases();
    let (mut all, mut with, mut alone) = (0, 0, 0);
    for part in 0..PARTS {
        let (own, others): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.part == part);
        let known: BTreeSet<&str> = others
            .iter()
            .flat_map(|case| &case.words)
            .map(|word| &**word)
            .collect();
        let mut off: BTreeSet<_> = rows()
            .into_iter()
            .filter(|(_, name)| !known.contains(&*compared(name)))
            .collect();
        let origins: BTreeSet<_> = others
            .iter()
            .map(|case| read(&case.response).origin())
            .filter_map(|origin| match origin {
                Origin::Wire(name) => Some(name),
                _ => None,
            })
            .collect();
        let unknown = OF_SYSTEMS.iter().filter(|name| !origins.contains(*name));
        off.extend(unknown.map(|name| row("formats", name)));
        let names: Vec<_> = off.iter().map(|(_, name)| name.clone()).collect();
        let right = own.iter().filter(|case| case.is_right()).count();
        let lost: Vec<_> = without(off, || {
            own.iter()
                .filter(|case| !case.is_right())
                .map(|case| &*case.id)
                .collect()
        });
        let left = own.len() - lost.len();
        println!(
            "part {part}: {right} of {} are right, {left} without {} rows {names:?}\n  {lost:?}",
            own.len(),
            names.len()
        );
        all += own.len();
        with += right;
        alone += left;
    }
    println!(
        "of {all} cases {with} are right, and {alone} ({:.1} %) without the rows of their own part",
        100.0 * alone as f64 / all as f64
    );
    assert!(alone as f64 >= 0.95 * all as f64);
}

/// The roles with one of their levels moved.
fn moved(role: Role) -> Vec<(&'static str, Role)> {
    let mut all = Vec::new();
    let messages = [
        M::None,
        M::Phrase,
        M::Aside,
        M::Title,
        M::Summary,
        M::Error,
        M::Note,
        M::ShortMessage,
        M::Reason,
        M::Message,
        M::Description,
        M::Detail,
    ];
    let types = [
        T::None,
        T::Id,
        T::Class,
        T::Reason,
        T::Type,
        T::Digits,
        T::Code,
        T::Specific,
        T::Narrowest,
        T::Uri,
    ];
    let parameters = [P::None, P::Perhaps, P::Likely, P::Surely];
    for (name, other) in neighbours(&messages, role.message) {
        all.push((
            name,
            Role {
                message: other,
                ..role
            },
        ));
    }
    for (name, other) in neighbours(&types, role.error_type) {
        all.push((
            name,
            Role {
                error_type: other,
                ..role
            },
        ));
    }
    for (name, other) in neighbours(&parameters, role.parameter) {
        all.push((
            name,
            Role {
                parameter: other,
                ..role
            },
        ));
    }
    all
}

/// The levels above and below one, if it is one at all.
fn neighbours<L: Copy + PartialEq + std::fmt::Debug>(
    levels: &[L],
    level: L,
) -> Vec<(&'static str, L)> {
    let at = levels.iter().position(|other| *other == level).unwrap();
    let below = at.checked_sub(1).map(|below| ("down", levels[below]));
    let above = levels.get(at + 1).map(|above| ("up", *above));
    if at == 0 {
        return Vec::new();
    }
    below.into_iter().chain(above).collect()
}

#[test]
#[ignore = "slow"]
fn every_row_that_is_moved_by_a_level_or_taken_out_is_noticed() {
    let all = cases().into_iter().chain(samples());
    let cases: Vec<_> = all.filter(Case::is_right).collect();
    let mut by_word: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        for word in &case.words {
            by_word.entry(word).or_default().push(case);
        }
    }
    let is_in_line = |names: &[&str]| {
        let mut names = names.iter();
        names.all(|name| RIVALS.lines().any(|line| line == rivals::line(name)))
    };
    let mut unnoticed = Vec::new();
    for keys in ROWS {
        let names: Vec<_> = keys
            .iter()
            .map(|key| std::str::from_utf8(key).unwrap())
            .collect();
        for name in &names {
            let users = by_word.get(name).cloned().unwrap_or_default();
            let off = BTreeSet::from([row("roles", name)]);
            let is_same = || is_in_line(&[name]) && users.iter().all(|case| case.is_right());
            if without(off, is_same) {
                unnoticed.push(format!("{name} is taken out"));
            }
        }
        let users = names.iter().filter_map(|name| by_word.get(name)).flatten();
        let users: Vec<&Case> = users.copied().collect();
        for (way, role) in moved(role_of(names[0]).unwrap()) {
            let keys = *keys;
            let change = move |key: &[u8], old: Role| if keys.contains(&key) { role } else { old };
            let is_same = || is_in_line(&names) && users.iter().all(|case| case.is_right());
            if with_change(Box::new(change), is_same) {
                unnoticed.push(format!("{names:?} is moved {way} to {role:?}"));
            }
        }
    }
    assert!(
        unnoticed.is_empty(),
        "{}\n{} unnoticed",
        unnoticed.join("\n"),
        unnoticed.len()
    );
}

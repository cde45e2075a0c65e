//! A test that compares each key of the table with a key of each level. `rivals.txt` has the results.
//!
//! If a row moves by one level, its line changes. `RIVALS=accept cargo test --all-features --lib rivals` writes the file again.
//! Then look at the difference.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::any_json::ROWS;
use super::read;

/// The file.
pub(super) const RIVALS: &str = include_str!("rivals.txt");

/// The lines at the top of the file.
const HEAD: &str = "\
# Each key against one of each level, from the lowest to the highest: + wins, - loses, = the first of both wins, . neither.
# Messages: Phrase Aside Title Summary Error Note ShortMessage Reason Message Description Detail
# Types: Id Class Reason Type Digits Code Specific Narrowest Uri
# Parameters in an item: Perhaps Likely Surely
# Alone: a sentence, a word, an identifier and a number under it; a sentence, a code and nothing beside it in an item;
# a list of sentences, a list of items, a map of parameters and an error object under it. m message, t type, p parameters.
";

const MESSAGES: [(&str, &str); 11] = [
    ("TEXT", "Conflict"),
    ("TEXT", "Other words are these here."),
    ("TITLE", "Other words are these here."),
    ("CAUSE", "Other words are these here."),
    ("ERR", "Other words are these here."),
    ("INFO", "Other words are these here."),
    ("MSG", "Other words"),
    ("DETAILS", "Other words are these here."),
    ("MSG", "Other words are these here."),
    ("DESCRIPTION", "Other words are these here."),
    ("LONGMESSAGE", "Other words are these here."),
];

const TYPES: [(&str, &str); 9] = [
    ("ID", "other_one"),
    ("CATEGORY", "other_one"),
    ("REASON", "other_one"),
    ("ERRORTYPE", "other_one"),
    ("CODE", "14002"),
    ("ERRORCODE", "other_one"),
    ("APIERRORCODE", "other_one"),
    ("DECLINECODE", "other_one"),
    ("TYPE", "https://other.example/one"),
];

const PARAMETERS: [(&str, &str); 3] = [
    ("LOCATION", "other"),
    ("ELEMENT", "other"),
    ("POINTER", "other"),
];

/// The lines of all keys.
pub(super) fn all() -> String {
    let keys = ROWS.iter().copied().flatten();
    let lines = keys.map(|key| line(std::str::from_utf8(key).unwrap()));
    lines.fold(HEAD.to_owned(), |text, line| text + &line + "\n")
}

/// The line of one key.
pub(super) fn line(key: &str) -> String {
    let object = |members: [String; 2]| format!("{{{}}}", members.join(","));
    let spoken =
        |members: [String; 2]| format!(r#"{{{},"message":"It is broken."}}"#, members.join(","));
    let item = |members: [String; 2]| {
        format!(
            r#"{{"errors":[{{{},"message":"is broken"}}]}}"#,
            members.join(",")
        )
    };
    let messages = MESSAGES.map(|other| contest((key, "It is all broken again."), other, object));
    let types = TYPES.map(|other| contest((key, "first_one"), other, spoken));
    let parameters = PARAMETERS.map(|other| contest((key, "first"), other, item));
    let alone = [
        format!(r#"{{"{key}":"It is all broken again."}}"#),
        format!(r#"{{"{key}":"broken"}}"#),
        format!(r#"{{"{key}":"first_one"}}"#),
        format!(r#"{{"{key}":14002}}"#),
        format!(r#"{{"errors":[{{"{key}":"It is all broken again."}}]}}"#),
        format!(r#"{{"errors":[{{"{key}":"first","code":"E1"}}]}}"#),
        format!(r#"{{"errors":[{{"{key}":"first","message":"is broken"}}]}}"#),
        format!(r#"{{"{key}":["It is all broken again."]}}"#),
        format!(r#"{{"{key}":[{{"field":"first","message":"is broken"}}]}}"#),
        format!(r#"{{"{key}":{{"first":["is broken"]}}}}"#),
        format!(r#"{{"{key}":{{"code":"first_one","message":"It is broken."}}}}"#),
    ];
    let alone: Vec<_> = alone.iter().map(|body| said(body)).collect();
    let [messages, types, parameters] =
        [messages.to_vec(), types.to_vec(), parameters.to_vec()].map(String::from_iter);
    format!(
        "{key:<20} {messages} {types} {parameters} {}",
        alone.join(" ")
    )
}

/// Which of two members is read, in both orders.
fn contest(
    first: (&str, &str),
    other: (&str, &str),
    document: impl Fn([String; 2]) -> String,
) -> char {
    let member = |(key, text): (&str, &str)| format!("{key:?}:{text:?}");
    let wins = |body: String| {
        let envelope = envelope(&body);
        let texts = [
            envelope.sent_message(),
            envelope.sent_error_type().map(|name| name.as_str()),
        ];
        let is_said = |text: &str| {
            let is_parameter = envelope.field_errors().iter().any(|(name, _)| name == text);
            is_parameter || texts.contains(&Some(text))
        };
        (is_said(first.1), is_said(other.1))
    };
    let first_ahead = wins(document([member(first), member(other)]));
    let first_behind = wins(document([member(other), member(first)]));
    match (first_ahead, first_behind) {
        ((true, false), (true, false)) => '+',
        ((false, true), (false, true)) => '-',
        ((true, false), (false, true)) => '=',
        ((true, true), (true, true)) => '&',
        _ => '.',
    }
}

fn said(body: &str) -> String {
    let envelope = envelope(body);
    let marks = [
        envelope.sent_message().map(|_| 'm'),
        envelope.sent_error_type().map(|_| 't'),
        (!envelope.field_errors().is_empty()).then_some('p'),
    ];
    let said = String::from_iter(marks.into_iter().flatten());
    if said.is_empty() {
        ".".into()
    } else {
        said
    }
}

fn envelope(body: &str) -> crate::envelope::Envelope {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = StatusCode::CONFLICT;
    read(&response)
}

#[test]
fn each_key_wins_and_loses_as_the_file_says() {
    let now = all();
    if std::env::var("RIVALS").as_deref() == Ok("accept") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/read/rivals.txt");
        return std::fs::write(path, now).unwrap();
    }
    for (now, before) in now.lines().zip(RIVALS.lines()) {
        assert_eq!(now, before);
    }
    assert_eq!(now.lines().count(), RIVALS.lines().count());
}

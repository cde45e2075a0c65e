//! The rules of HTTP, negotiation, gRPC, tower, security and clients: one test for each rule.
//!
//! A rule has a letter and a number; the doc comment of its test begins with it. A rule without a test has a line in
//! `README.md` with the reason.

mod c;
#[cfg(feature = "tonic")]
mod g;
mod h;
mod kit;
mod n;
mod s;
mod t;

#[path = "../trust/exchange.rs"]
#[allow(dead_code, reason = "shared with the laws of trust")]
mod exchange;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::Path;

/// The number of rules.
const RULES: [(char, usize); 6] = [
    ('H', 64),
    ('N', 26),
    ('G', 37),
    ('T', 30),
    ('S', 39),
    ('C', 33),
];

/// The place of each rule: a file of tests, or the README.
fn places() -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut places = BTreeMap::<String, Vec<String>>::new();
    for (letter, _) in RULES {
        let file = format!("{}.rs", letter.to_ascii_lowercase());
        let code = std::fs::read_to_string(folder.join(&file)).unwrap();
        let lines: Vec<_> = code.lines().map(str::trim).collect();
        for (line, after) in lines.iter().zip(1..) {
            let Some(rule) = line.strip_prefix("/// ").and_then(rule_of) else {
                continue;
            };
            let mut attributes = lines[after..]
                .iter()
                .take_while(|line| !line.contains("fn "));
            let is_test = attributes.any(|line| line.starts_with("#[") && line.contains("test"));
            if is_test {
                places.entry(rule).or_default().push(file.clone());
            }
        }
    }
    let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
    // Rules that were decided otherwise have tests as well.
    let (readme, _) = readme.split_once("## Rules that were decided").unwrap();
    for line in readme.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        if let ["", rule, reason, ""] = cells[..] {
            if let Some(rule) = rule_of(&format!("{rule}:")).filter(|_| reason.len() > 20) {
                places.entry(rule).or_default().push("README.md".to_owned());
            }
        }
    }
    places
}

/// `H1` of `H1: removes …`.
fn rule_of(line: &str) -> Option<String> {
    let (rule, _) = line.split_once(':')?;
    let number = rule.strip_prefix(['H', 'N', 'G', 'T', 'S', 'C'])?;
    number.parse::<usize>().ok().map(|_| rule.to_owned())
}

#[test]
fn no_rule_is_missing_and_none_is_made_up() {
    let places = places();
    let rules = RULES
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |number| format!("{letter}{number}")));
    let rules: Vec<_> = rules.collect();
    let missing: Vec<_> = rules
        .iter()
        .filter(|rule| !places.contains_key(*rule))
        .collect();
    assert!(
        missing.is_empty(),
        "neither a test nor a reason: {missing:?}"
    );
    let made_up: Vec<_> = places.keys().filter(|rule| !rules.contains(rule)).collect();
    assert!(made_up.is_empty(), "{made_up:?}");
    let twice: Vec<_> = places
        .iter()
        .filter(|(_, places)| places.len() > 1)
        .collect();
    assert!(twice.is_empty(), "shown twice: {twice:?}");
}

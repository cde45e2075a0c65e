//! The README lists the features of the manifest.

use std::collections::BTreeSet;

fn file(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap()
}

fn features() -> BTreeSet<String> {
    let manifest = file("Cargo.toml");
    let (_, rest) = manifest.split_once("[features]\n").unwrap();
    let (features, _) = rest.split_once("\n[").unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = "));
    let names = names.map(|(name, _)| name.to_owned());
    names.filter(|name| name != "default").collect()
}

#[test]
fn every_feature_has_a_row_in_the_readme_and_no_row_has_another() {
    let readme = file("README.md");
    let (_, table) = readme.split_once("| feature | adds |").unwrap();
    let rows = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with("| "));
    let named = rows.flat_map(|row| {
        let cell = row.split(" | ").next().unwrap_or_default();
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    assert_eq!(named.collect::<BTreeSet<_>>(), features());
}

#[test]
fn every_feature_says_what_it_adds_in_the_manifest() {
    let manifest = file("Cargo.toml");
    let mut before = "";
    for line in manifest.lines() {
        let name = line.split_once(" = [").map(|(name, _)| name);
        if name.is_some_and(|name| name != "default" && features().contains(name)) {
            assert!(before.starts_with("## "), "{line}");
        }
        before = line;
    }
}

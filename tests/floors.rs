//! The modules of `src/` form floors: imports point down only, and siblings do not see each other.

use std::path::{Path, PathBuf};

const FLOORS: [&[&str]; 7] = [
    &["http"],
    &["envelope"],
    &["grpc"],
    &["read", "write", "body"],
    &["layer", "raise"],
    &["axum", "reqwest", "tonic"],
    &["reqwest_middleware"],
];

#[test]
fn imports_point_down_only() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&sources);
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let module = module_of(file.strip_prefix(&sources).unwrap());
        let code = std::fs::read_to_string(&file).unwrap();
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            for imported in imports(line) {
                let below = floor(&imported) < floor(&module) || imported == module;
                assert!(below || module == "lib", "{}: {line}", file.display());
            }
        }
    }
}

#[test]
fn every_module_has_a_floor() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in rust_files(&sources) {
        let module = module_of(file.strip_prefix(&sources).unwrap());
        assert!(module == "lib" || floor(&module) < FLOORS.len(), "{module}");
    }
}

/// The modules that a line names as `crate::<module>`.
fn imports(line: &str) -> Vec<String> {
    let after = line.split("crate::").skip(1);
    let names = after.map(|rest| {
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    });
    names
        .filter(|name: &String| name.starts_with(char::is_lowercase))
        .collect()
}

fn floor(module: &str) -> usize {
    FLOORS
        .iter()
        .position(|floor| floor.contains(&module))
        .unwrap_or(FLOORS.len())
}

/// `read` for `read/json.rs`, `axum` for `axum.rs`.
fn module_of(file: &Path) -> String {
    let first = file.components().next().unwrap();
    Path::new(first.as_os_str())
        .with_extension("")
        .display()
        .to_string()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

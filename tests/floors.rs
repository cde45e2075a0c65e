//! The modules of `src/` form floors: imports point down only, siblings do not see each other, and no two files import
//! each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const FLOORS: [&[&str]; 10] = [
    &["http"],
    &["envelope"],
    &["grpc"],
    &["read", "write", "body"],
    &["exchange"],
    &["layer", "raise"],
    &[
        "axum",
        "garde",
        "reqwest",
        "schemars",
        "testing",
        "tonic",
        "utoipa",
        "validator",
    ],
    &["generated", "reqwest_middleware"],
    &["reqwest_retry"],
    &["docs"],
];

#[test]
fn imports_point_down_only() {
    for (file, module, code) in sources() {
        let folder = &module[0];
        for path in paths(&code).iter().filter(|path| path[0] == "crate") {
            let Some(imported) = path.get(1).filter(|name| floor(name).is_some()) else {
                continue;
            };
            let below = floor(imported) < floor(folder) || imported == folder;
            assert!(below || folder == "lib", "{file}: {}", path.join("::"));
        }
    }
}

#[test]
fn every_module_has_a_floor() {
    for (_, module, _) in sources() {
        let folder = &module[0];
        assert!(folder == "lib" || floor(folder).is_some(), "{folder}");
    }
}

#[test]
fn no_two_files_import_each_other() {
    let imports = imports_of_files();
    let reached: BTreeMap<_, _> = imports
        .keys()
        .map(|file| (file.clone(), reachable(&imports, file)))
        .collect();
    let mut circles = BTreeSet::new();
    for (file, others) in &reached {
        for other in others.iter().filter(|other| *other != file) {
            if reached[other].contains(file) {
                let (first, second) = (file.min(other), file.max(other));
                circles.insert(format!("{first} and {second} import each other"));
            }
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
}

#[test]
fn no_file_has_more_than_250_lines_without_its_tests() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut long = Vec::new();
    for file in rust_files(&folder) {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = without_tests(&text).lines().count();
        if lines > 250 && !is_for_tests_only(&file) {
            long.push(format!("{}: {lines}", file.display()));
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn the_walk_of_one_error_names_at_most_eight_files_and_functions_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let design = std::fs::read_to_string(root.join("src/docs/design.md")).unwrap();
    let walk = design.split("# The walk of one error").nth(1).unwrap();
    let walk = walk.split("\n# ").next().unwrap();
    let rows: Vec<Vec<&str>> = walk
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    let files: BTreeSet<_> = rows.iter().map(|row| row[1].trim_matches('`')).collect();
    assert_eq!(files.len(), rows.len(), "no file is entered twice");
    assert!((5..=8).contains(&files.len()), "{files:?}");
    for row in &rows {
        let file = row[1].trim_matches('`');
        assert!(file.starts_with("exchange/") || file.starts_with("layer/"));
        let code = std::fs::read_to_string(root.join("src").join(file)).unwrap();
        for function in row[2].split(", ").map(|name| name.trim_matches('`')) {
            assert!(
                code.contains(&format!("fn {function}")),
                "{file}: {function}"
            );
        }
    }
}

/// Whether the module is declared for tests alone.
fn is_for_tests_only(file: &Path) -> bool {
    let declaring = std::fs::read_to_string(file.with_file_name("mod.rs")).unwrap_or_default();
    let name = file.file_stem().unwrap().to_str().unwrap();
    let before = declaring.split_once(&format!("\nmod {name};"));
    let attribute = before.and_then(|(before, _)| before.lines().last());
    attribute.is_some_and(|line| line.starts_with("#[cfg(") && line.contains("test"))
}

#[test]
fn imports_are_found_however_they_are_written() {
    let code = "use a::{b, c::{self, D}, e as f};\npub use super::x::*; // use no::comment;\nfn f() { super::g::h(); \"use no::text\"; }\n#[cfg(test)]\nmod tests { use no::tests; }";
    let found: BTreeSet<_> = paths(&code_of(code))
        .into_iter()
        .map(|path| path.join("::"))
        .collect();
    let want = ["a::b", "a::c", "a::c::D", "a::e", "super::g::h", "super::x"];
    assert!(want.iter().all(|path| found.contains(*path)), "{found:?}");
    assert!(!found.iter().any(|path| path.contains("no::")), "{found:?}");
}

/// By each file, the files that it imports.
fn imports_of_files() -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources();
    let files: BTreeMap<Vec<String>, String> = sources
        .iter()
        .map(|(file, module, _)| (module.clone(), file.clone()))
        .collect();
    let doors: BTreeMap<Vec<String>, Vec<Vec<String>>> = sources
        .iter()
        .map(|(_, module, code)| (module.clone(), reexports(module, code)))
        .collect();
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, module, code) in &sources {
        let imported = imports.entry(file.clone()).or_default();
        // A re-export of `lib.rs` or of a folder is not an import.
        let passed_on = reexports(module, code);
        let all = paths(code);
        let paths = all.iter().filter_map(|path| absolute(module, path));
        for path in paths.filter(|path| !passed_on.contains(path)) {
            imported.extend(target(&files, &doors, path).filter(|target| target != file));
        }
    }
    imports
}

/// The file that defines the item at this path, through any number of re-exports.
fn target(
    files: &BTreeMap<Vec<String>, String>,
    doors: &BTreeMap<Vec<String>, Vec<Vec<String>>>,
    path: Vec<String>,
) -> Option<String> {
    let mut path = path;
    for _ in 0..8 {
        let length = (1..=path.len())
            .rev()
            .find(|length| files.contains_key(&path[..*length]))?;
        let (module, item) = path.split_at(length);
        let through = item.first().and_then(|name| {
            let door = doors[module].iter().find(|door| door.last() == Some(name));
            door.filter(|door| **door != path)
        });
        match through {
            Some(door) => path = [door.as_slice(), &item[1..]].concat(),
            None => return Some(files[module].clone()),
        }
    }
    None
}

/// The re-exports of `pub use`, as paths from the crate.
fn reexports(module: &[String], code: &str) -> Vec<Vec<String>> {
    let statements = code.split("pub").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let rest = match rest.strip_prefix('(') {
            Some(scope) => scope.split_once(')')?.1.trim_start(),
            None => rest,
        };
        Some(rest.strip_prefix("use ")?.split_once(';')?.0)
    });
    let paths = statements.flat_map(|tree| leaves(&[], tree));
    paths.filter_map(|path| absolute(module, &path)).collect()
}

/// A path from the crate, without `crate`; `None` if it leaves it.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let module = if module == ["lib"] { &[] } else { module };
    let ups = path.iter().take_while(|part| *part == "super").count();
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => {
            let kept = module.len().checked_sub(ups)?;
            Some([&module[..kept], &path[ups..]].concat())
        }
        _ => None,
    }
}

/// All paths in the code: those of `use` with a path for each name, and those in expressions.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let (mut rest, mut before) = (code, ' ');
    while let Some(c) = rest.chars().next() {
        let starts = !before.is_alphanumeric() && before != '_' && before != ':';
        if starts && rest.starts_with("use ") {
            let (tree, after) = rest[4..].split_once(';').unwrap_or((&rest[4..], ""));
            found.extend(leaves(&[], tree));
            (rest, before) = (after, ';');
            continue;
        }
        let is_path = ["crate::", "super::", "self::"];
        if starts && is_path.iter().any(|start| rest.starts_with(start)) {
            let end = rest.find(|c: char| !c.is_alphanumeric() && !"_:".contains(c));
            let (path, after) = rest.split_at(end.unwrap_or(rest.len()));
            let parts = path.split("::").filter(|part| !part.is_empty());
            found.push(parts.map(str::to_owned).collect());
            (rest, before) = (after, ' ');
            continue;
        }
        before = c;
        rest = &rest[c.len_utf8()..];
    }
    found
}

/// The paths of a tree of `use`.
fn leaves(prefix: &[String], tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    if let Some((head, inner)) = tree.split_once('{') {
        let head = head
            .split("::")
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let prefix: Vec<String> = prefix
            .iter()
            .cloned()
            .chain(head.map(str::to_owned))
            .collect();
        let inner = inner.trim_end().strip_suffix('}').unwrap_or(inner);
        let (mut depth, mut start, mut found) = (0, 0, Vec::new());
        for (position, c) in inner.char_indices().chain([(inner.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    found.extend(leaves(&prefix, &inner[start..position]));
                    start = position + 1;
                }
                _ => {}
            }
        }
        return found;
    }
    let name = tree.split(" as ").next().unwrap().trim();
    let parts = name.split("::").filter(|part| !["", "*"].contains(part));
    let mut path: Vec<String> = prefix
        .iter()
        .cloned()
        .chain(parts.map(str::to_owned))
        .collect();
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    if name.is_empty() {
        Vec::new()
    } else {
        vec![path]
    }
}

fn reachable(imports: &BTreeMap<String, BTreeSet<String>>, file: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut next = vec![file.to_owned()];
    while let Some(file) = next.pop() {
        for other in imports.get(&file).into_iter().flatten() {
            if found.insert(other.clone()) {
                next.push(other.clone());
            }
        }
    }
    found
}

fn floor(folder: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&folder))
}

/// The name of each file, its path of modules, and its code without comments, texts and tests.
fn sources() -> Vec<(String, Vec<String>, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = rust_files(&folder);
    assert!(files.len() > 20, "{files:?}");
    let source = |file: &PathBuf| {
        let name = file.strip_prefix(&folder).unwrap();
        let parts = name.with_extension("");
        let parts = parts.iter().map(|part| part.to_str().unwrap().to_owned());
        let module = parts.filter(|part| part != "mod").collect();
        let code = std::fs::read_to_string(file).unwrap();
        (name.display().to_string(), module, code_of(&code))
    };
    files.iter().map(source).collect()
}

fn code_of(text: &str) -> String {
    let lines = without_tests(text).lines().map(|line| {
        let outside: Vec<_> = line.split('"').step_by(2).collect();
        let line = outside.join("");
        let line = line.split("//").next().unwrap().to_owned();
        line.replace("pub(in crate::read)", "pub(in)")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The text before the tests of its file.
fn without_tests(text: &str) -> &str {
    text.split("\nmod tests {").next().unwrap_or(text)
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // A package of its own.
            if path.join("Cargo.toml").exists() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

//! Counts the instructions of each layer, which are equal in every run. `tests/allocations.rs` counts allocations, because
//! counting them here would add instructions.
//!
//! ```sh
//! cargo bench --all-features --bench instructions               # the table; fails if it grew against the baseline
//! cargo bench --all-features --bench instructions -- --accept   # makes the counts of now the baseline
//! cargo bench --all-features --bench instructions -- --plot     # writes src/docs/cost.svg
//! cargo bench --all-features --bench instructions -- router     # only the groups with this in their name
//! ```
//!
//! It needs only valgrind. It runs itself under callgrind, each contestant at two lengths, and takes the difference, so
//! that start and end of the process do not count.

mod plot;
mod server;
mod work;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::{Command, ExitCode};

use work::{Run, FRAMES, GOALS, ONE};

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.json");
/// The growth that a count of ours may have. Code placement by the compiler changes counts by half of it.
const TOLERANCE: f64 = 0.05;

type Counts = BTreeMap<String, u64>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--run", id, times] => run(id, times.parse().unwrap()),
        ["--serve", layer] => server::serve(layer),
        ["--plot"] => plot::write(count),
        ["--accept"] => accept(&table("")),
        [filter] => return check(&table(filter)),
        _ => return check(&table("")),
    }
    ExitCode::SUCCESS
}

/// The measured work, in the measured process.
fn run(id: &str, times: u64) {
    let mut run = find(id);
    for _ in 0..times {
        std::hint::black_box(run());
    }
}

fn find(id: &str) -> Run {
    if let Some(bytes) = id.strip_prefix("text/") {
        return work::error_with_text(bytes.parse().unwrap());
    }
    if let Some(parameters) = id.strip_prefix("fields/") {
        return work::error_with_fields(parameters.parse().unwrap());
    }
    let contestants = work::contestants();
    let contestant = contestants.iter().find(|one| one.id() == id);
    (contestant.expect("is a contestant").make)()
}

/// Instructions of one run.
fn count(id: &str) -> u64 {
    let is_long = ["read", "parse", "text/", "fields/", "stream"];
    let is_long = is_long.iter().any(|start| id.starts_with(start));
    let (few, many) = if is_long { (4, 12) } else { (50, 250) };
    (collected(id, many) - collected(id, few)) / (many - few)
}

fn collected(id: &str, times: u64) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args(["--run", id, &times.to_string()])
        .output()
        .expect("valgrind is installed");
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{id}: {messages}");
    said(&messages)
}

/// The count among the messages of callgrind.
fn said(messages: &str) -> u64 {
    let collected = messages.lines().find(|line| line.contains("Collected :"));
    let count = collected.and_then(|line| line.rsplit(' ').next());
    count
        .and_then(|count| count.parse().ok())
        .unwrap_or_else(|| panic!("callgrind says what it collected: {messages}"))
}

/// A contestant: its group, its name, and the way in which it is measured.
struct Row {
    group: String,
    name: &'static str,
    count: Box<dyn Fn() -> u64>,
}

fn rows() -> Vec<Row> {
    let contestants = work::contestants().into_iter().map(|one| {
        let id = one.id();
        Row {
            group: one.group,
            name: one.name,
            count: Box::new(move || count(&id)),
        }
    });
    let servers = server::WORK.into_iter().flat_map(|(group, path)| {
        server::LAYERS.into_iter().map(move |name| Row {
            group: group.to_owned(),
            name,
            count: Box::new(move || server::count(name, path)),
        })
    });
    contestants.chain(servers).collect()
}

/// Prints the groups whose names contain `filter`.
fn table(filter: &str) -> Counts {
    let mut counts = Counts::new();
    let mut printed = String::new();
    let mut first = 0;
    for Row { group, name, count } in rows() {
        if !group.contains(filter) {
            continue;
        }
        let instructions = count();
        if group != printed {
            first = instructions;
            println!("\n| {group} | instructions | more | times | a frame |");
            println!("| --- | --- | --- | --- | --- |");
        }
        println!(
            "| {name} | {instructions} | {:+} | {:.3} | {} |",
            instructions as i64 - first as i64,
            instructions as f64 / first as f64,
            frame(&group, name, instructions, &counts),
        );
        counts.insert(format!("{group}/{name}"), instructions);
        printed = group;
    }
    summarise(&counts);
    compare_with_goals(&counts);
    counts
}

/// The cost of a layer over all kinds of requests: the highest, and the median.
fn summarise(counts: &Counts) {
    let names = ["ours", "tower-http CatchPanic", "middleware with json!"];
    for (number, name) in names.into_iter().enumerate() {
        let more = counts.iter().filter_map(|(id, count)| {
            let group = id.strip_suffix(name)?.strip_suffix('/')?;
            let bare = counts.get(&format!("{}/bare", group))?;
            let shape = group.strip_prefix("request, ")?;
            Some((*count as i64 - *bare as i64, shape))
        });
        let mut more: Vec<_> = more.collect();
        more.sort_unstable();
        let (Some((worst, shape)), Some((median, _))) = (more.last(), more.get(more.len() / 2))
        else {
            continue;
        };
        if number == 0 {
            println!("\n| {} requests | median | worst | which |", more.len());
            println!("| --- | --- | --- | --- |");
        }
        println!("| {name} | {median:+} | {worst:+} | {shape} |");
    }
}

/// The instructions that this crate adds to one unit, beside the goal.
fn compare_with_goals(counts: &Counts) {
    let mut is_first = true;
    for (group, base, ours, goal) in GOALS {
        let count = |name: &str| Some(*counts.get(&format!("{group}/{name}"))? as i64);
        let each = |name: &str| match (count(name), count(&format!("{name}{ONE}"))) {
            (Some(all), Some(one)) => Some((all - one) / (FRAMES as i64 - 1)),
            (all, _) => all,
        };
        let Some((without, with)) = each(base).zip(each(ours)) else {
            continue;
        };
        if std::mem::take(&mut is_first) {
            println!("\n| work | | more | goal | |");
            println!("| --- | --- | --- | --- | --- |");
        }
        let more = with - without;
        let met = if more <= goal { "met" } else { "missed" };
        println!("| {group} | {ours} | {more:+} | {goal} | {met} |");
    }
}

/// The cost of each frame of a stream: the difference to the same stream without frames.
fn frame(group: &str, name: &str, instructions: u64, counts: &Counts) -> String {
    let Some(rest) = group.strip_prefix("stream") else {
        return String::new();
    };
    let small = counts.get(&format!("success{rest}/{name}"));
    let each = |small: &u64| (instructions as f64 - *small as f64) / FRAMES as f64;
    small.map_or_else(String::new, |small| format!("{:.1}", each(small)))
}

fn accept(counts: &Counts) {
    fs::write(
        BASELINE,
        serde_json::to_string_pretty(counts).unwrap() + "\n",
    )
    .unwrap();
    println!("\nThe baseline is what was counted now.");
}

/// Compares the counts of this crate with the baseline.
fn check(counts: &Counts) -> ExitCode {
    let baseline = fs::read_to_string(BASELINE).unwrap_or_else(|_| "{}".into());
    let baseline: Counts = serde_json::from_str(&baseline).unwrap();
    let mut grown = false;
    for (id, now) in counts.iter().filter(|(id, _)| id.contains("/ours")) {
        let before = baseline.get(id).copied().unwrap_or_default();
        if *now as f64 > before as f64 * (1.0 + TOLERANCE) {
            println!("GREW: {id} from {before} to {now} instructions");
            grown = true;
        }
    }
    if grown {
        println!("If that is wanted: cargo bench --all-features --bench instructions -- --accept");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

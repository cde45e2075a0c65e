//! The units of work of the benches, done by this crate and by its alternatives.
//!
//! All contestants of a group do the same work. The others are compared with the first: the service without a layer, or
//! `serde_json`.

// Each bench uses a part of it.
#![allow(dead_code, unused_imports)]

mod bodies;
mod drive;
mod goals;
mod groups;
#[path = "../samples/mod.rs"]
mod samples;
mod services;
mod shapes;

use std::time::Duration;

use criterion::Criterion;

pub(crate) use self::drive::{Run, FRAMES};
pub(crate) use self::goals::{GOALS, ONE};
use self::groups::{parsing, passing, reading, rewriting};
pub(crate) use self::services::{pass, rewrite, FINE, JSON, MISSING};

/// One way to do the work of a group.
pub(crate) struct Contestant {
    pub(crate) group: String,
    pub(crate) name: &'static str,
    pub(crate) make: Box<dyn Fn() -> Run>,
}

impl Contestant {
    pub(crate) fn id(&self) -> String {
        format!("{}/{}", self.group, self.name)
    }
}

/// All contestants.
pub(crate) fn contestants() -> Vec<Contestant> {
    let groups = passing()
        .into_iter()
        .chain(rewriting())
        .chain(goals::goals())
        .chain(reading());
    let contestants = groups.flat_map(|(group, members)| {
        let named = move |(name, make): (_, fn() -> Run)| Contestant {
            group: group.to_owned(),
            name,
            make: Box::new(make),
        };
        members.into_iter().map(named)
    });
    contestants
        .chain(shapes::requests())
        .chain(parsing())
        .collect()
}

/// Checks the result of each contestant whose group begins with one of `groups` against `want`, and measures its time.
pub(crate) fn time(groups: &[&str], want: impl Fn(&Contestant) -> (u16, usize)) {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .sample_size(20)
        .configure_from_args();
    let is_timed = |one: &Contestant| groups.iter().any(|group| one.group.starts_with(group));
    for contestant in contestants().into_iter().filter(is_timed) {
        let mut run = (contestant.make)();
        assert_eq!(run(), want(&contestant), "{}", contestant.id());
        criterion.bench_function(&contestant.id(), |bencher| bencher.iter(&mut run));
    }
    criterion.final_summary();
}

/// An error with `bytes` of text, for the plot.
pub(crate) fn error_with_text(bytes: usize) -> Run {
    bodies::ours(bodies::text(bytes))
}

/// The same as [`error_with_text`], for parameters.
pub(crate) fn error_with_fields(parameters: usize) -> Run {
    bodies::ours(bodies::fields(parameters))
}

//! What the benches measure: units of work, each done by this crate and by what people use instead.
//!
//! All contestants of a group do the same work, and the first of them is what the others are compared with: the service
//! without a layer, or what everybody reads JSON with.

// Each bench uses a part of it.
#![allow(dead_code, unused_imports)]

mod bodies;
mod drive;
#[path = "../samples/mod.rs"]
mod samples;
mod services;

use std::time::Duration;

use axum::body::Body;
use axum::middleware::{from_fn, map_response};
use bytes::Bytes;
use criterion::Criterion;
use http_body_util::Full;
use tower::layer::util::Identity;
use tower_error_envelope::ErrorEnvelopeLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::map_response_body::MapResponseBodyLayer;

use self::drive::{opened, plain, routed};
pub(crate) use self::drive::{Run, FRAMES};
use self::services::{boxed, full, stream, Answers};

/// One that does the work of its group.
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

/// The contestants of one group, by their names.
type Group = (&'static str, Vec<(&'static str, fn() -> Run)>);

/// Everything that is measured.
pub(crate) fn contestants() -> Vec<Contestant> {
    let groups = passing().into_iter().chain(rewriting()).chain(reading());
    let contestants = groups.flat_map(|(group, members)| {
        let named = move |(name, make): (_, fn() -> Run)| Contestant {
            group: group.to_owned(),
            name,
            make: Box::new(make),
        };
        members.into_iter().map(named)
    });
    contestants.chain(parsing()).collect()
}

/// The layer as it is by default.
fn ours() -> ErrorEnvelopeLayer {
    ErrorEnvelopeLayer::new()
}

/// A success goes through a layer.
fn passing() -> Vec<Group> {
    const SMALL: Answers<Full<Bytes>> = Answers::fine(full);
    const BOXED: Answers<Body> = Answers::fine(boxed);
    const STREAM: Answers<Body> = Answers::fine(stream);
    vec![
        (
            "success",
            vec![
                ("bare", || plain(Identity::new(), SMALL)),
                ("ours, nothing to negotiate", || {
                    plain(ours().without_pages(), SMALL)
                }),
                ("ours", || plain(ours(), SMALL)),
                ("ours, a browser opens a page", || opened(ours(), SMALL)),
                ("tower-http MapResponseBody", || {
                    plain(
                        MapResponseBodyLayer::new(std::convert::identity::<Full<Bytes>>),
                        SMALL,
                    )
                }),
                ("tower-http CatchPanic", || {
                    plain(CatchPanicLayer::new(), SMALL)
                }),
            ],
        ),
        (
            "success, axum's body",
            vec![
                ("bare", || plain(Identity::new(), BOXED)),
                ("ours, same body", || plain(ours().with_same_body(), BOXED)),
                ("ours", || plain(ours(), BOXED)),
                ("tower-http CatchPanic", || {
                    plain(CatchPanicLayer::new(), BOXED)
                }),
                ("axum map_response", || {
                    plain(map_response(services::unchanged), BOXED)
                }),
                ("axum from_fn", || plain(from_fn(services::pass), BOXED)),
            ],
        ),
        (
            "success, axum router",
            vec![
                ("identity layer", || routed(Identity::new(), BOXED)),
                ("ours, same body", || routed(ours().with_same_body(), BOXED)),
                ("ours", || routed(ours(), BOXED)),
                ("tower-http CatchPanic", || {
                    routed(CatchPanicLayer::new(), BOXED)
                }),
                ("axum map_response", || {
                    routed(map_response(services::unchanged), BOXED)
                }),
                ("axum from_fn", || routed(from_fn(services::pass), BOXED)),
            ],
        ),
        (
            "stream, axum's body",
            vec![
                ("bare", || plain(Identity::new(), STREAM)),
                ("ours, same body", || plain(ours().with_same_body(), STREAM)),
                ("ours", || plain(ours(), STREAM)),
                ("tower-http CatchPanic", || {
                    plain(CatchPanicLayer::new(), STREAM)
                }),
            ],
        ),
        (
            "stream, axum router",
            vec![
                ("identity layer", || routed(Identity::new(), STREAM)),
                ("ours, same body", || {
                    routed(ours().with_same_body(), STREAM)
                }),
                ("ours", || routed(ours(), STREAM)),
                ("tower-http CatchPanic", || {
                    routed(CatchPanicLayer::new(), STREAM)
                }),
            ],
        ),
    ]
}

/// A 404 with 19 bytes of text becomes JSON.
fn rewriting() -> Vec<Group> {
    const MISSING: Answers<Full<Bytes>> = Answers::missing(full);
    const BOXED: Answers<Body> = Answers::missing(boxed);
    vec![
        (
            "error",
            vec![
                ("bare", || plain(Identity::new(), MISSING)),
                ("ours", || plain(ours(), MISSING)),
            ],
        ),
        (
            "error, axum's body",
            vec![
                ("bare", || plain(Identity::new(), BOXED)),
                ("ours, same body", || plain(ours().with_same_body(), BOXED)),
                ("ours", || plain(ours(), BOXED)),
                ("middleware with json!", || {
                    plain(from_fn(services::rewrite), BOXED)
                }),
            ],
        ),
        (
            "error, axum router",
            vec![
                ("identity layer", || routed(Identity::new(), BOXED)),
                ("ours, same body", || routed(ours().with_same_body(), BOXED)),
                ("ours", || routed(ours(), BOXED)),
                ("middleware with json!", || {
                    routed(from_fn(services::rewrite), BOXED)
                }),
            ],
        ),
        (
            "error returned by a handler",
            vec![
                ("text", || plain(Identity::new(), BOXED)),
                ("ours", || {
                    plain(Identity::new(), Answers::with(services::envelope))
                }),
                ("axum Json", || {
                    plain(Identity::new(), Answers::with(services::json))
                }),
            ],
        ),
        (
            "encode",
            vec![
                ("serde derive", services::encode_derived),
                ("ours", services::encode_ours),
                ("serde_json json!", services::encode_value),
            ],
        ),
    ]
}

/// Bytes are read, and written as the documented JSON; with `Value` they are written as they are.
fn reading() -> Vec<Group> {
    vec![
        (
            "read problem details",
            vec![
                ("serde_json Value", || bodies::value(bodies::problem())),
                ("ours", || bodies::ours(bodies::problem())),
            ],
        ),
        (
            "read field map",
            vec![
                ("serde_json Value", || bodies::value(bodies::fields(2))),
                ("ours", || bodies::ours(bodies::fields(2))),
            ],
        ),
        (
            "read 1000 fields",
            vec![
                ("serde_json Value", || bodies::value(bodies::fields(1000))),
                ("ours", || bodies::ours(bodies::fields(1000))),
            ],
        ),
        (
            "read page of 64 KiB",
            vec![
                ("serde_json Value", || bodies::value(bodies::page())),
                ("ours", || bodies::ours(bodies::page())),
            ],
        ),
        (
            "read 10,000 nested arrays",
            vec![
                ("serde_json Value", || bodies::value(bodies::nested(10_000))),
                ("ours", || bodies::ours(bodies::nested(10_000))),
            ],
        ),
        (
            "read 64 KiB of escapes",
            vec![
                ("serde_json Value", || bodies::value(bodies::escapes())),
                ("ours", || bodies::ours(bodies::escapes())),
            ],
        ),
    ]
}

/// A response is read and nothing more; with `Value` its body is parsed.
fn parsing() -> impl Iterator<Item = Contestant> {
    let samples = samples::small().into_iter().chain(samples::large());
    samples.flat_map(|sample| {
        let (name, [value, ours]) = (sample.name, [(); 2].map(|()| sample.response.clone()));
        let one = |name_of, make| Contestant {
            group: format!("parse, {name}"),
            name: name_of,
            make,
        };
        [
            one(
                "serde_json Value",
                Box::new(move || bodies::parse(value.clone())),
            ),
            one("ours", Box::new(move || bodies::only_read(ours.clone()))),
        ]
    })
}

/// Times each contestant whose group begins with one of `groups`, once what it does is what `want` says.
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

/// How the cost of an error grows: with so many bytes of text, and with so many parameters.
pub(crate) fn error_with_text(bytes: usize) -> Run {
    bodies::ours(bodies::text(bytes))
}

/// As [`error_with_text`], for parameters.
pub(crate) fn error_with_fields(parameters: usize) -> Run {
    bodies::ours(bodies::fields(parameters))
}

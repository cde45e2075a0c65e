//! The contestants, group by group.

use axum::body::Body;
use axum::middleware::{from_fn, map_response};
use bytes::Bytes;
use http_body_util::Full;
use tower::layer::util::Identity;
use tower_error_envelope::ErrorEnvelopeLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::map_response_body::MapResponseBodyLayer;

use super::drive::{opened, plain, routed, Run};
use super::services::{self, boxed, full, stream, Answers};
use super::{bodies, samples, Contestant};

/// The contestants of one group, by their names.
pub(super) type Group = (&'static str, Vec<(&'static str, fn() -> Run)>);

/// The layer with its defaults.
fn ours() -> ErrorEnvelopeLayer {
    ErrorEnvelopeLayer::new()
}

/// A success goes through a layer.
pub(super) fn passing() -> Vec<Group> {
    const SMALL: Answers<Full<Bytes>> = Answers::fine(full);
    const BOXED: Answers<Body> = Answers::fine(boxed);
    const STREAM: Answers<Body> = Answers::fine(stream);
    const EVENTS: Answers<Body> = Answers::with(services::events);
    const DOWNLOAD: Answers<Body> = Answers::with(services::download);
    vec![
        (
            "success",
            vec![
                ("bare", || plain(Identity::new(), SMALL)),
                ("ours, nothing to negotiate", || {
                    plain(ours().without_pages(), SMALL)
                }),
                ("ours", || plain(ours(), SMALL)),
                ("ours, with a hook", || {
                    plain(ours().on_error(|_| {}), SMALL)
                }),
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
            "stream of events, axum's body",
            vec![
                ("bare", || plain(Identity::new(), EVENTS)),
                ("ours", || plain(ours(), EVENTS)),
                ("ours, with a hook", || {
                    plain(ours().on_error(|_| {}), EVENTS)
                }),
                ("ours, last frame", || {
                    plain(ours().with_last_frame(), EVENTS)
                }),
                ("ours, last frame, another label", || {
                    plain(ours().with_last_frame(), DOWNLOAD)
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
pub(super) fn rewriting() -> Vec<Group> {
    const MISSING: Answers<Full<Bytes>> = Answers::missing(full);
    const BOXED: Answers<Body> = Answers::missing(boxed);
    vec![
        (
            "error",
            vec![
                ("bare", || plain(Identity::new(), MISSING)),
                ("ours", || plain(ours(), MISSING)),
                ("ours, without extensions", || {
                    plain(ours().without_extensions(), MISSING)
                }),
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

/// Reads bytes and writes the documented JSON. `Value` writes the same document again.
pub(super) fn reading() -> Vec<Group> {
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

/// Reads a response. `Value` only parses its body.
pub(super) fn parsing() -> impl Iterator<Item = Contestant> {
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

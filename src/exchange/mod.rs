//! The decisions of the layers, without tower and without IO.
//!
//! In: heads of requests and responses, and the bytes of bodies. Out: an [`Answer`] for each error.
//!
//! An *engine* calls it: the code that polls services and bodies. The engines of this crate are [`layer`](crate::layer) and the
//! middleware for reqwest. A proxy or another framework can have its own.
//!
//! ```text
//! request head ── caller ──▶ Caller        protocol, method and preferred dialect of the request
//! response head ── class, judge ─▶ Head     the response passes, is answered, or has to be read
//! body ── reading ──▶ read/ ─▶ Envelope     the body is read within a limit, by `push` and `end`
//! Envelope ── policy ─▶ Envelope            masked, given a status, changed by the user's hook
//! Envelope ── normalise ─▶ Answer           one writer for each protocol; hook and log get the error
//! ```
//!
//! | type | task |
//! | --- | --- |
//! | [`Normaliser`] | holds the configuration, and is the entry to all decisions |
//! | [`Caller`] | remembers the facts of a request until its response is there |
//! | [`BodyHint`] | says what is known of a body before it is read |
//! | [`Head`] | says what to do with a response: nothing, answer it, or read its body |
//! | [`Reading`] | takes the frames of a body, and keeps at most 65,536 bytes by default |
//! | [`Answer`] | is the response to send |
//! | [`RequestHead`], [`ErrorEvent`] | are the input of hooks |
//! | [`Passthrough`], [`ResponseOrigin`] | are extensions that handlers and engines set on a response |
//! | [`Masked`] | is an extension that keeps the original of a masked error |
//!
//! A [`Normaliser`] takes heads and bytes, and never waits. A proxy or another framework uses it like this:
//!
//! ```
//! use bytes::Bytes;
//! use http::{HeaderMap, Method, Response, Uri, Version};
//! use tower_error_envelope::exchange::{Answer, AnswerBody, BodyHint, Cut, Head, Normaliser};
//!
//! /// What a proxy sends instead of `response`, which answers `GET /printers/8`.
//! fn normalise(normaliser: &Normaliser, response: Response<Vec<Bytes>>) -> Response<Bytes> {
//!     let uri = Uri::from_static("/printers/8");
//!     let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &uri, &HeaderMap::new());
//!     let (mut parts, frames) = response.into_parts();
//!     let hint = BodyHint { ended: frames.is_empty(), length: None };
//!     let answer = match normaliser.head(caller, &mut parts, hint) {
//!         Head::Pass => return Response::from_parts(parts, frames.concat().into()),
//!         Head::Answer(answer) => answer,
//!         Head::Read(mut reading) => {
//!             let known = frames.iter().find_map(|frame| reading.push(frame.clone()));
//!             known.unwrap_or_else(|| reading.end(Ok(())))
//!         }
//!     };
//!     match answer.body {
//!         AnswerBody::Full(bytes) => Response::from_parts(answer.parts, bytes),
//!         AnswerBody::HeadOnly | AnswerBody::EndsWithHead => Response::from_parts(answer.parts, Bytes::new()),
//!         AnswerBody::Inner(_) => Response::from_parts(answer.parts, frames.concat().into()),
//!     }
//! }
//!
//! let upstream = Response::builder().status(502).body(vec![Bytes::from("connect to 10.0.0.7: "), "refused".into()])?;
//! let response = normalise(&Normaliser::server(), upstream);
//! assert_eq!(response.status(), 502);
//! assert_eq!(
//!     response.body(),
//!     r#"{"_error_message":"Bad Gateway","_error_type":"clustr.exceptions.BadGateway"}"#
//! );
//! # Ok::<(), http::Error>(())
//! ```
//!
//! An engine calls, in this order:
//!
//! 1. [`Normaliser::caller`] and [`Normaliser::request_head`], before it calls the service.
//! 2. [`Normaliser::head`] when the head of the response is there, or [`Normaliser::service_error`] if the service failed. Before
//!    it calls `head`, it inserts the head of the request into the extensions of the response.
//! 3. [`Reading::push`] for each frame, [`Reading::trailers`] for trailers, and [`Reading::end`] at the end of the body.
//! 4. [`Normaliser::trailers`] for the trailers of a response that passes; a client of gRPC also
//!    [`Normaliser::trailers_for_other`] for the first bytes of its body.
//!
//! The layer calls the two parts of [`Normaliser::head`] itself, because it holds the whole response. A test checks that the layer
//! and this engine give the same response, for any split of a body into frames.

mod answer;
#[cfg(feature = "layer")]
mod body_failed;
mod builder;
mod caller;
mod class;
mod config;
mod error_chain;
#[cfg(feature = "layer")]
mod event_head;
#[cfg(feature = "tonic")]
mod exposed;
mod extensions;
mod first_error;
mod guard;
mod head;
mod hooks;
mod in_success;
mod judge;
#[cfg(feature = "layer")]
mod last_frame;
mod log;
mod normalise;
mod normaliser;
mod not_grpc;
#[cfg(feature = "layer")]
mod place;
mod policy;
mod reading;
mod report;
mod response_head;
mod rpc;
mod rpc_end;
mod service_error;
mod serving;
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
mod stream_label;
mod success_end;
mod trailers;

pub use self::answer::Answer;
#[cfg(feature = "layer")]
pub use self::body_failed::BodyFailed;
pub use self::caller::Caller;
#[cfg(feature = "layer")]
pub(crate) use self::class::Class;
#[cfg(feature = "layer")]
pub(crate) use self::config::BODY_LIMIT;
pub use self::extensions::{Masked, Masking, Passthrough, ResponseOrigin};
#[cfg(feature = "axum")]
pub(crate) use self::extensions::{Writer, Written};
#[cfg(feature = "layer")]
pub(crate) use self::first_error::FirstError;
pub use self::head::Head;
pub use self::hooks::{ErrorEvent, RequestHead};
#[cfg(feature = "layer")]
pub(crate) use self::in_success::{is_candidate, is_grpc_candidate, names_grpc, Probe};
#[cfg(feature = "layer")]
pub(crate) use self::judge::Decided;
#[cfg(feature = "layer")]
pub(crate) use self::last_frame::{Ending, LastFrame};
pub use self::normaliser::Normaliser;
pub use self::reading::Reading;
pub use self::response_head::BodyHint;
#[cfg(feature = "layer")]
pub(crate) use self::response_head::HeadRef;
#[cfg(feature = "layer")]
pub(crate) use self::stream_label::StreamLabel;
#[cfg(feature = "layer")]
pub(crate) use crate::body::RequestContext;
pub use crate::body::{AnswerBody, Cut};

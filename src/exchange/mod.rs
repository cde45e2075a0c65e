//! The decisions of the layers, without tower and without IO.
//!
//! ```text
//! request head ── caller ──▶ Caller        what the request wants: protocol, method, dialect
//! response head ── verdict ─▶ Head          what the response is: left alone, known, or to be read
//! body ── reading ──▶ read/ ─▶ Envelope     bounded, by push and end
//! Envelope ── policy ─▶ Envelope            masked, given a status, mapped by the user's hook
//! Envelope ── normalise ─▶ Answer           one writer for each protocol; hook and log are told
//! ```
//!
//! A [`Normaliser`] is fed with heads and bytes and never waits. [`layer`](crate::layer) is tower's service around it;
//! a proxy or another framework can be built on it in the same way:
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

mod answer;
mod builder;
mod caller;
mod config;
mod dialects;
mod error_chain;
mod extensions;
mod grpc_answer;
mod guard;
mod headers;
mod hooks;
mod in_success;
#[cfg(feature = "layer")]
mod last_frame;
mod log;
mod normalise;
mod normaliser;
#[cfg(feature = "layer")]
mod place;
mod policy;
mod reading;
mod response_head;
mod rpc;
mod service_error;
#[cfg(feature = "layer")]
mod stream_label;
mod verdict;

pub use self::answer::{Answer, AnswerBody};
pub use self::caller::Caller;
#[cfg(feature = "layer")]
pub(crate) use self::config::BODY_LIMIT;
pub use self::extensions::{Masked, Masking, Passthrough, ResponseOrigin};
#[cfg(feature = "axum")]
pub(crate) use self::extensions::{Writer, Written};
pub use self::hooks::{ErrorEvent, RequestHead};
#[cfg(feature = "layer")]
pub(crate) use self::in_success::{is_candidate, Probe};
#[cfg(feature = "layer")]
pub(crate) use self::last_frame::{Ending, LastFrame};
pub use self::normaliser::{Head, Normaliser};
pub use self::reading::{Cut, Reading};
pub use self::response_head::BodyHint;
#[cfg(feature = "layer")]
pub(crate) use self::response_head::HeadRef;
#[cfg(feature = "layer")]
pub(crate) use self::stream_label::StreamLabel;
#[cfg(feature = "layer")]
pub(crate) use self::verdict::Class;

//! The error envelope as a dynamic module of Envoy.
//!
//! Envoy loads `liberror_envelope.so` and calls its hooks ([`abi`]). What they see of a stream is [`stream`]; the decisions
//! are those of [`tower_error_envelope::exchange`]. [`filter`] holds heads and bodies until they are made, [`settle`] sends
//! the answer, and [`head`] carries heads to and fro. [`structure`] reads the filter's configuration.
//!
//! How to use it stands in `src/docs/edge.md` of the crate.

mod abi;
mod filter;
mod head;
mod settle;
mod stream;
mod structure;

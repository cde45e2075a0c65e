//! The error envelope as a dynamic module of Envoy.
//!
//! Envoy loads `liberror_envelope.so` and calls its hooks ([`abi`]). [`stream`] is the interface to a stream.
//! [`tower_error_envelope::exchange`] makes the decisions. [`filter`] holds heads and bodies until the decision, [`settle`]
//! sends the answer, and [`head`] converts heads. [`structure`] reads the filter's configuration.
//!
//! `src/docs/edge.md` of the crate is the guide.

mod abi;
mod filter;
mod head;
mod settle;
mod stream;
mod structure;

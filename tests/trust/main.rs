//! The promises of the layer against a hostile caller, upstream or body.
//!
//! `laws` checks each exchange that `hostile` generates. The other files show each kind of attack by a table.

mod caller;
#[path = "../support/documents.rs"]
mod documents;
mod exchange;
mod handler;
mod hostile;
mod laws;
mod upstream;
mod work;

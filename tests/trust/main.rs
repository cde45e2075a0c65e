//! What the layer promises against whoever is hostile: a caller, an upstream, a body.
//!
//! `laws` holds for every exchange that `hostile` can make up; the other files show each kind of attack by a table.

mod caller;
#[path = "../support/documents.rs"]
mod documents;
mod exchange;
mod handler;
mod hostile;
mod laws;
mod upstream;
mod work;

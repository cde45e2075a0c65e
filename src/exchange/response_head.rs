//! The head of a response, and what is known of its body before it is read.
//!
//! The engine makes both; the judge reads them.

use http::{Extensions, HeaderMap, StatusCode};

/// What is known of a body before it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BodyHint {
    /// Whether there is no body, or none any more.
    pub ended: bool,
    /// The length of the body in bytes, if it is known.
    pub length: Option<u64>,
}

/// The head of a response, before it is taken apart.
#[derive(Clone, Copy)]
pub(crate) struct HeadRef<'r> {
    pub(crate) status: StatusCode,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) extensions: &'r Extensions,
}

//! An error whose body is being read.

use bytes::Bytes;
use http::response::Parts;
use http::StatusCode;

use super::log;
use crate::body::{Captured, End, Gather};

/// The head of an error, and what was read of its body, which stands elsewhere.
pub(super) struct Reading {
    pub(super) parts: Parts,
    pub(super) gather: Gather,
}

/// The body of an error, empty if not all of it could be read.
pub(super) fn whole<E>(status: StatusCode, captured: Captured<E>) -> Bytes {
    let why = match captured.end {
        End::Complete => return captured.bytes,
        End::Limit => "longer than the limit",
        End::Failed(_) => "it broke off",
    };
    log::unread(status, &why);
    Bytes::new()
}

//! An error and its sources, also those inside of containers.
//!
//! In: an error of a service. Out: an iterator over at most 32 errors, or their texts. `service_error` looks for known types in
//! it, and the log prints it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use crate::envelope::Envelope;

pub(super) type DynError = dyn Error + 'static;

/// The errors of a chain that are looked at. A chain may be a circle, so there is a limit.
pub(super) const MAX_SOURCES: usize = 32;

/// The texts of `error` and of its sources, joined with `: `. It is for logs.
pub(super) fn text_of(error: &DynError) -> String {
    let texts: Vec<_> = sources(error).map(ToString::to_string).collect();
    texts.join(": ")
}

/// `error`, then its sources, outermost first.
pub(super) fn sources(error: &DynError) -> impl Iterator<Item = &DynError> {
    std::iter::successors(Some(error), |error| next(*error)).take(MAX_SOURCES)
}

/// The next error: the one that a container holds, else the source.
fn next(error: &DynError) -> Option<&DynError> {
    held(error).or_else(|| error.source())
}

/// The error that a container holds. The `source` of such a container skips the error that it holds.
fn held(error: &DynError) -> Option<&DynError> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        let held: &DynError = error.get_ref()?;
        return Some(held);
    }
    if let Some(error) = error.downcast_ref::<Arc<io::Error>>() {
        return Some(&**error);
    }
    let envelope: &Arc<Envelope> = error.downcast_ref()?;
    Some(&**envelope)
}

//! The sources of an error, also of what containers hold.

use std::error::Error;
use std::io;
use std::sync::Arc;

use crate::envelope::Envelope;

pub(super) type DynError = dyn Error + 'static;

/// Sources after so many are not looked at: a chain may be a circle.
pub(super) const MAX_SOURCES: usize = 32;

/// What `error` and its sources say, for logs.
pub(super) fn text_of(error: &DynError) -> String {
    let texts: Vec<_> = sources(error).map(ToString::to_string).collect();
    texts.join(": ")
}

/// `error`, then its sources, outermost first.
pub(super) fn sources(error: &DynError) -> impl Iterator<Item = &DynError> {
    std::iter::successors(Some(error), |error| next(*error)).take(MAX_SOURCES)
}

fn next(error: &DynError) -> Option<&DynError> {
    held(error).or_else(|| error.source())
}

/// The error that a container holds. The `source` of these is that of what they hold, so it would be skipped.
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

//! Calls code of the user: hooks, predicates, readers, dialects. It catches their panics.
//!
//! In: a name for the log, and the code as a closure. Out: its result, or `None` after a panic. All files of this folder that call
//! code of the user call it through [`guarded`]. With `panic = "abort"`, no panic can be caught.

use std::panic::{catch_unwind, AssertUnwindSafe};

use super::log;

/// Runs `hook`. If it panics, the panic is logged and the result is `None`, so that the response is not lost.
pub(super) fn guarded<T>(name: &'static str, hook: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(hook));
    if outcome.is_err() {
        log::panicked(name);
    }
    outcome.ok()
}

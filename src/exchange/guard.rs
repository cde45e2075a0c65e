//! Calls the code of users: hooks, predicates, dialects. A panic in it is caught here.

use std::panic::{catch_unwind, AssertUnwindSafe};

use super::log;

/// Runs `hook`. A panic in it must not lose the response: the result is then `None`, and the panic is logged.
pub(super) fn guarded<T>(name: &'static str, hook: impl FnOnce() -> T) -> Option<T> {
    let outcome = catch_unwind(AssertUnwindSafe(hook));
    if outcome.is_err() {
        log::panicked(name);
    }
    outcome.ok()
}

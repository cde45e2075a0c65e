//! Passes an error to the hook of the user and to the log.
//!
//! In: an error after the policy was applied. Out: one call of the hook, and one event. `normalise`, `last_frame` and `rpc_end` call
//! it for each error that [is told](Applied::is_told).

use bytes::Bytes;

use super::config::Config;
use super::guard::guarded;
use super::hooks::{ErrorEvent, RequestHead};
use super::log;
use super::policy::Applied;

/// Reports one error. `body` has the bytes that were read.
#[cold]
pub(super) fn report(
    config: &Config,
    request: Option<&RequestHead>,
    applied: &Applied,
    body: &Bytes,
) {
    let said = applied.original.as_ref().unwrap_or(&applied.envelope);
    let unknown = RequestHead::default();
    let event = ErrorEvent {
        envelope: &applied.envelope,
        original: applied.original.as_ref(),
        source: std::error::Error::source(said),
        request: request.unwrap_or(&unknown),
    };
    if let Some(hook) = &config.on_error {
        guarded("on_error", || hook(&event));
    }
    log::error(&event, body);
}

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
use crate::body::Told;

/// Reports one error. `body` has the bytes that were read.
#[cold]
pub(super) fn report(
    config: &Config,
    request: Option<&RequestHead>,
    applied: &Applied,
    body: &Bytes,
) {
    report_rest(config, request, applied, body, Told::default());
}

/// The same, for those who were not `told` by a layer inside. Returns who is told now.
#[cold]
pub(super) fn report_rest(
    config: &Config,
    request: Option<&RequestHead>,
    applied: &Applied,
    body: &Bytes,
    told: Told,
) -> Told {
    let said = applied.original.as_ref().unwrap_or(&applied.envelope);
    let unknown = RequestHead::default();
    let event = ErrorEvent {
        envelope: &applied.envelope,
        original: applied.original.as_ref(),
        source: std::error::Error::source(said),
        request: request.unwrap_or(&unknown),
    };
    let hook = config.on_error.as_ref();
    if let Some(hook) = hook.filter(|_| !told.hook) {
        guarded("on_error", || hook(&event));
    }
    if !told.log {
        log::error(&event, body);
    }
    Told {
        hook: told.hook || hook.is_some(),
        log: true,
        client: told.client,
    }
}

//! Passes an error to the hook of the user and to the log.
//!
//! In: an error after the policy was applied. Out: one call of the hook, and one event. `body_failed` calls it for
//! each failure. `normalise`, `last_frame` and `rpc_end` call it if [`is_reported`](Applied::is_reported) is set.

use bytes::Bytes;

use super::config::Config;
use super::guard::guarded;
use super::hooks::{ErrorEvent, RequestHead};
use super::log;
use super::policy::Applied;
use crate::body::Reported;

/// Reports one error. `body` has the bytes that were read.
#[cold]
pub(super) fn report(
    config: &Config,
    request: Option<&RequestHead>,
    applied: &Applied,
    body: &Bytes,
) {
    report_others(config, request, applied, body, Reported::default());
}

/// The same, but hook and log get the error only if an inner layer did not report it. Returns the reports after this call.
#[cold]
pub(super) fn report_others(
    config: &Config,
    request: Option<&RequestHead>,
    applied: &Applied,
    body: &Bytes,
    reported: Reported,
) -> Reported {
    let said = applied.original.as_ref().unwrap_or(&applied.envelope);
    let unknown = RequestHead::default();
    let event = ErrorEvent {
        envelope: &applied.envelope,
        original: applied.original.as_ref(),
        source: std::error::Error::source(said),
        request: request.unwrap_or(&unknown),
    };
    let hook = config.on_error.as_ref();
    if let Some(hook) = hook.filter(|_| hook_gets(config, reported)) {
        guarded("on_error", || hook(&event));
    }
    if !reported.log {
        log::error(&event, body);
    }
    Reported {
        hook: reported.hook || hook.is_some(),
        log: true,
        client: reported.client,
    }
}

/// Whether the hook gets an error with these reports: there is a hook, and no inner layer called one.
pub(super) fn hook_gets(config: &Config, reported: Reported) -> bool {
    config.on_error.is_some() && !reported.hook
}

//! Whether a document says that a call failed, and why.

use super::values::members;
use crate::read::any_json;
use crate::read::document::Value;

/// Keys that say how a call ended.
const OUTCOMES: [&str; 4] = ["status", "result", "state", "type"];

/// What they say if it failed.
const FAILURES: [&str; 8] = [
    "error",
    "err",
    "fail",
    "failed",
    "failure",
    "ko",
    "nok",
    "exception",
];

/// Keys of things that may have failed long ago: a job is data.
const OF_THINGS: [&str; 7] = ["id", "uuid", "uid", "name", "job_id", "object", "kind"];

/// Objects that only wrap the answer.
const WRAPPERS: [&str; 4] = ["response", "reply", "output", "root"];

/// How many wrappers are opened.
const MAX_WRAPPERS: usize = 4;

/// Whether the document, or the one object in it, says that a call failed, and why: by a word in `status`, by an error
/// code with a sentence, or by an error in a wrapper.
pub(super) fn is_failed_call(root: Value<'_>) -> bool {
    let mut next = Some(root);
    for _ in 0..MAX_WRAPPERS {
        let Some(object) = next else { return false };
        if members(object).any(|(key, _)| any_json::is_named(key, &OF_THINGS)) {
            return false;
        }
        if tells_failure(object) || is_wrapped_error(object) {
            return true;
        }
        let mut objects = members(object).filter(|(_, value)| value.is_object());
        next = objects
            .next()
            .map(|(_, value)| value)
            .filter(|_| objects.next().is_none());
    }
    false
}

fn tells_failure(object: Value<'_>) -> bool {
    let failed = members(object).any(|(key, value)| {
        let text = value.as_text().map(str::trim);
        any_json::is_named(key, &OUTCOMES)
            && text.is_some_and(|text| any_json::is_named(text, &FAILURES))
    });
    // `{"result": 2000, "error": "Log in failed."}`
    let numbered = || {
        let number = |value: Value<'_>| value.as_number().is_some_and(|number| !number.is_zero());
        members(object).any(|(key, value)| OUTCOMES.contains(&key) && number(value))
            && object
                .text("error")
                .is_some_and(|text| text.trim().contains(' '))
    };
    // `{"status": "0", "info": "INVALID_USER_KEY"}`
    let refused = || {
        let mut texts = members(object).filter_map(|(_, value)| value.as_text());
        object.text("status") == Some("0") && texts.any(is_screaming)
    };
    (failed && any_json::says_why(object))
        || numbered()
        || refused()
        || any_json::has_code_and_message(object)
        || all_items_failed(object)
}

/// `INVALID_USER_KEY`
fn is_screaming(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// `{"Response": {"Error": {"Code": "…", "Message": "…"}}}`
fn is_wrapped_error(object: Value<'_>) -> bool {
    let mut wrappers = members(object).filter(|(key, _)| any_json::is_named(key, &WRAPPERS));
    wrappers.any(|(_, value)| {
        let mut errors =
            members(value).filter(|(key, _)| any_json::is_named(key, &["error", "fault"]));
        errors.any(|(_, error)| error.is_object() && any_json::says_why(error))
    })
}

/// `{"messages": [{"status": "7", "error-text": "Number barred."}]}`: every one has its error.
fn all_items_failed(object: Value<'_>) -> bool {
    let mut lists = members(object).filter_map(|(_, value)| value.as_list());
    let (Some(list), None) = (lists.next(), lists.next()) else {
        return false;
    };
    let is_failed = |item: Value<'_>| {
        members(item).any(|(key, value)| {
            let text = value.as_text().filter(|text| text.trim().contains(' '));
            text.is_some()
                && any_json::is_named(
                    key,
                    &["error_text", "error_message", "err_msg", "errmsg", "error"],
                )
        }) && members(item).any(|(key, value)| {
            let is_zero = value
                .as_text()
                .is_some_and(|text| text.trim().trim_start_matches('0').is_empty());
            any_json::is_named(key, &["status", "code", "error_code", "err_code"]) && !is_zero
        })
    };
    !list.is_empty() && list.clone().all(is_failed)
}

//! Whether a document says that a call failed, and why.

use super::values::{is_empty, is_no, members};
use crate::read::any_json;
use crate::read::document::Value;

/// Keys that say how a call ended.
const OUTCOMES: [&str; 6] = ["status", "result", "state", "type", "stat", "result_code"];

/// Their values for a failed call.
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

/// Keys of the one sentence that tells an error.
const SENTENCES: [&str; 4] = ["error", "error_message", "error_msg", "err_msg"];

/// Keys of codes that are 0 if the call succeeded.
const CODES: [&str; 5] = ["errcode", "err_code", "error_code", "errno", "ret_code"];

/// Whether a document tells an error in a sentence, and all else in it is empty, says no, or how the call ended:
/// `{"results": [], "status": "REQUEST_DENIED", "error_message": "The key is not valid."}`.
pub(super) fn is_only_error(root: Value<'_>) -> bool {
    let is_sentence = |(key, value): (&str, Value<'_>)| {
        any_json::is_named(key, &SENTENCES)
            && value
                .as_text()
                .is_some_and(|text| text.trim().contains(' '))
    };
    let is_nothing = |(key, value): (&str, Value<'_>)| {
        let says_no = |text: &str| text.is_empty() || any_json::is_named(text, &["false", "no"]);
        let is_outcome = |text: &str| any_json::is_named(key, &OUTCOMES) && is_screaming(text);
        is_sentence((key, value))
            || is_empty(value)
            || is_no(value)
            || value
                .as_text()
                .is_some_and(|text| says_no(text) || is_outcome(text))
    };
    // `{"errcode": 0, "errmsg": "The request was handled."}`
    let is_success = |(key, value): (&str, Value<'_>)| {
        any_json::is_named(key, &CODES) && value.as_number().is_some_and(|code| code.is_zero())
    };
    members(root).any(is_sentence)
        && members(root).all(is_nothing)
        && !members(root).any(is_success)
}

/// Whether each item of a list holds an error, and nothing else: `[{"error": {"type": 1, "description": "…"}}]`.
pub(super) fn are_only_errors(root: Value<'_>) -> bool {
    let is_error = |item: Value<'_>| {
        let mut members = members(item);
        let error = members.next().filter(|(key, _)| *key == "error");
        error.is_some_and(|(_, error)| error.is_object() && any_json::says_why(error))
            && members.next().is_none()
    };
    root.as_list()
        .is_some_and(|mut list| !list.is_empty() && list.all(is_error))
}

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
    let is_thing =
        |item: Value<'_>| members(item).any(|(key, _)| any_json::is_named(key, &OF_THINGS));
    let is_failed = |item: Value<'_>| {
        !is_thing(item)
            && members(item).any(|(key, value)| {
                let text = value.as_text().filter(|text| text.trim().contains(' '));
                text.is_some()
                    && any_json::is_named(
                        key,
                        &["error_text", "error_message", "err_msg", "errmsg", "error"],
                    )
            })
            && members(item).any(|(key, value)| {
                let is_zero = value
                    .as_text()
                    .is_some_and(|text| text.trim().trim_start_matches('0').is_empty());
                any_json::is_named(key, &["status", "code", "error_code", "err_code"]) && !is_zero
            })
    };
    !list.is_empty() && list.clone().all(is_failed)
}

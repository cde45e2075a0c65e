//! Decides whether a document says that a call failed, and why.
//!
//! In: a JSON document. Out: yes or no. The parent module calls it.

use super::values::{is_empty, is_no};
use crate::read::any_json::{self, any_of};
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

/// Keys of things. A thing that failed is data, such as a job.
const OF_THINGS: [&str; 7] = ["id", "uuid", "uid", "name", "job_id", "object", "kind"];

/// Objects that only wrap the answer.
const WRAPPERS: [&str; 4] = ["response", "reply", "output", "root"];

/// Wrappers at most, one inside the other.
const MAX_WRAPPERS: usize = 4;

/// Keys of a sentence about an error.
const SENTENCES: [&str; 4] = ["error", "error_message", "error_msg", "err_msg"];

/// Keys of codes that are 0 if the call succeeded.
const CODES: [&str; 5] = ["errcode", "err_code", "error_code", "errno", "ret_code"];

/// Whether a document has a sentence about an error, and all other members are empty, are false, or say how the call ended:
/// `{"results": [], "status": "REQUEST_DENIED", "error_message": "The key is not valid."}`.
pub(super) fn is_only_error(root: Value<'_>) -> bool {
    let is_sentence =
        |(key, value): (&str, Value<'_>)| any_json::is_named(key, &SENTENCES) && value.has_words();
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
    root.members().any(is_sentence)
        && root.members().all(is_nothing)
        // `{"errcode": 0, "errmsg": "The request was handled."}`
        && !any_of(root, &CODES, Value::is_zero)
}

/// Whether each item of a list has an error, and nothing else: `[{"error": {"type": 1, "description": "…"}}]`.
pub(super) fn are_only_errors(root: Value<'_>) -> bool {
    let is_error = |item: Value<'_>| {
        let mut members = item.members();
        let error = members.next().filter(|(key, _)| *key == "error");
        error.is_some_and(|(_, error)| error.is_object() && any_json::says_why(error))
            && members.next().is_none()
    };
    root.as_list()
        .is_some_and(|mut list| !list.is_empty() && list.all(is_error))
}

/// Whether a document, or the only object in it, says that a call failed, and why. It can say so with a word in `status`, with an
/// error code and a sentence, or with an error in a wrapper.
pub(super) fn is_failed_call(root: Value<'_>) -> bool {
    let objects = std::iter::successors(Some(root), only_object).take(MAX_WRAPPERS);
    let mut objects = objects.take_while(|object| !is_thing(*object));
    objects.any(|object| tells_failure(object) || is_wrapped_error(object))
}

/// The only object in an object.
fn only_object<'d>(object: &Value<'d>) -> Option<Value<'d>> {
    let mut objects = object.members().filter(|(_, value)| value.is_object());
    let (_, one) = objects.next()?;
    objects.next().is_none().then_some(one)
}

fn tells_failure(object: Value<'_>) -> bool {
    let is_failure = |value: Value<'_>| {
        let text = value.as_text();
        text.is_some_and(|text| any_json::is_named(text.trim(), &FAILURES))
    };
    // `{"result": 2000, "error": "Log in failed."}`
    let numbered = || {
        let mut members = object.members();
        members.any(|(key, value)| OUTCOMES.contains(&key) && value.is_nonzero())
            && object.get("error").is_some_and(Value::has_words)
    };
    // `{"status": "0", "info": "INVALID_USER_KEY"}`
    let refused = || {
        let mut texts = object.members().filter_map(|(_, value)| value.as_text());
        object.text("status") == Some("0") && texts.any(is_screaming)
    };
    (any_of(object, &OUTCOMES, is_failure) && any_json::says_why(object))
        || numbered()
        || refused()
        || any_json::has_code_and_message(object)
        || all_items_failed(object)
}

/// Whether a text is a constant, such as `INVALID_USER_KEY`.
fn is_screaming(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn is_thing(object: Value<'_>) -> bool {
    any_of(object, &OF_THINGS, |_| true)
}

/// Whether an error is in a wrapper: `{"Response": {"Error": {"Code": "…", "Message": "…"}}}`.
fn is_wrapped_error(object: Value<'_>) -> bool {
    let is_error = |value: Value<'_>| value.is_object() && any_json::says_why(value);
    let holds_error = |value| any_of(value, &["error", "fault"], is_error);
    any_of(object, &WRAPPERS, holds_error)
}

/// Whether every item of the only list has an error: `{"messages": [{"status": "7", "error-text": "Number barred."}]}`.
fn all_items_failed(object: Value<'_>) -> bool {
    let mut lists = object.members().filter_map(|(_, value)| value.as_list());
    let (Some(list), None) = (lists.next(), lists.next()) else {
        return false;
    };
    let messages = ["error_text", "error_message", "err_msg", "errmsg", "error"];
    let codes = ["status", "code", "error_code", "err_code"];
    let is_zero = |text: &str| text.trim().trim_start_matches('0').is_empty();
    let is_failed = |item: Value<'_>| {
        !is_thing(item)
            && any_of(item, &messages, Value::has_words)
            && any_of(item, &codes, |code| !code.as_text().is_some_and(is_zero))
    };
    !list.is_empty() && list.clone().all(is_failed)
}

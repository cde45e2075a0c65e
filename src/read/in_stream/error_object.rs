//! What an object says if it tells an error.
//!
//! In: a value of an event. Out: yes or no. The rules of `part` and `typed` ask.

use crate::read::any_json;
use crate::read::document::Value;

/// Where an event tells its error.
pub(super) struct Part<'d> {
    /// What tells the status.
    pub(super) status: Value<'d>,
    /// The response that the readers get.
    pub(super) text: Value<'d>,
}

/// Whether this is a list of errors, and of nothing else.
pub(super) fn lists_errors(errors: Value<'_>) -> bool {
    let mut items = errors.items();
    !items.is_empty() && items.all(is_error_object)
}

/// Whether an object has a message, or a code of gRPC or of HTTP, and does not say that nothing happened.
pub(super) fn is_error_object(error: Value<'_>) -> bool {
    let code = error.get("code").or(error.get("status"));
    let is_code = |number: i64| (1..=16).contains(&number) || (400..600).contains(&number);
    let has_code = code.and_then(Value::as_integer).is_some_and(is_code);
    let has_message = says(error, "message");
    let is_fine = code.is_some_and(Value::is_zero);
    error.is_object() && !is_fine && (has_message || has_code || any_json::says_why(error))
}

/// Whether the object has a text of this name.
pub(super) fn says(object: Value<'_>, name: &str) -> bool {
    let text = object.text(name);
    text.is_some_and(|text| !text.trim().is_empty())
}

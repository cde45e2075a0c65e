//! The meaning of single values: "no", a failure, an error, or nothing.

use crate::read::document::Value;

/// Values of `error` that mean "no error".
const NONE: [&str; 7] = ["", "0", "false", "no", "none", "null", "ok"];

pub(super) fn is_failure(status: Value<'_>) -> bool {
    matches!(status.as_text(), Some("error" | "fail"))
}

/// Whether a value is `false`, or 0 as MongoDB writes it.
pub(super) fn is_no(value: Value<'_>) -> bool {
    value.as_bool() == Some(false) || value.is_zero()
}

/// Whether the value of `error` or `errors` is an error. `false` and 0 are not.
pub(in crate::read) fn tells(value: Value<'_>) -> bool {
    match value.as_text() {
        Some(text) => {
            let text = text.trim();
            !NONE.iter().any(|none| none.eq_ignore_ascii_case(text))
        }
        None => !is_empty(value) && !is_no(value),
    }
}

/// Whether a value is `null`, an empty list or an empty object.
pub(in crate::read) fn is_empty(value: Value<'_>) -> bool {
    value.is_null() || value.is_empty()
}

//! What single values say: no, a failure, an error, or nothing.

use crate::read::document::{Items, Number, Value};

/// Values of `error` that mean "no error".
const NONE: [&str; 7] = ["", "0", "false", "no", "none", "null", "ok"];

pub(super) fn members(object: Value<'_>) -> impl Iterator<Item = (&str, Value<'_>)> {
    object.as_object().into_iter().flatten()
}

pub(super) fn is_failure(status: Value<'_>) -> bool {
    matches!(status.as_text(), Some("error" | "fail"))
}

/// `false`, or 0 as MongoDB writes it.
pub(super) fn is_no(value: Value<'_>) -> bool {
    value.as_bool() == Some(false) || value.as_number().is_some_and(Number::is_zero)
}

/// Whether a member `error` or `errors` holds one: `false` and 0 do not.
pub(in crate::read) fn tells(value: Value<'_>) -> bool {
    let said = |text: &str| {
        !NONE
            .iter()
            .any(|none| none.eq_ignore_ascii_case(text.trim()))
    };
    value
        .as_text()
        .map_or(!is_empty(value) && !is_no(value), said)
}

/// `null`, an empty list or an empty object.
pub(super) fn is_empty(value: Value<'_>) -> bool {
    let list = |mut items: Items<'_>| items.next().is_none();
    value.is_null()
        || value.as_list().is_some_and(list)
        || (value.as_object().is_some() && members(value).next().is_none())
}

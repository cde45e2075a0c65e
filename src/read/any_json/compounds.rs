//! Recognises keys of several words whose value is the name of a parameter, or an error.
//!
//! In: a key such as `missing_field` or `detailedError`. Out: yes or no. The files that read objects call it.

use super::words::split;

/// The first words of such keys: `missing_field`.
const OF_PARAMETERS: [&str; 5] = ["bad", "invalid", "missing", "unknown", "wrong"];

/// Whether a text under this key is the name of the wrong parameter: `missing_field`, `invalidParam`.
#[inline]
pub(super) fn names_parameter(key: &str) -> bool {
    // The last letters rule out most keys.
    let may_be = match key.as_bytes() {
        [.., before, last] => matches!(
            (before, last),
            (b'l', b'd') | (b'a', b'm') | (b'e', b'r') | (b'n', b't') | (b't', b'e' | b'y')
        ),
        _ => false,
    };
    may_be && has_head_of_parameter(key)
}

#[cold]
fn has_head_of_parameter(key: &str) -> bool {
    let heads = [
        "argument",
        "attribute",
        "field",
        "param",
        "parameter",
        "property",
    ];
    let words = split(key);
    let mut before = words.split_whitespace();
    let is_head = before.next_back().is_some_and(|head| heads.contains(&head));
    is_head && before.clone().next().is_some() && before.all(|word| OF_PARAMETERS.contains(&word))
}

/// Whether an object under this key is an error: `detailedError`, `upstream_fault`.
pub(super) fn is_error(key: &str) -> bool {
    let heads = ["error", "exception", "failure", "fault", "problem"];
    let words = split(key);
    let mut before = words.split_whitespace();
    let is_head = before.next_back().is_some_and(|head| heads.contains(&head));
    is_head && before.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_named_behind_a_word_for_what_is_wrong() {
        for key in [
            "missing_field",
            "invalidParam",
            "bad-attribute",
            "unknownProperty",
            "wrong_argument",
        ] {
            assert!(names_parameter(key), "{key}");
        }
        for key in [
            "custom_field",
            "field",
            "content",
            "user_parameter",
            "invalid",
            "state",
        ] {
            assert!(!names_parameter(key), "{key}");
        }
        for key in ["detailedError", "upstream_fault", "root-exception"] {
            assert!(is_error(key), "{key}");
        }
        for key in ["error", "error_rate", "terror"] {
            assert!(!is_error(key), "{key}");
        }
    }
}

//! The roles of keys that are not in the table. The last word of a key is the head, and the words before it narrow it.
//!
//! In: a key such as `minorErrorCode`. Out: its [`Role`], if its words give one. The last resort asks for it if the table found no
//! message, no type or no errors. Its levels are below those of the table. A single word has no role, except a plural such as
//! `faults`. A key with unknown words before `code`, `type` or `text` has no role either, such as `postal_code`.

use super::role::{code, error_type, holds, message};
use super::role::{Holds, MessageLevel, Role, TypeLevel};

/// Words about errors, or about how a call ended.
const OF_ERRORS: [&str; 19] = [
    "api",
    "err",
    "error",
    "exception",
    "failure",
    "fault",
    "http",
    "message",
    "minor",
    "problem",
    "response",
    "result",
    "ret",
    "return",
    "server",
    "service",
    "status",
    "sub",
    "validation",
];

/// Words before a head without a separator: `errcode`, `resultmessage`.
const RUN_TOGETHER: [&str; 8] = [
    "error",
    "err",
    "exception",
    "failure",
    "fault",
    "response",
    "result",
    "return",
];

/// The heads after them.
const RUN_TOGETHER_HEADS: [&str; 9] = [
    "code", "kind", "message", "msg", "name", "no", "reason", "text", "type",
];

/// Bytes of a key at most. A longer key is not split.
const MAX_KEY: usize = 48;

/// The role that the words of `key` give it.
#[cold]
pub(super) fn role_by_words(key: &str) -> Option<Role> {
    if !ends_as_head(key.as_bytes()) {
        return None;
    }
    let words = split(key);
    let mut narrowing = words.split_whitespace();
    let head = narrowing.next_back()?;
    let has = |words: &[&str]| narrowing.clone().any(|word| words.contains(&word));
    let code_level = match has(&["err", "error", "fault"]) {
        true => TypeLevel::Code,
        false => TypeLevel::Class,
    };
    let about_errors = has(&OF_ERRORS);
    let only_known = about_errors && narrowing.clone().all(|word| OF_ERRORS.contains(&word));
    let is_narrowed = narrowing.clone().next().is_some();
    Some(match head {
        "message" | "msg" | "description" | "desc" | "detail" | "details" | "explanation"
        | "info" | "reason" | "summary"
            if is_narrowed =>
        {
            message(MessageLevel::Aside)
        }
        "text" | "title" if only_known => message(MessageLevel::Aside),
        "code" | "number" | "no" | "num" if only_known => code(code_level),
        "type" | "kind" | "name" | "key" | "class" if only_known => error_type(TypeLevel::Class),
        "errors" | "failures" | "faults" | "problems" | "violations" | "exceptions" | "issues"
        | "warnings" => holds(Holds::Errors),
        "list" | "reports" | "messages" if about_errors => holds(Holds::Errors),
        _ => return None,
    })
}

/// Whether a list under this key holds errors.
pub(super) fn holds_errors(key: &str) -> bool {
    role_by_words(key).is_some_and(|role| role.holds == Holds::Errors)
}

/// The two words of a key without a separator.
fn run_together(key: &str) -> Option<[&str; 2]> {
    let words = |word: &&'static str| {
        let head = key.strip_prefix(*word)?;
        RUN_TOGETHER_HEADS.contains(&head).then_some([*word, head])
    };
    RUN_TOGETHER.iter().find_map(words)
}

/// Whether the words of `key` may give a text or a number under it a role.
#[inline]
pub(super) fn may_have_role(key: &str) -> bool {
    let has_separator = || key.bytes().skip(1).any(|byte| !byte.is_ascii_lowercase());
    ends_as_head(key.as_bytes()) && (has_separator() || run_together(key).is_some())
}

/// Whether the last two letters of a key allow that it ends in a head. They rule out most keys.
fn ends_as_head(key: &[u8]) -> bool {
    let [.., before, last] = key else {
        return false;
    };
    // In lower case.
    match (before | 0x20, last | 0x20) {
        (b'd' | b'g' | b'l' | b'm' | b'p', b'e') => true,
        (b'e', end) => matches!(end, b'r' | b's' | b'y'),
        (b'f' | b'n', b'o') => true,
        (b'i', b'l') => true,
        (b'g' | b'l' | b'm' | b'n' | b'r' | b's' | b't', b's') => true,
        (b'n', b'd') => true,
        (b'o', b'n') => true,
        (b'r', b'y') => true,
        (b's', end) => matches!(end, b'c' | b'g' | b't'),
        (b'u', b'm') => true,
        (b'x', b't') => true,
        _ => false,
    }
}

/// The words of a key in lower case, with blanks between them. Empty if the key is too long, or not in ASCII.
pub(super) fn split(key: &str) -> String {
    if key.len() > MAX_KEY || !key.is_ascii() {
        return String::new();
    }
    if let Some(words) = run_together(key) {
        return words.join(" ");
    }
    let name = key.rsplit(':').next().unwrap_or_default();
    let (mut words, mut before) = (String::new(), ' ');
    for c in name.chars() {
        let is_new = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if is_new || !c.is_ascii_alphanumeric() {
            words.push(' ');
        }
        if c.is_ascii_alphanumeric() {
            words.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_the_head() {
        for key in [
            "fault_message",
            "rejectionReason",
            "Failure-Description",
            "api:returnMessage",
            "faulttext",
            "resultmsg",
        ] {
            assert_eq!(
                role_by_words(key).unwrap().message,
                MessageLevel::Aside,
                "{key}"
            );
        }
        for key in ["minorErrorCode", "ServiceFaultCode", "faultno", "errcode"] {
            let role = role_by_words(key).unwrap();
            assert_eq!(role.error_type, TypeLevel::Code, "{key}");
        }
        for key in [
            "return_code",
            "problemType",
            "sub-status-code",
            "resultcode",
            "failurekind",
        ] {
            assert_eq!(
                role_by_words(key).unwrap().error_type,
                TypeLevel::Class,
                "{key}"
            );
        }
        for key in [
            "error_list",
            "errorReports",
            "inputViolations",
            "field-problems",
            "validation_warnings",
        ] {
            assert_eq!(role_by_words(key).unwrap().holds, Holds::Errors, "{key}");
        }
    }

    #[test]
    fn unknown_words_before_a_head_have_no_role() {
        for key in [
            "postal_code",
            "countryCode",
            "paymentType",
            "file_name",
            "summary",
            "blob",
            "alt_text",
            "price_list",
            "resultset",
            "errand",
            "",
        ] {
            assert!(role_by_words(key).is_none(), "{key}");
        }
    }
}

//! Decides whether a text is for people or for machines.
//!
//! In: a trimmed text. Out: a [`Word`], the text without its stack trace, or whether it identifies one occurrence.
//! [`texts`](super::texts) calls it for every text.

use std::borrow::Cow;

use http::StatusCode;

use super::vocabulary::is_constant;
use crate::http::bytes::{self, trim};
use crate::http::status;
use crate::read::document::Value;

/// The kinds of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// For people: several words, or one with a full stop.
    Sentence,
    /// The reason phrase of the status. It says no more than the status.
    Phrase,
    /// One ordinary word, such as `missing`. Under a key for types it is for machines, and under a key for messages for people.
    Plain,
    /// For machines: `snake_case`, `CamelCase`, `SCREAMING`, `dotted.name`, `kebab-case`, a path or a URI.
    Identifier,
}

/// The kinds of bytes in a text. One pass over the text answers several questions.
#[derive(Clone, Copy)]
pub(super) struct Marks(u8);

impl Marks {
    const LINE: u8 = 1;
    const PROSE: u8 = 1 << 1;
    /// The bit that all bytes outside of ASCII have.
    const NOT_ASCII: u8 = 1 << 7;

    #[inline]
    pub(super) fn of(text: &str) -> Self {
        let mark = |is: bool, mark: u8| if is { mark } else { 0 };
        Self(bytes::all_bits(text, |byte| {
            let ascii = mark(byte == b'\n', Self::LINE) | mark(is_of_prose(byte), Self::PROSE);
            ascii | byte & Self::NOT_ASCII
        }))
    }

    const fn have(self, marks: u8) -> bool {
        self.0 & marks != 0
    }
}

impl Word {
    /// The kind of `text`, trimmed and not empty, in a response with this status.
    pub(super) fn new(text: &str, answered: StatusCode) -> Self {
        Self::with_marks(text, Marks::of(text), answered)
    }

    /// The same as [`new`](Self::new), for a text whose marks are known.
    pub(super) fn with_marks(text: &str, marks: Marks, answered: StatusCode) -> Self {
        if is_phrase(text, answered) {
            Self::Phrase
        } else if !is_one_word(text, marks) || is_stopped(text) {
            Self::Sentence
        } else if is_plain(text) {
            Self::Plain
        } else {
            Self::Identifier
        }
    }
}

/// Whether a text, trimmed, is a sentence of several words.
pub(super) fn is_prose(text: &str, answered: StatusCode) -> bool {
    text.contains(' ') && Word::new(text, answered) == Word::Sentence
}

/// The type and the message in `["ERROR_ITEM_NOT_FOUND", "Item not found"]`, `["error", 17, "Gone now"]`.
/// The type is in capitals. A word in small letters may be a parameter.
pub(super) fn code_and_text(list: Value<'_>, answered: StatusCode) -> Option<(Cow<'_, str>, &str)> {
    let mut items = list.as_list()?.peekable();
    items.next_if(|item| item.as_text().is_some_and(is_constant));
    let (code, text) = (items.next()?, trim(items.next()?.as_text()?));
    let code = match code.as_integer() {
        Some(number) => number.to_string().into(),
        None => {
            let code = trim(code.as_text()?);
            let in_capitals = !code.contains(char::is_lowercase);
            (in_capitals && Word::new(code, answered) == Word::Identifier)
                .then_some(code)?
                .into()
        }
    };
    let is_text = Word::new(text, answered) == Word::Sentence;
    (is_text && items.next().is_none()).then_some((code, text))
}

/// Whether one word is for people: it ends like a sentence, or is an address or markup.
fn is_stopped(text: &str) -> bool {
    let is_address = || {
        let parts = || text.split_once('@');
        bytes::any(text, |byte| byte == b'@')
            && parts().is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    let is_markup = || text.starts_with('<') && text.contains("</");
    text.ends_with(['.', '!', '?', ':', '…']) && !text.contains(['_', '/'])
        || is_address()
        || is_markup()
}

/// Letters from here on are neither Latin, Greek, Cyrillic nor Armenian.
const FIRST_OF_OTHER_SCRIPTS: char = '\u{590}';

/// The starts of lines in stack traces.
const TRACE_LINES: [&str; 5] = ["at ", "File \"", "Traceback (", "#0 ", "Caused by: "];

/// Lines of a text at most in which a stack trace is searched.
const MAX_LINES: usize = 64;

/// `text` without the stack trace at its end. It is empty if there is nothing else.
pub(super) fn without_trace(text: &str, marks: Marks) -> &str {
    if is_trace(text) {
        return "";
    }
    if !marks.have(Marks::LINE) {
        return text;
    }
    let mut lines = text.match_indices('\n').take(MAX_LINES);
    let start = lines.find(|(end, _)| text.get(end + 1..).is_some_and(is_trace));
    let before = start.and_then(|(end, _)| text.get(..end));
    before.map_or(text, str::trim_end)
}

fn is_trace(line: &str) -> bool {
    let line = match line.as_bytes().first() {
        Some(b' ' | b'\t') => line.trim_start_matches([' ', '\t']),
        _ => line,
    };
    let may_be = matches!(
        line.as_bytes().first(),
        Some(b'a' | b'F' | b'T' | b'#' | b'C')
    );
    may_be && TRACE_LINES.iter().any(|start| line.starts_with(start))
}

/// Whether `text` may be an identifier: it has only letters, digits, and ASCII characters that are not [of prose](is_of_prose).
fn is_one_word(text: &str, marks: Marks) -> bool {
    if !marks.have(Marks::PROSE | Marks::NOT_ASCII) {
        return true;
    }
    let may = |c: char| match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => !is_of_prose(byte),
        // Other scripts have no blanks, or are not used for identifiers.
        _ => c.is_alphanumeric() && c < FIRST_OF_OTHER_SCRIPTS,
    };
    marks.have(Marks::NOT_ASCII) && text.chars().all(may)
}

/// Whether a byte of ASCII is blank, a control, `!`, `?`, `^` or a backtick.
fn is_of_prose(byte: u8) -> bool {
    (byte <= b'!') | (byte == b'?') | (byte == b'^') | (byte == b'`') | (byte == 0x7f)
}

/// Whether a text is one ordinary word: only letters, and only the first may be a capital.
fn is_plain(text: &str) -> bool {
    if text.is_ascii() {
        let is_lower = |rest: &[u8]| rest.iter().all(u8::is_ascii_lowercase);
        let parts = text.as_bytes().split_first();
        return parts.is_some_and(|(first, rest)| first.is_ascii_alphabetic() && is_lower(rest));
    }
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_alphabetic)
        && letters.all(|c| c.is_alphabetic() && !c.is_uppercase())
}

/// Whether `text` is the reason phrase of `answered`, in the registry or in an older specification.
pub(in crate::read) fn is_phrase(text: &str, answered: StatusCode) -> bool {
    // A single word in capitals is an identifier.
    let spells = |phrase: &&str| {
        phrase.len() == text.len()
            && (*phrase == text || (phrase.contains(' ') && phrase.eq_ignore_ascii_case(text)))
    };
    if text.len() > LONGEST_PHRASE {
        return false;
    }
    match answered.canonical_reason() {
        Some(phrase) => spells(&phrase) || older_phrases(answered).iter().any(spells),
        None => text == status::reason(answered),
    }
}

/// Bytes of the longest phrase: `Network Authentication Required`.
const LONGEST_PHRASE: usize = 31;

/// Phrases of older specifications, and of newer ones than the crate `http` has.
fn older_phrases(answered: StatusCode) -> &'static [&'static str] {
    match answered.as_u16() {
        404 => &["Page Not Found"],
        408 => &["Request Time-out"],
        413 => &["Content Too Large", "Request Entity Too Large"],
        414 => &["Request-URI Too Large", "Request-URI Too Long"],
        416 => &["Requested Range Not Satisfiable"],
        418 => &["I'm a Teapot"],
        422 => &["Unprocessable Content"],
        500 => &["Server Error"],
        503 => &["Service Temporarily Unavailable"],
        504 => &["Gateway Time-out"],
        _ => &[],
    }
}

/// Whether `text` identifies one occurrence, such as a request id, and not a kind of error.
pub(super) fn is_occurrence(text: &str) -> bool {
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    let all = digits(text);
    if all == 0 {
        return text.is_empty();
    }
    let is_hex = || {
        text.bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
    };
    // `msg_01XFDUDYJgAACzvnptvVoYEL`: a kind of thing, and its number.
    let tail = text.rsplit('_').next().unwrap_or_default();
    let is_numbered = tail.len() >= 16 && tail.bytes().all(|byte| byte.is_ascii_alphanumeric());
    all == text.len()
        || (is_numbered && digits(tail) >= 2)
        || (text.len() >= 4 && is_hex())
        || (text.len() >= 16 && all >= 4 && !text.contains(['_', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Word {
        Word::new(text, StatusCode::CONFLICT)
    }

    #[test]
    fn texts_for_people_differ_from_identifiers() {
        for text in [
            "not_found",
            "NotFound",
            "NOT_FOUND",
            "CONFLICT",
            "E0000011",
            "a.b.C",
            "already-tracked",
            "urn:x:y",
            "/probs/1",
            "M_UNKNOWN",
            "404",
            "yii\\web\\NotFoundHttpException",
        ] {
            assert_eq!(word(text), Word::Identifier, "{text}");
        }
        for text in ["größer_als", "größe/2"] {
            assert_eq!(word(text), Word::Identifier, "{text}");
        }
        for text in ["a\u{a0}b", "so^so", "«so»", "größe\u{2028}", "x\u{7f}"] {
            assert_eq!(word(text), Word::Sentence, "{text}");
        }
        for text in ["missing", "Missing", "conflict", "größer"] {
            assert_eq!(word(text), Word::Plain, "{text}");
        }
        for text in ["No such item", "Gone.", "Not Found", "Why?", "a b"] {
            assert_eq!(word(text), Word::Sentence, "{text}");
        }
        assert_eq!(word("Conflict"), Word::Phrase);
    }

    #[test]
    fn knows_old_and_new_phrases_of_a_status() {
        assert!(is_phrase(
            "Request Entity Too Large",
            StatusCode::PAYLOAD_TOO_LARGE
        ));
        assert!(is_phrase(
            "internal server error",
            StatusCode::INTERNAL_SERVER_ERROR
        ));
        assert!(!is_phrase("UNAUTHORIZED", StatusCode::UNAUTHORIZED));
        assert!(!is_phrase("Not Found", StatusCode::CONFLICT));
    }

    #[test]
    fn knows_identifiers_of_occurrences() {
        for id in [
            "d23a1cc5178f7637",
            "6f0c",
            "3b4dcb40-0b6b-4820-bfaa-41267b3826ea",
            "req0123456789abcdefgh",
            "c2b9",
            "msg_01XFDUDYJgAACzvnptvVoYEL",
            "chatcmpl_B9MBs8CjcvOU2jLn4n570S5q",
        ] {
            assert!(is_occurrence(id), "{id}");
        }
        for name in [
            "not_found",
            "unauthorized",
            "NotFound",
            "dashboards.notFound",
            "bad",
            "feed",
        ] {
            assert!(!is_occurrence(name), "{name}");
        }
    }
}

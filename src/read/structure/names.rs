//! Names that are known for what they are not: neither a parameter nor a type.

use super::key::{key, Key};

/// Whether `name` stands for no parameter, so that what is said under it is about the whole.
pub(in crate::read) fn is_whole(name: &str) -> bool {
    may_be_whole(name.as_bytes()) && Key::of(name).is_some_and(|key| WHOLE.contains(&key))
}

/// Whether a name begins and ends as one that stands for no parameter: nearly all others are ruled out by that.
fn may_be_whole(name: &[u8]) -> bool {
    let (Some(first), Some(last)) = (name.first(), name.last()) else {
        return true;
    };
    let ends = WHOLE_ENDS.get(usize::from(first & LETTER));
    ends.is_some_and(|ends| ends & bit(*last) != 0)
}

/// Whether `name` is one of `names`, without case, `_`, `-` and blanks.
pub(in crate::read) fn is_named(name: &str, names: &[&str]) -> bool {
    names.iter().any(|known| letters(known).eq(letters(name)))
}

/// Whether `name` is a part of the request and no parameter in it.
pub(super) fn is_place(name: &str) -> bool {
    // Most names have another length than all of these.
    let length = 1_u32.checked_shl(name.len() as u32).unwrap_or_default();
    PLACE_LENGTHS & length != 0 && PLACES.iter().any(|place| place.eq_ignore_ascii_case(name))
}

/// Whether `name` is written where every error has the same.
pub(super) fn is_constant(name: &str) -> bool {
    CONSTANTS
        .iter()
        .any(|constant| constant.eq_ignore_ascii_case(name))
}

/// The bytes of `name` by which it is compared.
fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = name
        .bytes()
        .filter(|byte| !matches!(byte, b'_' | b'-' | b' '));
    bytes.map(|byte| byte.to_ascii_lowercase())
}

/// Names that stand for no parameter.
const WHOLE: [Key; 18] = [
    key(""), // ASP.NET: the body itself
    key("*"),
    key("@entity"), // Kong
    key("all"),     // Django: __all__
    key("base"),    // Rails
    key("data"),    // JSON:API: the document
    key("detail"),
    key("error"),
    key("errors"), // Discord: _errors
    key("formerrors"),
    key("general"),
    key("generalerrors"), // FastEndpoints
    key("global"),
    key("message"),
    key("n/a"),
    key("nonfielderrors"), // Django REST framework
    key("root"),
    key("schema"), // marshmallow: _schema
];

/// What of a byte tells letters apart, whatever their case.
const LETTER: u8 = 0x1f;

const fn bit(byte: u8) -> u32 {
    1 << (byte & LETTER)
}

/// With what [`WHOLE`] ends that begins with a letter, a bit for each. Separators may stand before and after all of them.
static WHOLE_ENDS: [u32; LETTER as usize + 1] = whole_ends();

// As in `Slots::of`.
#[allow(clippy::indexing_slicing)]
const fn whole_ends() -> [u32; LETTER as usize + 1] {
    let separators = bit(b'_') | bit(b'-') | bit(b' ');
    let mut ends = [separators; LETTER as usize + 1];
    let mut names: &[Key] = &WHOLE;
    while let Some((name, rest)) = names.split_first() {
        let (first, last) = name.ends();
        ends[(first & LETTER) as usize] |= bit(last);
        names = rest;
    }
    let mut first = 0;
    while first < ends.len() {
        if separators >> first & 1 != 0 {
            ends[first] = u32::MAX;
        }
        first += 1;
    }
    ends
}

/// Parts of a request, where servers say in which one a parameter stands.
const PLACES: [&str; 17] = [
    "body",
    "cookie",
    "cookies",
    "file",
    "files",
    "form",
    "header",
    "headers",
    "json",
    "json_or_form",
    "params",
    "path",
    "payload",
    "query",
    "querystring",
    "request",
    "view_args",
];

/// How many bytes they have, a bit each.
const PLACE_LENGTHS: u32 = {
    let (mut lengths, mut rest): (u32, &[&str]) = (0, &PLACES);
    while let Some((place, after)) = rest.split_first() {
        lengths |= 1 << place.len();
        rest = after;
    }
    lengths
};

/// What stands in `type` or `status` of every error of some API, and so says nothing.
const CONSTANTS: [&str; 14] = [
    "bad",
    "client_error",
    "err",
    "error",
    "error.list",
    "errors",
    "exception",
    "fail",
    "failed",
    "failure",
    "field",
    "ko",
    "receiver",
    "sender",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_parameter_is_known_in_every_spelling() {
        let names = [
            "",
            "*",
            "@entity",
            "all",
            "base",
            "data",
            "detail",
            "error",
            "errors",
            "formErrors",
            "general",
            "general_errors",
            "global",
            "message",
            "n/a",
            "non_field_errors",
            "root",
            "schema",
        ];
        assert_eq!(names.len(), WHOLE.len());
        for name in names {
            for edge in ["", "_", "__", "-", " "] {
                let spelled = format!("{edge}{name}{edge}");
                assert!(
                    is_whole(&spelled) && is_whole(&spelled.to_uppercase()),
                    "{spelled}"
                );
            }
        }
        for name in [
            "email",
            "a",
            "name",
            "mail",
            "erroneous",
            "ending_in_a",
            "größe",
        ] {
            assert!(!is_whole(name), "{name}");
        }
    }
}

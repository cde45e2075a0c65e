//! Words that are never the name of a parameter, and words that are never a type.
//!
//! In: a name or a word. Out: yes or no, whatever its case and its separators are. All files of this folder call it.

use crate::read::document::Value;

/// Letters of the longest known name.
const LONGEST: usize = 24;

/// A name in the form in which names are compared: without case, `_`, `-` and blanks. `errorCode`, `error_code` and `Error-Code` have
/// the same form.
pub(in crate::read) struct Normalised {
    /// One byte more than the longest known name, for a separator at the end.
    letters: [u8; LONGEST + 1],
    count: usize,
}

impl Normalised {
    /// `None` if `name` is longer than all known names.
    #[inline]
    pub(in crate::read) fn new(name: &str) -> Option<Self> {
        let (mut letters, mut count) = ([0; LONGEST + 1], 0);
        for byte in name.bytes() {
            // The next letter overwrites a separator.
            *letters.get_mut(count)? = byte.to_ascii_lowercase();
            count += usize::from(!is_separator(byte));
        }
        (count <= LONGEST).then_some(Self { letters, count })
    }

    #[inline]
    pub(in crate::read) fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.count).unwrap_or_default()
    }
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b' ')
}

/// Whether `name` stands for no parameter, so that the messages under it are about the whole.
pub(in crate::read) fn is_whole(name: &str) -> bool {
    // The usual names need not be normalised.
    let is_usual = matches!(name, "__all__" | "_errors" | "_schema" | "non_field_errors");
    is_usual
        || may_stand_for_none(name)
            && Normalised::new(name).is_some_and(|name| stands_for_none(name.as_bytes()))
}

/// Whether `name` is one of `known`, as names are compared.
pub(in crate::read) fn is_named(name: &str, known: &[&str]) -> bool {
    known.iter().any(|known| letters(known).eq(letters(name)))
}

/// Whether `is_it` is true for a value of `object` under one of these keys.
pub(in crate::read) fn any_of<'d>(
    object: Value<'d>,
    keys: &[&str],
    is_it: impl Fn(Value<'d>) -> bool,
) -> bool {
    let mut members = object.members();
    members.any(|(key, value)| is_named(key, keys) && is_it(value))
}

fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = name.bytes().filter(|byte| !is_separator(*byte));
    bytes.map(|byte| byte.to_ascii_lowercase())
}

/// Whether `name` is a part of the request and no parameter in it.
pub(super) fn is_place(name: &str) -> bool {
    let is_place = PLACES.iter().any(|place| place.eq_ignore_ascii_case(name));
    is_place && is_on("places", name.as_bytes())
}

/// Whether every error of some API has this word as its type or status.
pub(super) fn is_constant(name: &str) -> bool {
    let mut constants = CONSTANTS.iter();
    let is_constant = constants.any(|constant| constant.eq_ignore_ascii_case(name));
    is_constant && is_on("constants", name.as_bytes())
}

/// Whether a row of these tables counts. Tests may take it out.
#[cfg_attr(not(test), allow(unused_variables))]
#[inline]
fn is_on(table: &'static str, name: &[u8]) -> bool {
    #[cfg(test)]
    return !crate::read::switches::is_off(
        table,
        &String::from_utf8_lossy(name).to_ascii_lowercase(),
    );
    #[cfg(not(test))]
    true
}

/// Whether the first and the last letter allow that `name` stands for no parameter. They rule out most names.
fn may_stand_for_none(name: &str) -> bool {
    let (first, last) = match name.as_bytes() {
        [first, .., last] if !is_separator(*first) && !is_separator(*last) => (*first, *last),
        _ => {
            let mut letters = name.bytes().filter(|byte| !is_separator(*byte));
            let Some(first) = letters.next() else {
                return true;
            };
            (first, letters.next_back().unwrap_or(first))
        }
    };
    matches!(
        (first.to_ascii_lowercase(), last.to_ascii_lowercase()),
        (b'*', b'*')
            | (b'@', b'y')
            | (b'a' | b'd' | b'g', b'l')
            | (b'b' | b'm', b'e')
            | (b'd' | b'n' | b's', b'a')
            | (b'e', b'r')
            | (b'e' | b'f' | b'g' | b'n', b's')
            | (b'r', b't')
    )
}

/// Whether a normalised name stands for no parameter.
#[rustfmt::skip]
fn stands_for_none(name: &[u8]) -> bool {
    matches!(
        name,
        b"" // ASP.NET: the body itself
        | b"*"
        | b"@entity" // Kong
        | b"all" // Django: __all__
        | b"base" // Rails
        | b"data" // JSON:API: the document
        | b"detail"
        | b"error"
        | b"errors" // Discord: _errors
        | b"formerrors"
        | b"general"
        | b"generalerrors" // FastEndpoints
        | b"global"
        | b"message"
        | b"n/a"
        | b"nonfielderrors" // Django REST framework
        | b"root"
        | b"schema" // marshmallow: _schema
    )
}

/// Parts of a request. Servers write them before the name of a parameter.
pub(in crate::read) const PLACES: [&str; 12] = [
    "body",
    "cookie",
    "cookies",
    "file",
    "form",
    "header",
    "headers",
    "json",
    "params",
    "path",
    "query",
    "querystring",
];

/// Words that every error of some API has in `type` or `status`. They carry no information.
pub(in crate::read) const CONSTANTS: [&str; 7] = [
    "err",
    "error",
    "error.list",
    "exception",
    "fail",
    "failed",
    "failure",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_whole_are_known_in_every_spelling() {
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

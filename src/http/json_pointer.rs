//! Converts names of parameters to JSON pointers in a URI fragment, and back.
//!
//! `items.0.name` is `#/items/0/name` ([RFC 6901 §6](https://www.rfc-editor.org/rfc/rfc6901#section-6)).

use std::borrow::Cow;

use percent_encoding::{percent_decode_str, utf8_percent_encode, AsciiSet, CONTROLS};

/// Characters that must be escaped in a fragment ([RFC 3986 §3.5](https://www.rfc-editor.org/rfc/rfc3986#section-3.5)).
const NOT_IN_FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The pointer to the parameter `name`.
pub(crate) fn from_name(name: &str) -> String {
    let tokens = name.replace('~', "~0").replace('/', "~1").replace('.', "/");
    format!("#/{}", utf8_percent_encode(&tokens, NOT_IN_FRAGMENT))
}

/// The name of the parameter that `pointer` points to, with or without the `#` before it.
pub(crate) fn to_name(pointer: &str) -> String {
    let decoded = match pointer.strip_prefix('#') {
        Some(fragment) => percent_decode_str(fragment).decode_utf8_lossy(),
        None => pointer.into(),
    };
    let tokens = decoded.strip_prefix('/').unwrap_or(&decoded);
    tokens
        .replace('/', ".")
        .replace("~1", "/")
        .replace("~0", "~")
}

/// `items[0].name` as `items.0.name`, and `ids[]` as `ids`.
pub(crate) fn dotted(name: &str) -> Cow<'_, str> {
    if !name.contains('[') {
        return name.into();
    }
    let mut dotted = String::with_capacity(name.len());
    for part in name.split('[') {
        let part = part.replace([']', '"', '\''], "");
        let part = part.trim_matches('.');
        if !part.is_empty() && !dotted.is_empty() {
            dotted.push('.');
        }
        dotted.push_str(part);
    }
    dotted.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_survives_being_a_pointer() {
        for name in [
            "email",
            "items.0.name",
            "a/b",
            "m~n",
            "~1",
            "with blank",
            "größe",
            "50%",
            "a#b",
            "q\"x\"",
            "",
        ] {
            assert_eq!(to_name(&from_name(name)), name);
        }
    }

    #[test]
    fn pointers_are_written_as_the_rfc_has_them() {
        let cases = [
            ("items.0.name", "#/items/0/name"),
            ("a/b", "#/a~1b"),
            ("c%d", "#/c%25d"),
            ("m~n", "#/m~0n"),
            (" ", "#/%20"),
        ];
        for (name, pointer) in cases {
            assert_eq!(from_name(name), pointer);
        }
    }

    #[test]
    fn a_pointer_without_fragment_is_taken_as_it_is() {
        assert_eq!(to_name("/data/50%25"), "data.50%25");
        assert_eq!(to_name("plain"), "plain");
    }
}

//! Reads names of parameters. Servers write them in many ways.
//!
//! In: a text, a list or a member that points to a parameter. Out: its name with `.` between the parts, or `None` if it stands for the
//! whole. The other files of this folder and some formats call it.

use std::borrow::Cow;

use super::habits::name_of_part;
use super::role::{Naming, ParameterLevel, Role};
use super::roles::role;
use super::vocabulary::{is_place, is_whole};
use crate::envelope::{cut, MAX_NAME};
use crate::http::bytes::trim;
use crate::http::json_pointer;
use crate::read::document::{Items, Value};

/// The places of the values in documents of JSON:API.
const PREFIXES: [&str; 3] = ["data.attributes.", "data.relationships.", "data."];

/// The parameter that `text` names: a plain name, `items[0].name`, `/items/0/name` or `$.items`.
///
/// `None` if it names the whole. A pointer in a URI fragment (`#/message`, [RFC 6901
/// §6](https://www.rfc-editor.org/rfc/rfc6901#section-6)) names a member, whatever the member is called.
pub(in crate::read) fn from_text(text: &str) -> Option<Cow<'_, str>> {
    let text = trim(text);
    let name = match text.as_bytes().first()? {
        b'/' | b'#' => without_brackets(from_pointer(text)),
        _ => json_pointer::dotted(
            text.strip_prefix('$')
                .unwrap_or(text)
                .trim_start_matches('.'),
        ),
    };
    let is_fragment = text.starts_with("#/") && !name.is_empty();
    (is_fragment || !is_whole(&name)).then_some(name)
}

/// The parameter that a text in a member with this role names.
pub(super) fn from_member(role: Role, text: &str) -> Option<Cow<'_, str>> {
    match role.naming {
        Naming::NoPlace | Naming::NoClass if is_place(text) => None,
        Naming::NoClass if text.ends_with("Error") || text.ends_with("Exception") => None,
        Naming::Place => from_location(text),
        Naming::Slashes => from_text(text).map(|name| name.replace('/', ".").into()),
        // The text is a sentence, not a name.
        _ if text.contains(": ") => None,
        _ => from_text(text),
    }
}

/// The parameter in `{"pointer": "/data/attributes/email"}` of JSON:API, or in `{"email": ["x"]}` with the refused values.
pub(super) fn from_source<'d>((key, value): (&'d str, Value<'d>)) -> Option<Cow<'d, str>> {
    match key {
        "pointer" | "parameter" | "header" => from_text(value.as_text()?),
        _ if value.is_list() => from_text(key),
        _ => from_fact((key, value)),
    }
}

/// The parameter that a fact about an error names.
pub(super) fn from_fact<'d>((key, value): (&str, Value<'d>)) -> Option<Cow<'d, str>> {
    let role = role(key).filter(|role| role.parameter == ParameterLevel::Surely)?;
    value.as_text().and_then(|text| from_member(role, text))
}

/// The parameter in `body.items[3].count`, without the part of the request.
fn from_location(text: &str) -> Option<Cow<'_, str>> {
    let text = trim(text);
    let name = match text.split_once('.') {
        Some((place, name)) if is_place(place) => name,
        _ => text,
    };
    from_text(name).filter(|_| !is_place(text))
}

/// The parameter in `["body", "items", 0, "name"]`, without the part of the request. A lone number is none.
pub(super) fn from_list<'d>(list: Items<'d>) -> Option<Cow<'d, str>> {
    let mut parts = list.clone();
    if !parts.next()?.as_text().is_some_and(is_place) {
        parts = list;
    }
    let first = parts.next()?;
    if parts.is_empty() {
        return match part(first) {
            Cow::Borrowed(text) => from_text(text),
            Cow::Owned(_) => None,
        };
    }
    let mut name = String::with_capacity(USUAL_NAME);
    name.push_str(&part(first));
    for next in parts {
        name.push('.');
        name.push_str(&part(next));
    }
    Some(without_brackets(name))
}

/// Bytes of a name that is put together. Most names are not longer.
const USUAL_NAME: usize = 32;

/// `prefix.name`. If one of them is empty, it is the other.
pub(super) fn join<'d>(prefix: &str, name: Cow<'d, str>) -> Cow<'d, str> {
    if prefix.is_empty() {
        name
    } else if name.is_empty() || prefix.len() > MAX_NAME {
        // A name that is too long is cut here, so that it is not copied to every name inside it.
        cut_name(prefix).into()
    } else {
        [prefix, ".", &name].concat().into()
    }
}

/// The name, cut if it is too long. It ends in `…` then.
fn cut_name(name: &str) -> String {
    cut(name, MAX_NAME - '…'.len_utf8()).unwrap_or_else(|| name.to_owned())
}

fn part(value: Value<'_>) -> Cow<'_, str> {
    let value = if value.holds_values() {
        name_of_part(value)
    } else {
        value
    };
    match (value.as_text(), value.as_number()) {
        (Some(text), _) => text.into(),
        (_, Some(number)) => number.to_string().into(),
        _ => "".into(),
    }
}

fn without_brackets(name: String) -> Cow<'static, str> {
    if name.contains('[') {
        json_pointer::dotted(&name).into_owned().into()
    } else {
        name.into()
    }
}

fn from_pointer(pointer: &str) -> String {
    let name = json_pointer::to_name(pointer);
    if let Some(rest) = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        return rest.to_owned();
    }
    match name.split_once('.') {
        Some((place, rest)) if is_place(place) => rest.to_owned(),
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::document::parse_json;

    #[test]
    fn every_notation_gives_the_dotted_name() {
        let cases = [
            ("email", Some("email")),
            ("items[0].name", Some("items.0.name")),
            ("Items[0].Qty", Some("Items.0.Qty")),
            ("[1].name", Some("1.name")),
            ("a['b'].c", Some("a.b.c")),
            ("ids[]", Some("ids")),
            ("users[][name]", Some("users.name")),
            ("users[].name", Some("users.name")),
            ("/items[0]/name", Some("items.0.name")),
            ("/data/attributes/items/1/name", Some("items.1.name")),
            ("/data/relationships/author", Some("author")),
            ("/data", None),
            ("/", None),
            ("#/serviceSid", Some("serviceSid")),
            ("/body/name", Some("name")),
            ("/quantity", Some("quantity")),
            ("$.date", Some("date")),
            ("", None),
            ("non_field_errors", None),
            ("body", Some("body")),
        ];
        for (text, want) in cases {
            assert_eq!(from_text(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn the_part_of_the_request_is_left_out() {
        for (text, want) in [
            ("body.items[3].count", Some("items.3.count")),
            ("query.page", Some("page")),
            ("body", None),
            ("page", Some("page")),
        ] {
            assert_eq!(from_location(text).as_deref(), want, "{text}");
        }
        for (json, want) in [
            (r#"["body","items",0,"price"]"#, Some("items.0.price")),
            (r#"["query","page"]"#, Some("page")),
            (r#"["body"]"#, None),
            (r#"["body",27]"#, None),
            (r#"["name"]"#, Some("name")),
            (r#"["lines",0,"qty"]"#, Some("lines.0.qty")),
            (r#"["query","ids[]"]"#, Some("ids")),
            (r#"["body","a[b","c"]"#, Some("a.b.c")),
            ("[]", None),
        ] {
            let document = parse_json(json).unwrap();
            let list = document.root().as_list().unwrap();
            assert_eq!(from_list(list).as_deref(), want, "{json}");
        }
    }
}

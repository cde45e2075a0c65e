//! The parameter that a member of an error names.

use std::borrow::Cow;

use super::members::role;
use super::role::Role;
use super::{names, path};
use crate::read::json::Value;

/// The parameter that a text under a name with this role names.
pub(super) fn subject<'d>(name: &str, role: Role, text: &'d str) -> Option<Cow<'d, str>> {
    match name {
        // A class of errors: `ValidationError`.
        "name" if text.ends_with("Error") || text.ends_with("Exception") => None,
        _ if role.field == 1 && names::is_place(text) => None,
        // celebrate, beside `keys`
        "source" if names::is_place(text) => None,
        "location" => path::of_location(text),
        // OData
        "target" => path::of_text(text).map(|name| name.replace('/', ".").into()),
        // The text is of its own, not a name.
        _ if text.contains(": ") => None,
        _ => path::of_text(text),
    }
}

/// `{"pointer": "/data/attributes/email"}` of JSON:API, or `{"email": ["x"]}` with what was refused.
pub(super) fn source_or_key<'d>((key, value): (&'d str, Value<'d>)) -> Option<Cow<'d, str>> {
    match key {
        "pointer" | "parameter" | "header" => path::of_text(value.as_text()?),
        _ => path::of_text(key).filter(|_| value.as_list().is_some()),
    }
}

pub(super) fn fact<'d>(name: &str, value: Value<'d>) -> Option<Cow<'d, str>> {
    let role = role(name).filter(|role| role.field == 3)?;
    value.as_text().and_then(|text| subject(name, role, text))
}

//! Decides by its shape whether a value is an error, a list of errors, or an object of parameters.
//!
//! In: a value. Out: yes or no, or the part that the shape has. The walk calls it before it reads a value.

use smallvec::{smallvec, SmallVec};

use super::role::{Holds, MessageLevel, TypeLevel};
use super::roles::{content, may_hold_errors, role};
use super::vocabulary::is_whole;
use super::words::role_by_words;
use crate::http::bytes::trim;
use crate::read::document::{Items, Value};

/// Whether an object is an error, and not an object of parameters.
pub(super) fn is_error(value: Value<'_>) -> bool {
    let says = |key: &str| role(key).is_some_and(|role| role.message >= MessageLevel::Error);
    let mut members = value.members();
    members.any(|(key, value)| value.as_text().is_some() && says(key)) || is_coded(value)
}

/// Whether an object has a code, and `null` as its message, as `validator` writes it.
fn is_coded(value: Value<'_>) -> bool {
    let is_silent = |key: &str, value: Value<'_>| {
        value.is_null() && role(key).is_some_and(|role| role.message == MessageLevel::Message)
    };
    let mut members = value.members();
    members.any(|(key, value)| is_silent(key, value))
        && value.members().any(|(key, value)| {
            value.as_text().is_some() && role(key).is_some_and(|role| role.numeric)
        })
}

/// Whether an object has a text for each of several parameters. If it has one parameter, the text is not a whole sentence:
/// `{"width": "is no number"}`.
pub(super) fn only_told(object: Value<'_>) -> bool {
    let is_told = |(key, value): (&str, Value<'_>)| {
        role(key).is_none() && role_by_words(key).is_none() && value.has_words()
    };
    let starts_small = |text: &str| trim(text).starts_with(char::is_lowercase);
    let mut members = object.members();
    let is_sure = match (members.next(), members.next()) {
        (Some((_, one)), None) => one.as_text().is_some_and(starts_small),
        (first, _) => first.is_some(),
    };
    is_sure && object.members().all(is_told)
}

/// Whether an object is an error, or has a member for errors.
pub(super) fn tells(object: Value<'_>) -> bool {
    let mut members = object.members();
    is_error(object)
        || members.any(|(key, value)| value.as_text().is_none() && may_hold_errors(key))
}

/// The same as [`is_fields`], but not for an object that has only known keys (`errors`, `data`). Its errors are under these keys.
pub(super) fn is_bare(root: Value<'_>, with_errors: bool) -> bool {
    is_fields(root, with_errors) && root.members().any(|(key, _)| !is_container(key))
}

/// Whether a member with this key may hold errors or facts. Then the key is not the name of a parameter.
pub(super) fn is_container(key: &str) -> bool {
    content(key) != Holds::Unknown
}

/// Whether a value under an unknown key has messages for the parameter with this name.
pub(super) fn is_parameter(value: Value<'_>) -> bool {
    value.as_list().is_some_and(only_sentences) || is_fields(value, false)
}

/// Whether `value` is an object of parameters: the values in it are lists of messages, or objects of parameters. With
/// `with_errors`, errors count as messages.
pub(super) fn is_fields(value: Value<'_>, with_errors: bool) -> bool {
    let Some(members) = value.as_object() else {
        return false;
    };
    // The first member of most objects is a text or a number.
    let mut first = members.clone();
    if first.next().is_some_and(|(_, value)| !value.holds_values()) {
        return false;
    }
    let mut found = false;
    let mut objects: SmallVec<[_; 4]> = smallvec![members];
    while let Some(members) = objects.pop() {
        for (_, value) in members {
            let listed = value.as_list();
            let in_list = listed.is_some();
            for value in listed.unwrap_or_else(|| Items::one(value)) {
                if in_list && value.as_text().is_some() || (with_errors && is_error(value)) {
                    found = true;
                } else if let Some(below) = value.as_object() {
                    objects.push(below);
                } else {
                    return false;
                }
            }
        }
    }
    found
}

/// The members with keys that are not in the table.
pub(super) fn unknown<'d>(object: Value<'d>) -> impl Iterator<Item = (&'d str, Value<'d>)> {
    object.members().filter(|(key, _)| role(key).is_none())
}

pub(super) fn only_objects(mut list: Items<'_>) -> bool {
    list.all(Value::is_object)
}

/// Whether an object has only keys for errors: `{"error": […]}` in `errors`.
pub(super) fn only_containers(object: Value<'_>) -> bool {
    let is_errors = |key: &str| match content(key) {
        Holds::Error => is_whole(key),
        holds => holds == Holds::Errors,
    };
    let mut members = object.members();
    members.clone().next().is_some() && members.all(|(key, _)| is_errors(key))
}

/// Whether an object says how the call ended, and has a list of errors:
/// `{"resultCode": "Error", "message": [{"code": "E7", "text": "…"}]}`.
pub(super) fn is_coded_list(object: Value<'_>) -> bool {
    let is_coded = |(key, value): (&str, Value<'_>)| {
        value.as_text().is_some()
            && role_by_words(key).is_some_and(|role| role.error_type > TypeLevel::None)
    };
    let is_list = |(key, value): (&str, Value<'_>)| {
        let list = value.as_list().filter(|list| !list.is_empty());
        may_hold_errors(key) && list.is_some_and(only_objects)
    };
    object.members().any(is_coded) && object.members().any(is_list)
}

/// Whether a list has only errors, and is not empty.
pub(super) fn only_errors(mut list: Items<'_>) -> bool {
    !list.is_empty() && list.all(is_error)
}

/// The parameter and the sentence that an object is: `{"age": "must be 18 or more"}`.
pub(super) fn pair(object: Value<'_>) -> Option<(&str, &str)> {
    let mut members = object.members();
    let (key, value) = members.next()?;
    let may_name = role(key).map_or(true, |role| {
        role.message == MessageLevel::None && !role.numeric && role.holds == Holds::Unknown
    });
    let is_pair = members.next().is_none() && may_name && value.has_words();
    is_pair.then_some((key, value.as_text()?))
}

/// Whether a list has only pairs of a parameter and a sentence, and is not empty.
pub(super) fn only_pairs(mut list: Items<'_>) -> bool {
    !list.is_empty() && list.all(|value| pair(value).is_some())
}

/// Whether a list has only texts of several words, and is not empty.
pub(super) fn only_sentences(mut list: Items<'_>) -> bool {
    !list.is_empty() && list.all(Value::has_words)
}

/// The text of a list with one text.
pub(super) fn only_text(mut list: Items<'_>) -> Option<&str> {
    let text = list.next()?.as_text()?;
    list.is_empty().then_some(text)
}

/// The message in `{"lang": "en", "value": "…"}` of OData 2 and 3.
pub(super) fn localised(object: Value<'_>) -> Option<&str> {
    object.get("lang").and_then(|_| object.text("value"))
}

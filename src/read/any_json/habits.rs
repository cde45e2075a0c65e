//! Shapes that only one system uses, each with the name of the system.
//!
//! In: a part of a path to a parameter, or an item of a list. Out: the name of the part, or the path and the error in the item.
//! [`parameter`](super::parameter) and [`list`](super::list) call it.

use super::shape::is_error;
use crate::read::document::{Items, Value};

/// Finds the name in a part of the path to a parameter. The part is a list or an object.
type NameOfPart = fn(Value<'_>) -> Option<Value<'_>>;

/// Finds the path to a parameter and its error in an item of a list.
type PathAndError = fn(Value<'_>) -> Option<(Items<'_>, Value<'_>)>;

const PARTS: [(&str, NameOfPart); 2] = [
    // {"type": "object", "key": "user", "value": {}}
    ("valibot", |part| part.get("key")),
    // ["key", "user"]
    ("garde", |part| part.items().last()),
];

const ITEMS: [(&str, PathAndError); 1] = [
    // [[["key", "lines"], ["index", 0]], {"message": "…"}]
    ("garde", |item| {
        let mut items = item.as_list()?;
        let (path, error) = (items.next()?.as_list()?, items.next()?);
        (items.next().is_none() && is_error(error)).then_some((path, error))
    }),
];

/// The name in a part of the path to a parameter.
pub(super) fn name_of_part(part: Value<'_>) -> Value<'_> {
    let name = PARTS.iter().find_map(|(_, name)| name(part));
    name.unwrap_or(part)
}

/// The path to a parameter and its error, if an item of a list holds both.
pub(super) fn path_and_error(item: Value<'_>) -> Option<(Items<'_>, Value<'_>)> {
    ITEMS.iter().find_map(|(_, habit)| habit(item))
}

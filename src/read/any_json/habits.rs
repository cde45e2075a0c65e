//! Shapes that one system alone has, each with its name.

use super::shape::is_error;
use crate::read::document::{Items, Value};

/// Finds the name of a part of the path to a parameter, if the part is neither a text nor a number.
type NameOfPart = fn(Value<'_>) -> Option<Value<'_>>;

/// The way to a parameter and the error of it, where they are an item of a list together.
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

/// The name of this part of the path to a parameter.
pub(super) fn name_of_part(part: Value<'_>) -> Value<'_> {
    let mut habits = PARTS.iter().filter(|(system, _)| is_on(system));
    let name = habits.find_map(|(_, name)| name(part));
    name.unwrap_or(part)
}

/// The way to a parameter and the error of it.
pub(super) fn path_and_error(item: Value<'_>) -> Option<(Items<'_>, Value<'_>)> {
    let mut habits = ITEMS.iter().filter(|(system, _)| is_on(system));
    habits.find_map(|(_, habit)| habit(item))
}

/// Whether a habit counts. Tests may take it out.
#[cfg_attr(not(test), allow(unused_variables))]
fn is_on(system: &str) -> bool {
    #[cfg(test)]
    return !crate::read::switches::is_off("habits", system);
    #[cfg(not(test))]
    true
}

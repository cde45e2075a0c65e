//! The place of a member in problem details.
//!
//! In: the name of a member, and its value as JSON. Out: whether it is written beside the problem's own members, or in
//! `_error_details`. `problem` calls it.

use super::foreign_names;
use super::json::Place;

/// The place of a member of the envelope. `problem` itself writes `title` and `instance` if they are texts.
pub(super) fn place(name: &str, json: &str) -> Place {
    match name {
        "title" | "instance" if json.starts_with('"') => Place::Own,
        // The problem's other members have names that are foreign.
        "instance" => Place::Details,
        _ if json == "null" || is_of_other_formats(name, json) => Place::Details,
        _ => Place::Beside,
    }
}

/// Whether such a member holds a message in other formats, also a list of sentences with any name. Readers of many formats would
/// take it for the error.
fn is_of_other_formats(name: &str, json: &str) -> bool {
    (json.starts_with('[') && json.contains(' ')) || foreign_names::is_foreign(name)
}

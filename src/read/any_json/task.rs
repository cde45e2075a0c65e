//! The state of the walk: its findings, and the values that wait to be read.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::findings::Findings;
use super::vocabulary::is_place;
use crate::read::document::{Items, Members, Value};
use crate::read::source::Source;

/// A value that waits to be read.
pub(super) enum Task<'d> {
    /// An error object.
    Object(Value<'d>),
    /// An object with facts about the error. With `data`, a code in it is a type of the error.
    Facts { object: Value<'d>, data: bool },
    /// The errors of a list in the parameter `prefix`.
    List {
        list: Items<'d>,
        prefix: Cow<'d, str>,
        position: usize,
    },
    /// Members whose keys are names of parameters in `prefix`.
    Map {
        members: Members<'d>,
        prefix: Cow<'d, str>,
        by_place: bool,
    },
    /// Messages for the parameter `name`.
    Values {
        list: Items<'d>,
        name: Cow<'d, str>,
        position: usize,
    },
}

impl<'d> Task<'d> {
    /// The errors of `list` in the parameter `prefix`.
    pub(super) fn list(list: Items<'d>, prefix: Cow<'d, str>) -> Self {
        Self::List {
            list,
            prefix,
            position: 0,
        }
    }

    /// The messages in `list` for the parameter `name`.
    pub(super) fn values(list: Items<'d>, name: Cow<'d, str>) -> Self {
        Self::Values {
            list,
            name,
            position: 0,
        }
    }

    /// The members of `object` as parameters in `prefix`.
    pub(super) fn map(object: Value<'d>, prefix: Cow<'d, str>) -> Option<Self> {
        let members = object.as_object()?;
        // Some servers group parameters by the part of the request.
        let mut all = members.clone();
        let by_place =
            prefix.is_empty() && all.all(|(key, value)| is_place(key) && value.as_text().is_none());
        Some(Self::Map {
            members,
            prefix,
            by_place,
        })
    }
}

/// The findings, and the values that wait to be read. They wait on a stack, so a nested document causes no recursion.
pub(super) struct Walk<'s, 'd> {
    pub(super) found: Findings<'s, 'd>,
    pub(super) tasks: SmallVec<[Task<'d>; 2]>,
    /// The error objects that were read, up to a bound.
    pub(super) objects: SmallVec<[Value<'d>; 2]>,
    /// Whether one of them has a text or a number under an unknown key whose words may have a role.
    pub(super) has_known_words: bool,
    /// Whether one of them has a number that may say how the call ended.
    pub(super) has_outcome: bool,
    /// Whether one of them has a list or an object.
    pub(super) has_values: bool,
    /// Whether one of them has a list or an object under an unknown key.
    pub(super) has_unknown_values: bool,
    /// Keys of members that the format reads itself.
    pub(super) ignored: &'static [&'static str],
}

impl<'s, 'd> Walk<'s, 'd> {
    #[inline]
    pub(super) fn new(source: &'s Source<'s>, ignored: &'static [&'static str]) -> Self {
        Self {
            found: Findings::new(source),
            tasks: SmallVec::new(),
            objects: SmallVec::new(),
            has_known_words: false,
            has_outcome: false,
            has_values: false,
            has_unknown_values: false,
            ignored,
        }
    }
}

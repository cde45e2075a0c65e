//! Places of a document that are still to be looked at.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::findings::Findings;
use super::vocabulary::is_place;
use crate::read::document::{Items, Members, Value};
use crate::read::source::Source;

/// A place that is still to be looked at.
pub(super) enum Task<'d> {
    /// An object that tells an error.
    Object(Value<'d>),
    /// An object with facts about the error; of `data` if a code in it is one of the error.
    Facts { object: Value<'d>, data: bool },
    /// The errors of a list, below the parameter `prefix`.
    List {
        list: Items<'d>,
        prefix: Cow<'d, str>,
        position: usize,
    },
    /// Members that are parameters, below `prefix`.
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
    /// The errors of `list` below the parameter `prefix`.
    pub(super) fn list(list: Items<'d>, prefix: Cow<'d, str>) -> Self {
        Self::List {
            list,
            prefix,
            position: 0,
        }
    }

    /// What `list` says about the parameter `name`.
    pub(super) fn values(list: Items<'d>, name: Cow<'d, str>) -> Self {
        Self::Values {
            list,
            name,
            position: 0,
        }
    }

    /// The members of `object` as parameters below `prefix`.
    pub(super) fn map(object: Value<'d>, prefix: Cow<'d, str>) -> Option<Self> {
        let members = object.as_object()?;
        // Some servers sort parameters by the part of the request in which they stand.
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

/// The results so far, and the values that are still to be read. They wait on a stack, so there is no recursion on the nesting of
/// a peer.
pub(super) struct Walk<'s, 'd> {
    pub(super) found: Findings<'s, 'd>,
    pub(super) tasks: SmallVec<[Task<'d>; 2]>,
    /// The error objects that were looked at, up to a bound.
    pub(super) objects: SmallVec<[Value<'d>; 2]>,
    /// Whether one of them has a text or a number under a key that is not known, of which the words may tell.
    pub(super) has_known_words: bool,
    /// Whether one of them has a number that may say how the call ended.
    pub(super) has_outcome: bool,
    /// Whether one of them has a list or an object.
    pub(super) has_values: bool,
    /// Whether one of them has a list or an object under a key that is not known.
    pub(super) has_unknown_values: bool,
    /// Keys of members that somebody else reads.
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

//! Switches for tests. They take out formats and rows of the tables, or change rows, for one thread.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::any_json::Role;

/// A table, and a name in it.
pub(super) type Row = (&'static str, String);

/// Returns the new role of a key.
pub(super) type Change = Box<dyn Fn(&[u8], Role) -> Role>;

thread_local! {
    static OFF: RefCell<BTreeSet<Row>> = const { RefCell::new(BTreeSet::new()) };
    static CHANGE: RefCell<Option<Change>> = const { RefCell::new(None) };
}

/// Whether this row of a table is taken out.
pub(super) fn is_off(table: &'static str, name: &str) -> bool {
    OFF.with_borrow(|off| !off.is_empty() && off.contains(&(table, name.to_owned())))
}

pub(super) fn changed(key: &[u8], role: Role) -> Role {
    CHANGE.with_borrow(|change| change.as_ref().map_or(role, |change| change(key, role)))
}

/// Runs `test` without these rows.
#[cfg(all(feature = "tonic", feature = "xml"))]
pub(super) fn without<T>(rows: BTreeSet<Row>, test: impl FnOnce() -> T) -> T {
    OFF.set(rows);
    let result = test();
    OFF.take();
    result
}

/// Runs `test` with changed roles.
#[cfg(all(feature = "tonic", feature = "xml"))]
pub(super) fn with_change<T>(change: Change, test: impl FnOnce() -> T) -> T {
    CHANGE.set(Some(change));
    let result = test();
    CHANGE.take();
    result
}

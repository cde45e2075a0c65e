//! Whether somebody notices that a row was moved by one level, or taken out.

use std::collections::{BTreeMap, BTreeSet};

use super::{cases, row, samples, Case};
use crate::read::any_json::{
    role_of, MessageLevels as M, ParameterLevel as P, Role, TypeLevel as T, ROWS,
};
use crate::read::rivals::{self, RIVALS};
use crate::read::switches::{with_change, without};

/// The roles with one of their levels moved.
fn moved(role: Role) -> Vec<(&'static str, Role)> {
    let mut all = Vec::new();
    let messages = [
        M::None,
        M::Phrase,
        M::Aside,
        M::Title,
        M::Summary,
        M::Error,
        M::Note,
        M::ShortMessage,
        M::Reason,
        M::Message,
        M::Description,
        M::Detail,
    ];
    let types = [
        T::None,
        T::Id,
        T::Class,
        T::Reason,
        T::Type,
        T::Digits,
        T::Code,
        T::Specific,
        T::Narrowest,
        T::Uri,
    ];
    let parameters = [P::None, P::Perhaps, P::Likely, P::Surely];
    for (name, other) in neighbours(&messages, role.message) {
        all.push((
            name,
            Role {
                message: other,
                ..role
            },
        ));
    }
    for (name, other) in neighbours(&types, role.error_type) {
        all.push((
            name,
            Role {
                error_type: other,
                ..role
            },
        ));
    }
    for (name, other) in neighbours(&parameters, role.parameter) {
        all.push((
            name,
            Role {
                parameter: other,
                ..role
            },
        ));
    }
    all
}

/// The levels above and below one, if it is one at all.
fn neighbours<L: Copy + PartialEq + std::fmt::Debug>(
    levels: &[L],
    level: L,
) -> Vec<(&'static str, L)> {
    let at = levels.iter().position(|other| *other == level).unwrap();
    let below = at.checked_sub(1).map(|below| ("down", levels[below]));
    let above = levels.get(at + 1).map(|above| ("up", *above));
    if at == 0 {
        return Vec::new();
    }
    below.into_iter().chain(above).collect()
}

#[test]
#[ignore = "slow"]
fn every_row_that_is_moved_by_a_level_or_taken_out_is_noticed() {
    let all = cases().into_iter().chain(samples());
    let cases: Vec<_> = all.filter(Case::is_right).collect();
    let mut by_word: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    for case in &cases {
        for word in &case.words {
            by_word.entry(word).or_default().push(case);
        }
    }
    let is_in_line = |names: &[&str]| {
        let mut names = names.iter();
        names.all(|name| RIVALS.lines().any(|line| line == rivals::line(name)))
    };
    // `rivals.txt` is written from the table itself, so what it alone notices is counted.
    let (mut unnoticed, mut all, mut by_rivals_alone) = (Vec::new(), 0, 0);
    let mut judge = |is_in_line: bool, are_right: bool, change: String| {
        all += 1;
        match (is_in_line, are_right) {
            (true, true) => unnoticed.push(change),
            (false, true) => by_rivals_alone += 1,
            (_, false) => {}
        }
    };
    for keys in ROWS {
        let names: Vec<_> = keys
            .iter()
            .map(|key| std::str::from_utf8(key).unwrap())
            .collect();
        for name in &names {
            let users = by_word.get(name).cloned().unwrap_or_default();
            let off = BTreeSet::from([row("roles", name)]);
            let are_right = || users.iter().all(|case| case.is_right());
            let (line, right) = without(off, || (is_in_line(&[name]), are_right()));
            judge(line, right, format!("{name} is taken out"));
        }
        let users = names.iter().filter_map(|name| by_word.get(name)).flatten();
        let users: Vec<&Case> = users.copied().collect();
        for (way, role) in moved(role_of(names[0]).unwrap()) {
            let keys = *keys;
            let change = move |key: &[u8], old: Role| if keys.contains(&key) { role } else { old };
            let are_right = || users.iter().all(|case| case.is_right());
            let (line, right) = with_change(Box::new(change), || (is_in_line(&names), are_right()));
            judge(line, right, format!("{names:?} is moved {way} to {role:?}"));
        }
    }
    println!("{all} changes: {by_rivals_alone} are noticed by rivals.txt alone");
    assert!(
        unnoticed.is_empty(),
        "{}\n{} unnoticed",
        unnoticed.join("\n"),
        unnoticed.len()
    );
}

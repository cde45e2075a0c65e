//! What is read of systems whose own rows are left out.

use std::collections::BTreeSet;

use super::{cases, compared, row, rows, PARTS};
use crate::envelope::Origin;
use crate::read::read;
use crate::read::switches::without;

/// Formats of one system. The others are standards, which nobody has to meet to know them.
const OF_SYSTEMS: [&str; 5] = ["aws", "copr", "feathers", "google", "kubernetes"];

/// How many of all that a system of this part says would be read if nothing were known that it alone has.
#[test]
#[ignore = "prints figures"]
fn what_is_read_of_systems_that_were_left_out() {
    let cases = cases();
    let (mut all, mut with, mut alone) = (0, 0, 0);
    for part in 0..PARTS {
        let (own, others): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.part == part);
        let known: BTreeSet<&str> = others
            .iter()
            .flat_map(|case| &case.words)
            .map(|word| &**word)
            .collect();
        let mut off: BTreeSet<_> = rows()
            .into_iter()
            .filter(|(_, name)| !known.contains(&*compared(name)))
            .collect();
        let origins: BTreeSet<_> = others
            .iter()
            .map(|case| read(&case.response).origin())
            .filter_map(|origin| match origin {
                Origin::Wire(name) => Some(name),
                _ => None,
            })
            .collect();
        let unknown = OF_SYSTEMS.iter().filter(|name| !origins.contains(*name));
        off.extend(unknown.map(|name| row("formats", name)));
        let names: Vec<_> = off.iter().map(|(_, name)| name.clone()).collect();
        let right = own.iter().filter(|case| case.is_right()).count();
        let lost: Vec<_> = without(off, || {
            own.iter()
                .filter(|case| !case.is_right())
                .map(|case| &*case.id)
                .collect()
        });
        let left = own.len() - lost.len();
        println!(
            "part {part}: {right} of {} are right, {left} without {} rows {names:?}\n  {lost:?}",
            own.len(),
            names.len()
        );
        all += own.len();
        with += right;
        alone += left;
    }
    println!(
        "of {all} cases {with} are right, and {alone} ({:.1} %) without the rows of their own part",
        100.0 * alone as f64 / all as f64
    );
    assert!(alone as f64 >= 0.95 * all as f64);
}

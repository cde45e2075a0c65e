//! A map that keeps the order in which its names came.

use std::collections::hash_map::{Entry, HashMap};

use bytestring::ByteString;

/// So many names are compared one by one, which costs less than hashing them.
const FEW: usize = 8;

/// Values by name, in the order of their names' first appearance.
#[derive(Clone)]
pub(super) struct Ordered<V> {
    entries: Vec<(ByteString, V)>,
    /// Where each name stands; empty while they are few.
    positions: HashMap<ByteString, usize>,
}

impl<V> Ordered<V> {
    pub(super) fn get(&self, name: &str) -> Option<&V> {
        let position = if self.positions.is_empty() {
            self.entries.iter().position(|(known, _)| **known == *name)
        } else {
            self.positions.get(name).copied()
        };
        self.entries.get(position?).map(|(_, value)| value)
    }

    pub(super) fn entries(&self) -> &[(ByteString, V)] {
        &self.entries
    }

    /// Makes room for so many more names.
    pub(super) fn reserve(&mut self, names: usize) {
        self.entries.reserve(names);
        if names > FEW {
            self.positions.reserve(names);
        }
    }
}

impl<V: Default> Ordered<V> {
    /// The value of `name`, which is made if there is none.
    pub(super) fn entry(&mut self, name: ByteString) -> Option<&mut V> {
        let position = self.position(&name);
        if position == self.entries.len() {
            self.entries.push((name, V::default()));
        }
        self.entries.get_mut(position).map(|(_, value)| value)
    }

    /// Where `name` stands, or will stand.
    fn position(&mut self, name: &ByteString) -> usize {
        let end = self.entries.len();
        if end < FEW {
            let mut names = self.entries.iter().map(|(known, _)| known);
            return names.position(|known| known == name).unwrap_or(end);
        }
        if self.positions.is_empty() {
            let names = self.entries.iter().map(|(known, _)| known.clone());
            self.positions.extend(names.zip(0..));
        }
        match self.positions.entry(name.clone()) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(end),
        }
    }
}

impl<V> Default for Ordered<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            positions: HashMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_names_keep_their_order_and_their_values() {
        let mut map = Ordered::<usize>::default();
        for round in 1..=3 {
            for number in 0..3 * FEW {
                *map.entry(number.to_string().into()).unwrap() += round;
            }
        }
        let names: Vec<_> = map.entries().iter().map(|(name, _)| &**name).collect();
        let wanted: Vec<_> = (0..3 * FEW).map(|number| number.to_string()).collect();
        assert_eq!(names, wanted);
        assert!(wanted.iter().all(|name| map.get(name) == Some(&6)));
        assert_eq!(map.get("x"), None);
    }
}

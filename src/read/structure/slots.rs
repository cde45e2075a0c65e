//! Where the names of a table stand in it, by their hash: reading a small document takes 3 to 8 % less than with a binary
//! search.

use super::key::Key;

const HASHES: usize = 512;

/// A place in a table of up to 255 names, one more than it is; 0 is none. A name is looked for from its hash on until
/// there is none.
pub(super) struct Slots([u8; HASHES + 16]);

impl Slots {
    // It is for tables, which the compiler makes; and an index that is wrong it refuses.
    #[allow(clippy::indexing_slicing)]
    pub(super) const fn of(names: &[Key]) -> Self {
        let mut slots = [0; HASHES + 16];
        let mut place = 0;
        while place < names.len() {
            let mut slot = names[place].hash() % HASHES;
            while slots[slot] != 0 {
                slot += 1;
            }
            place += 1;
            slots[slot] = place as u8;
        }
        Self(slots)
    }

    /// The places where a name may stand.
    pub(super) fn places(&self, name: Key) -> impl Iterator<Item = usize> + '_ {
        let slots = self.0.get(name.hash() % HASHES..).unwrap_or_default();
        slots
            .iter()
            .map_while(|slot| usize::from(*slot).checked_sub(1))
    }
}

//! Names as they are compared: without case, `_`, `-` and blanks, so that `errorCode`, `error_code` and `Error-Code`
//! are one.

/// A name in this form, packed: comparing two compares numbers. The last number is how many letters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u64, u64, u64, usize);

/// Letters of the longest name that has a key.
const LONGEST: usize = 24;

impl Key {
    /// The key of `name`, or `None` if it has more than 24 letters.
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut letters = [0; LONGEST];
        let key = match letters.get_mut(..name.len()) {
            Some(start) => {
                start.copy_from_slice(name.as_bytes());
                Self::packed(letters, name.len())
            }
            None => return Self::without_separators(name),
        };
        if key.has_separators() {
            Self::without_separators(name)
        } else {
            Some(key)
        }
    }

    fn without_separators(name: &str) -> Option<Self> {
        let (mut letters, mut count) = ([0; LONGEST + 1], 0);
        for byte in name.bytes() {
            *letters.get_mut(count)? = byte;
            if !is_separator(byte) {
                count += 1;
            }
        }
        // What was written last may have been a separator.
        *letters.get_mut(count)? = 0;
        let (letters, _) = letters.split_first_chunk()?;
        Some(Self::packed(*letters, count))
    }

    #[inline]
    fn packed(letters: [u8; LONGEST], count: usize) -> Self {
        let mut words = letters
            .chunks_exact(8)
            .filter_map(|chunk| Some(lower(u64::from_be_bytes(chunk.try_into().ok()?))));
        let mut word = || words.next().unwrap_or_default();
        let first = word();
        match count {
            ..=8 => Self(first, 0, 0, count),
            _ => Self(first, word(), word(), count),
        }
    }

    fn has_separators(self) -> bool {
        let some = |word: u64| has(word, b'_') || has(word, b'-') || has(word, b' ');
        some(self.0) || (self.3 > 8 && (some(self.1) || some(self.2)))
    }

    /// A number that is seldom that of another key.
    pub(super) const fn hash(self) -> usize {
        let folded = self.0 ^ self.1.rotate_left(21) ^ self.2.rotate_left(42);
        (folded.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - 16)) as usize
    }
}

/// The key of a name in a table, which has no more than 24 letters.
pub(super) const fn key(name: &str) -> Key {
    let (mut words, mut count, mut rest) = ((0, 0, 0), 0, name.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if is_separator(*byte) {
            continue;
        }
        let letter = lower(*byte as u64) << (u64::BITS - 8 - count as u32 % 8 * 8);
        match count / 8 {
            0 => words.0 |= letter,
            1 => words.1 |= letter,
            _ => words.2 |= letter,
        }
        count += 1;
    }
    Key(words.0, words.1, words.2, count)
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b' ')
}

/// Every byte 1.
const ONES: u64 = u64::MAX / 0xff;
/// The highest bit of every byte.
const HIGH: u64 = ONES << 7;

/// Whether one of the eight bytes is this.
const fn has(word: u64, byte: u8) -> bool {
    let zero = word ^ (ONES * byte as u64);
    zero.wrapping_sub(ONES) & !zero & HIGH != 0
}

/// The eight bytes with the capitals of ASCII made small.
const fn lower(word: u64) -> u64 {
    let low = word & !HIGH;
    let from_a = low + ONES * (0x80 - b'A' as u64);
    let above_z = low + ONES * (0x7f - b'Z' as u64);
    let capitals = (from_a ^ above_z) & !word & HIGH;
    word | capitals >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_do_not_count() {
        for name in ["errorCode", "error_code", "ERROR-CODE", " error code_"] {
            assert_eq!(key(name), key("errorcode"), "{name}");
        }
        assert_eq!(key("abcdefgh_"), key("_abcdefgh"));
    }

    #[test]
    fn every_other_byte_does() {
        let names = [
            "",
            "a",
            "a\0",
            "aa",
            "ab",
            "abcdefgh",
            "abcdefgh\0",
            "abcdefghi",
            "b",
            "é",
        ];
        let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
        assert!((1..keys.len()).all(|end| !keys[..end].contains(&keys[end])));
    }

    #[test]
    fn only_capitals_of_ascii_become_small() {
        for byte in 1..=u8::MAX {
            let same = |byte: u8| lower(ONES * u64::from(byte));
            assert_eq!(
                same(byte),
                ONES * u64::from(byte.to_ascii_lowercase()),
                "{byte}"
            );
        }
        assert_eq!(key("ÄBC").0, key("Äbc").0);
    }

    #[test]
    fn stands_in_alphabetical_order_up_to_24_letters() {
        let names = [
            "",
            "a",
            "abcdefgh",
            "abcdefghi",
            "abcdefghijklmnopqrstuvwx",
            "b",
        ];
        assert!(names
            .windows(2)
            .all(|pair| Key::of(pair[0]) < Key::of(pair[1])));
        assert_eq!(Key::of("abcdefghijklmnopqrstuvwxy"), None);
        assert!(Key::of("abcdefghijklmnopqrstuvwx__").is_some());
    }
}

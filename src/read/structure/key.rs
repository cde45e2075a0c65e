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
        let (mut letters, mut count) = ([0; LONGEST + 1], name.len());
        if count > LONGEST {
            return Self::of_long(name);
        }
        letters.get_mut(..count)?.copy_from_slice(name.as_bytes());
        while let Some(position) = first_separator(&letters, count) {
            // The last byte is 0, and comes after what is left.
            letters.copy_within(position + 1.., position);
            count -= 1;
        }
        Some(Self::packed(&letters, count))
    }

    fn of_long(name: &str) -> Option<Self> {
        let (mut letters, mut count) = ([0; LONGEST + 1], 0);
        for byte in name.bytes().filter(|byte| !is_separator(*byte)) {
            *letters.get_mut(..LONGEST)?.get_mut(count)? = byte;
            count += 1;
        }
        Some(Self::packed(&letters, count))
    }

    fn packed(letters: &[u8], count: usize) -> Self {
        let mut words = words(letters).map(lower);
        let mut word = || words.next().unwrap_or_default();
        let first = word();
        match count {
            ..=8 => Self(first, 0, 0, count),
            _ => Self(first, word(), word(), count),
        }
    }

    /// Whether there is a colon among the first eight letters.
    pub(super) const fn has_colon(self) -> bool {
        equal(self.0, b':') != 0
    }

    /// The first letter and the last; 0 if there is none.
    pub(super) const fn ends(self) -> (u8, u8) {
        let word = match self.3 {
            0..=8 => self.0,
            9..=16 => self.1,
            _ => self.2,
        };
        let behind = 8 - self.3 % 8;
        let last = word >> (behind % 8 * 8);
        ((self.0 >> (u64::BITS - 8)) as u8, last as u8)
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

/// The position of the first separator in the first `count` bytes.
fn first_separator(letters: &[u8], count: usize) -> Option<usize> {
    let masks = words(letters).take(count.div_ceil(8)).map(separators);
    let (position, mask) = masks.enumerate().find(|(_, mask)| *mask != 0)?;
    Some(8 * position + mask.leading_zeros() as usize / 8)
}

fn words(letters: &[u8]) -> impl Iterator<Item = u64> + '_ {
    letters
        .chunks_exact(8)
        .filter_map(|chunk| Some(u64::from_be_bytes(chunk.try_into().ok()?)))
}

/// Every byte 1.
const ONES: u64 = u64::MAX / 0xff;
/// The highest bit of every byte.
const HIGH: u64 = ONES << 7;

/// The highest bit of every byte that is a separator.
const fn separators(word: u64) -> u64 {
    equal(word, b'_') | equal(word, b'-') | equal(word, b' ')
}

/// The highest bit of every byte that is this one.
const fn equal(word: u64, byte: u8) -> u64 {
    let other = word ^ (ONES * byte as u64);
    !(((other & !HIGH) + !HIGH) | other | !HIGH)
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
        let spelled = [
            "a-b_cd efgh",
            "_abcdefgh",
            "abcdefgh_",
            "__a__b__c__d__efgh____",
        ];
        let long = "a_b_c_d_e_f_g_h_i_j_k_l_m_n_o_p_q_r_s_t_u_v_w_x";
        assert!(spelled
            .iter()
            .all(|name| Key::of(name) == Some(key("abcdefgh"))));
        assert_eq!(Key::of(long), Some(key("abcdefghijklmnopqrstuvwx")));
        assert_eq!(
            Key::of("abcdefghijklmnopqrstuv_x"),
            Some(key("abcdefghijklmnopqrstuvx"))
        );
        assert_eq!(Key::of("^_^!-`,"), Some(key("^^!`,")));
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

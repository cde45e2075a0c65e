//! Names as they are compared: without case, `_`, `-` and blanks, so that `errorCode`, `error_code` and `Error-Code`
//! are one.

/// A name in this form, packed: comparing two compares numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u64, u64, u64);

impl Key {
    /// The key of `name`, or `None` if it has more than 24 letters.
    pub(super) const fn of(name: &str) -> Option<Self> {
        let (first, rest) = word(name.as_bytes());
        let (second, rest) = word(rest);
        let (third, rest) = word(rest);
        match word(rest) {
            (0, []) => Some(Self(first, second, third)),
            _ => None,
        }
    }
}

/// The key of a name in a table.
pub(super) const fn key(name: &str) -> Key {
    match Key::of(name) {
        Some(key) => key,
        None => Key(u64::MAX, u64::MAX, u64::MAX),
    }
}

/// The next eight letters as a number that is the greater, the later they come in the alphabet; and what follows.
const fn word(bytes: &[u8]) -> (u64, &[u8]) {
    let (mut word, mut free, mut rest) = (0, u64::BITS, bytes);
    while let Some((byte, after)) = rest.split_first() {
        if free == 0 {
            break;
        }
        rest = after;
        if !matches!(byte, b'_' | b'-' | b' ') {
            free -= 8;
            word |= letter(*byte) << free;
        }
    }
    (word, rest)
}

/// A byte that counts, never 0: that is what follows the last.
const fn letter(byte: u8) -> u64 {
    match byte {
        0 => 0xff,
        byte => byte.to_ascii_lowercase() as u64,
    }
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

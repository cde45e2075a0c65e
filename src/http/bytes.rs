//! Searches a text for bytes, and trims it.
//!
//! In: a text. Out: whether it has a byte of a kind, or the text without blanks. Readers and writers call it for every text.

/// Bytes that are tested together.
const CHUNK: usize = 32;

/// Whether `is_one` is true for a byte of `text`. It must be false for `a`, because short texts are filled up with `a`.
///
/// `is_one` must have no branches (`|`, not `||` or `matches!`). Then the compiler tests all bytes of a chunk at once, which costs
/// less than a search for the first.
#[inline]
pub(crate) fn any(text: &str, is_one: impl Fn(u8) -> bool) -> bool {
    all_bits(text, |byte| u8::from(is_one(byte))) != 0
}

/// The bits that `bits` returns for the bytes of `text`, joined by `|`. It must return 0 for `a`, and have no branches.
#[inline]
pub(crate) fn all_bits(text: &str, bits: impl Fn(u8) -> u8) -> u8 {
    let of_chunk = |chunk: &[u8; CHUNK]| {
        let bytes = chunk.iter();
        bytes.fold(0, |found, byte| found | bits(*byte))
    };
    let bytes = text.as_bytes();
    if let Some(last) = bytes.last_chunk() {
        let chunks = bytes.chunks_exact(CHUNK);
        let chunks = chunks.filter_map(|chunk| chunk.try_into().ok());
        return chunks.fold(of_chunk(last), |found, chunk| found | of_chunk(chunk));
    }
    of_chunk(&padded(bytes))
}

/// A chunk that begins with these bytes, filled up with `a`.
#[inline]
fn padded(bytes: &[u8]) -> [u8; CHUNK] {
    let mut chunk = [b'a'; CHUNK];
    if let Some(start) = chunk.get_mut(..bytes.len()) {
        start.copy_from_slice(bytes);
    }
    chunk
}

/// `text` without the blanks around it. Most texts have none, which a test of two bytes shows.
pub(crate) fn trim(text: &str) -> &str {
    let visible = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    if visible(text.as_bytes().first()) && visible(text.as_bytes().last()) {
        text
    } else {
        text.trim()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_byte_wherever_it_stands() {
        let is_blank = |byte| byte == b' ';
        let bits = |byte| u8::from(byte == b' ') | u8::from(byte == b'x') << 1;
        for length in 0..100 {
            let text = "x".repeat(length);
            assert!(!any(&text, is_blank), "{length}");
            for position in 0..=length {
                let mut text = text.clone();
                text.insert(position, ' ');
                assert!(any(&text, is_blank), "{position} of {length}");
                let want = if length == 0 { 1 } else { 3 };
                assert_eq!(all_bits(&text, bits), want, "{position} of {length}");
            }
        }
    }
}

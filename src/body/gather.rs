//! Gathers the bytes of a body, within a limit.
//!
//! In: the data of frames. Out: one buffer, and the bytes beyond the limit. [`Reading`](crate::exchange::Reading), `raise/` and
//! `changed` call it.

use bytes::Bytes;

/// The bytes of a body, up to a limit.
///
/// They are copied into one buffer, because a frame may be a small view of a large buffer and would keep all of it in memory. A
/// single frame is kept as it is.
#[derive(Debug)]
pub(crate) struct Gather {
    /// Bytes that may still come. An empty frame counts as one byte, so the number of frames is limited as well.
    left: usize,
    kept: Kept,
}

#[derive(Debug)]
enum Kept {
    Nothing,
    Frame(Bytes),
    Buffer(Vec<u8>),
}

impl Gather {
    /// Takes `limit` bytes at most.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            left: limit,
            kept: Kept::Nothing,
        }
    }

    /// Takes the part of `data` that is within the limit. Returns `None` if there was room for all of it, else the rest. The rest
    /// is empty if an empty frame is beyond the limit.
    pub(crate) fn push(&mut self, mut data: Bytes) -> Option<Bytes> {
        let cost = data.len().max(1);
        let fits = cost <= self.left;
        let within = data.split_to(data.len().min(self.left));
        self.left -= cost.min(self.left);
        self.keep(within);
        (!fits).then_some(data)
    }

    /// Returns the bytes that were taken, and forgets them.
    pub(crate) fn take(&mut self) -> Bytes {
        match std::mem::replace(&mut self.kept, Kept::Nothing) {
            Kept::Nothing => Bytes::new(),
            Kept::Frame(frame) => frame,
            Kept::Buffer(buffer) => buffer.into(),
        }
    }

    /// Keeps the first `bytes` of the bytes that were taken.
    pub(crate) fn truncate(&mut self, bytes: usize) {
        match &mut self.kept {
            Kept::Nothing => {}
            Kept::Frame(frame) => frame.truncate(bytes),
            Kept::Buffer(buffer) => buffer.truncate(bytes),
        }
    }

    /// The bytes that were taken so far.
    pub(crate) fn as_slice(&self) -> &[u8] {
        match &self.kept {
            Kept::Nothing => &[],
            Kept::Frame(frame) => frame,
            Kept::Buffer(buffer) => buffer,
        }
    }

    fn keep(&mut self, data: Bytes) {
        match &mut self.kept {
            _ if data.is_empty() => {}
            Kept::Nothing => self.kept = Kept::Frame(data),
            Kept::Frame(first) => {
                let mut buffer = first.to_vec();
                append(&mut buffer, &data, self.left);
                self.kept = Kept::Buffer(buffer);
            }
            Kept::Buffer(buffer) => append(buffer, &data, self.left),
        }
    }
}

/// Bytes that were read, followed by those beyond the limit.
pub(crate) fn joined(read: Bytes, over: Bytes) -> Bytes {
    match (read.is_empty(), over.is_empty()) {
        (_, true) => read,
        (true, false) => over,
        (false, false) => [read, over].concat().into(),
    }
}

/// Appends `data`. The buffer grows by doubling, but never beyond the limit.
fn append(buffer: &mut Vec<u8>, data: &[u8], left: usize) {
    let needed = buffer.len() + data.len();
    if needed > buffer.capacity() {
        let capacity = (2 * needed).min(needed + left);
        buffer.reserve_exact(capacity - buffer.len());
    }
    buffer.extend_from_slice(data);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(limit: usize, frames: &[&'static str]) -> (Bytes, bool) {
        let mut gather = Gather::new(limit);
        let over = frames
            .iter()
            .any(|frame| gather.push(Bytes::from_static(frame.as_bytes())).is_some());
        (gather.take(), over)
    }

    #[test]
    fn stops_at_the_limit_and_not_before() {
        for (limit, want, over) in [
            (5, "hello", false),
            (6, "hello", false),
            (4, "hell", true),
            (3, "hel", true),
            (0, "", true),
        ] {
            assert_eq!(
                gather(limit, &["he", "llo"]),
                (want.into(), over),
                "{limit}"
            );
        }
    }

    #[test]
    fn keeps_a_lone_frame_as_it_is() {
        let frame = Bytes::from(vec![b'x'; 100]);
        let mut gather = Gather::new(100);
        assert_eq!(gather.push(frame.clone()), None);
        assert_eq!(gather.take().as_ptr(), frame.as_ptr());
    }

    #[test]
    fn gives_back_what_is_beyond_the_limit() {
        let mut gather = Gather::new(3);
        assert_eq!(gather.push("hello".into()), Some("lo".into()));
        assert_eq!(gather.take(), "hel");
    }

    #[test]
    fn a_frame_without_data_costs_one_byte_of_the_limit() {
        let mut gather = Gather::new(3);
        let taken = (0..10).take_while(|_| gather.push(Bytes::new()).is_none());
        assert_eq!(taken.count(), 3);
    }

    #[test]
    fn a_frame_without_data_does_not_cost_a_copy_of_the_next() {
        let frame = Bytes::from(vec![b'x'; 100]);
        let mut gather = Gather::new(200);
        assert_eq!(gather.push(Bytes::new()), None);
        assert_eq!(gather.push(frame.clone()), None);
        assert_eq!(gather.take().as_ptr(), frame.as_ptr());
    }

    #[test]
    fn a_buffer_grows_only_when_it_is_full_and_then_doubles() {
        let mut gather = Gather::new(100_000);
        let mut capacities = vec![0];
        while gather.push(Bytes::from_static(&[b'x'; 100])).is_none() {
            let Kept::Buffer(buffer) = &gather.kept else {
                continue;
            };
            let (length, before) = (buffer.len(), capacities[capacities.len() - 1]);
            if buffer.capacity() != before {
                assert!(length > before, "{length} of {before}");
                capacities.push(buffer.capacity());
            }
        }
        assert_eq!(capacities.last(), Some(&100_000));
        assert!(capacities.len() <= 12, "{capacities:?}");
    }

    #[test]
    fn the_buffer_never_outgrows_the_limit() {
        for frame in [1, 7, 64, 1000] {
            let mut gather = Gather::new(1000);
            while gather.push(Bytes::from(vec![b'x'; frame])).is_none() {}
            let Kept::Buffer(buffer) = &gather.kept else {
                assert_eq!(frame, 1000);
                continue;
            };
            assert!(buffer.capacity() <= 1000, "{frame}: {}", buffer.capacity());
        }
    }
}

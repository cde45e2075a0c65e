//! The best of several candidates.

/// The candidate with the highest rank; of several the first.
pub(super) struct Ranked<T> {
    pub(super) rank: u8,
    pub(super) best: Option<T>,
}

impl<T> Ranked<T> {
    pub(super) const fn none() -> Self {
        Self {
            rank: 0,
            best: None,
        }
    }

    /// No candidate, and none to come.
    pub(super) const fn closed() -> Self {
        Self {
            rank: u8::MAX,
            best: None,
        }
    }

    pub(super) fn offer(&mut self, rank: u8, candidate: impl Into<T>) {
        if rank > self.rank {
            *self = Self {
                rank,
                best: Some(candidate.into()),
            };
        }
    }
}

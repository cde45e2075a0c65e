//! The best of several candidates for the message or the type.

/// The candidate with the highest rank; of several the first.
pub(super) struct Best<T> {
    pub(super) rank: u8,
    pub(super) candidate: Option<T>,
}

impl<T> Best<T> {
    pub(super) const fn none() -> Self {
        Self {
            rank: 0,
            candidate: None,
        }
    }

    /// No candidate, and none to come.
    pub(super) const fn closed() -> Self {
        Self {
            rank: u8::MAX,
            candidate: None,
        }
    }

    pub(super) fn offer(&mut self, rank: impl Into<u8>, candidate: impl Into<T>) {
        let rank = rank.into();
        if rank > self.rank {
            *self = Self {
                rank,
                candidate: Some(candidate.into()),
            };
        }
    }
}

//! The best of several candidates for the message, the type or the parameters.
//!
//! In: candidates with their ranks. Out: the best of them. [`Texts`](super::texts::Texts) and [`Item`](super::item::Item) have them.

/// The candidate with the highest rank. Of several with this rank, it is the first.
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

    /// No candidate. All further candidates are refused.
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

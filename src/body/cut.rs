//! The reason why the body of a response was not read to its end. An engine passes it to [`Reading`](crate::exchange::Reading), and
//! `raise/` uses it in the same way.

/// Why a body was not read to its end.
///
/// An engine passes [`Broken`](Self::Broken) to [`Reading::end`](crate::exchange::Reading::end) if the body failed. A body beyond the limit is found by
/// [`Reading::push`](crate::exchange::Reading::push) itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cut {
    /// The body is longer than the limit.
    Limit,
    /// The body broke off: the connection failed, or the body was shorter than announced.
    Broken,
}

impl Cut {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Limit => "longer than the limit",
            Self::Broken => "it broke off",
        }
    }
}

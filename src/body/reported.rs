//! Remembers for one poll whether hook and log got the failure of a body. So only one of several layers reports it.
//!
//! In: the reports of an inner layer. Out: the same value for the outer layer. `failure`, `poll_read`, `resumed`, `exchange/` and
//! `layer/` call it.

#[cfg(feature = "layer")]
use std::cell::Cell;

/// Whether hook and log got the failure of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) hook: bool,
    pub(crate) log: bool,
    /// The client, by a last frame before the error.
    pub(crate) client: bool,
}

#[cfg(feature = "layer")]
thread_local! {
    /// The reports of the failure that the current poll returns.
    ///
    /// The body of an outer layer polls the body of an inner layer, so both run on one thread.
    static REPORTED: Cell<Reported> = const { Cell::new(Reported { hook: false, log: false, client: false }) };
    /// Whether [`REPORTED`] counts. To forget costs one store for each frame.
    static IS_SET: Cell<bool> = const { Cell::new(false) };
}

#[cfg(feature = "layer")]
impl Reported {
    /// Removes the reports about other bodies. A body calls it before it polls the inner body, and so does the
    /// code that reads a body.
    #[inline]
    pub(crate) fn forget() {
        IS_SET.set(false);
    }

    /// The reports of the inner body, which has just failed.
    pub(crate) fn inside() -> Self {
        if IS_SET.get() {
            REPORTED.get()
        } else {
            Self::default()
        }
    }

    /// Adds these reports for the outer bodies, until this poll ends.
    pub(crate) fn remember(self) {
        let inside = Self::inside();
        REPORTED.set(Self {
            hook: self.hook || inside.hook,
            log: self.log || inside.log,
            client: self.client || inside.client,
        });
        IS_SET.set(true);
    }
}

//! Who was told of a body that failed, so that of layers around each other one tells.

#[cfg(feature = "layer")]
use std::cell::Cell;

/// Who was told of a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) hook: bool,
    pub(crate) log: bool,
    /// The client, by a last frame before the error.
    pub(crate) client: bool,
}

#[cfg(feature = "layer")]
thread_local! {
    /// Who was told of the failure that the poll of now returns.
    ///
    /// A layer inside returns the failure while a layer outside polls it, so both run on one thread.
    static TOLD: Cell<Told> = const { Cell::new(Told { hook: false, log: false, client: false }) };
}

#[cfg(feature = "layer")]
impl Told {
    /// Forgets failures of other bodies. A body calls it before it polls the body inside.
    #[inline]
    pub(crate) fn forget() {
        TOLD.set(Self::default());
    }

    /// Who was told by the body inside, which has just failed.
    pub(crate) fn inside() -> Self {
        TOLD.get()
    }

    /// Remembers it for bodies outside, until this poll ends.
    pub(crate) fn remember(self) {
        let inside = Self::inside();
        TOLD.set(Self {
            hook: self.hook || inside.hook,
            log: self.log || inside.log,
            client: self.client || inside.client,
        });
    }
}

//! The dialects that a server offers.
//!
//! In: the writers that the builder got, and the `Accept` of a request. Out: the writer that the request prefers. `exchange/`
//! classifies requests with them, and writes errors.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::accept::{Choice, Offers};
use super::{Clustr, ErrorWriter};

/// The dialects that are offered, in order of preference. There is at least one.
#[derive(Clone)]
pub(crate) struct Dialects {
    /// `None` is the documented dialect: a body that is the documented JSON already may pass.
    writers: Vec<Option<Arc<dyn ErrorWriter>>>,
    offers: Offers,
    /// Whether the user added any. The first call replaces the default.
    named: bool,
}

impl Dialects {
    /// Only the documented dialect, until the user adds others.
    pub(crate) fn documented() -> Self {
        let mut offers = Offers::default();
        offers.push(Clustr.media_type());
        Self {
            writers: vec![None],
            offers,
            named: false,
        }
    }

    /// Offers one more dialect. Dialects that were added before have priority.
    pub(crate) fn push<W: ErrorWriter + 'static>(&mut self, writer: W) {
        if !std::mem::replace(&mut self.named, true) {
            self.writers.clear();
            self.offers = Offers::default();
        }
        self.offers.push(writer.media_type());
        let is_documented = TypeId::of::<W>() == TypeId::of::<Clustr>();
        self.writers
            .push((!is_documented).then(|| Arc::new(writer) as Arc<dyn ErrorWriter>));
    }

    /// Whether a request has a choice. Then each answer depends on `Accept`.
    pub(crate) fn are_several(&self) -> bool {
        self.writers.len() > 1
    }

    /// The dialect that `headers` prefers, and whether they prefer a page. `accept` is their first `Accept`.
    #[inline]
    pub(crate) fn choose(&self, accept: &HeaderValue, headers: &HeaderMap) -> Choice {
        self.offers.choose(accept, headers)
    }

    /// The writer of a choice; `None` for the documented dialect.
    pub(crate) fn writer(&self, choice: Choice) -> Option<&dyn ErrorWriter> {
        self.writers.get(usize::from(choice.offer))?.as_deref()
    }
}

impl fmt::Debug for Dialects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.offers.media_types().iter().map(ToString::to_string))
            .finish()
    }
}

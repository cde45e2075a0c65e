//! The dialects that a server offers.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use http::{HeaderMap, HeaderValue};
use mediatype::{media_type, MediaType};

use crate::write::accept::{choose, Choice};
use crate::write::{Clustr, ErrorWriter};

/// The dialects offered, in order of preference: at least one.
#[derive(Clone)]
pub(super) struct Dialects {
    /// `None` where the documented dialect is to be written, so that a body that already is in it may pass.
    writers: Vec<Option<Arc<dyn ErrorWriter>>>,
    media_types: Vec<MediaType<'static>>,
    /// The first media type as text.
    first: &'static str,
    /// Whether the user named any.
    named: bool,
}

impl Dialects {
    /// The documented dialect alone, until others are named.
    pub(super) fn documented() -> Self {
        Self {
            writers: vec![None],
            media_types: vec![media_type!(APPLICATION / JSON)],
            first: Clustr.media_type(),
            named: false,
        }
    }

    /// Offers one more dialect, less preferred than those before it.
    pub(super) fn push<W: ErrorWriter + 'static>(&mut self, writer: W) {
        if !std::mem::replace(&mut self.named, true) {
            self.writers.clear();
            self.media_types.clear();
            self.first = writer.media_type();
        }
        // A media type that is none matches no request; the dialect can still be the first, and so the default.
        let media_type = MediaType::parse(writer.media_type())
            .unwrap_or(media_type!(APPLICATION / OCTET_STREAM));
        let is_documented = TypeId::of::<W>() == TypeId::of::<Clustr>();
        self.writers
            .push((!is_documented).then(|| Arc::new(writer) as Arc<dyn ErrorWriter>));
        self.media_types.push(media_type);
    }

    pub(super) fn are_several(&self) -> bool {
        self.writers.len() > 1
    }

    pub(super) fn choose(&self, accept: &HeaderValue, headers: &HeaderMap) -> Choice {
        choose(accept, headers, self.first, &self.media_types)
    }

    /// The writer chosen, `None` for the documented one.
    pub(super) fn writer(&self, choice: Choice) -> Option<&dyn ErrorWriter> {
        self.writers.get(usize::from(choice.offer))?.as_deref()
    }
}

impl fmt::Debug for Dialects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.media_types.iter().map(ToString::to_string))
            .finish()
    }
}

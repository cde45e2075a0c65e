//! The first error in the body of an error that is labelled as a stream.
//!
//! Such a body may stay open after its error, and send comments for ever. So reading stops at the first event or line that is an
//! error.
//!
//! In: the head of an error, and its body as it grows. Out: the length of the body up to the end of its first error. `Reading` and
//! `raise/` call it, on clients.

use http::HeaderMap;

use super::stream_label::StreamLabel;
use crate::http::header_list;
use crate::read::{read_unit, UnitKind, Units};

/// How far a stream was searched for an error.
#[derive(Debug)]
pub(crate) struct FirstError {
    units: Units,
    /// The beginning of the open event or line.
    open: usize,
    seen: usize,
}

impl FirstError {
    /// `None` if a body with these headers is no stream of events or lines, or if it is coded.
    #[inline]
    pub(crate) fn of(headers: &HeaderMap) -> Option<Box<Self>> {
        StreamLabel::may_be_text(headers).then(|| Self::of_stream(headers))?
    }

    #[cold]
    fn of_stream(headers: &HeaderMap) -> Option<Box<Self>> {
        let kind = match StreamLabel::of(headers, false) {
            StreamLabel::Events => UnitKind::Event,
            StreamLabel::Lines | StreamLabel::Sequence => UnitKind::Line,
            _ => return None,
        };
        let search = Self {
            units: Units::new(kind),
            open: 0,
            seen: 0,
        };
        (!header_list::is_coded(headers)).then(|| Box::new(search))
    }

    /// The length of `body` up to the end of the first event or line that is an error, if it is whole. `body` has all bytes that
    /// have come so far. Each byte is looked at once.
    pub(crate) fn end(&mut self, body: &[u8]) -> Option<usize> {
        while let Some(rest) = body.get(self.seen..).filter(|rest| !rest.is_empty()) {
            let Some(length) = self.units.end(rest) else {
                self.seen = body.len();
                return None;
            };
            self.seen += length;
            let unit = body.get(self.open..self.seen).unwrap_or_default();
            self.open = self.seen;
            if read_unit([], self.units.kind(), unit).is_some() {
                return Some(self.seen);
            }
        }
        None
    }
}

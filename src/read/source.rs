//! A response for the readers: its text is decoded once, and its document is parsed once.
//!
//! In: a response with a complete body. Out: a [`Source`]. `read` makes it, and each format reads it. A format also makes the
//! texts of its envelope with it, so that they are bounded together.

use std::cell::Cell;

use bytes::Bytes;
use bytestring::ByteString;
use http::{HeaderMap, Response, StatusCode};
use mediatype::MediaType;

#[cfg(feature = "charset")]
use super::charset;
use super::document::html;
use super::document::{Document, Value};
use super::locate::{parse, without_guard};
use super::signs::Signs;
use crate::envelope::{cut, Envelope, MAX_NAME};
use crate::http::bytes::{any, trim};
use crate::http::{header_list, media_type};

/// Bytes of a long page that are read first.
const PAGE_HEAD: usize = 1024;

/// Bytes of all texts of an envelope at most. A text for several parameters counts once for each of them.
const MAX_TEXTS: usize = 128 * 1024;

/// Bytes that each text counts in addition to its own.
const TEXT_OVERHEAD: usize = 8;

/// Bytes of a body that every envelope may keep in memory.
const KEPT_BODY: usize = 2 * 1024;

/// Bytes of one text at most.
const MAX_TEXT: usize = 64 * 1024;

/// A response whose error is to be read.
pub(super) struct Source<'r> {
    pub(super) status: StatusCode,
    pub(super) headers: &'r HeaderMap,
    /// The body without the blanks around it. It is empty if the body is not a text.
    pub(super) text: &'r str,
    pub(super) signs: Signs,
    body: &'r ByteString,
    /// Bytes that are left for further texts.
    budget: Cell<usize>,
    document: Option<Document<'r>>,
}

/// The body as text. It is empty if the body is coded, or is not a text.
pub(super) fn decode(response: &Response<Bytes>) -> ByteString {
    let bytes = response.body();
    if header_list::is_coded(response.headers())
        && !bytes.starts_with(b"{")
        && !bytes.starts_with(b"[")
    {
        return ByteString::new();
    }
    let text = ByteString::try_from(bytes.clone());
    #[cfg(feature = "charset")]
    return text.unwrap_or_else(|_| charset::decode(response.headers(), bytes).into());
    #[cfg(not(feature = "charset"))]
    text.unwrap_or_default()
}

/// The beginning of a body that is a long page. Most pages have their message there.
pub(super) fn page_head(response: &Response<Bytes>) -> Option<ByteString> {
    let (bytes, headers) = (response.body(), response.headers());
    if bytes.len() <= PAGE_HEAD || !bytes.starts_with(b"<") || header_list::is_coded(headers) {
        return None;
    }
    let is_boundary = |end: &usize| bytes.get(*end).is_some_and(|byte| byte & 0xc0 != 0x80);
    let end = (0..=PAGE_HEAD).rev().find(is_boundary)?;
    ByteString::try_from(bytes.slice(..end)).ok()
}

/// Whether the charset of the body cannot change `head`, its beginning: the body is UTF-8, or `head` is ASCII without escape
/// characters. All charsets in which a page begins with `<` have these in common.
pub(super) fn is_plain(head: &str, response: &Response<Bytes>) -> bool {
    let is_common = head.is_ascii() && !head.contains('\x1b');
    is_common || std::str::from_utf8(response.body()).is_ok()
}

impl<'r> Source<'r> {
    pub(super) fn new(response: &'r Response<Bytes>, body: &'r ByteString) -> Self {
        let text = match body.as_bytes().first() {
            Some(b'{' | b'<') => trim(body),
            _ => without_guard(trim(body.trim_start_matches('\u{feff}'))),
        };
        let document = parse(text);
        Self {
            status: response.status(),
            headers: response.headers(),
            text,
            signs: Signs::new(response.headers(), document.as_ref().map(Document::root)),
            body,
            budget: Cell::new(MAX_TEXTS),
            document,
        }
    }

    /// Whether the body is markup.
    #[cfg(feature = "xml")]
    pub(super) fn is_markup(&self) -> bool {
        self.text.starts_with('<')
    }

    /// Whether `is_it` is true for the media type of the body.
    pub(super) fn has_label(&self, is_it: impl Fn(&MediaType<'_>) -> bool) -> bool {
        let may_be = self.signs.have(Signs::LABEL);
        may_be && media_type::from_headers(self.headers).is_some_and(|media| is_it(&media))
    }

    /// Whether the body is a page.
    pub(super) fn is_page(&self) -> bool {
        html::is_page(self.text)
    }

    /// A new envelope with the status of the response. A reader adds the rest.
    pub(super) fn envelope(&self) -> Envelope {
        Envelope::from_status(self.status)
    }

    /// A new envelope with this message and this type.
    pub(super) fn envelope_of(&self, message: Option<&str>, error_type: Option<&str>) -> Envelope {
        let mut envelope = self.envelope();
        if let Some(message) = message {
            envelope.set_message(self.trimmed(message));
        }
        if let Some(error_type) = error_type {
            envelope.set_error_type(self.trimmed(error_type));
        }
        envelope
    }

    /// Adds an error of the parameter `name` to `envelope`, unless it has this error.
    pub(super) fn add_field(&self, envelope: &mut Envelope, name: &str, message: &str) {
        let (name, message) = (self.name(name), self.trimmed(message));
        envelope.fields_mut().push_new(name, [message]);
    }

    /// The document in the body: JSON, or XML as the same JSON.
    pub(super) fn document(&self) -> Option<Value<'_>> {
        self.document.as_ref().map(Document::root)
    }

    /// Copies the texts of `envelope` if they are views of a body that is much longer than they are.
    pub(super) fn detach(&self, envelope: &mut Envelope) {
        let bytes_of_texts = MAX_TEXTS - self.budget.get();
        if self.body.len() > 2 * bytes_of_texts + KEPT_BODY {
            envelope.detach();
        }
    }

    /// The same as [`verbatim`](Self::verbatim), without the blanks around `part`.
    pub(super) fn trimmed(&self, part: &str) -> ByteString {
        self.verbatim(trim(part))
    }

    /// A text of the document as JSON, as a view of the body. `None` if it does not stand there in quotes, or if it must be
    /// escaped.
    pub(super) fn quoted(&self, text: &str) -> Option<ByteString> {
        let body = self.body.as_bytes();
        let start = (text.as_ptr() as usize).checked_sub(body.as_ptr() as usize + 1)?;
        let end = start.checked_add(text.len() + 2)?;
        let quoted = body.get(start..end)?;
        let is_whole = quoted.first() == Some(&b'"') && quoted.last() == Some(&b'"');
        let must_be_escaped = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
        if !is_whole || any(text, must_be_escaped) {
            return None;
        }
        Some(self.body.slice_ref(self.body.get(start..end)?))
    }

    /// The name of a parameter as a text for the envelope.
    pub(super) fn name(&self, name: &str) -> ByteString {
        match cut(trim(name), MAX_NAME) {
            Some(start) => self.verbatim(&start),
            None => self.trimmed(name),
        }
    }

    /// `part` as a text for the envelope: a view of the body if it is a part of the body, else a copy.
    ///
    /// A text is cut if it is too long, or if all texts together are too long. A cut text ends in `…`.
    pub(super) fn verbatim(&self, part: &str) -> ByteString {
        let left = self.budget.get();
        self.budget
            .set(left.saturating_sub(part.len().min(MAX_TEXT) + TEXT_OVERHEAD));
        if let Some(start) = cut(part, left.min(MAX_TEXT)) {
            return start.into();
        }
        let body = self.body.as_bytes().as_ptr_range();
        let range = part.as_bytes().as_ptr_range();
        if body.start <= range.start && range.end <= body.end {
            self.body.slice_ref(part)
        } else {
            part.into()
        }
    }
}

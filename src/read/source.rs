//! A response as the readers see it: its text decoded once, its document parsed once.
//!
//! In: a response whose body is complete. Out: [`Source`], which every format is given, and by which it makes its texts.

use std::cell::Cell;

use bytes::Bytes;
use bytestring::ByteString;
use http::header::CONTENT_ENCODING;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::charset;
use super::document::html;
use super::document::{Document, Value};
use super::locate::{parse, without_guard};
use super::signs::Signs;
use crate::envelope::{cut, Envelope, MAX_NAME};
use crate::http::bytes::{any, trim};
use crate::http::header_lookup;

/// Bytes of a page that are read first.
const PAGE_HEAD: usize = 1024;

/// Bytes of all texts of one response. A text for several parameters is counted for each of them.
const MAX_TEXTS: usize = 128 * 1024;

/// What each text counts beside its bytes.
const TEXT_OVERHEAD: usize = 8;

/// Bytes of a body that an envelope may keep in memory, with any content.
const KEPT_BODY: usize = 2 * 1024;

/// Bytes of one text that are read.
const MAX_TEXT: usize = 64 * 1024;

/// A response whose error is to be read.
pub(super) struct Source<'r> {
    pub(super) status: StatusCode,
    pub(super) headers: &'r HeaderMap,
    /// The body without the blanks around it; empty if it is no text.
    pub(super) text: &'r str,
    pub(super) signs: Signs,
    body: &'r ByteString,
    /// Bytes of texts that may still be made.
    budget: Cell<usize>,
    document: Option<Document<'r>>,
}

/// The body as text; empty if it is coded, or no text.
pub(super) fn decode(response: &Response<Bytes>) -> ByteString {
    let bytes = response.body();
    if is_coded(response.headers()) && !bytes.starts_with(b"{") && !bytes.starts_with(b"[") {
        return ByteString::new();
    }
    ByteString::try_from(bytes.clone())
        .unwrap_or_else(|_| charset::decode(response.headers(), bytes).into())
}

/// The beginning of a body that is a long page. Most pages have their message there.
pub(super) fn page_head(response: &Response<Bytes>) -> Option<ByteString> {
    let (bytes, headers) = (response.body(), response.headers());
    if bytes.len() <= PAGE_HEAD || !bytes.starts_with(b"<") || is_coded(headers) {
        return None;
    }
    let is_boundary = |end: &usize| bytes.get(*end).is_some_and(|byte| byte & 0xc0 != 0x80);
    let end = (0..=PAGE_HEAD).rev().find(is_boundary)?;
    ByteString::try_from(bytes.slice(..end)).ok()
}

/// Whether the beginning of the body means what it spells, whatever the charset of the rest: it is ASCII without
/// escapes, which every charset that begins a page with `<` has in common, or all of the body is UTF-8.
pub(super) fn is_plain(head: &str, response: &Response<Bytes>) -> bool {
    let is_common = || head.is_ascii() && !head.contains('\x1b');
    is_common() || std::str::from_utf8(response.body()).is_ok()
}

/// Coded bytes are never read as text ([RFC 9110 §8.4](https://www.rfc-editor.org/rfc/rfc9110#section-8.4)), unless they
/// are a document in spite of their label, as behind clients that decode and leave it.
fn is_coded(headers: &HeaderMap) -> bool {
    let is_coding = |coding: &HeaderValue| !coding.as_bytes().eq_ignore_ascii_case(b"identity");
    header_lookup::has(headers, &CONTENT_ENCODING)
        && headers.get_all(CONTENT_ENCODING).iter().any(is_coding)
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

    /// Whether the body is a page.
    pub(super) fn is_page(&self) -> bool {
        html::is_page(self.text)
    }

    /// The envelope of the status, for a reader to fill.
    pub(super) fn envelope(&self) -> Envelope {
        Envelope::from_status(self.status)
    }

    /// The document that the body is: JSON, or XML as its twin.
    pub(super) fn document(&self) -> Option<Value<'_>> {
        self.document.as_ref().map(Document::root)
    }

    /// The same envelope, with texts of its own if the body that they are views of is much longer than they are.
    pub(super) fn detached(&self, envelope: Envelope) -> Envelope {
        let said = MAX_TEXTS - self.budget.get();
        if self.body.len() <= 2 * said + KEPT_BODY {
            return envelope;
        }
        let mut copy = envelope;
        copy.detach();
        copy
    }

    /// `part` trimmed, as a text of its own.
    pub(super) fn own(&self, part: &str) -> ByteString {
        self.verbatim(trim(part))
    }

    /// A text of the document as JSON: a view of the body where it stands there in quotes, else `None`.
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

    /// The name of a parameter as a text of its own.
    pub(super) fn name(&self, name: &str) -> ByteString {
        match cut(trim(name), MAX_NAME) {
            Some(start) => self.verbatim(&start),
            None => self.own(name),
        }
    }

    /// `part` as a text of its own: a view of the body where it stands there, else a copy.
    ///
    /// A text that is too long is cut, and so is what goes beyond the bytes of all texts together; it ends in `…`.
    pub(super) fn verbatim(&self, part: &str) -> ByteString {
        let left = self.budget.get();
        self.budget
            .set(left.saturating_sub(part.len().min(MAX_TEXT) + TEXT_OVERHEAD));
        if let Some(start) = cut(part, left.min(MAX_TEXT)) {
            return start.into();
        }
        let (body, range) = (
            self.body.as_bytes().as_ptr_range(),
            part.as_bytes().as_ptr_range(),
        );
        if body.start <= range.start && range.end <= body.end {
            return self.body.slice_ref(part);
        }
        ByteString::from(part)
    }
}

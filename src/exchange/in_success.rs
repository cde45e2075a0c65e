//! Errors that come with a success status: which bodies are read, and when reading stops.
//!
//! In: the head of a success, and its body as it grows. Out: whether the body has to be read, and later whether it is data for sure.
//! `class` calls the functions for heads, `Reading` calls [`Probe`], and `raise/` calls both.
//!
//! A body is held back while it can still be one JSON or XML document with an error. It is data as soon as
//!
//! 1. one complete JSON document was read that has no error, or more data follows a document with an error (a watch stream);
//! 2. the first item of a list was read, because a list that arrives in parts is a stream;
//! 3. the limit is reached.
//!
//! Two more kinds of answers wait for their first byte:
//!
//! - A stream for a caller of Connect. If the first byte begins the message that ends the stream, the stream is held back until its
//!   end. Otherwise it is data.
//! - An answer of gRPC for a caller of HTTP or of Connect, also if the request was HEAD. If trailers come before any byte, they may be
//!   an error. Otherwise it is data.

use bytes::Bytes;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::extensions::Passthrough;
use super::guard::guarded;
use super::response_head::{BodyHint, HeadRef};
use crate::grpc::answer::is_grpc_error;
use crate::grpc::connect;
use crate::grpc::content_type::GrpcType;
use crate::grpc::status::STATUS;
use crate::http::header_list;
use crate::http::media_type::{self, is_connect_stream_label};
use crate::read::{self, ErrorReader};

/// Whether a success has a body that can be read as one document: uncoded JSON or XML within the limit.
pub(crate) fn is_candidate(body_limit: usize, head: HeadRef<'_>, hint: BodyHint) -> bool {
    can_be_read(body_limit, head, hint) && media_type::names_document(head.headers)
}

/// Whether a success is a stream of Connect that may consist of its last message alone.
pub(super) fn is_connect_candidate(body_limit: usize, head: HeadRef<'_>, hint: BodyHint) -> bool {
    can_be_read(body_limit, head, hint) && is_connect_stream_label(head.headers)
}

/// Whether a success with a body is an answer of gRPC that may be an error without data: its head has no `grpc-status`, or that of
/// an error. Do not ask for callers of gRPC: they read such an answer themselves.
pub(crate) fn is_grpc_candidate(head: HeadRef<'_>) -> bool {
    (head.status.is_success() || head.status.is_redirection())
        && names_grpc(head.headers)
        && (!head.headers.contains_key(STATUS) || is_grpc_error(head.headers))
        && head.extensions.get::<Passthrough>().is_none()
}

/// Whether the label is that of gRPC, and not of gRPC-Web.
pub(crate) fn names_grpc(headers: &HeaderMap) -> bool {
    GrpcType::from_headers(headers).is_some_and(|media| !media.is_web())
}

/// Whether a body can be read at all: it is a whole, uncoded body of a 2xx that has not ended and is not known to be too long. A 206
/// is only a part ([RFC 9110 §15.3.7](https://www.rfc-editor.org/rfc/rfc9110#section-15.3.7)).
fn can_be_read(body_limit: usize, head: HeadRef<'_>, hint: BodyHint) -> bool {
    let is_whole = head.status.is_success() && head.status != StatusCode::PARTIAL_CONTENT;
    let fits = hint.length.map_or(true, |bytes| bytes <= body_limit as u64);
    is_whole
        && fits
        && !hint.ended
        && !header_list::is_coded(head.headers)
        && head.extensions.get::<Passthrough>().is_none()
}

/// How far the document in the body of a success has come.
#[derive(Debug)]
pub(crate) struct Probe {
    /// The length of the body in bytes, if it is known. Such a body is no stream, and is read to its end.
    length: Option<u64>,
    /// Bytes that were scanned.
    scanned: usize,
    /// Open brackets and braces.
    depth: usize,
    in_string: bool,
    escaped: bool,
    root: Root,
    /// Whether one complete document was read that carries an error.
    has_error: bool,
}

/// The kind of the outermost value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    /// Nothing but blanks has come.
    Unknown,
    Object,
    List,
    /// Markup, or a single text. Its end cannot be found by brackets.
    Other,
}

impl Probe {
    /// The state before the first byte.
    pub(crate) fn new(length: Option<u64>) -> Self {
        Self {
            length,
            scanned: 0,
            depth: 0,
            in_string: false,
            escaped: false,
            root: Root::Unknown,
            has_error: false,
        }
    }

    /// Whether the body is data for sure. `body` has all bytes that have come so far. Each byte is scanned once.
    pub(crate) fn is_data<'a>(
        &mut self,
        readers: impl Iterator<Item = &'a dyn ErrorReader>,
        parts: &Parts,
        body: &[u8],
    ) -> bool {
        if is_connect_stream_label(&parts.headers) {
            return body.first().is_some_and(|flags| !connect::is_end(*flags));
        }
        if names_grpc(&parts.headers) {
            return !body.is_empty();
        }
        if self.length.is_some() {
            return false;
        }
        let new = body.get(self.scanned..).unwrap_or_default();
        if self.has_error {
            return !new.trim_ascii().is_empty();
        }
        let before = (self.root, self.depth);
        let ended = new.iter().any(|byte| self.ends_document(*byte));
        self.scanned = body.len();
        let is_list = self.root == Root::List && before.0 != Root::Unknown && self.depth == 1;
        if is_list {
            return true;
        }
        if !ended {
            return false;
        }
        self.has_error = carries_error(readers, parts, body);
        !self.has_error
    }

    /// Takes one more byte. Returns whether it ends the document.
    fn ends_document(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'{' | b'[' => {
                self.start(byte);
                self.depth += 1;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b'"' => {
                self.start(byte);
                self.in_string = true;
            }
            b' ' | b'\t' | b'\r' | b'\n' => return false,
            _ => self.start(byte),
        }
        self.depth == 0 && matches!(self.root, Root::Object | Root::List)
    }

    /// Sets the kind of the outermost value by its first byte.
    fn start(&mut self, byte: u8) {
        if self.root == Root::Unknown {
            self.root = match byte {
                b'{' => Root::Object,
                b'[' => Root::List,
                _ => Root::Other,
            };
        }
    }
}

/// Whether the document `body` carries an error.
fn carries_error<'a>(
    readers: impl Iterator<Item = &'a dyn ErrorReader>,
    parts: &Parts,
    body: &[u8],
) -> bool {
    let mut response = Response::new(Bytes::copy_from_slice(body));
    *response.status_mut() = parts.status;
    response.headers_mut().clone_from(&parts.headers);
    let read = guarded("ErrorReader", || {
        read::read_success(readers, &response).is_some()
    });
    read.unwrap_or_else(|| read::read_success([], &response).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many of the frames the body is known to be data.
    fn given_up_after(frames: &[&str]) -> Option<usize> {
        let (parts, ()) = Response::builder()
            .header("content-type", "application/json")
            .body(())
            .unwrap()
            .into_parts();
        let (mut probe, mut body) = (Probe::new(None), Vec::new());
        let position = frames.iter().position(|frame| {
            body.extend_from_slice(frame.as_bytes());
            probe.is_data(std::iter::empty(), &parts, &body)
        });
        position.map(|position| position + 1)
    }

    #[test]
    fn a_watch_stream_is_given_up_at_its_first_event() {
        let event = r#"{"type":"ADDED","object":{"kind":"Pod"}}"#;
        assert_eq!(given_up_after(&[event, "\n", event]), Some(1));
        assert_eq!(
            given_up_after(&["{\"type\":", "\"ADDED}\\\"{\"", "}\n"]),
            Some(3)
        );
        assert_eq!(given_up_after(&["[", "{\"a\":1}", ",{"]), Some(2));
    }

    #[test]
    fn an_error_is_held_back_until_something_else_follows() {
        let error = r#"{"ok":false,"error":"channel_not_found"}"#;
        assert_eq!(given_up_after(&[error, "\n", " "]), None);
        assert_eq!(
            given_up_after(&["{\"ok\":fal", "se,\"error\":\"x_y\"}"]),
            None
        );
        assert_eq!(given_up_after(&[error, "\n", "{"]), Some(3));
    }
}

//! Reading: any error response becomes an [`Envelope`].
//!
//! [`read`] knows the formats in the table below and never fails: what nobody can read becomes the envelope of the
//! status. A format of your own is one [`ErrorReader`].
//!
//! ```
//! use bytes::Bytes;
//! use http::Response;
//! use tower_error_envelope::read::read;
//!
//! let response = Response::builder()
//!     .status(404)
//!     .header("content-type", "application/problem+json")
//!     .body(Bytes::from(r#"{"type": "https://shop.example/no-such-item", "title": "No such item"}"#))?;
//!
//! let envelope = read(&response);
//! assert_eq!(envelope.message(), "No such item");
//! assert_eq!(envelope.error_type().as_str(), "https://shop.example/no-such-item");
//! # Ok::<(), http::Error>(())
//! ```

mod clustr;
mod copr;
mod fields;
mod grpc;
mod html;
mod json;
mod members;
mod problem;
mod rejection;
mod source;
mod text;

use std::sync::Arc;

use bytes::Bytes;
use http::Response;

use self::source::Source;
use crate::envelope::{Envelope, Origin};

/// A format of error responses that can be read.
///
/// Users' readers come before those of the crate, in the order in which they were given.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use tower_error_envelope::{read::ErrorReader, Envelope};
///
/// /// `ERR 17 no such printer`
/// struct LinePrinter;
///
/// impl ErrorReader for LinePrinter {
///     fn name(&self) -> &'static str {
///         "line-printer"
///     }
///
///     fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
///         let text = std::str::from_utf8(response.body()).ok()?.strip_prefix("ERR ")?;
///         let (code, message) = text.split_once(' ')?;
///         let envelope = Envelope::new(response.status(), message.to_owned());
///         Some(envelope.with_error_type(format!("printer.{code}")))
///     }
/// }
/// ```
pub trait ErrorReader: Send + Sync {
    /// The name of the format, as it stands in [`Origin::Wire`].
    fn name(&self) -> &'static str;

    /// The error that `response` carries, or `None` if it is not of this format.
    ///
    /// The status of the envelope should be that of the response.
    fn read(&self, response: &Response<Bytes>) -> Option<Envelope>;
}

/// Reads the error that `response` carries, whatever its format.
///
/// Never fails and never panics: if nothing can be read, the envelope is that of the status, with
/// [`Origin::Inferred`]. The body is looked at before its label is believed.
#[must_use]
pub fn read(response: &Response<Bytes>) -> Envelope {
    read_with(&[], response)
}

/// Reads the error that `response` carries, asking the readers of the user first.
pub(crate) fn read_with(readers: &[Arc<dyn ErrorReader>], response: &Response<Bytes>) -> Envelope {
    let custom = readers
        .iter()
        .find_map(|reader| Some((reader.name(), reader.read(response)?)));
    if let Some((name, mut envelope)) = custom {
        envelope.set_origin(Origin::Wire(name));
        return envelope;
    }
    let body = source::decode(response);
    let source = Source::new(response, &body);
    let known = READERS
        .iter()
        .find_map(|(name, read)| Some((*name, read(&source)?)));
    let (origin, mut envelope) = match known {
        Some((name, envelope)) => (Origin::Wire(name), envelope),
        None => (Origin::Inferred, source.envelope()),
    };
    envelope.set_origin(origin);
    envelope
}

type Read = fn(&Source<'_>) -> Option<Envelope>;

/// The formats in the order in which they are tried, each with the reason why it stands there.
const READERS: [(&str, Read); 9] = [
    // It is in the headers, and there is no body.
    ("grpc", grpc::read),
    // Its members begin with `_error_`: nothing else can be meant.
    ("clustr", clustr::read),
    // Has a media type of its own, and members that the readers below would take for something else.
    ("problem", problem::read),
    // `error` alone, whose lines may name parameters.
    ("copr", copr::read),
    // A message under one of the usual names.
    ("members", members::read),
    // Any other object of lists: after the named members, whose values may be lists as well.
    ("fields", fields::read),
    // Markup, however it is labelled.
    ("html", html::read),
    // Two sentences of axum and serde name a parameter: before plain text, of which they are a case.
    ("rejection", rejection::read),
    // What is left.
    ("text", text::read),
];

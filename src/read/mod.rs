//! Reading: any error response becomes an [`Envelope`].
//!
//! [`read`] knows the formats [below](#formats) and never fails: a body that no format fits becomes the envelope of the status.
//! A format of your own is one [`ErrorReader`].
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
#![doc = include_str!("../docs/formats.md")]

mod any_json;
#[cfg(feature = "charset")]
mod charset;
mod document;
mod formats;
mod headers;
mod in_stream;
mod in_success;
#[cfg(all(test, feature = "tonic", feature = "xml"))]
mod known_cases;
mod locate;
mod members;
mod reader;
#[cfg(all(test, feature = "xml"))]
mod rivals;
#[cfg(all(test, feature = "xml"))]
mod samples;
mod signs;
mod source;
#[cfg(test)]
mod switches;
mod validation_lines;

use bytes::Bytes;
use http::Response;

pub use self::formats::Rejections;
pub(crate) use self::headers::says_error;
#[cfg(feature = "layer")]
pub(crate) use self::in_stream::read_trailers;
pub(crate) use self::in_stream::{read_unit, UnitKind, Units};
#[cfg(all(feature = "layer", feature = "tonic"))]
pub(crate) use self::in_stream::{Scanned, WebText};
pub(crate) use self::members::add_facts;
#[cfg(feature = "layer")]
pub(crate) use self::members::request_id;
pub use self::reader::ErrorReader;
pub(crate) use self::reader::ReadEnvelope;
use self::source::Source;
pub use self::validation_lines::ValidationLines;
use crate::envelope::{Envelope, Origin};
use crate::grpc::{connect, convert};
use crate::http::{media_type, status};

/// Bytes of a decoded body at most, if no limit is configured.
const MAX_DECODED: usize = 64 * 1024;

/// Reads the error of `response`, in any format.
///
/// Never fails and never panics: if nothing can be read, the envelope is that of the status, with
/// [`Origin::Inferred`]. The body counts more than its `Content-Type`. With the feature `decompression`,
/// a body with a `Content-Encoding` is decoded, up to 65,536 bytes.
#[must_use]
pub fn read(response: &Response<Bytes>) -> Envelope {
    let decoded = decoded(response, MAX_DECODED);
    read_with([], decoded.as_ref().unwrap_or(response)).envelope
}

/// The response with its body decoded. `None` if the body is not coded, cannot be decoded, or is longer than `limit` bytes.
/// It needs the feature `decompression`.
#[cfg_attr(not(feature = "decompression"), allow(unused_variables))]
pub(crate) fn decoded(response: &Response<Bytes>, limit: usize) -> Option<Response<Bytes>> {
    #[cfg(feature = "decompression")]
    return crate::http::content_coding::decoded(response, limit);
    #[cfg(not(feature = "decompression"))]
    None
}

/// The same as [`decoded`], with the limit of [`read()`].
#[cfg(feature = "layer")]
pub(crate) fn decoded_by_default(response: &Response<Bytes>) -> Option<Response<Bytes>> {
    decoded(response, MAX_DECODED)
}

/// Reads the error of `response`. It asks these readers before the formats of the crate. The layers call it.
pub(crate) fn read_with<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    response: &Response<Bytes>,
) -> ReadEnvelope {
    ask(readers, response)
        .map(ReadEnvelope::from)
        .or_else(|| read_page_head(response))
        .unwrap_or_else(|| {
            let body = source::decode(response);
            read_source(&Source::new(response, &body))
        })
}

/// Reads an error that a server sent as a success. The envelope gets a status of errors. `None` if the response is data.
pub(crate) fn read_success<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    response: &Response<Bytes>,
) -> Option<Envelope> {
    if let Some(mut envelope) = ask(readers, response) {
        if !status::is_error(envelope.status()) {
            envelope.set_status(in_success::status_of_type(envelope.sent_error_type()));
        }
        return Some(envelope);
    }
    if media_type::is_connect_stream_label(response.headers()) {
        let status = connect::read_end_of_stream(response.body())?;
        return Some(convert::from_peer(&status, &[]));
    }
    let may_be_error =
        in_success::may_carry_error(response.body()) || headers::may_name_error(response.headers());
    if !may_be_error {
        return None;
    }
    let body = source::decode(response);
    let mut source = Source::new(response, &body);
    let given = in_success::status_of_error(&source)?;
    source.status = given.unwrap_or(http::StatusCode::BAD_REQUEST);
    let mut envelope = read_source(&source).envelope;
    if given.is_none() {
        envelope.set_status(in_success::status_of_type(envelope.sent_error_type()));
    }
    let is_read = envelope.sent_message().is_some()
        || envelope.sent_error_type().is_some()
        || !envelope.field_errors().is_empty();
    is_read.then_some(envelope)
}

/// The envelope of the first of these readers that knows the format.
fn ask<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    response: &Response<Bytes>,
) -> Option<Envelope> {
    let mut readers = readers.into_iter();
    let (name, mut envelope) =
        readers.find_map(|reader| Some((reader.name(), reader.read(response)?)))?;
    envelope.set_origin(Origin::Wire(name));
    Some(envelope)
}

/// Reads the beginning of a long page. `None` if the rest of the page is needed.
fn read_page_head(response: &Response<Bytes>) -> Option<ReadEnvelope> {
    let head = source::page_head(response)?;
    let source = Source::new(response, &head);
    let known = formats::read_page_head(&source, response)?;
    Some(with_headers(&source, Some(known)))
}

fn read_source(source: &Source<'_>) -> ReadEnvelope {
    with_headers(source, formats::read(source))
}

/// Adds what the headers and the further members say to the envelope of the body.
fn with_headers(source: &Source<'_>, known: Option<(&'static str, ReadEnvelope)>) -> ReadEnvelope {
    let (mut name, mut read) = match known {
        Some((name, read)) => (Some(name), read),
        None => (None, source.envelope().into()),
    };
    // The documented envelope is complete, and passes as it is.
    if name != Some("clustr") {
        headers::add(source, &mut read.envelope);
        let says =
            read.envelope.sent_message().is_some() || read.envelope.sent_error_type().is_some();
        name = name.or(says.then_some("headers"));
        members::add_wanted(source, &mut read.envelope);
    }
    source.detach(&mut read.envelope);
    let origin = name.map_or(Origin::Inferred, Origin::Wire);
    read.envelope.set_origin(origin);
    read
}

#[cfg(test)]
#[cfg(feature = "xml")]
mod tests {
    use super::formats::FORMATS;
    use super::samples::{self, Sample};
    use super::*;

    #[test]
    fn every_sample_of_the_documentation_is_read_as_it_says() {
        for sample in samples::all() {
            let read = read(&sample.response());
            let Sample {
                format, response, ..
            } = sample;
            assert_eq!(read.origin(), Origin::Wire(format), "{response}");
            let want = sample.envelope().with_status(read.status());
            assert_eq!(read, want, "{response}");
        }
    }

    #[test]
    fn no_reader_would_read_what_it_is_not_asked_about() {
        for response in samples::all().iter().map(Sample::response) {
            let body = source::decode(&response);
            let source = Source::new(&response, &body);
            FORMATS
                .iter()
                .filter(|format| !source.signs.have(format.signs))
                .for_each(|format| {
                    assert_eq!(
                        (format.read)(&source),
                        None,
                        "{}: {response:?}",
                        format.name
                    );
                });
        }
    }

    #[test]
    fn the_documentation_has_every_reader_in_its_order() {
        let mut documented: Vec<_> = samples::all().iter().map(|sample| sample.format).collect();
        documented.dedup();
        let readers = FORMATS.iter().map(|format| format.name).chain(["headers"]);
        assert_eq!(documented, readers.collect::<Vec<_>>());
    }
}

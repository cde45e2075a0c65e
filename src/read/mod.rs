//! Reading: any error response becomes an [`Envelope`].
//!
//! [`read`] knows the formats [below](#formats) and never fails: what nobody can read becomes the envelope of the
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
#![doc = include_str!("../docs/formats.md")]

mod aws;
mod challenge;
#[cfg_attr(not(feature = "charset"), path = "no_charset.rs")]
mod charset;
mod clustr;
mod copr;
mod feathers;
mod fhir;
mod form;
mod google;
mod graphql;
mod grpc;
mod headers;
mod html;
mod implied;
mod json;
mod json_rpc;
mod kubernetes;
mod marks;
mod problem;
mod readers;
mod rejection;
#[cfg(feature = "xml")]
mod soap;
mod source;
mod structure;
mod success;
mod text;
#[cfg(feature = "xml")]
mod xml;
#[cfg(feature = "xml")]
mod xml_rpc;

use bytes::Bytes;
use http::{Response, StatusCode};

use self::readers::READERS;
pub use self::rejection::Rejections;
use self::source::Source;
use crate::envelope::{Envelope, Origin};
use crate::http::status;

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
    read_with([], response).envelope
}

/// Reads the error that `response` carries, asking these readers first.
pub(crate) fn read_with<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    response: &Response<Bytes>,
) -> ReadEnvelope {
    let asked = ask(readers, response).or_else(|| read_page_head(response));
    if let Some(envelope) = asked {
        return ReadEnvelope {
            envelope,
            is_documented: false,
        };
    }
    let body = source::decode(response);
    let source = Source::new(response, &body);
    let envelope = read_source(&source);
    let is_documented =
        envelope.origin() == Origin::Wire("clustr") && clustr::is_exact(&source, &envelope);
    ReadEnvelope {
        envelope,
        is_documented,
    }
}

/// An error that was read.
pub(crate) struct ReadEnvelope {
    pub(crate) envelope: Envelope,
    /// Whether the body is exactly the documented JSON of the envelope.
    pub(crate) is_documented: bool,
}

/// Reads the error that travels with a success, and gives it the status that it should have had; `None` if the response
/// is data.
pub(crate) fn read_success<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    response: &Response<Bytes>,
) -> Option<Envelope> {
    if let Some(mut envelope) = ask(readers, response) {
        if !status::is_error(envelope.status()) {
            envelope.set_status(implied::by_type(envelope.sent_error_type()));
        }
        return Some(envelope);
    }
    let body = source::decode(response);
    let mut source = Source::new(response, &body);
    if !success::is_error(&source) {
        return None;
    }
    let given = source.json().and_then(implied::by_number);
    source.status = given.unwrap_or(StatusCode::BAD_REQUEST);
    let mut envelope = read_source(&source);
    if given.is_none() {
        envelope.set_status(implied::by_type(envelope.sent_error_type()));
    }
    let says = envelope.sent_message().is_some() || envelope.sent_error_type().is_some();
    (says || !envelope.field_errors().is_empty()).then_some(envelope)
}

/// What the first of these readers reads that knows the format.
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

/// Reads a long page of which the beginning says all, whatever its length.
fn read_page_head(response: &Response<Bytes>) -> Option<Envelope> {
    let head = source::page_head(response)?;
    let source = Source::new(response, &head);
    let envelope = html::read_head(&source)?;
    let is_page = source::is_plain(source.text, response) && !form::is_form(&source);
    is_page.then(|| with_headers(&source, Some(("html", envelope))))
}

fn read_source(source: &Source<'_>) -> Envelope {
    let known = READERS
        .iter()
        .filter(|(_, marks, _)| source.marks.have(*marks))
        .find_map(|(name, _, read)| Some((*name, read(source)?)));
    with_headers(source, known)
}

/// What the body said, if anything, and what the headers add to it.
fn with_headers(source: &Source<'_>, known: Option<(&'static str, Envelope)>) -> Envelope {
    let (name, mut envelope) = match known {
        Some((name, envelope)) => (Some(name), envelope),
        None => (None, source.envelope()),
    };
    // The documented envelope is whole, and passes as it is.
    let added = name != Some("clustr") && headers::add(source, &mut envelope);
    let name = name.or(added.then_some("headers"));
    envelope.set_origin(name.map_or(Origin::Inferred, Origin::Wire));
    envelope
}

#[cfg(test)]
#[cfg(feature = "xml")]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// A sample of the documentation: the response above, and the JSON below it.
    struct Sample {
        format: &'static str,
        response: &'static str,
        envelope: &'static str,
    }

    fn samples() -> Vec<Sample> {
        let sections = include_str!("../docs/formats.md").split("\n## `").skip(1);
        let samples = sections.flat_map(|section| {
            let (format, section) = section.split_once('`').unwrap();
            section.split("```http\n").skip(1).map(move |sample| {
                let (response, rest) = sample.split_once("\n```\n").unwrap();
                let envelope = rest.trim_start().strip_prefix("```json\n").unwrap();
                let (envelope, _) = envelope.split_once("\n```").unwrap();
                Sample {
                    format,
                    response,
                    envelope,
                }
            })
        });
        samples.collect()
    }

    fn parse(sample: &'static str) -> Response<Bytes> {
        let (head, body) = sample.split_once("\n\n").unwrap_or((sample, ""));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = status.parse().unwrap();
        for (name, value) in lines.map(|line| line.split_once(": ").unwrap()) {
            let name: HeaderName = name.parse().unwrap();
            response
                .headers_mut()
                .append(name, HeaderValue::from_static(value));
        }
        response
    }

    #[test]
    fn every_sample_of_the_documentation_is_read_as_it_says() {
        for Sample {
            format,
            response,
            envelope,
        } in samples()
        {
            let read = read(&parse(response));
            assert_eq!(read.origin(), Origin::Wire(format), "{response}");
            let want: Envelope = serde_json::from_str(envelope).unwrap();
            assert_eq!(read.clone(), want.with_status(read.status()), "{response}");
        }
    }

    #[test]
    fn no_reader_would_read_what_it_is_not_asked_about() {
        for response in samples().iter().map(|sample| parse(sample.response)) {
            let body = source::decode(&response);
            let source = Source::new(&response, &body);
            let unasked = READERS.iter().filter(|row| !source.marks.have(row.1));
            for (name, _, read) in unasked {
                assert_eq!(read(&source), None, "{name}: {response:?}");
            }
        }
    }

    #[test]
    fn the_documentation_has_every_reader_in_its_order() {
        let mut documented: Vec<_> = samples().iter().map(|sample| sample.format).collect();
        documented.dedup();
        let readers = READERS.iter().map(|(name, _, _)| *name).chain(["headers"]);
        assert_eq!(documented, readers.collect::<Vec<_>>());
    }
}

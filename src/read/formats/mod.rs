//! The formats that are known, and the order in which they are tried.
//!
//! In: a [`Source`]. Out: the name of the first format that the response is of, and what was read. `read` calls it; what
//! a response says by its headers alone is added there.
//!
//! A format that is added is one file, with its `FORMAT`, and one row in [`FORMATS`]. Its section of
//! `docs/formats.md` has a sample, which is read by a test.

mod aws;
mod axum;
mod clustr;
mod copr;
mod feathers;
mod fhir;
mod form;
mod google;
mod graphql;
mod grpc;
pub(super) mod html;
mod json;
pub(super) mod json_rpc;
mod kubernetes;
mod problem;
#[cfg(feature = "xml")]
pub(super) mod soap;
mod text;
#[cfg(feature = "xml")]
mod xml;
#[cfg(feature = "xml")]
mod xml_rpc;

use bytes::Bytes;
use http::Response;

pub use self::axum::Rejections;
use super::reader::{Format, ReadEnvelope};
use super::source::{self, Source};

/// In the order in which they are tried, each with the reason why it stands there.
pub(super) static FORMATS: &[Format] = &[
    // It is in the headers, and there is no body.
    grpc::FORMAT,
    // Its members begin with `_error_`, or all of them are lists of messages.
    clustr::FORMAT,
    // `error` alone, whose lines name parameters.
    copr::FORMAT,
    // `jsonrpc`: its codes are negative numbers, and `id` is no type.
    json_rpc::FORMAT,
    // `errors` with `extensions` or `locations`: `path` in it is a place in the answer, not a parameter.
    graphql::FORMAT,
    // Details with a protobuf type, of which only some are about the error.
    google::FORMAT,
    // `kind: Status`: its `reason` is a type even where it spells the phrase of the status.
    kubernetes::FORMAT,
    // The type is in a header, or in `__type` behind a namespace.
    aws::FORMAT,
    // `resourceType: OperationOutcome`: its issues may be mere warnings.
    fhir::FORMAT,
    // `className`: beside it, `name` is a type even where it spells the phrase of the status.
    feathers::FORMAT,
    // `title` and its companions: any `detail` counts, and other members are parameters.
    problem::FORMAT,
    // `Body` and `Fault`: its detail is of the application, and codes in it are not the fault's.
    #[cfg(feature = "xml")]
    soap::FORMAT,
    // `methodResponse`: its members are called by elements, not by their tags.
    #[cfg(feature = "xml")]
    xml_rpc::FORMAT,
    // Any other XML.
    #[cfg(feature = "xml")]
    xml::FORMAT,
    // Any other JSON.
    json::FORMAT,
    // `error=…&error_description=…`, by its media type.
    form::FORMAT,
    // Markup, however it is labelled.
    html::FORMAT,
    // Any other text.
    text::FORMAT,
];

/// The result of the first format that recognises the response.
pub(super) fn read(source: &Source<'_>) -> Option<(&'static str, ReadEnvelope)> {
    let may_be = |format: &&Format| {
        #[cfg(test)]
        if super::switches::is_off("formats", format.name) {
            return false;
        }
        source.signs.have(format.signs)
    };
    let mut formats = FORMATS.iter().filter(may_be);
    formats.find_map(|format| Some((format.name, (format.read)(source)?)))
}

/// As [`read`], of the beginning of a long page, if what follows cannot make a difference.
pub(super) fn read_page_head(
    source: &Source<'_>,
    response: &Response<Bytes>,
) -> Option<(&'static str, ReadEnvelope)> {
    let envelope = html::read_head(source, response.body())?;
    let is_page = source::is_plain(source.text, response) && !form::is_form(source);
    is_page.then(|| (html::FORMAT.name, envelope.into()))
}

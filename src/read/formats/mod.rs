//! The formats that are known, and the order in which they are tried.
//!
//! In: a [`Source`]. Out: the name of the first format that recognises the response, and the envelope that it read. `read` calls
//! it, and adds what the headers say.
//!
//! To add a format, write one file with its `FORMAT`, and one row in [`FORMATS`]. Its section in `docs/formats.md` has a sample,
//! and a test reads the sample.

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

/// The formats in the order in which they are tried. The comments say how a format differs from those below it.
pub(super) static FORMATS: &[Format] = &[
    // The status is in the headers, and there is no body.
    grpc::FORMAT,
    // Its members begin with `_error_`, or all of them are lists of messages.
    clustr::FORMAT,
    // The lines in `error` name parameters.
    copr::FORMAT,
    // `jsonrpc`: codes are negative numbers, and `id` is not a type.
    json_rpc::FORMAT,
    // `errors` with `extensions` or `locations`: `path` is a place in the response, not a parameter.
    graphql::FORMAT,
    // Details with a protobuf type. Only some types are about the error.
    google::FORMAT,
    // `kind: Status`: `reason` is a type, also if it is the reason phrase of the status.
    kubernetes::FORMAT,
    // The type is in a header, or in `__type` after a namespace.
    aws::FORMAT,
    // `resourceType: OperationOutcome`: some issues are only warnings.
    fhir::FORMAT,
    // `className`: `name` is a type, also if it is the reason phrase of the status.
    feathers::FORMAT,
    // `title` with `detail` or `status`: any `detail` counts, and other lists are errors of parameters.
    problem::FORMAT,
    // `Body` and `Fault`: codes in the detail are not the code of the fault.
    #[cfg(feature = "xml")]
    soap::FORMAT,
    // `methodResponse`: elements hold the names of members.
    #[cfg(feature = "xml")]
    xml_rpc::FORMAT,
    // Any other XML.
    #[cfg(feature = "xml")]
    xml::FORMAT,
    // Any other JSON.
    json::FORMAT,
    // `error=…&error_description=…`, by its media type.
    form::FORMAT,
    // A page, with any media type.
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

/// The same as [`read`], for the beginning of a long page. `None` if the rest of the page can change the result.
pub(super) fn read_page_head(
    source: &Source<'_>,
    response: &Response<Bytes>,
) -> Option<(&'static str, ReadEnvelope)> {
    let envelope = html::read_head(source, response.body())?;
    let is_page = source::is_plain(source.text, response) && !form::is_form(source);
    is_page.then(|| (html::FORMAT.name, envelope.into()))
}

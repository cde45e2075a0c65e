//! The order in which formats are tried.

use super::marks::Marks;
use super::source::Source;
use super::{
    aws, clustr, copr, feathers, fhir, form, google, graphql, grpc, html, json_rpc, kubernetes,
    problem, structure, text,
};
#[cfg(feature = "xml")]
use super::{soap, xml, xml_rpc};
use crate::envelope::Envelope;

pub(super) type Read = fn(&Source<'_>) -> Option<Envelope>;

/// The formats in the order in which they are tried, each with the reason why it stands there, and with the marks of
/// which an answer in this format has at least one.
pub(super) const READERS: &[(&str, Marks, Read)] = &[
    // It is in the headers, and there is no body.
    ("grpc", Marks::GRPC_STATUS, grpc::read),
    // Its members begin with `_error_`, or are nothing but lists of messages.
    ("clustr", Marks::RESERVED.or(Marks::LISTS), clustr::read),
    // `error` alone, whose lines name parameters.
    ("copr", Marks::ERROR_TEXT, copr::read),
    // `jsonrpc`: its codes are negative numbers, and `id` is no type.
    ("json-rpc", Marks::JSON_RPC.or(Marks::LIST), json_rpc::read),
    // `errors` with `extensions` or `locations`: `path` in it is a place in the answer, not a parameter.
    ("graphql", Marks::ERRORS, graphql::read),
    // Details with a protobuf type, of which only some are about the error.
    ("google", GOOGLE, google::read),
    // `kind: Status`: its `reason` is a type even where it spells the phrase of the status.
    ("kubernetes", Marks::KIND, kubernetes::read),
    // The type is in a header, or in `__type` behind a namespace.
    ("aws", Marks::TYPE.or(Marks::TYPE_HEADER), aws::read),
    // `resourceType: OperationOutcome`: its issues may be mere warnings.
    ("fhir", Marks::RESOURCE_TYPE, fhir::read),
    // `className`: beside it, `name` is a type even where it spells the phrase of the status.
    ("feathers", Marks::CLASS_NAME, feathers::read),
    // `title` and its companions: `detail` counts whatever it says, and members of its own are parameters.
    ("problem", Marks::TITLE.or(Marks::LABEL), problem::read),
    // `Body` and `Fault`: its detail is of the application, and codes in it are not the fault's.
    #[cfg(feature = "xml")]
    ("soap", Marks::BODY, soap::read),
    // `methodResponse`: its members are called by elements, not by their tags.
    #[cfg(feature = "xml")]
    ("xml-rpc", Marks::FAULT, xml_rpc::read),
    // Whatever else is XML.
    #[cfg(feature = "xml")]
    ("xml", Marks::DOCUMENT, xml::read),
    // Whatever else is JSON.
    ("json", Marks::DOCUMENT, structure::read),
    // `error=…&error_description=…`, by its media type.
    ("form", Marks::LABEL, form::read),
    // Markup, however it is labelled.
    ("html", Marks::ANY, html::read),
    // What is left.
    ("text", Marks::ANY, text::read),
];

/// `google.rpc.Status`, bare, in `error`, or in a list.
const GOOGLE: Marks = Marks::DETAILS
    .or(Marks::STATUS)
    .or(Marks::ERRORS)
    .or(Marks::ERROR)
    .or(Marks::LIST);

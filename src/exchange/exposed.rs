//! The headers of an answer of gRPC-Web that scripts may read.
//!
//! In: the head of the answer, and its status. Out: the header `Access-Control-Expose-Headers`. `rpc` calls it for each answer of
//! gRPC-Web.

use http::header::ACCESS_CONTROL_EXPOSE_HEADERS;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::grpc::metadata;
use crate::grpc::status::GrpcStatus;

/// Scripts of other origins may read only the headers that are named here
/// ([Fetch](https://fetch.spec.whatwg.org/#http-access-control-expose-headers)): those of the status, and its metadata.
pub(super) fn exposed(headers: &HeaderMap, status: &GrpcStatus) -> (HeaderName, HeaderValue) {
    const OF_STATUS: &str = "grpc-status, grpc-message, grpc-status-details-bin";
    let name = ACCESS_CONTROL_EXPOSE_HEADERS;
    let mut names: Vec<_> = headers.iter().chain(&status.metadata).collect();
    names.retain(|(name, value)| metadata::is_own(name, value) && !is_of_transport(name));
    let mut names: Vec<_> = names.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(MAX_EXPOSED);
    let own = (!names.is_empty()).then(|| format!("{OF_STATUS}, {}", names.join(", ")));
    let value = own.and_then(|own| HeaderValue::try_from(own).ok());
    (name, value.unwrap_or(HeaderValue::from_static(OF_STATUS)))
}

/// Whether a header is for browsers and caches, and not for scripts.
fn is_of_transport(name: &HeaderName) -> bool {
    let name = name.as_str();
    name.starts_with("access-control-")
        || [
            "cache-control",
            "date",
            "set-cookie",
            "vary",
            "x-content-type-options",
        ]
        .contains(&name)
}

/// The greatest number of names. Further names are left out.
const MAX_EXPOSED: usize = 32;

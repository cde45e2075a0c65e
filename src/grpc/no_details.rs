//! The details of a gRPC error without the feature `tonic`: they are neither read nor written.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;

use super::code::GrpcCode;
use super::status::GrpcStatus;
use crate::envelope::Envelope;

pub(crate) fn read(_: &mut Envelope, _: &GrpcStatus) -> bool {
    false
}

pub(crate) fn read_encoded(_: &mut Envelope, _: &str, _: &str) {}

pub(crate) fn write(_: &Envelope, _: GrpcCode, _: &str) -> Bytes {
    Bytes::new()
}

pub(crate) fn preferred(_: &[u8]) -> (Option<GrpcCode>, Option<String>) {
    (None, None)
}

pub(crate) fn from_headers(_: &HeaderMap) -> Bytes {
    Bytes::new()
}

pub(crate) fn to_connect(_: &[u8]) -> Vec<(String, String)> {
    Vec::new()
}

pub(crate) fn from_connect(_: GrpcCode, _: &str, _: Vec<(String, String)>) -> Bytes {
    Bytes::new()
}

pub(crate) fn retry(_: &[u8]) -> Option<Duration> {
    None
}

pub(crate) fn with_retry(status: &GrpcStatus, _: Duration) -> Bytes {
    status.details.clone()
}

pub(crate) fn without_debug_info(details: Bytes) -> Bytes {
    details
}

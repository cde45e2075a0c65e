//! The details of a gRPC error, which only the feature `tonic` reads and writes.

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

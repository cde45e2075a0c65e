//! Details as messages of protobuf: packed with their names, in a `google.rpc.Status`.

use bytes::Bytes;
use prost::Message;
use prost_types::Any;
use tonic_types::pb::{BadRequest, DebugInfo, ErrorInfo, RetryInfo, Status};

use crate::grpc::code::GrpcCode;

/// The prefix of the name of a message in the type of a detail.
pub(super) const PREFIX: &str = "type.googleapis.com/";

pub(super) fn decode(details: &[u8]) -> Status {
    Status::decode(details).unwrap_or_default()
}

pub(super) fn encode(code: GrpcCode, message: &str, details: Vec<Any>) -> Bytes {
    if details.is_empty() {
        return Bytes::new();
    }
    let status = Status {
        code: code.number().into(),
        message: message.to_owned(),
        details,
    };
    status.encode_to_vec().into()
}

/// A message that can be a detail.
pub(super) trait Detail: Message + Default {
    const NAME: &'static str;
}

impl Detail for ErrorInfo {
    const NAME: &'static str = "google.rpc.ErrorInfo";
}

impl Detail for BadRequest {
    const NAME: &'static str = "google.rpc.BadRequest";
}

impl Detail for RetryInfo {
    const NAME: &'static str = "google.rpc.RetryInfo";
}

impl Detail for DebugInfo {
    const NAME: &'static str = "google.rpc.DebugInfo";
}

pub(super) fn is<D: Detail>(any: &Any) -> bool {
    name(any) == D::NAME
}

pub(super) fn name(any: &Any) -> &str {
    any.type_url.rsplit('/').next().unwrap_or_default()
}

pub(super) fn find<D: Detail>(details: &[Any]) -> Option<D> {
    let any = details.iter().find(|any| is::<D>(any))?;
    D::decode(&*any.value).ok()
}

/// A detail of this kind with these bytes.
pub(super) fn packed<D: Detail>(value: Vec<u8>) -> Any {
    Any {
        type_url: format!("{PREFIX}{}", D::NAME),
        value,
    }
}

pub(super) fn pack<D: Detail>(detail: &D) -> Any {
    packed::<D>(detail.encode_to_vec())
}

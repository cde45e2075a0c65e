//! Details of a gRPC error by the name of their message.

use prost::Message;
use prost_types::Any;
use tonic_types::pb::{BadRequest, DebugInfo, ErrorInfo};

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

impl Detail for DebugInfo {
    const NAME: &'static str = "google.rpc.DebugInfo";
}

pub(super) fn is<D: Detail>(any: &Any) -> bool {
    any.type_url.rsplit('/').next() == Some(D::NAME)
}

pub(super) fn find<D: Detail>(details: &[Any]) -> Option<D> {
    let any = details.iter().find(|any| is::<D>(any))?;
    D::decode(&*any.value).ok()
}

pub(super) fn pack<D: Detail>(detail: &D) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{}", D::NAME),
        value: detail.encode_to_vec(),
    }
}

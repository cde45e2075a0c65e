//! The status that an error in a stream should have had.

use http::StatusCode;

use crate::envelope::{ErrorType, DETAILS_KEY};
use crate::grpc::code::GrpcCode;
use crate::http::status::is_error;
use crate::read::document::Value;
use crate::read::in_success;

/// The name of events that are errors, and of the member that tells one.
pub(super) const ERROR: &str = "error";

/// The status that the error gives: a number of HTTP, a number of gRPC in `error`, else by a name.
pub(super) fn given(told: Value<'_>) -> Option<StatusCode> {
    let error = told.get(ERROR).filter(|error| error.is_object());
    let number = documented(told).or_else(|| in_success::status_by_number(told));
    let number = number.or_else(|| beside_text(told));
    let number = number.or_else(|| of_http(error?.get("http_status_code")?));
    let number = number.or_else(|| by_code_of_grpc(error?));
    number.or_else(|| {
        let places = error.into_iter().chain([told]);
        let names = places.flat_map(|place| NAMES.iter().filter_map(move |name| place.text(name)));
        names.into_iter().find_map(of_name)
    })
}

/// The status that the documented envelope has among its details, with a name or without.
pub(super) fn documented(told: Value<'_>) -> Option<StatusCode> {
    of_http(told.get(DETAILS_KEY)?.get("status")?)
}

/// The status of an error that this number is.
fn of_http(number: Value<'_>) -> Option<StatusCode> {
    let number = u16::try_from(number.as_integer()?).ok()?;
    let status = StatusCode::from_u16(number).ok()?;
    Some(status).filter(|status| is_error(*status))
}

/// The status of problem details or beside the text of an error, with a name or without.
fn beside_text(told: Value<'_>) -> Option<StatusCode> {
    told.text("title").or(told.text(ERROR))?;
    of_http(told.get("status")?)
}

/// The status that a type implies, if it is one that is known.
pub(super) fn of_type(error_type: Option<&ErrorType>) -> Option<StatusCode> {
    of_name(error_type?.as_str())
}

/// The status in a type that is only a number of HTTP. JSON in the text of an error may name it.
pub(super) fn of_number(error_type: Option<&ErrorType>) -> Option<StatusCode> {
    let status = StatusCode::from_bytes(error_type?.as_str().as_bytes()).ok()?;
    Some(status).filter(|status| is_error(*status) && status.canonical_reason().is_some())
}

fn of_name(name: &str) -> Option<StatusCode> {
    let grpc = GrpcCode::from_connect_name(name).or_else(|| GrpcCode::from_name(name));
    let grpc = grpc
        .filter(|code| *code != GrpcCode::OK)
        .map(GrpcCode::http_status);
    let known = grpc.or_else(|| in_success::status_of_known_type(&ErrorType::new(name.to_owned())));
    known.or_else(|| CLIENTS.contains(&name).then_some(StatusCode::BAD_REQUEST))
}

/// grpc-gateway: `{"error": {"code": 8, "message": "…"}}`. Small numbers are codes of other APIs as well, so the object must have
/// no other members than a `google.rpc.Status`.
fn by_code_of_grpc(error: Value<'_>) -> Option<StatusCode> {
    let is_of_grpc = |name: &str| OF_GRPC.contains(&name);
    if !error.members().all(|(name, _)| is_of_grpc(name)) {
        return None;
    }
    let number = error.get("grpc_code").or(error.get("code"))?.as_integer()?;
    let code = GrpcCode::from_number(u64::try_from(number).ok()?)?;
    (code != GrpcCode::OK).then(|| code.http_status())
}

/// Members of a status in the JSON of grpc-gateway, of both versions.
const OF_GRPC: [&str; 7] = [
    "code",
    "details",
    "grpc_code",
    "http_code",
    "http_status",
    "message",
    "status",
];

/// Members in which the name of a code may stand, the most exact first.
const NAMES: [&str; 5] = ["code", "error_code", "status", "type", "error_type"];

/// What the request did wrong, and no status of its own says so.
const CLIENTS: [&str; 9] = [
    "-32600",
    "-32602",
    "-32700",
    "bad_request",
    "context_length_exceeded",
    "invalid_prompt",
    "invalid_request",
    "invalid_request_error",
    "validation_error",
];

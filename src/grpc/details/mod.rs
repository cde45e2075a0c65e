//! The details of a gRPC error: a serialised `google.rpc.Status`
//! ([the richer error model](https://grpc.io/docs/guides/error/#richer-error-model)).
//!
//! The type and the members are an `ErrorInfo`, and the errors of parameters are the violations of a `BadRequest`
//! ([`error_details.proto`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto)). Other
//! details become members as well (`known`), or are kept as they are.

mod any;
mod error_info;
#[cfg_attr(not(feature = "tonic"), allow(dead_code))]
pub(crate) mod known;

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use prost::Message;
use prost_types::Any;
use tonic_types::pb::bad_request::FieldViolation;
use tonic_types::pb::{BadRequest, DebugInfo, ErrorInfo, RetryInfo, Status};

use self::any::{decode, encode, find, is, name, pack, packed, PREFIX};
use super::base64;
use super::code::GrpcCode;
use super::status::{GrpcStatus, DETAILS};
use crate::envelope::{Envelope, FieldErrors};
use crate::http::json_pointer;

/// Violations that are read.
const MAX_VIOLATIONS: usize = 1024;
/// Details that are read.
const MAX_DETAILS: usize = 64;

/// Reads the status, the type and the errors of parameters. Returns whether the message is marked as sent.
pub(crate) fn read(envelope: &mut Envelope, came: &GrpcStatus) -> bool {
    if came.details.is_empty() {
        return false;
    }
    let details = decode(&came.details).details;
    let Some(info) = read_details(envelope, &details) else {
        return false;
    };
    error_info::read(envelope, &info, came.code);
    error_info::is_sent(&info, "message")
}

/// Reads one detail in the form of Connect: the name of its message, and its bytes in base64.
pub(crate) fn read_encoded(envelope: &mut Envelope, name: &str, value: &str) {
    let detail = Any {
        type_url: name.to_owned(),
        value: base64::decode(value.as_bytes()).unwrap_or_default(),
    };
    let reason = read_details(envelope, &[detail]).map(|info| info.reason);
    if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
        envelope.set_error_type(reason.into());
    }
}

/// Reads the errors of parameters, the members and the type.
fn read_details(envelope: &mut Envelope, details: &[Any]) -> Option<ErrorInfo> {
    for (name, description) in fields(details) {
        envelope.fields_mut().push(name, description);
    }
    let info = find(details);
    if let Some(info) = &info {
        error_info::read_members(envelope, info);
    }
    for detail in details.iter().take(MAX_DETAILS) {
        known::read(envelope, name(detail), &detail.value);
    }
    info
}

/// The details of `envelope`: its type, its parameters and its members. They are empty if the code and the message are
/// enough.
pub(crate) fn write(envelope: &Envelope, code: GrpcCode, message: &str) -> Bytes {
    let came = GrpcStatus::remembered(envelope);
    if came.is_none() && says_no_more(envelope, code) {
        return Bytes::new();
    }
    let came = came.map(|came| decode(&came.details)).unwrap_or_default();
    let came = came.details;
    let info = error_info::write(envelope, code, find(&came))
        .map(|info| packed::<ErrorInfo>(error_info::encode(info)));
    let request = (!envelope.field_errors().is_empty()).then(|| bad_request(envelope, &came));
    let known = known::write(envelope.members(), PREFIX);
    let is_written = |any: &Any| {
        is::<ErrorInfo>(any)
            || is::<BadRequest>(any)
            || known.iter().any(|known| name(known) == name(any))
    };
    let others = came.into_iter().filter(|any| !is_written(any));
    let written = info.into_iter().chain(request).chain(known.iter().cloned());
    let details = written.chain(others).collect();
    encode(code, message, details)
}

/// Whether an error has only a code and a message, as most errors.
fn says_no_more(envelope: &Envelope, code: GrpcCode) -> bool {
    envelope.sent_error_type().is_none()
        && envelope.field_errors().is_empty()
        && envelope.members().is_empty()
        && envelope.status() == code.http_status()
}

/// The details in the form of Connect: the name of each message, and its bytes in base64.
pub(crate) fn to_connect(details: &[u8]) -> Vec<(String, String)> {
    if details.is_empty() {
        return Vec::new();
    }
    let all = decode(details).details.into_iter();
    all.map(|any| (name(&any).to_owned(), base64::encode(&any.value)))
        .collect()
}

/// The details that Connect sent. A detail whose value is not base64 is left out.
pub(crate) fn from_connect(code: GrpcCode, message: &str, details: Vec<(String, String)>) -> Bytes {
    let all = details.into_iter().filter_map(|(name, value)| {
        let value = base64::decode(value.as_bytes())?;
        let type_url = format!("{PREFIX}{name}");
        Some(Any { type_url, value })
    });
    encode(code, message, all.collect())
}

/// The delay in a `RetryInfo`.
pub(crate) fn retry(details: &[u8]) -> Option<Duration> {
    if details.is_empty() {
        return None;
    }
    let info: RetryInfo = find(&decode(details).details)?;
    info.retry_delay?.try_into().ok()
}

/// The details of `status` and a `RetryInfo`, unless they have one or cannot be decoded.
pub(crate) fn with_retry(status: &GrpcStatus, delay: Duration) -> Bytes {
    let Ok(came) = Status::decode(&*status.details) else {
        return status.details.clone();
    };
    if came.details.iter().any(is::<RetryInfo>) {
        return status.details.clone();
    }
    let info = pack(&RetryInfo {
        retry_delay: delay.try_into().ok(),
    });
    if status.details.is_empty() {
        return encode(status.code, &status.message, vec![info]);
    }
    // Bytes that are appended to a message of protobuf become a part of it.
    let more = Status {
        details: vec![info],
        ..Status::default()
    };
    [&*status.details, &more.encode_to_vec()].concat().into()
}

/// The code and the message in the details, if they have them. Peers prefer these to the headers.
pub(crate) fn preferred(details: &[u8]) -> (Option<GrpcCode>, Option<String>) {
    let status = decode(details);
    let number = u64::try_from(status.code).ok().filter(|code| *code != 0);
    let message = Some(status.message).filter(|message| !message.is_empty());
    (number.and_then(GrpcCode::from_number), message)
}

/// The details without `DebugInfo`, which is for developers only.
pub(crate) fn without_debug_info(details: Bytes) -> Bytes {
    let mut status = decode(&details);
    let before = status.details.len();
    status.details.retain(|any| !is::<DebugInfo>(any));
    if status.details.len() == before {
        return details;
    }
    status.encode_to_vec().into()
}

/// The details in the headers of a peer, padded or not, in either alphabet. Of several, the first that can be decoded
/// counts.
pub(crate) fn from_headers(headers: &HeaderMap) -> Bytes {
    let lines = headers.get_all(DETAILS).into_iter();
    let parts = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let decoded = parts.filter_map(|part| base64::decode(part.trim_ascii()));
    decoded
        .map(Bytes::from)
        .find(|details| !details.is_empty())
        .unwrap_or_default()
}

fn violations(details: &[Any]) -> Vec<FieldViolation> {
    let request: Option<BadRequest> = find(details);
    request.unwrap_or_default().field_violations
}

/// The parameters and their messages. `items[0].name` becomes `items.0.name`, unless it is marked as sent.
fn fields(details: &[Any]) -> impl Iterator<Item = (String, String)> {
    let verbatim = find(details).is_some_and(|info| error_info::is_sent(&info, "names"));
    let name = move |field: String| match json_pointer::dotted(&field) {
        Cow::Owned(dotted) if !verbatim => dotted,
        _ => field,
    };
    let violations = violations(details).into_iter().take(MAX_VIOLATIONS);
    violations.map(move |violation| (name(violation.field), violation.description))
}

fn bad_request(envelope: &Envelope, came: &[Any]) -> Any {
    let said: FieldErrors = fields(came).collect();
    if said == *envelope.field_errors() {
        return pack(&BadRequest {
            field_violations: violations(came),
        });
    }
    let violation = |field: &str, description: &str| FieldViolation {
        field: field.to_owned(),
        description: description.to_owned(),
        ..FieldViolation::default()
    };
    let fields = envelope.field_errors().iter();
    let each = fields.flat_map(|(name, texts)| texts.map(move |text| violation(name, text)));
    pack(&BadRequest {
        field_violations: each.collect(),
    })
}

//! The details of a gRPC error: a serialised `google.rpc.Status`
//! ([the richer error model](https://grpc.io/docs/guides/error/#richer-error-model)).
//!
//! The type is the reason of an `ErrorInfo`, the members are its metadata, and the errors of parameters are the violations of a `BadRequest`
//! ([`error_details.proto`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto)).
//! Other details are carried along.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use prost::Message;
use prost_types::Any;
use serde_json::{Map, Value};
use tonic_types::pb::{
    bad_request::FieldViolation, BadRequest, DebugInfo, ErrorInfo, RetryInfo, Status,
};

use super::base64;
use super::code::{meant, GrpcCode};
use super::status::{GrpcStatus, DETAILS};
use crate::envelope::{Envelope, FieldErrors, Members, DETAILS_KEY};
use crate::http::{json_pointer, status};

/// Violations after so many are not read.
const MAX_VIOLATIONS: usize = 1024;

/// In the metadata of `ErrorInfo`, the HTTP status where the code stands for another.
const HTTP_STATUS: &str = "http_status";
/// In the metadata of `ErrorInfo`, what was sent though it looks like what stands where nothing is sent.
const SENT: &str = "sent";

/// In the metadata of `ErrorInfo`, the members that are no plain text, as a JSON object.
const MEMBERS: &str = DETAILS_KEY;

/// Reads the status, the type and the errors of parameters. Whether the message is marked as sent.
pub(crate) fn read(envelope: &mut Envelope, came: &GrpcStatus) -> bool {
    let details = decode(&came.details).details;
    let Some(info) = read_details(envelope, &details) else {
        return false;
    };
    if let Some(status) = http_status(&info, came.code) {
        envelope.set_status(status);
    }
    let is_sent = |what| is_sent(&info, what);
    if !envelope.field_errors().is_empty() && is_class(&info, envelope) && !is_sent("type") {
        envelope.set_error_type("".into());
    } else if !info.reason.is_empty() {
        envelope.set_error_type(info.reason.as_str().into());
    }
    is_sent("message")
}

/// Reads one detail on its own: the name of its message, and its bytes in base64, as Connect writes them.
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

/// Reads the errors of parameters, the members and the delay, and finds what is said of the whole.
fn read_details(envelope: &mut Envelope, details: &[Any]) -> Option<ErrorInfo> {
    for (name, description) in fields(details) {
        envelope.fields_mut().push(name, description);
    }
    let wait = find::<RetryInfo>(details).and_then(|retry| retry.retry_delay);
    if let Some(delay) = wait.and_then(|delay| delay.try_into().ok()) {
        envelope.set_retry_delay(delay);
    }
    let info = find(details)?;
    read_members(envelope, &info);
    Some(info)
}

/// The metadata in order of the names: protobuf gives it none.
fn read_members(envelope: &mut Envelope, info: &ErrorInfo) {
    let members = info.metadata.get(MEMBERS);
    let members = members.and_then(|json| serde_json::from_str(json).ok());
    let members: Map<String, Value> = members.unwrap_or_default();
    let mut texts: Vec<_> = info.metadata.iter().collect();
    texts.retain(|(name, _)| !is_own(name));
    texts.sort_unstable();
    for (name, text) in texts {
        envelope.set_member(name.as_str().into(), text);
    }
    for (name, value) in members {
        envelope.set_member(name.into(), &value);
    }
}

fn write_members(info: &mut ErrorInfo, members: &Members) {
    info.metadata.clear();
    let mut others = Map::new();
    for (name, value) in members.iter() {
        match value {
            Value::String(text) if !is_own(name) => {
                info.metadata.insert(name.to_owned(), text);
            }
            value => {
                others.insert(name.to_owned(), value);
            }
        }
    }
    if !others.is_empty() {
        let json = Value::from(others).to_string();
        info.metadata.insert(MEMBERS.into(), json);
    }
}

/// Whether a name in the metadata is one of this crate's.
fn is_own(name: &str) -> bool {
    [HTTP_STATUS, SENT, MEMBERS].contains(&name)
}

/// The details of `envelope`: its type and its fields, and what else came with it. Empty if the code says it all.
pub(crate) fn write(envelope: &Envelope, code: GrpcCode, message: &str) -> Bytes {
    let came = GrpcStatus::remembered(envelope).map(|came| decode(&came.details));
    let came = came.unwrap_or_default().details;
    let info = error_info(envelope, code, find(&came));
    let request = (!envelope.field_errors().is_empty()).then(|| bad_request(envelope, &came));
    let others = came
        .into_iter()
        .filter(|any| !is::<ErrorInfo>(any) && !is::<BadRequest>(any));
    let details: Vec<Any> = info.into_iter().chain(request).chain(others).collect();
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

/// The code and the message in the details, where they are there: peers prefer them to those beside.
pub(crate) fn preferred(details: &[u8]) -> (Option<GrpcCode>, Option<String>) {
    let status = decode(details);
    let number = u64::try_from(status.code).ok().filter(|code| *code != 0);
    let message = Some(status.message).filter(|message| !message.is_empty());
    (number.and_then(GrpcCode::from_number), message)
}

/// The details without what only developers may see.
pub(crate) fn without_debug_info(details: Bytes) -> Bytes {
    let mut status = decode(&details);
    let before = status.details.len();
    status.details.retain(|any| !is::<DebugInfo>(any));
    if status.details.len() == before {
        return details;
    }
    status.encode_to_vec().into()
}

/// The details in the headers of a peer: padded or not, in either alphabet, of several the first that can be decoded.
pub(crate) fn from_headers(headers: &HeaderMap) -> Bytes {
    let lines = headers.get_all(DETAILS).into_iter();
    let parts = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let decoded = parts.filter_map(|part| base64::decode(part.trim_ascii()));
    decoded
        .map(Bytes::from)
        .find(|details| !details.is_empty())
        .unwrap_or_default()
}

fn decode(details: &[u8]) -> Status {
    Status::decode(details).unwrap_or_default()
}

fn violations(details: &[Any]) -> Vec<FieldViolation> {
    let request: Option<BadRequest> = find(details);
    request.unwrap_or_default().field_violations
}

/// The parameters and what is wrong with each: `items[0].name` is `items.0.name`, as everywhere, unless it was sent so.
fn fields(details: &[Any]) -> impl Iterator<Item = (String, String)> {
    let verbatim = find::<ErrorInfo>(details).is_some_and(|info| is_sent(&info, "names"));
    let name = move |field: String| match json_pointer::dotted(&field) {
        Cow::Owned(dotted) if !verbatim => dotted,
        _ => field,
    };
    let violations = violations(details).into_iter().take(MAX_VIOLATIONS);
    violations.map(move |violation| (name(violation.field), violation.description))
}

fn is_sent(info: &ErrorInfo, what: &str) -> bool {
    let sent = info.metadata.get(SENT);
    sent.is_some_and(|sent| sent.contains(what))
}

/// A status only counts beside a code that it can have become.
fn http_status(info: &ErrorInfo, code: GrpcCode) -> Option<StatusCode> {
    let status = info.metadata.get(HTTP_STATUS)?.parse().ok()?;
    let fits = |status: &StatusCode| {
        let codes = [meant(*status), GrpcCode::inferred(*status)];
        status::is_error(*status) && codes.contains(&code)
    };
    Some(status).filter(fits)
}

/// Whether the reason is what stands for the status where no type is sent.
fn is_class(info: &ErrorInfo, envelope: &Envelope) -> bool {
    let class = info.reason.strip_prefix(info.domain.as_str());
    let class = class.and_then(|rest| rest.strip_prefix('.'));
    class == Some(envelope.class().name())
}

fn namespace(envelope: &Envelope) -> &str {
    let parts = envelope.class().as_str().rsplit_once('.');
    parts.map_or("", |(namespace, _)| namespace)
}

fn error_info(envelope: &Envelope, code: GrpcCode, came: Option<ErrorInfo>) -> Option<Any> {
    let reason = envelope.error_type().as_str();
    let came = came.filter(|came| came.reason == reason);
    let mut info = came.unwrap_or_else(|| ErrorInfo {
        reason: reason.to_owned(),
        domain: namespace(envelope).to_owned(),
        ..ErrorInfo::default()
    });
    write_members(&mut info, envelope.members());
    if envelope.status() != code.http_status() {
        let status = envelope.status().as_u16().to_string();
        info.metadata.insert(HTTP_STATUS.into(), status);
    }
    let sent = ambiguous(envelope, &info);
    if !sent.is_empty() {
        info.metadata.insert(SENT.into(), sent);
    }
    let says_more = reason != code.name() || !info.metadata.is_empty();
    says_more.then(|| pack(&info))
}

/// What of a validation error was sent, and looks as if it were not.
fn ambiguous(envelope: &Envelope, info: &ErrorInfo) -> String {
    if envelope.field_errors().is_empty() {
        return String::new();
    }
    let unsaid = envelope.clone().with_message("").to_string();
    let message = envelope.sent_message() == Some(&*unsaid);
    let error_type = envelope.sent_error_type().is_some() && is_class(info, envelope);
    let mut names = envelope.field_errors().iter().map(|(name, _)| name);
    let bracketed = names.any(|name| name != json_pointer::dotted(name));
    let words = [
        message.then_some("message"),
        error_type.then_some("type"),
        bracketed.then_some("names"),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
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

/// A message that can be a detail.
trait Detail: Message + Default {
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

impl Detail for RetryInfo {
    const NAME: &'static str = "google.rpc.RetryInfo";
}

fn is<D: Detail>(any: &Any) -> bool {
    any.type_url.rsplit('/').next() == Some(D::NAME)
}

fn find<D: Detail>(details: &[Any]) -> Option<D> {
    let any = details.iter().find(|any| is::<D>(any))?;
    D::decode(&*any.value).ok()
}

fn pack<D: Detail>(detail: &D) -> Any {
    Any {
        type_url: format!("type.googleapis.com/{}", D::NAME),
        value: detail.encode_to_vec(),
    }
}

//! The type of an error as `google.rpc.ErrorInfo`
//! ([`error_details.proto`](https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto)).
//!
//! `reason` must be `UPPER_SNAKE_CASE`. It is the last part of the type in that case. If it differs from the type, the
//! metadata has the type verbatim:
//!
//! ```text
//! printer.OutOfPaper, 402   reason: "OUT_OF_PAPER"      metadata: {"error_type": "printer.OutOfPaper", "http_status": "402"}
//! OUT_OF_PAPER, 400         reason: "OUT_OF_PAPER"
//! no type, 402              reason: "PAYMENT_REQUIRED"  metadata: {"http_status": "402"}
//! no type, 400 no `ErrorInfo`, because the code implies 400
//! ```
//!
//! Members that are texts are metadata as well. All other members are one JSON object in `_error_details`.

use std::collections::{BTreeMap, HashMap};

use http::StatusCode;
use prost::Message;
use serde_json::{Map, Value};
use tonic_types::pb::ErrorInfo;

use super::known;
use crate::envelope::{Envelope, Members, DETAILS_KEY};
use crate::grpc::code::GrpcCode;
use crate::http::{json_pointer, status};

/// The key of metadata for the type, if the reason is another text.
const ERROR_TYPE: &str = "error_type";
/// The key of metadata for the HTTP status, if the code implies another, or if the reason is only its class.
const HTTP_STATUS: &str = "http_status";
/// The key of metadata that lists texts that were sent. Without it, a reader takes them for generated texts.
const SENT: &str = "sent";

/// The key of metadata for the members that are not plain texts, as one JSON object.
const MEMBERS: &str = DETAILS_KEY;

/// The most and the fewest bytes of a reason.
const MAX_REASON: usize = 63;
const MIN_REASON: usize = 3;

/// Reads the status and the type of the error.
pub(super) fn read(envelope: &mut Envelope, info: &ErrorInfo, code: GrpcCode) {
    if let Some(status) = http_status(info, code) {
        envelope.set_status(status);
    }
    match error_type(info, envelope) {
        // No type was sent, so the name of the code is not one.
        None => envelope.set_error_type("".into()),
        Some("") => {}
        Some(sent) => envelope.set_error_type(sent.into()),
    }
}

/// Reads the members: metadata in order of the names, because maps of protobuf have no order.
pub(super) fn read_members(envelope: &mut Envelope, info: &ErrorInfo) {
    let members = info.metadata.get(MEMBERS);
    let members = members.and_then(|json| serde_json::from_str(json).ok());
    let members: Map<String, Value> = members.unwrap_or_default();
    let texts: BTreeMap<_, _> = info.metadata.iter().collect();
    for (name, text) in texts.into_iter().filter(|(name, _)| !is_reserved(name)) {
        envelope.set_member(name.as_str().into(), text);
    }
    for (name, value) in members {
        envelope.set_member(name.into(), &value);
    }
}

/// The `ErrorInfo` of `envelope`; `None` if it adds nothing to the code. `came` is the one that was read.
pub(super) fn write(
    envelope: &Envelope,
    code: GrpcCode,
    came: Option<ErrorInfo>,
) -> Option<ErrorInfo> {
    let own_status = envelope.status() == code.http_status();
    let sent = envelope.sent_error_type().map(|sent| sent.as_str());
    let marks = ambiguous(envelope);
    let members = metadata(envelope.members());
    let named = sent.map_or(true, |sent| sent == code.name());
    if named && own_status && marks.is_empty() && members.is_empty() {
        return None;
    }
    let came = came.filter(|came| !came.reason.is_empty() && error_type(came, envelope) == sent);
    let mut info = new(envelope, sent);
    if let Some(came) = came {
        info.domain = came.domain;
    }
    info.metadata.extend(members);
    if !own_status || sent.is_none() {
        let status = envelope.status().as_u16().to_string();
        info.metadata.insert(HTTP_STATUS.into(), status);
    }
    if !marks.is_empty() {
        info.metadata.insert(SENT.into(), marks);
    }
    Some(info)
}

/// The bytes of `info`, with its metadata in order of names: the map has another order in each process.
///
/// A decoder merges concatenated protobuf messages, so each entry is encoded as a message of its own.
pub(super) fn encode(mut info: ErrorInfo) -> Vec<u8> {
    let metadata = std::mem::take(&mut info.metadata);
    let mut bytes = info.encode_to_vec();
    for entry in metadata.into_iter().collect::<BTreeMap<_, _>>() {
        let entry = ErrorInfo {
            metadata: HashMap::from([entry]),
            ..ErrorInfo::default()
        };
        bytes.extend(entry.encode_to_vec());
    }
    bytes
}

/// Whether this is marked as sent.
pub(super) fn is_sent(info: &ErrorInfo, what: &str) -> bool {
    let sent = info.metadata.get(SENT);
    sent.is_some_and(|sent| sent.contains(what))
}

fn new(envelope: &Envelope, sent: Option<&str>) -> ErrorInfo {
    let class = envelope.class().as_str();
    let of_class = reason(class).unwrap_or_default();
    let reason = sent.and_then(reason).unwrap_or_else(|| of_class.clone());
    let mut info = ErrorInfo {
        domain: class.rsplit_once('.').map_or("", |(space, _)| space).into(),
        ..ErrorInfo::default()
    };
    if let Some(sent) = sent.filter(|sent| *sent != reason || reason == of_class) {
        info.metadata.insert(ERROR_TYPE.into(), sent.into());
    }
    info.reason = reason;
    info
}

/// The metadata for members. A member that becomes a detail of its own is left out.
fn metadata(members: &Members) -> HashMap<String, String> {
    let mut metadata = HashMap::new();
    let mut others = String::new();
    for (name, json) in members.iter_json() {
        if known::is_detail(name, json) {
            continue;
        }
        match serde_json::from_str(json) {
            Ok(text) if !is_reserved(name) => {
                metadata.insert(name.to_owned(), text);
            }
            _ => {
                others.push(if others.is_empty() { '{' } else { ',' });
                others.push_str(&Value::from(name).to_string());
                others.push(':');
                others.push_str(json);
            }
        }
    }
    if !others.is_empty() {
        metadata.insert(MEMBERS.into(), others + "}");
    }
    metadata
}

/// Whether this module uses a name of metadata itself.
fn is_reserved(name: &str) -> bool {
    [ERROR_TYPE, HTTP_STATUS, SENT, MEMBERS].contains(&name)
}

/// The type that was sent; `None` if none was sent.
fn error_type<'i>(info: &'i ErrorInfo, envelope: &Envelope) -> Option<&'i str> {
    let of_class = || reason(envelope.class().as_str());
    let fits = |sent: &&String| reason(sent).or_else(of_class).as_ref() == Some(&info.reason);
    let sent = info.metadata.get(ERROR_TYPE).filter(fits);
    let is_class =
        || info.metadata.contains_key(HTTP_STATUS) && of_class().as_ref() == Some(&info.reason);
    match sent {
        Some(sent) => Some(sent),
        None if is_class() => None,
        None => Some(&info.reason),
    }
}

/// A status counts only if it maps to the code.
fn http_status(info: &ErrorInfo, code: GrpcCode) -> Option<StatusCode> {
    let status: StatusCode = info.metadata.get(HTTP_STATUS)?.parse().ok()?;
    let fits = code.fits(status) || GrpcCode::inferred(status) == code;
    Some(status).filter(|status| fits && status::is_error(*status))
}

/// The last part of a type in `UPPER_SNAKE_CASE`: `[A-Z][A-Z0-9_]+[A-Z0-9]`. `None` if there is none.
fn reason(error_type: &str) -> Option<String> {
    let is_end = |c| matches!(c, '.' | '/' | ':' | '#');
    let last = error_type.trim_end_matches(is_end).rsplit(is_end).next()?;
    let mut reason = String::new();
    let mut before = None;
    let mut rest = last.chars().peekable();
    while let Some(c) = rest.next() {
        let begins_word = c.is_ascii_uppercase()
            && match before {
                Some('A'..='Z') => rest.peek().is_some_and(char::is_ascii_lowercase),
                _ => true,
            };
        let is_letter = c.is_ascii_alphabetic() || (c.is_ascii_digit() && !reason.is_empty());
        if (begins_word || !is_letter) && !reason.is_empty() && !reason.ends_with('_') {
            reason.push('_');
        }
        if is_letter {
            reason.push(c.to_ascii_uppercase());
        }
        before = Some(c);
        if reason.len() >= MAX_REASON {
            break;
        }
    }
    reason.truncate(MAX_REASON);
    let end = reason.trim_end_matches('_').len();
    reason.truncate(end);
    Some(reason).filter(|reason| reason.len() >= MIN_REASON)
}

/// The texts of a validation error that were sent, and that look generated.
fn ambiguous(envelope: &Envelope) -> String {
    if envelope.field_errors().is_empty() {
        return String::new();
    }
    let unsaid = || envelope.clone().with_message("").to_string();
    let message = envelope.sent_message().is_some_and(|sent| sent == unsaid());
    let mut names = envelope.field_errors().iter().map(|(name, _)| name);
    let bracketed = names.any(|name| name != json_pointer::dotted(name));
    let words = [message.then_some("message"), bracketed.then_some("names")];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_belongs_to_the_reason_that_it_came_with() {
        let code = GrpcCode::from_name("ALREADY_EXISTS").unwrap();
        for (error_type, domain) in [
            ("OUT_OF_PAPER", "shop.example"),
            ("CARD_DECLINED", "clustr.exceptions"),
        ] {
            let came = ErrorInfo {
                reason: "OUT_OF_PAPER".into(),
                domain: "shop.example".into(),
                ..ErrorInfo::default()
            };
            let conflict = Envelope::new(StatusCode::CONFLICT, "m");
            let info = write(&conflict.with_error_type(error_type), code, Some(came)).unwrap();
            assert_eq!((&*info.reason, &*info.domain), (error_type, domain));
        }
    }

    #[test]
    fn the_reason_is_the_last_part_in_upper_snake_case() {
        for (error_type, want) in [
            ("OUT_OF_PAPER", "OUT_OF_PAPER"),
            ("printer.OutOfPaper", "OUT_OF_PAPER"),
            ("card_declined", "CARD_DECLINED"),
            (
                "https://shop.example/problems/out-of-credit",
                "OUT_OF_CREDIT",
            ),
            (
                "https://shop.example/problems/out-of-credit/",
                "OUT_OF_CREDIT",
            ),
            ("urn:problem:HTTPError2", "HTTP_ERROR2"),
            ("Shop::Errors::TooMany", "TOO_MANY"),
            ("E1001", "E1001"),
            ("_not found_", "NOT_FOUND"),
        ] {
            assert_eq!(reason(error_type).as_deref(), Some(want), "{error_type}");
        }
        for none in ["", "...", "g", "42", "no", "→→→"] {
            assert_eq!(reason(none), None, "{none}");
        }
        for long in ["aB", "a-", "Abc", "x"] {
            let reason = reason(&long.repeat(1000)).unwrap();
            assert!(reason.len() <= MAX_REASON && !reason.ends_with('_'));
        }
    }

    #[test]
    fn a_type_stands_verbatim_only_where_the_reason_does_not_say_it() {
        for (status, error_type, metadata) in [
            (
                402,
                Some("printer.OutOfPaper"),
                "error_type=printer.OutOfPaper http_status=402",
            ),
            (400, Some("OUT_OF_PAPER"), ""),
            (402, None, "http_status=402"),
            // This reason equals the class. Without metadata, it means that no type was sent.
            (
                402,
                Some("PAYMENT_REQUIRED"),
                "error_type=PAYMENT_REQUIRED http_status=402",
            ),
        ] {
            let envelope = Envelope::new(StatusCode::from_u16(status).unwrap(), "m");
            let envelope = match error_type {
                Some(sent) => envelope.with_error_type(sent),
                None => envelope,
            };
            let code = crate::grpc::convert::code(&envelope);
            let info = write(&envelope, code, None).unwrap();
            let entries: BTreeMap<_, _> = info.metadata.into_iter().collect();
            let entries = entries.iter().map(|(name, text)| format!("{name}={text}"));
            let said = entries.collect::<Vec<_>>().join(" ");
            assert_eq!(said, metadata, "{error_type:?}");
        }
    }

    #[test]
    fn the_metadata_is_written_in_order_and_read_as_it_was() {
        let metadata =
            ["z", "a", "m", "http_status"].map(|name| (name.to_owned(), name.to_owned()));
        let info = ErrorInfo {
            reason: "R".into(),
            domain: "d".into(),
            metadata: metadata.into(),
        };
        let bytes = encode(info.clone());
        assert_eq!(ErrorInfo::decode(&*bytes).unwrap(), info);
        let text = String::from_utf8_lossy(&bytes);
        let at = |name| text.find(name).unwrap();
        assert!(at("a") < at("http_status") && at("http_status") < at("m") && at("m") < at("z"));
    }

    #[test]
    fn only_a_type_that_was_sent_or_another_status_needs_an_error_info() {
        let info =
            |envelope: &Envelope| write(envelope, crate::grpc::convert::code(envelope), None);
        let none = [400, 401, 403, 404, 409, 429, 499, 500, 501, 503, 504];
        for code in 400..600 {
            let status = StatusCode::from_u16(code).unwrap();
            let bare = Envelope::new(status, "m");
            assert_eq!(info(&bare).is_none(), none.contains(&code), "{code}");
            let typed = info(&bare.with_error_type("shop.Closed")).unwrap();
            assert_eq!(
                (&*typed.reason, &*typed.metadata[ERROR_TYPE]),
                ("CLOSED", "shop.Closed")
            );
        }
    }
}

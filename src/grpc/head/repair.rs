//! Changes to heads and trailers of a peer.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode;

use super::status_of;
use super::write::{escape, set_text};
use crate::grpc::code::GrpcCode;
use crate::grpc::status::{GrpcStatus, DETAILS, MESSAGE, STATUS};
use crate::grpc::{base64, details};

/// Repairs headers or trailers of a peer, so that a strict client can read them.
///
/// It changes only a message that is not UTF-8, and details that are not base64. A success has neither, and costs one
/// comparison of each name. Four look-ups would take 900 instructions.
pub(crate) fn repair(headers: &mut HeaderMap) {
    let is_read = |name: &HeaderName| *name == MESSAGE || *name == DETAILS;
    if headers.keys().any(is_read) {
        repair_texts(headers);
    }
}

fn repair_texts(headers: &mut HeaderMap) {
    let message = headers.get(MESSAGE).map(HeaderValue::as_bytes);
    let message = percent_decode(message.unwrap_or_default());
    if message.clone().decode_utf8().is_err() {
        let escaped = escape(&message.decode_utf8_lossy()).into_owned();
        set_text(headers, MESSAGE, escaped);
    }
    let details = headers.get(DETAILS).map(HeaderValue::as_bytes);
    if details.is_some_and(|details| !base64::is_valid(details)) {
        let details = details::from_headers(headers);
        set_details(headers, &details);
    }
}

/// Masks a status in a head or in trailers. Returns the original status if anything was masked.
///
/// | code | message | details |
/// | --- | --- | --- |
/// | `INTERNAL`, `UNKNOWN`, `DATA_LOSS`, and invalid codes | the reason phrase of 500 | are removed |
/// | any other error | stays | without `DebugInfo` |
///
/// Metadata stays.
pub(crate) fn mask_status(headers: &mut HeaderMap) -> Option<GrpcStatus> {
    let before = status_of(headers.get(STATUS)?, headers);
    let codes = headers.get_all(STATUS).iter();
    let mut codes = codes.map(|value| GrpcCode::parse(value.as_bytes()));
    let is_internal = before.code.is_internal() || codes.any(GrpcCode::is_internal);
    if is_internal {
        let generic = GrpcStatus::from_code(GrpcCode::UNKNOWN).message;
        if before.message == generic && before.details.is_empty() {
            headers.remove(DETAILS);
            return None;
        }
        set_text(headers, MESSAGE, generic.to_string());
        headers.remove(DETAILS);
        return Some(before);
    }
    let public = details::without_debug_info(before.details.clone());
    if public == before.details {
        return None;
    }
    set_details(headers, &public);
    Some(before)
}

fn set_details(headers: &mut HeaderMap, details: &Bytes) {
    headers.remove(DETAILS);
    if !details.is_empty() {
        set_text(headers, DETAILS, base64::encode(details));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Envelope;
    use crate::grpc::convert;
    use http::StatusCode;

    fn head(code: &'static str, message: &'static str, details: &Bytes) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(STATUS, HeaderValue::from_static(code));
        headers.insert(MESSAGE, HeaderValue::from_static(message));
        headers.insert("x-request-id", HeaderValue::from_static("7"));
        set_details(&mut headers, details);
        headers
    }

    fn details(error_type: &'static str) -> Bytes {
        let error = Envelope::new(StatusCode::CONFLICT, "secret").with_error_type(error_type);
        convert::to_status(&error).details
    }

    #[test]
    fn what_is_internal_says_nothing() {
        for code in ["2", "13", "15", "17", "x", ""] {
            let mut headers = head(code, "secret", &details("SECRET"));
            let before = mask_status(&mut headers).unwrap();
            assert_eq!(before.message, "secret", "{code}");
            assert_eq!(headers[MESSAGE], "Internal Server Error");
            assert_eq!(headers[STATUS], code);
            assert_eq!(headers["x-request-id"], "7");
            assert!(!headers.contains_key(DETAILS));
            assert_eq!(mask_status(&mut headers), None);
        }
    }

    #[test]
    fn a_code_in_the_details_counts_as_well_as_the_one_beside() {
        let internal = Envelope::new(StatusCode::INTERNAL_SERVER_ERROR, "secret");
        let internal = internal.with_error_type("SECRET");
        let mut headers = head("5", "secret", &convert::to_status(&internal).details);
        assert!(mask_status(&mut headers).is_some());
        assert!(!format!("{headers:?}").contains("secret"));
        let mut headers = head("13", "secret", &details("SECRET"));
        assert!(mask_status(&mut headers).is_some());
        assert!(!headers.contains_key(DETAILS));
    }

    #[test]
    fn any_other_error_loses_what_only_developers_may_see() {
        use prost::Message;
        use tonic_types::pb::{DebugInfo, Status};

        let debug = prost_types::Any {
            type_url: "type.googleapis.com/google.rpc.DebugInfo".into(),
            value: DebugInfo::default().encode_to_vec(),
        };
        let mut status = Status::decode(&*details("TAKEN")).unwrap();
        status.details.push(debug);
        let mut headers = head("6", "taken", &status.encode_to_vec().into());
        assert!(mask_status(&mut headers).is_some());
        assert_eq!(headers[MESSAGE], "taken");
        assert_eq!(details::from_headers(&headers), details("TAKEN"));
        assert_eq!(mask_status(&mut headers), None);
    }

    #[test]
    fn a_success_and_a_head_without_status_stay() {
        for code in [Some("0"), None] {
            let mut headers = HeaderMap::new();
            if let Some(code) = code {
                headers.insert(STATUS, HeaderValue::from_static(code));
            }
            let before = headers.clone();
            assert_eq!(mask_status(&mut headers), None);
            assert_eq!(headers, before);
        }
    }
}

//! Finds the status of an error that was sent as a success: the number in its document, else the status of its type.
//!
//! In: a document or a type. Out: a status of errors. `read_success` and `in_stream` call it.

use http::StatusCode;

use crate::envelope::ErrorType;
use crate::grpc::code::GrpcCode;
use crate::read::any_json;
use crate::read::document::Value;

/// The status that a document gives as a number: at its top, in its error, or in the first of its errors.
pub(in crate::read) fn by_number(root: Value<'_>) -> Option<StatusCode> {
    let error = root.get("error");
    let first = root.list("errors").and_then(|mut errors| errors.next());
    let extensions = first.and_then(|error| error.get("extensions"));
    let places = [Some(root), error, first, extensions].into_iter().flatten();
    let members = places.flat_map(Value::members);
    members
        .filter(|(name, _)| any_json::is_named(name, &NUMBERS))
        .find_map(|(_, value)| number(value))
}

/// The status of a type. It is 400 for an unknown type.
pub(in crate::read) fn by_type(error_type: Option<&ErrorType>) -> StatusCode {
    let known = error_type.and_then(by_known_type);
    known.unwrap_or(StatusCode::BAD_REQUEST)
}

/// The status of a known type.
pub(in crate::read) fn by_known_type(error_type: &ErrorType) -> Option<StatusCode> {
    let name = error_type.as_str();
    let grpc = || Some(GrpcCode::from_name(name)?.http_status());
    error_type
        .documented_status()
        .or_else(grpc)
        .or_else(|| listed(name))
}

fn listed(name: &str) -> Option<StatusCode> {
    // `soap:Server.Unavailable`, `ghost.NotFoundError`
    let local = name.rsplit(':').next().unwrap_or_default();
    let is_named = |(_, names): &&(u16, &[&str])| {
        let mut parts = local.split('.');
        parts.any(|part| any_json::is_named(part, names))
    };
    let status = match STATUSES.iter().find(is_named) {
        Some((status, _)) => *status,
        None if is_not_found(local) => 404,
        None => return None,
    };
    StatusCode::from_u16(status).ok()
}

/// Whether a name ends in "not found", such as `channel_not_found` and `NotFoundError`.
fn is_not_found(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name
        .strip_suffix("exception")
        .or(name.strip_suffix("error"))
        .unwrap_or(&name);
    name.ends_with("notfound") || name.ends_with("not_found")
}

/// The status of errors in a number, or in a string of digits.
pub(super) fn number(value: Value<'_>) -> Option<StatusCode> {
    let number = match value.as_text() {
        Some(text) => text.parse().ok(),
        None => value.as_integer(),
    };
    let number = u16::try_from(number?).ok();
    let status = StatusCode::from_u16(number.filter(|number| (400..600).contains(number))?).ok();
    // A number that is not registered is a code of the API.
    status.filter(|status| status.canonical_reason().is_some())
}

/// Keys of members that may hold a status.
const NUMBERS: [&str; 6] = [
    "code",
    "error_code",
    "http_code",
    "http_status",
    "status",
    "status_code",
];

/// Types of Slack, GraphQL servers, S3, SOAP, JSON-RPC and language models, and words that many APIs use. Names are compared without
/// case and separators. The types of gRPC have another table.
#[rustfmt::skip]
const STATUSES: [(u16, &[&str]); 14] = [
    (401, &["account_inactive", "authentication_error", "bad_credentials", "invalid_api_key", "invalid_auth", "invalid_token", "not_authed", "token_expired", "token_revoked", "unauthorized"]),
    (402, &["billing_error"]),
    (403, &["access_denied", "forbidden", "insufficient_scope", "invalid_access_key_id", "missing_scope", "no_permission", "permission_error", "restricted_action", "signature_does_not_match"]),
    (404, &["-32601", "no_such_bucket", "no_such_key", "no_such_upload", "unknown_method"]),
    (405, &["method_not_allowed"]),
    (408, &["request_timeout"]),
    (409, &["conflict", "name_taken"]),
    (413, &["entity_too_large", "payload_too_large", "request_too_large"]),
    (429, &["insufficient_quota", "rate_limited", "rate_limit_error", "rate_limit_exceeded", "throttled", "too_many_requests"]),
    (500, &["-32603", "api_error", "fatal_error", "internal_error", "internal_server_error", "receiver", "server", "server_error"]),
    (501, &["not_implemented"]),
    (503, &["overloaded", "service_unavailable", "slow_down", "temporarily_unavailable"]),
    (504, &["gateway_timeout", "timeout", "timeout_error"]),
    (529, &["overloaded_error"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::document::parse_json;

    #[test]
    fn a_known_type_has_a_status_and_any_other_has_400() {
        let cases = [
            ("-32601", 404),
            ("-32602", 400),
            ("-32603", 500),
            ("-32050", 400),
            ("not_authed", 401),
            ("UNAUTHENTICATED", 401),
            ("channel_not_found", 404),
            ("NoSuchKey", 404),
            ("SlowDown", 503),
            ("InternalError", 500),
            ("RESOURCE_EXHAUSTED", 429),
            ("clustr.exceptions.PermissionDenied", 403),
            ("soap:Server.Unavailable", 500),
            ("soap:Client", 400),
            ("NotFoundError", 404),
            ("card_declined", 400),
        ];
        for (name, status) in cases {
            assert_eq!(by_type(Some(&ErrorType::new(name))), status, "{name}");
        }
        assert_eq!(by_type(None), 400);
    }

    #[test]
    fn a_registered_number_of_an_error_is_the_status() {
        let cases = [
            (r#"{"ok":false,"error_code":429}"#, Some(429)),
            (r#"{"status":"503"}"#, Some(503)),
            (r#"{"error":{"code":404}}"#, Some(404)),
            (
                r#"{"errors":[{"extensions":{"status_code":403}}]}"#,
                Some(403),
            ),
            (r#"{"code":200,"status":"error"}"#, None),
            (r#"{"code":40013}"#, None),
            (r#"{"number":404}"#, None),
            ("[404]", None),
        ];
        for (json, want) in cases {
            let document = parse_json(json).unwrap();
            assert_eq!(
                by_number(document.root()).map(|status| status.as_u16()),
                want,
                "{json}"
            );
        }
    }
}

//! Decides whether the document of a success is an error.
//!
//! ```json
//! {"ok": false, "error": "channel_not_found"}
//! ```
//!
//! In: a response with a status of successes, as a [`Source`]. Out: whether it is an error, and the status that its document gives.
//! `read_success` calls it before the formats. In doubt a document is data: a job that failed, a list of findings, or data with some
//! errors.

mod failed_call;
mod glance;
mod status;
mod values;

use http::StatusCode;

use self::failed_call::{are_only_errors, is_failed_call, is_only_error};
use self::values::{is_failure, is_no};
use super::any_json::any_of;
#[cfg(feature = "xml")]
use super::document::xml;
use super::document::Value;
use super::formats::json_rpc;
#[cfg(feature = "xml")]
use super::formats::soap;
use super::source::Source;
use super::{any_json, headers};
use crate::envelope::is_reserved;
use crate::http::media_type;

pub(super) use self::glance::may_carry_error;
pub(super) use self::status::{
    by_known_type as status_of_known_type, by_number as status_by_number, by_type as status_of_type,
};
pub(super) use self::values::{is_empty, tells};

/// The status of the error, if its document gives one as a number. `None` if the response is data.
pub(super) fn status_of_error(source: &Source<'_>) -> Option<Option<StatusCode>> {
    is_error(source).then(|| source.document().and_then(status::by_number))
}

/// Whether the document says that it is an error.
fn is_error(source: &Source<'_>) -> bool {
    let Some(root) = source.document() else {
        return false;
    };
    #[cfg(feature = "xml")]
    if source.is_markup() {
        return is_fault(source, root);
    }
    // A call that succeeded may have warnings.
    let succeeded = any_of(root, &["ok", "success"], |value| {
        value.as_bool() == Some(true)
    });
    source.has_label(media_type::is_problem)
        || headers::error_type(source).is_some()
        || (!succeeded && CASES.iter().any(|is_error| is_error(root)))
}

/// Tests of a JSON document. It is an error if one of them is true.
const CASES: [fn(Value<'_>) -> bool; 9] = [
    // The documented envelope.
    |root| root.members().any(|(name, _)| is_reserved(name)),
    // JSON-RPC. A batch is data.
    |root| json_rpc::error(root).is_some(),
    // Slack, Telegram, MongoDB; Cloudflare, Pinata.
    |root| any_of(root, &["ok", "success"], is_no) && !is_verdict(root),
    // Copr, GitHub's tokens, GraphQL, Neo4j: there is nothing but the error.
    |root| {
        // A number alone may be a counter.
        let may_be_counter = !any_json::says_why(root);
        let is_error =
            |value: Value<'_>| tells(value) && !(may_be_counter && value.as_number().is_some());
        any_of(root, &["error", "errors"], is_error) && is_alone(root)
    },
    // JSend.
    |root| {
        root.get("status").is_some_and(is_failure)
            && only(root, &["status", "message", "code", "data"])
    },
    // Any document that says that a call failed, and why.
    |root| is_failed_call(root),
    // Google Maps, OMDb; Philips Hue.
    |root| is_only_error(root),
    |root| are_only_errors(root),
    // WeChat, Baidu.
    |root| {
        let mut codes = ["errcode", "error_code", "errno"].iter();
        codes.any(|name| root.get(name).is_some_and(Value::is_nonzero)) && is_alone(root)
    },
];

/// Whether a document is the answer "no" to a question, with codes as reasons, as reCAPTCHA sends it.
fn is_verdict(root: Value<'_>) -> bool {
    any_of(root, &["error_codes"], Value::is_list) && !any_json::says_why(root)
}

/// Keys of members that describe an error. Members with other keys may be data.
const COMPANIONS: [&str; 27] = [
    "code",
    "description",
    "detail",
    "details",
    "documentation_url",
    "errcode",
    "errmsg",
    "errno",
    "error",
    "error_code",
    "error_description",
    "error_message",
    "error_msg",
    "error_type",
    "error_uri",
    "errors",
    "extensions",
    "help",
    "message",
    "msg",
    "ok",
    "reason",
    "request_id",
    "status_code",
    "success",
    "timestamp",
    "type",
];

/// Root elements of errors in XML.
#[cfg(feature = "xml")]
const ERROR_ROOTS: [&str; 8] = [
    "error",
    "errors",
    "error_response",
    "exception",
    "exception_report",
    "fault",
    "service_exception_report",
    "xml_fault",
];

/// Keys of members that hold data.
const DATA: [&str; 4] = ["data", "payload", "result", "results"];

fn only(object: Value<'_>, names: &[&str]) -> bool {
    object.members().all(|(name, _)| names.contains(&name))
}

/// Whether all members of a document describe its error.
pub(super) fn is_alone(root: Value<'_>) -> bool {
    root.members()
        .all(|(name, value)| is_companion(name, value))
}

/// Whether a member beside an error tells more of it.
pub(super) fn is_companion(name: &str, value: Value<'_>) -> bool {
    let status = || name == "status" && (is_failure(value) || status::number(value).is_some());
    any_json::is_named(name, &COMPANIONS) || status() || (DATA.contains(&name) && is_empty(value))
}

/// Whether an XML document is an error, as those of S3 and other APIs of AWS, SOAP and XML-RPC.
#[cfg(feature = "xml")]
fn is_fault(source: &Source<'_>, root: Value<'_>) -> bool {
    let named =
        || xml::root_name(source.text).is_some_and(|name| any_json::is_named(name, &ERROR_ROOTS));
    // `<OAI-PMH><request>…</request><error code="badVerb">…</error></OAI-PMH>`
    let beside_texts = || {
        let is_error = |value: Value<'_>| value.is_object() && any_json::says_why(value);
        any_of(root, &["error"], is_error)
            && root.members().all(|(name, value)| {
                value.as_text().is_some()
                    || (any_json::is_named(name, &["error"]) && is_error(value))
            })
    };
    soap::fault(root).is_some()
        || root.get("fault").is_some()
        || named()
        || is_failed_call(root)
        || beside_texts()
}

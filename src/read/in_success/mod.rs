//! Errors that travel with a success: whether a document is one, so that it may be read as one.
//!
//! ```json
//! {"ok": false, "error": "channel_not_found"}
//! ```
//!
//! What only may be one is data: a job that failed, a list of findings, data that came with some errors.

mod status;

use http::StatusCode;

#[cfg(feature = "xml")]
use super::document::xml;
use super::document::{Items, Number, Value};
use super::formats::json_rpc;
#[cfg(feature = "xml")]
use super::formats::soap;
use super::signs::Signs;
use super::source::Source;
use super::{any_json, headers};
use crate::envelope::is_reserved;
use crate::http::media_type;

pub(super) use self::status::{
    by_known_type as status_of_known_type, by_number as status_by_number, by_type as status_of_type,
};

/// `None` if the response is data; else the status that the document gives as a number, if it does.
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
    let is_problem = |media| media_type::is_problem(&media);
    let labelled = source.signs.have(Signs::LABEL)
        && media_type::from_headers(source.headers).is_some_and(is_problem);
    labelled || headers::error_type(source).is_some() || SIGNS.iter().any(|is_sign| is_sign(root))
}

/// What makes an error of a JSON document.
const SIGNS: [fn(Value<'_>) -> bool; 7] = [
    // The documented envelope.
    |root| members(root).any(|(name, _)| is_reserved(name)),
    // JSON-RPC; of a batch each answer is one of its own.
    |root| json_rpc::error(root).is_some(),
    // Slack, Telegram, MongoDB; Cloudflare, Pinata.
    |root| {
        ["ok", "success"]
            .iter()
            .any(|name| root.get(name).is_some_and(is_no))
    },
    // Copr, GitHub's tokens, GraphQL, Neo4j: nothing is there but the error.
    |root| {
        let told = |name| root.get(name).is_some_and(tells);
        (told("error") || told("errors")) && is_alone(root)
    },
    // JSend.
    |root| {
        root.get("status").is_some_and(is_failure)
            && only(root, &["status", "message", "code", "data"])
    },
    // Whatever says that a call failed, and why.
    |root| is_failed_call(root),
    // WeChat, Baidu.
    |root| {
        let mut codes = ["errcode", "error_code", "errno"].iter();
        codes.any(|name| {
            root.get(name)
                .is_some_and(|code| code.as_number().is_some() && !is_no(code))
        }) && is_alone(root)
    },
];

/// Keys that say how a call ended.
const OUTCOMES: [&str; 4] = ["status", "result", "state", "type"];

/// What they say if it failed.
const FAILURES: [&str; 8] = [
    "error",
    "err",
    "fail",
    "failed",
    "failure",
    "ko",
    "nok",
    "exception",
];

/// Keys of things that may have failed long ago: a job is data.
const OF_THINGS: [&str; 7] = ["id", "uuid", "uid", "name", "job_id", "object", "kind"];

/// Objects that only wrap the answer.
const WRAPPERS: [&str; 4] = ["response", "reply", "output", "root"];

/// How many wrappers are opened.
const MAX_WRAPPERS: usize = 4;

/// Whether the document, or the one object in it, says that a call failed, and why: by a word in `status`, by an error
/// code with a sentence, or by an error in a wrapper.
fn is_failed_call(root: Value<'_>) -> bool {
    let mut next = Some(root);
    for _ in 0..MAX_WRAPPERS {
        let Some(object) = next else { return false };
        if members(object).any(|(key, _)| any_json::is_named(key, &OF_THINGS)) {
            return false;
        }
        if tells_failure(object) || is_wrapped_error(object) {
            return true;
        }
        let mut objects = members(object).filter(|(_, value)| value.is_object());
        next = objects
            .next()
            .map(|(_, value)| value)
            .filter(|_| objects.next().is_none());
    }
    false
}

fn tells_failure(object: Value<'_>) -> bool {
    let failed = members(object).any(|(key, value)| {
        let text = value.as_text().map(str::trim);
        any_json::is_named(key, &OUTCOMES)
            && text.is_some_and(|text| any_json::is_named(text, &FAILURES))
    });
    // `{"result": 2000, "error": "Log in failed."}`
    let numbered = || {
        let number = |value: Value<'_>| value.as_number().is_some_and(|number| !number.is_zero());
        members(object).any(|(key, value)| OUTCOMES.contains(&key) && number(value))
            && object
                .text("error")
                .is_some_and(|text| text.trim().contains(' '))
    };
    // `{"status": "0", "info": "INVALID_USER_KEY"}`
    let refused = || {
        let mut texts = members(object).filter_map(|(_, value)| value.as_text());
        object.text("status") == Some("0") && texts.any(is_screaming)
    };
    (failed && any_json::says_why(object))
        || numbered()
        || refused()
        || any_json::has_code_and_message(object)
        || all_items_failed(object)
}

/// `INVALID_USER_KEY`
fn is_screaming(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// `{"Response": {"Error": {"Code": "…", "Message": "…"}}}`
fn is_wrapped_error(object: Value<'_>) -> bool {
    let mut wrappers = members(object).filter(|(key, _)| any_json::is_named(key, &WRAPPERS));
    wrappers.any(|(_, value)| {
        let mut errors =
            members(value).filter(|(key, _)| any_json::is_named(key, &["error", "fault"]));
        errors.any(|(_, error)| error.is_object() && any_json::says_why(error))
    })
}

/// `{"messages": [{"status": "7", "error-text": "Number barred."}]}`: every one has its error.
fn all_items_failed(object: Value<'_>) -> bool {
    let mut lists = members(object).filter_map(|(_, value)| value.as_list());
    let (Some(list), None) = (lists.next(), lists.next()) else {
        return false;
    };
    let is_failed = |item: Value<'_>| {
        members(item).any(|(key, value)| {
            let text = value.as_text().filter(|text| text.trim().contains(' '));
            text.is_some()
                && any_json::is_named(
                    key,
                    &["error_text", "error_message", "err_msg", "errmsg", "error"],
                )
        }) && members(item).any(|(key, value)| {
            let is_zero = value
                .as_text()
                .is_some_and(|text| text.trim().trim_start_matches('0').is_empty());
            any_json::is_named(key, &["status", "code", "error_code", "err_code"]) && !is_zero
        })
    };
    !list.is_empty() && list.clone().all(is_failed)
}

/// Members that tell more of an error. Any other may be data.
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

/// Members that hold the data, if there is any.
const DATA: [&str; 4] = ["data", "payload", "result", "results"];

/// What stands in `error` where there is none.
const NONE: [&str; 7] = ["", "0", "false", "no", "none", "null", "ok"];

fn members(object: Value<'_>) -> impl Iterator<Item = (&str, Value<'_>)> {
    object.as_object().into_iter().flatten()
}

fn only(object: Value<'_>, names: &[&str]) -> bool {
    members(object).all(|(name, _)| names.contains(&name))
}

/// Whether nothing stands beside an error but what tells more of it.
pub(super) fn is_alone(root: Value<'_>) -> bool {
    members(root).all(|(name, value)| {
        let status = || name == "status" && (is_failure(value) || status::number(value).is_some());
        any_json::is_named(name, &COMPANIONS)
            || status()
            || (DATA.contains(&name) && is_empty(value))
    })
}

fn is_failure(status: Value<'_>) -> bool {
    matches!(status.as_text(), Some("error" | "fail"))
}

/// `false`, or 0 as MongoDB writes it.
fn is_no(value: Value<'_>) -> bool {
    value.as_bool() == Some(false) || value.as_number().is_some_and(Number::is_zero)
}

/// Whether a member `error` or `errors` holds one.
pub(super) fn tells(value: Value<'_>) -> bool {
    let said = |text: &str| {
        !NONE
            .iter()
            .any(|none| none.eq_ignore_ascii_case(text.trim()))
    };
    value
        .as_text()
        .map_or(value.as_bool() == Some(true) || !is_empty(value), said)
}

/// `null`, an empty list or an empty object.
fn is_empty(value: Value<'_>) -> bool {
    let list = |mut items: Items<'_>| items.next().is_none();
    value.is_null()
        || value.as_list().is_some_and(list)
        || (value.as_object().is_some() && members(value).next().is_none())
}

/// S3 and the other APIs of AWS; SOAP; XML-RPC.
#[cfg(feature = "xml")]
fn is_fault(source: &Source<'_>, root: Value<'_>) -> bool {
    let named =
        || xml::root_name(source.text).is_some_and(|name| any_json::is_named(&name, &ERROR_ROOTS));
    soap::fault(root).is_some() || root.get("fault").is_some() || named() || is_failed_call(root)
}

//! Names of members that mean something else in other formats.
//!
//! In: the name of a member. Out: whether clients of many APIs would take the member for a part of the error. Then the dialects
//! write it into `_error_details`.

/// Whether APIs use this name for a message, a type, a status or a parameter. Case and separators do not count.
pub(super) fn is_foreign(name: &str) -> bool {
    let words = || {
        let words = name.bytes().filter(u8::is_ascii_alphanumeric);
        words.map(|byte| byte.to_ascii_lowercase())
    };
    NAMES.iter().any(|name| name.bytes().eq(words()))
}

const NAMES: [&str; 36] = [
    "cause",
    "code",
    "data",
    "description",
    "detail",
    "detailmessage",
    "details",
    "developermessage",
    "errcode",
    "errmsg",
    "error",
    "errorcode",
    "errordescription",
    "errormessage",
    "errormsg",
    "errors",
    "errortype",
    "exception",
    "fault",
    "fields",
    "info",
    "message",
    "messages",
    "meta",
    "msg",
    "nonfielderrors",
    "param",
    "reason",
    "status",
    "statuscode",
    "text",
    "title",
    "type",
    "usermessage",
    "violations",
    "warning",
];

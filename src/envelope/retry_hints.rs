//! Signs in a response that say when to send the request again.
//!
//! In: the status, the headers and the body of an error. Out: a delay, or whether the server asks for a retry.
//! `retry_advice` calls it.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{AsHeaderName, HeaderMap, DATE, RETRY_AFTER};
use http::StatusCode;
use serde_json::Value;

use super::members::Members;
use crate::http::header_list;

/// The longest delay, in seconds: a year. It keeps sums with a point in time from overflowing.
const LONGEST: f64 = 365.0 * 24.0 * 60.0 * 60.0;

/// From this value on, `X-RateLimit-Reset` is a point in time, in seconds since 1970. Below, it is a delay.
const EPOCH: f64 = 1e9;

/// Whether any of these headers may name a delay or a wish. It runs for each error that a client reads.
pub(super) fn may_be_in(headers: &HeaderMap) -> bool {
    let may_be = |name: &str| {
        name.starts_with("retry-after") || name == "x-should-retry" || name.contains("ratelimit")
    };
    headers.keys().any(|name| may_be(name.as_str()))
}

/// Whether the server asks for a retry; `None` if it does not say. The clients of OpenAI and Anthropic follow
/// `x-should-retry` before any other sign.
pub(super) fn wanted(headers: &HeaderMap) -> Option<bool> {
    match text(headers, "x-should-retry")? {
        wanted if wanted.eq_ignore_ascii_case("true") => Some(true),
        wanted if wanted.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The delay that the server names: in headers, else in the body (`said` reads it), else as the reset of a limit.
pub(super) fn delay(
    status: StatusCode,
    headers: &HeaderMap,
    said: impl FnOnce() -> Option<Duration>,
) -> Option<Duration> {
    milliseconds(headers)
        .or_else(|| retry_after(headers))
        .or_else(said)
        .or_else(|| is_limited(status, headers).then(|| reset(headers))?)
}

/// `retry-after-ms`, as Azure and OpenAI send it.
fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    Some(number(text(headers, "retry-after-ms")?)? / 1000.0).and_then(seconds)
}

/// [RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3): only digits, so a sign is refused. Fractions are
/// tolerated.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    let delay = number(value).and_then(seconds);
    delay.or_else(|| until(headers, httpdate::parse_http_date(value).ok()?))
}

/// The time to a point in time. It counts from the `Date` of the response, so that a wrong local clock does no harm.
fn until(headers: &HeaderMap, then: SystemTime) -> Option<Duration> {
    let date = text(headers, DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    let now = date.unwrap_or_else(SystemTime::now);
    let delay = then.duration_since(now).unwrap_or_default();
    seconds(delay.as_secs_f64())
}

/// The delay that a body names: `RetryInfo` of Google, the `Status` of Kubernetes, or a member `retry_after`.
pub(super) fn in_body(body: &Bytes) -> Option<Duration> {
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let document: Value = serde_json::from_slice(body).ok()?;
    google(&document)
        .or_else(|| kubernetes(&document))
        .or_else(|| plain(&document))
}

/// The member `retry_after` of an error: seconds, as a number or its digits.
pub(super) fn in_members(members: &Members) -> Option<Duration> {
    of_value(&members.get("retry_after")?).and_then(seconds)
}

/// `{"retry_after": 64.57}` in seconds, as Discord has it, `{"parameters": {"retry_after": 35}}` as Telegram has it, and
/// `{"retry_after_ms": 2000}` in milliseconds, as Matrix has it.
fn plain(document: &Value) -> Option<Duration> {
    let at = |pointer| of_value(document.pointer(pointer)?);
    at("/retry_after")
        .or_else(|| at("/parameters/retry_after"))
        .or_else(|| Some(at("/retry_after_ms")? / 1000.0))
        .and_then(seconds)
}

/// A number, or a text with the digits of a number.
fn of_value(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| number(value.as_str()?))
}

/// `{"error": {"details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}]}}`
/// ([AIP-193](https://google.aip.dev/193); durations as in [ProtoJSON](https://protobuf.dev/programming-guides/json/)).
fn google(document: &Value) -> Option<Duration> {
    let details = document.pointer("/error/details")?.as_array()?;
    let is_retry_info = |detail: &&Value| {
        let name = detail.get("@type").and_then(Value::as_str);
        name.is_some_and(|name| name.ends_with("google.rpc.RetryInfo"))
    };
    let delay = details.iter().find(is_retry_info)?.get("retryDelay")?;
    number(delay.as_str()?.strip_suffix('s')?).and_then(seconds)
}

/// `{"kind": "Status", "details": {"retryAfterSeconds": 1}}`
/// ([Status](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/)).
fn kubernetes(document: &Value) -> Option<Duration> {
    if document.get("kind")?.as_str()? != "Status" {
        return None;
    }
    let delay = document.pointer("/details/retryAfterSeconds")?;
    delay.as_f64().and_then(seconds)
}

/// Whether the response says that a limit is exceeded. Other responses have the reset of a limit as well.
fn is_limited(status: StatusCode, headers: &HeaderMap) -> bool {
    match status.as_u16() {
        429 | 503 => true,
        // GitHub
        403 => text(headers, "x-ratelimit-remaining") == Some("0"),
        _ => false,
    }
}

/// The delay to the reset of a limit: of the new header `RateLimit`, else of `RateLimit-Reset`, else of `X-RateLimit-Reset`.
fn reset(headers: &HeaderMap) -> Option<Duration> {
    exhausted(headers)
        .or_else(|| number(text(headers, "ratelimit-reset")?).and_then(seconds))
        .or_else(|| reset_at(headers))
}

/// `RateLimit: "burst";r=0;t=30, "day";r=7;t=3600`: the longest reset of the limits that have nothing remaining
/// ([draft-ietf-httpapi-ratelimit-headers](https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/)).
fn exhausted(headers: &HeaderMap) -> Option<Duration> {
    let resets = header_list::elements(headers, "ratelimit").filter_map(|limit| {
        let is_exhausted = parameter(limit, "r")? == 0.0;
        parameter(limit, "t").filter(|_| is_exhausted)
    });
    resets.reduce(f64::max).and_then(seconds)
}

/// The number of one parameter of an element of a list.
fn parameter(element: &str, name: &str) -> Option<f64> {
    let mut parameters = header_list::split(element, ';').filter_map(|part| part.split_once('='));
    let (_, value) = parameters.find(|(found, _)| *found == name)?;
    number(value)
}

/// `X-RateLimit-Reset`: a delay, or a point in time as GitHub sends it.
fn reset_at(headers: &HeaderMap) -> Option<Duration> {
    let reset = number(text(headers, "x-ratelimit-reset")?)?;
    if reset < EPOCH {
        return seconds(reset);
    }
    // A time that `SystemTime` cannot represent is the longest delay.
    let since_epoch = Duration::try_from_secs_f64(reset).ok();
    let then = since_epoch.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
    then.map_or_else(|| seconds(LONGEST), |then| until(headers, then))
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A number of digits, with or without a fraction. A sign, an exponent or a name is refused.
fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| plain)
}

/// A delay, cut to the longest.
fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.min(LONGEST)).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn seconds_and_dates_are_delays() {
        let headers = |value: &'static str| {
            let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
            HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value)), (DATE, date)])
        };
        for (value, seconds) in [
            ("7", Some(7)),
            ("0", Some(0)),
            ("1.0", Some(1)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("99999999999", Some(31_536_000)),
            ("-7", None),
            ("+5", None),
            ("1e3", None),
            (".", None),
            ("soon", None),
            ("", None),
        ] {
            let headers = headers(value);
            let delay = retry_after(&headers);
            assert_eq!(delay, seconds.map(Duration::from_secs), "{value}");
        }
    }
}

//! Converts advice on retries between HTTP and gRPC.
//!
//! | HTTP | gRPC |
//! | --- | --- |
//! | `Retry-After: 7`, or a date ([RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)) | a detail `google.rpc.RetryInfo` of 7 s |
//! | `Retry-After: 2` | `RetryInfo` of 1.5 s, or metadata `grpc-retry-pushback-ms: 1500` ([A6](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback)) |

use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::details;
use super::status::GrpcStatus;
use crate::envelope::retry_after;

pub(super) const PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");

/// The longest delay: a year. Longer delays are cut to it.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Adds the delay in `Retry-After` to the details of `status`, unless they have one.
pub(crate) fn add(status: &mut GrpcStatus, headers: &HeaderMap) {
    if let Some(delay) = retry_after(headers) {
        status.details = details::with_retry(status, delay);
    }
}

/// The delay of `status` in a form that only gRPC knows.
pub(crate) fn advised(status: &GrpcStatus) -> Option<Duration> {
    let delay = details::retry(&status.details).or_else(|| pushback(&status.metadata));
    delay.map(|delay| delay.min(LONGEST))
}

/// `Retry-After` with the delay of a status that has none among its metadata: in whole seconds, rounded up.
pub(super) fn header(status: &GrpcStatus) -> Option<(HeaderName, HeaderValue)> {
    if status.metadata.contains_key(RETRY_AFTER) {
        return None;
    }
    let delay = advised(status)?;
    let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
    Some((RETRY_AFTER, seconds.into()))
}

/// A negative number or any other text forbids a retry, which HTTP cannot express.
fn pushback(metadata: &HeaderMap) -> Option<Duration> {
    let text = metadata.get(PUSHBACK)?.to_str().ok()?;
    text.parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pushback_is_a_delay_unless_it_forbids_to_try_again() {
        for (value, seconds) in [("1500", Some(2)), ("0", Some(0)), ("-1", None), ("x", None)] {
            let mut status = GrpcStatus::from_code(super::super::code::GrpcCode::UNKNOWN);
            let value = HeaderValue::from_static(value);
            status.metadata.insert(PUSHBACK, value);
            let want = seconds.map(|seconds: u64| (RETRY_AFTER, seconds.into()));
            assert_eq!(header(&status), want);
        }
    }
}

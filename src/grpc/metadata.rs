//! Decides which headers of an error become metadata of gRPC, and which metadata becomes headers of HTTP.
//!
//! Headers of HTTP control browsers and proxies. Metadata of gRPC does not. So metadata of an upstream or of a method
//! becomes a header only if it is one of [`SAFE`], or if the user allowed its name. Other metadata stays with the status
//! that the envelope keeps. It becomes metadata again if the envelope is answered in gRPC.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::retry;
use super::status::GrpcStatus;
use crate::envelope::Envelope;

/// Metadata that becomes a header of HTTP: advice for retries, and ids to find a request in logs. None of these changes how a
/// browser, a cache or a proxy handles the answer.
///
/// Deliberately not among them: `www-authenticate` (a browser would ask its user for a password), `x-…` in general
/// (`x-accel-redirect` has nginx send a file), and all of `set-cookie`, `access-control-*`, `location`, `refresh`,
/// `clear-site-data`, `cache-control`, `content-*`, `etag`, `authorization`.
const SAFE: [&str; 19] = [
    "ratelimit",
    "ratelimit-limit",
    "ratelimit-policy",
    "ratelimit-remaining",
    "ratelimit-reset",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "traceparent",
    "traceresponse",
    "x-amzn-requestid",
    "x-b3-traceid",
    "x-cloud-trace-context",
    "x-correlation-id",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
    "x-should-retry",
];

/// Whether metadata with this name always becomes a header of HTTP.
pub(crate) fn is_safe(name: &HeaderName) -> bool {
    SAFE.contains(&name.as_str())
}

/// Headers of the message or of the connection.
const NOT_OWN: [&str; 10] = [
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a header belongs to the error, and can be metadata of gRPC ([gRPC over
/// HTTP/2](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests)).
pub(crate) fn is_own(name: &HeaderName, value: &HeaderValue) -> bool {
    let is_reserved = match name.as_str() {
        reserved if reserved.starts_with("grpc-") => *name != retry::PUSHBACK,
        name => NOT_OWN.contains(&name),
    };
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~');
    !is_reserved && value.as_bytes().iter().all(is_text)
}

/// The metadata that belongs to the error.
pub(crate) fn own(metadata: &HeaderMap) -> HeaderMap {
    let own = metadata.iter().filter(|(name, value)| is_own(name, value));
    own.fold(HeaderMap::new(), |mut own, (name, value)| {
        // Headers beyond the capacity of the map are left out.
        let _ = own.try_append(name.clone(), value.clone());
        own
    })
}

/// Adds metadata of `status` to the headers of `envelope`: the safe names and those in `allowed`.
///
/// A delay that only gRPC knows becomes `Retry-After`.
pub(crate) fn to_headers(
    status: &GrpcStatus,
    allowed: &[HeaderName],
    envelope: Envelope,
) -> Envelope {
    let may_be = |name: &HeaderName| is_safe(name) || allowed.contains(name);
    let safe = status.metadata.iter().filter(|(name, _)| may_be(name));
    let with = |envelope: Envelope, (name, value): (&HeaderName, &HeaderValue)| {
        envelope.with_header(name.clone(), value.clone())
    };
    let envelope = safe.fold(envelope, with);
    match retry::header(status) {
        Some((name, value)) => envelope.with_header(name, value),
        None => envelope,
    }
}

/// The metadata of `envelope` as the status of an RPC: its headers, and the kept metadata that did not become a header.
pub(crate) fn of(envelope: &Envelope) -> HeaderMap {
    let headers = envelope.headers();
    let Some(came) = GrpcStatus::remembered(envelope) else {
        return own(headers);
    };
    let mut metadata = came.metadata.clone();
    let generated = retry::header(came);
    for name in headers.keys() {
        let said = || headers.get_all(name);
        let is_generated = generated
            .as_ref()
            .is_some_and(|(generated, value)| generated == name && said().iter().eq([value]));
        if is_generated || said() == came.metadata.get_all(name) {
            continue;
        }
        metadata.remove(name);
        for value in said().iter().filter(|value| is_own(name, value)) {
            let _ = metadata.try_append(name.clone(), value.clone());
        }
    }
    metadata
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::code::GrpcCode;
    use crate::grpc::convert;
    use http::header::{COOKIE, LOCATION, SET_COOKIE};

    fn came(metadata: &[(&'static str, &'static str)]) -> GrpcStatus {
        let entries = metadata.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        let mut status = GrpcStatus::from_code(GrpcCode::UNKNOWN);
        entries.for_each(|(name, value)| {
            status.metadata.append(name, value);
        });
        status
    }

    #[test]
    fn only_what_is_safe_or_allowed_becomes_a_header_and_all_comes_back() {
        let status = came(&[
            ("set-cookie", "a=1"),
            ("access-control-allow-origin", "*"),
            ("location", "https://evil.example"),
            ("clear-site-data", "*"),
            ("x-accel-redirect", "/etc/passwd"),
            ("www-authenticate", "Basic"),
            ("grpc-retry-pushback-ms", "1500"),
            ("x-request-id", "7"),
            ("x-shop", "a"),
            ("x-shop", "b"),
        ]);
        let envelope = convert::from_peer(&status, &[]);
        let names: Vec<_> = envelope.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["x-request-id", "retry-after"]);
        assert_eq!(envelope.headers()["retry-after"], "2");
        assert_eq!(of(&envelope), status.metadata);

        let allowed = [HeaderName::from_static("x-shop"), LOCATION];
        let envelope = convert::from_peer(&status, &allowed);
        assert_eq!(envelope.headers().len(), 5);
        assert_eq!(of(&envelope), status.metadata);
    }

    #[test]
    fn a_header_that_was_set_later_replaces_what_came() {
        let status = came(&[("set-cookie", "a=1"), ("x-request-id", "7")]);
        let envelope = convert::from_peer(&status, &[])
            .with_header(SET_COOKIE, HeaderValue::from_static("own"))
            .with_header(COOKIE, HeaderValue::from_static("more"));
        let metadata = of(&envelope);
        assert_eq!(metadata.get_all(SET_COOKIE).iter().count(), 1);
        assert_eq!(metadata[SET_COOKIE], "own");
        assert_eq!(metadata[COOKIE], "more");
        assert_eq!(metadata["x-request-id"], "7");
    }

    #[test]
    fn a_delay_that_was_set_later_is_said_beside_the_one_that_came() {
        let status = came(&[("grpc-retry-pushback-ms", "1500")]);
        let envelope = convert::from_peer(&status, &[]);
        assert_eq!(envelope.headers()["retry-after"], "2");
        let later = envelope
            .with_header("retry-after", 9)
            .with_header("x-stock", 2);
        let metadata = of(&later);
        assert!(metadata
            .get_all("retry-after")
            .iter()
            .any(|value| value == "9"));
        assert_eq!(metadata["x-stock"], "2");
    }

    #[test]
    fn the_safe_names_are_those_of_headers() {
        assert!(SAFE
            .iter()
            .all(|name| HeaderName::from_lowercase(name.as_bytes()).is_ok()));
        assert!(SAFE.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

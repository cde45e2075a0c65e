//! The headers that an error may add to its response.
//!
//! In: the name of a header. Out: whether it is refused. [`Envelope::with_header`](super::Envelope::with_header) calls it.

use http::header::{self, HeaderName};

/// Whether a header describes the body or the connection. Only the writer of a response may set such a header
/// ([RFC 9110 §6.4](https://www.rfc-editor.org/rfc/rfc9110#section-6.4),
/// [§7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
pub(super) fn is_of_the_message(name: &HeaderName) -> bool {
    OF_THE_BODY.contains(name)
        || OF_THE_CONNECTION.contains(name)
        || OTHERS.contains(&name.as_str())
}

/// They describe the body. Only the writer of the body sets them.
const OF_THE_BODY: [HeaderName; 11] = [
    header::ACCEPT_RANGES,
    header::CONTENT_DISPOSITION,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_LOCATION,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::TRAILER,
];

/// They belong to one connection. The server sets them.
const OF_THE_CONNECTION: [HeaderName; 4] = [
    header::CONNECTION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Names that the crate `http` does not have.
const OTHERS: [&str; 7] = [
    "content-digest",
    "content-md5",
    "digest",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "repr-digest",
];

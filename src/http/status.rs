//! Facts about a status, also about a status without a name.

use http::StatusCode;

/// Whether a response with this status is an error: 4xx, 5xx, and every higher status.
///
/// [RFC 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15) says that a client should treat a status outside of the five
/// classes as a 5xx. `StatusCode::is_server_error` is false for 600, so this crate does not use it.
pub(crate) fn is_error(status: StatusCode) -> bool {
    status.as_u16() >= 400
}

/// Whether the error is one of the server: 500 and above.
pub(crate) fn is_server_error(status: StatusCode) -> bool {
    status.as_u16() >= 500
}

/// Whether a response with this status never has content: 204, 205 and 304
/// ([RFC 9110 §15.3.5, §15.3.6, §15.4.5](https://www.rfc-editor.org/rfc/rfc9110#section-15.3.5)).
#[cfg(feature = "layer")]
pub(crate) fn has_no_content(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    )
}

/// The reason phrase of a status. A status without a name has the phrase of 400 or of 500. It is never empty.
pub(crate) fn reason(status: StatusCode) -> &'static str {
    let class = if is_server_error(status) {
        "Internal Server Error"
    } else {
        "Bad Request"
    };
    status.canonical_reason().unwrap_or(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_without_a_name_is_read_as_its_class() {
        let cases = [
            (404, "Not Found"),
            (471, "Bad Request"),
            (599, "Internal Server Error"),
            (600, "Internal Server Error"),
            (999, "Internal Server Error"),
        ];
        for (code, phrase) in cases {
            assert_eq!(
                reason(StatusCode::from_u16(code).unwrap()),
                phrase,
                "{code}"
            );
        }
    }

    #[test]
    fn statuses_from_600_on_are_errors_of_the_server() {
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(is_error(status), code >= 400, "{code}");
            assert_eq!(is_server_error(status), code >= 500, "{code}");
        }
    }
}

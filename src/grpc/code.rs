//! The status codes of gRPC, and the tables between them and those of HTTP.
//!
//! The tables are **not** inverse, and there are three from HTTP to gRPC:
//!
//! | table | used by | for |
//! | --- | --- | --- |
//! | [`meant`] | servers | an error with a message, a type or parameters |
//! | [`silent`] | servers | an error that has only its status: the 404 of a router is not the "not found" of a method |
//! | [`GrpcCode::inferred`] | clients | an answer without `grpc-status`; the gRPC documentation forbids servers to use it |

use http::StatusCode;

/// A code of [`google.rpc.Code`](https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrpcCode(u8);

impl GrpcCode {
    pub(crate) const OK: Self = Self(0);
    pub(crate) const UNKNOWN: Self = Self(2);
    const CANCELLED: Self = Self(1);
    const INVALID_ARGUMENT: Self = Self(3);
    const DEADLINE_EXCEEDED: Self = Self(4);
    const NOT_FOUND: Self = Self(5);
    const PERMISSION_DENIED: Self = Self(7);
    const RESOURCE_EXHAUSTED: Self = Self(8);
    const FAILED_PRECONDITION: Self = Self(9);
    const ABORTED: Self = Self(10);
    const OUT_OF_RANGE: Self = Self(11);
    const UNIMPLEMENTED: Self = Self(12);
    const INTERNAL: Self = Self(13);
    const UNAVAILABLE: Self = Self(14);
    const DATA_LOSS: Self = Self(15);
    const UNAUTHENTICATED: Self = Self(16);

    /// The code of this number, if there is one.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        CODES.get(usize::from(number)).map(|_| Self(number))
    }

    /// The code in the JSON of a gateway, if its HTTP status is this one. Any other number is a code of the API.
    pub(crate) fn from_gateway(number: i64, status: StatusCode) -> Option<Self> {
        let code =
            Self::from_number(u64::try_from(number).ok()?).filter(|code| *code != Self::OK)?;
        // The first version of grpc-gateway answered FAILED_PRECONDITION with 412.
        let older = (number, status) == (9, StatusCode::PRECONDITION_FAILED);
        (code.http_status() == status || older).then_some(code)
    }

    /// The code of this name, such as `NOT_FOUND`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::position(|row| row.name == name)
    }

    /// The code of an error that has this name in the [Connect protocol](https://connectrpc.com/docs/protocol#error-codes),
    /// such as `not_found`.
    pub(crate) fn from_connect_name(name: &str) -> Option<Self> {
        Self::position(|row| row.connect == name).filter(|code| *code != Self::OK)
    }

    /// The code in `grpc-status`: any other text is `UNKNOWN`
    /// ([statuscodes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md)).
    pub(crate) fn parse(value: &[u8]) -> Self {
        let digits = std::str::from_utf8(value)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        number.and_then(Self::from_number).unwrap_or(Self::UNKNOWN)
    }

    /// The code that a client infers from an answer with this status and *without* a `grpc-status`.
    pub(crate) fn inferred(status: StatusCode) -> Self {
        find(&LACKING, status).unwrap_or(Self::UNKNOWN)
    }

    /// Whether this is a code of unexpected errors. Their messages were not written for the caller.
    pub(crate) fn is_internal(self) -> bool {
        matches!(self, Self::UNKNOWN | Self::INTERNAL | Self::DATA_LOSS)
    }

    /// The number, for example 5.
    pub(crate) fn number(self) -> u8 {
        self.0
    }

    /// The name, for example `NOT_FOUND`.
    pub(crate) fn name(self) -> &'static str {
        self.row().name
    }

    /// The name in the Connect protocol, for example `not_found`.
    pub(crate) fn connect_name(self) -> &'static str {
        self.row().connect
    }

    /// The HTTP status of the code in `google.rpc.Code`; 0 is 200. Connect has the same table.
    pub(crate) fn http_status(self) -> StatusCode {
        StatusCode::from_u16(self.row().http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether an error with this HTTP status can have this code: by a table of this module, or by the first version of Connect's.
    pub(crate) fn fits(self, status: StatusCode) -> bool {
        self.http_status() == status
            || meant(status) == self
            || OLDER.contains(&(status.as_u16(), self))
    }

    fn position(is_wanted: impl Fn(&Row) -> bool) -> Option<Self> {
        let number = CODES.iter().position(is_wanted)?;
        u8::try_from(number).ok().map(Self)
    }

    fn row(self) -> Row {
        let row = CODES.get(usize::from(self.0)).copied();
        row.unwrap_or(Row::new("UNKNOWN", "unknown", 500))
    }
}

/// The code for an error of which only the status is known.
///
/// An unknown method is `UNIMPLEMENTED`: clients of reflection and health checks depend on it. A 429 without a text comes
/// from a limiter in front of the service, so the service is `UNAVAILABLE`. `None` for any other status: [`meant`] gives
/// its code.
pub(crate) fn silent(status: StatusCode) -> Option<GrpcCode> {
    find(&SILENT, status)
}

/// The code for an error that was written with this status.
pub(crate) fn meant(status: StatusCode) -> GrpcCode {
    let class = match status.as_u16() {
        ..=399 => GrpcCode::UNKNOWN,
        400..=499 => GrpcCode::FAILED_PRECONDITION,
        500.. => GrpcCode::INTERNAL,
    };
    find(&MEANT, status).unwrap_or(class)
}

fn find(table: &[(u16, GrpcCode)], status: StatusCode) -> Option<GrpcCode> {
    let row = table.iter().find(|(listed, _)| *listed == status.as_u16());
    row.map(|(_, code)| *code)
}

/// The name of a code, and its HTTP status.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    connect: &'static str,
    http: u16,
}

impl Row {
    const fn new(name: &'static str, connect: &'static str, http: u16) -> Self {
        Self {
            name,
            connect,
            http,
        }
    }
}

/// gRPC to HTTP: in order of their numbers, with the HTTP status of
/// [`code.proto`](https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
const CODES: [Row; 17] = [
    Row::new("OK", "ok", 200),
    Row::new("CANCELLED", "canceled", 499),
    Row::new("UNKNOWN", "unknown", 500),
    Row::new("INVALID_ARGUMENT", "invalid_argument", 400),
    Row::new("DEADLINE_EXCEEDED", "deadline_exceeded", 504),
    Row::new("NOT_FOUND", "not_found", 404),
    Row::new("ALREADY_EXISTS", "already_exists", 409),
    Row::new("PERMISSION_DENIED", "permission_denied", 403),
    Row::new("RESOURCE_EXHAUSTED", "resource_exhausted", 429),
    Row::new("FAILED_PRECONDITION", "failed_precondition", 400),
    Row::new("ABORTED", "aborted", 409),
    Row::new("OUT_OF_RANGE", "out_of_range", 400),
    Row::new("UNIMPLEMENTED", "unimplemented", 501),
    Row::new("INTERNAL", "internal", 500),
    Row::new("UNAVAILABLE", "unavailable", 503),
    Row::new("DATA_LOSS", "data_loss", 500),
    Row::new("UNAUTHENTICATED", "unauthenticated", 401),
];

/// HTTP to gRPC for errors without a text, if the code differs from [`MEANT`].
const SILENT: [(u16, GrpcCode); 2] = [(404, GrpcCode::UNIMPLEMENTED), (429, GrpcCode::UNAVAILABLE)];

/// The statuses that Connect gave its codes until 2024, as far as they differ from [`CODES`] and from [`MEANT`]
/// ([the change](https://github.com/connectrpc/connectrpc.com/pull/130)).
const OLDER: [(u16, GrpcCode); 2] = [(404, GrpcCode::UNIMPLEMENTED), (408, GrpcCode::CANCELLED)];

/// HTTP to gRPC for errors that were *meant*, for writers.
///
/// The statuses that `code.proto` names, and 412, 416 and the rest of 4xx and 5xx as in
/// [gax](https://github.com/googleapis/sdk-platform-java/blob/main/gax-java/gax-httpjson/src/main/java/com/google/api/gax/httpjson/HttpJsonStatusCode.java)
/// and [Kratos](https://github.com/go-kratos/kratos/blob/main/transport/http/status/status.go). The others follow from [RFC
/// 9110 §15](https://www.rfc-editor.org/rfc/rfc9110#section-15) and
/// [statuscodes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md): a message over the limit, for example, is
/// `RESOURCE_EXHAUSTED`.
const MEANT: [(u16, GrpcCode); 28] = [
    (400, GrpcCode::INVALID_ARGUMENT),
    (401, GrpcCode::UNAUTHENTICATED),
    (403, GrpcCode::PERMISSION_DENIED),
    (404, GrpcCode::NOT_FOUND),
    (405, GrpcCode::UNIMPLEMENTED),
    (406, GrpcCode::INVALID_ARGUMENT),
    (407, GrpcCode::UNAUTHENTICATED),
    (408, GrpcCode::DEADLINE_EXCEEDED),
    (409, GrpcCode::ABORTED),
    (410, GrpcCode::NOT_FOUND),
    (411, GrpcCode::INVALID_ARGUMENT),
    (412, GrpcCode::FAILED_PRECONDITION),
    (413, GrpcCode::RESOURCE_EXHAUSTED),
    (414, GrpcCode::INVALID_ARGUMENT),
    (415, GrpcCode::INVALID_ARGUMENT),
    (416, GrpcCode::OUT_OF_RANGE),
    (422, GrpcCode::INVALID_ARGUMENT),
    (429, GrpcCode::RESOURCE_EXHAUSTED),
    (431, GrpcCode::RESOURCE_EXHAUSTED),
    (451, GrpcCode::PERMISSION_DENIED),
    (499, GrpcCode::CANCELLED),
    (500, GrpcCode::INTERNAL),
    (501, GrpcCode::UNIMPLEMENTED),
    (502, GrpcCode::UNAVAILABLE),
    (503, GrpcCode::UNAVAILABLE),
    (504, GrpcCode::DEADLINE_EXCEEDED),
    (507, GrpcCode::RESOURCE_EXHAUSTED),
    (508, GrpcCode::ABORTED),
];

/// HTTP to gRPC for answers that *lack* a `grpc-status`, for clients only; any other is `UNKNOWN`
/// ([http-grpc-status-mapping](https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md)).
///
/// Deliberately without 431: its newest version has `INTERNAL` there, the clients of gRPC have `UNKNOWN`.
const LACKING: [(u16, GrpcCode); 8] = [
    (400, GrpcCode::INTERNAL),
    (401, GrpcCode::UNAUTHENTICATED),
    (403, GrpcCode::PERMISSION_DENIED),
    (404, GrpcCode::UNIMPLEMENTED),
    (429, GrpcCode::UNAVAILABLE),
    (502, GrpcCode::UNAVAILABLE),
    (503, GrpcCode::UNAVAILABLE),
    (504, GrpcCode::UNAVAILABLE),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: u16) -> StatusCode {
        StatusCode::from_u16(code).unwrap()
    }

    #[test]
    fn the_number_of_a_gateway_is_a_code_where_the_status_fits() {
        for (number, http, want) in [
            (5, 404, Some("NOT_FOUND")),
            (9, 400, Some("FAILED_PRECONDITION")),
            (9, 412, Some("FAILED_PRECONDITION")),
            (5, 412, None),
            (5, 400, None),
            (0, 200, None),
            (-1, 404, None),
            (17, 404, None),
        ] {
            let code = GrpcCode::from_gateway(number, status(http));
            assert_eq!(code.map(GrpcCode::name), want, "{number} with {http}");
        }
    }

    fn all() -> impl Iterator<Item = GrpcCode> {
        (0..17).map(|number| GrpcCode::from_number(number).unwrap())
    }

    #[test]
    fn what_is_no_code_is_unknown() {
        for (value, name) in [
            ("5", "NOT_FOUND"),
            ("00", "OK"),
            ("16", "UNAUTHENTICATED"),
            ("17", "UNKNOWN"),
            ("", "UNKNOWN"),
            ("abc", "UNKNOWN"),
            ("-1", "UNKNOWN"),
            ("+5", "UNKNOWN"),
            ("99999999999999999999", "UNKNOWN"),
        ] {
            assert_eq!(GrpcCode::parse(value.as_bytes()).name(), name, "{value}");
        }
    }

    #[test]
    fn every_code_has_a_status() {
        let statuses: Vec<u16> = all().map(|code| code.http_status().as_u16()).collect();
        assert_eq!(
            statuses,
            [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]
        );
    }

    #[test]
    fn the_constants_are_the_codes_of_their_names() {
        let named = [
            (GrpcCode::OK, "OK"),
            (GrpcCode::CANCELLED, "CANCELLED"),
            (GrpcCode::UNKNOWN, "UNKNOWN"),
            (GrpcCode::INVALID_ARGUMENT, "INVALID_ARGUMENT"),
            (GrpcCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
            (GrpcCode::NOT_FOUND, "NOT_FOUND"),
            (GrpcCode::PERMISSION_DENIED, "PERMISSION_DENIED"),
            (GrpcCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED"),
            (GrpcCode::FAILED_PRECONDITION, "FAILED_PRECONDITION"),
            (GrpcCode::ABORTED, "ABORTED"),
            (GrpcCode::OUT_OF_RANGE, "OUT_OF_RANGE"),
            (GrpcCode::UNIMPLEMENTED, "UNIMPLEMENTED"),
            (GrpcCode::INTERNAL, "INTERNAL"),
            (GrpcCode::UNAVAILABLE, "UNAVAILABLE"),
            (GrpcCode::DATA_LOSS, "DATA_LOSS"),
            (GrpcCode::UNAUTHENTICATED, "UNAUTHENTICATED"),
        ];
        for (code, name) in named {
            assert_eq!(code.name(), name);
        }
    }

    #[test]
    fn what_was_meant_and_what_is_lacking_are_two_tables() {
        let cases = [
            (200, 2, 2),
            (302, 2, 2),
            (400, 3, 13),
            (401, 16, 16),
            (403, 7, 7),
            (404, 5, 12),
            (405, 12, 2),
            (409, 10, 2),
            (413, 8, 2),
            (418, 9, 2),
            (422, 3, 2),
            (429, 8, 14),
            (431, 8, 2),
            (499, 1, 2),
            (500, 13, 2),
            (501, 12, 2),
            (502, 14, 14),
            (503, 14, 14),
            (504, 4, 14),
            (505, 13, 2),
            (600, 13, 2),
            (999, 13, 2),
        ];
        for (code, meaning, lacking) in cases {
            assert_eq!(meant(status(code)).number(), meaning, "{code}");
            assert_eq!(GrpcCode::inferred(status(code)).number(), lacking, "{code}");
        }
    }

    #[test]
    fn names_of_connect_lead_to_their_codes() {
        for code in all().skip(1) {
            let name = code.connect_name();
            assert_eq!(GrpcCode::from_connect_name(name), Some(code), "{name}");
            let lower = code.name().to_lowercase();
            assert!(name == lower || (name, &*lower) == ("canceled", "cancelled"));
        }
        for name in ["ok", "cancelled", "NOT_FOUND", "not found", ""] {
            assert_eq!(GrpcCode::from_connect_name(name), None, "{name}");
        }
    }

    #[test]
    fn only_what_is_missing_or_busy_differs_where_nothing_is_said() {
        let differs = (400..1000).filter(|code| silent(status(*code)).is_some());
        assert!(differs.eq([404, 429]));
    }

    #[test]
    fn no_error_is_ok() {
        for code in 400..1000 {
            assert_ne!(meant(status(code)), GrpcCode::OK, "{code}");
            assert_ne!(GrpcCode::inferred(status(code)), GrpcCode::OK, "{code}");
        }
    }
}

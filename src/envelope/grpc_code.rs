//! The status codes of gRPC, and both tables between them and those of HTTP.
//!
//! The tables are **not** inverse, and there are two from HTTP to gRPC: what an error that was *meant* is called
//! (used when writing), and what a client must infer from an answer that *lacks* a `grpc-status`
//! (used by clients), which the gRPC documentation forbids servers to use.

use http::StatusCode;

/// A code of [`google.rpc.Code`](https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrpcCode(u8);

impl GrpcCode {
    pub(crate) const OK: Self = Self(0);
    pub(crate) const UNKNOWN: Self = Self(2);

    /// The code of this number, if there is one.
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        CODES.get(usize::from(number)).map(|_| Self(number))
    }

    /// The code that the JSON of a gateway has beside this HTTP status, if it is one: any other number is the API's own.
    pub(crate) fn of_gateway(number: i64, status: StatusCode) -> Option<Self> {
        let code =
            Self::from_number(u64::try_from(number).ok()?).filter(|code| *code != Self::OK)?;
        // The first version of grpc-gateway answered FAILED_PRECONDITION with 412.
        let older = (number, status) == (9, StatusCode::PRECONDITION_FAILED);
        (code.http_status() == status || older).then_some(code)
    }

    /// The code of this name, such as `NOT_FOUND`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let number = CODES.iter().position(|(known, _)| *known == name)?;
        u8::try_from(number).ok().map(Self)
    }

    /// The code in `grpc-status`: what is no code is `UNKNOWN`
    /// ([statuscodes](https://github.com/grpc/grpc/blob/master/doc/statuscodes.md)).
    pub(crate) fn parse(value: &[u8]) -> Self {
        let digits = std::str::from_utf8(value)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok());
        number.and_then(Self::from_number).unwrap_or(Self::UNKNOWN)
    }

    /// The name, for example `NOT_FOUND`.
    pub(crate) fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status that google.rpc.Code gives beside the code; 0 is 200.
    pub(crate) fn http_status(self) -> StatusCode {
        StatusCode::from_u16(self.row().1).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn row(self) -> (&'static str, u16) {
        CODES
            .get(usize::from(self.0))
            .copied()
            .unwrap_or(("UNKNOWN", 500))
    }
}

/// In order of their numbers, with the HTTP status of
/// [`code.proto`](https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
const CODES: [(&str, u16); 17] = [
    ("OK", 200),
    ("CANCELLED", 499),
    ("UNKNOWN", 500),
    ("INVALID_ARGUMENT", 400),
    ("DEADLINE_EXCEEDED", 504),
    ("NOT_FOUND", 404),
    ("ALREADY_EXISTS", 409),
    ("PERMISSION_DENIED", 403),
    ("RESOURCE_EXHAUSTED", 429),
    ("FAILED_PRECONDITION", 400),
    ("ABORTED", 409),
    ("OUT_OF_RANGE", 400),
    ("UNIMPLEMENTED", 501),
    ("INTERNAL", 500),
    ("UNAVAILABLE", 503),
    ("DATA_LOSS", 500),
    ("UNAUTHENTICATED", 401),
];

#[cfg(test)]
mod tests {
    use super::*;

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
        let statuses: Vec<u16> = (0..17)
            .map(|number| {
                GrpcCode::from_number(number)
                    .unwrap()
                    .http_status()
                    .as_u16()
            })
            .collect();
        assert_eq!(
            statuses,
            [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401]
        );
    }
}

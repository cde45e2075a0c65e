//! The documented envelope.

use bytes::Bytes;
use http::Response;

use super::{json, response, ErrorWriter};
use crate::envelope::Envelope;

/// The documented envelope: the default.
///
/// `{"_error_message": …, "_error_type": …}`; a validation error is one list of messages for each parameter.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::{Clustr, ErrorWriter}, Envelope, FieldErrors};
///
/// let gone = Clustr.write(&Envelope::from_status(StatusCode::GONE));
/// assert_eq!(gone.body(), r#"{"_error_message":"Gone","_error_type":"clustr.exceptions.Gone"}"#);
///
/// let fields = FieldErrors::from_iter([("email", "is taken"), ("age", "must be positive")]);
/// let invalid = Clustr.write(&Envelope::validation(fields));
/// assert_eq!(invalid.status(), 400);
/// assert_eq!(invalid.body(), r#"{"email":["is taken"],"age":["must be positive"]}"#);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clustr;

impl ErrorWriter for Clustr {
    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        response(envelope, self.media_type(), json::documented(envelope))
    }
}

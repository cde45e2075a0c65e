//! Writing: an [`Envelope`] becomes a response in the dialect of whoever asked.
//!
//! A dialect of your own is one [`ErrorWriter`]:
//!
//! ```
//! use bytes::Bytes;
//! use http::Response;
//! use tower_error_envelope::write::{response, ErrorWriter};
//! use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
//!
//! /// `{"code": 404, "reason": "Not Found"}`
//! struct House;
//!
//! impl ErrorWriter for House {
//!     fn media_type(&self) -> &'static str {
//!         "application/json"
//!     }
//!
//!     fn write(&self, envelope: &Envelope) -> Response<Bytes> {
//!         let body = serde_json::json!({"code": envelope.status().as_u16(), "reason": envelope.message()});
//!         response(envelope, self.media_type(), body.to_string())
//!     }
//! }
//!
//! let layer = ErrorEnvelopeLayer::new().with_dialect(House);
//! # let body = House.write(&Envelope::from_status(http::StatusCode::NOT_FOUND)).into_body();
//! # assert_eq!(body, r#"{"code":404,"reason":"Not Found"}"#);
//! ```

pub(crate) mod accept;
mod clustr;
mod copr;
mod glance;
mod json;
mod media_range;
mod openai;
mod problem;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use serde_json::{Map, Value};

pub use self::clustr::Clustr;
pub use self::copr::Copr;
pub use self::openai::OpenAi;
pub use self::problem::Problem;
use crate::envelope::Envelope;

/// A dialect in which errors can be written.
pub trait ErrorWriter: Send + Sync {
    /// The media type of what is written, as it is compared with the request's `Accept`.
    fn media_type(&self) -> &'static str;

    /// The response that `envelope` becomes: its status, its headers, one `Content-Type`, and a body.
    ///
    /// [`response`] makes one from the body.
    fn write(&self, envelope: &Envelope) -> Response<Bytes>;

    /// The data of the event, or the line, that `envelope` becomes in a stream that fails after it has begun. Default: the
    /// body of [`write`](Self::write).
    ///
    /// Line breaks become blanks, for data and lines have none.
    fn write_event(&self, envelope: &Envelope) -> Bytes {
        self.write(envelope).into_body()
    }

    /// The JSON Schema of the bodies that [`write`](Self::write) makes, for API documents. Default: anything.
    ///
    /// A `title` is the name of the schema in an OpenAPI document.
    fn schema(&self) -> Value {
        Value::Object(Map::new())
    }
}

/// A response with the status and the headers of `envelope`, this media type, and this body.
///
/// There is no `Content-Length`: servers take the length from the body.
#[must_use]
pub fn response(
    envelope: &Envelope,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    respond(envelope, HeaderValue::from_static(media_type), body.into())
}

/// The media type of JSON, checked when this is compiled and not with every error.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn respond(envelope: &Envelope, media_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = envelope.status();
    if !envelope.headers().is_empty() {
        *response.headers_mut() = envelope.headers().clone();
    }
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

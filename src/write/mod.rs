//! Writing: an [`Envelope`] becomes a response in one dialect.
//!
//! In: an envelope. Out: a response with a status, headers and a body. [`exchange`](crate::exchange) calls it after masking, so a
//! dialect gets only what the client may read.
//!
//! | dialect | media type | form |
//! | --- | --- | --- |
//! | [`Clustr`], the default | `application/json` | `{"_error_message": "…", "_error_type": "…"}`, or a list for each parameter |
//! | [`Copr`] | `application/json` | `{"error": "…"}` |
//! | [`Problem`] | `application/problem+json` | problem details, [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) |
//! | [`OpenAi`] | `application/json` | `{"error": {"message": "…", "type": "…", …}}` |
//!
//! All four escape `<`, `>`, `&`, U+2028 and U+2029, so a message never becomes markup, even if a proxy labels the response
//! as HTML. They write JSON on one line, without blanks.
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
pub(crate) mod dialects;
mod foreign_names;
mod glance;
mod inert;
mod json;
mod media_range;
mod openai;
mod problem;
mod problem_members;

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
///
/// [`with_dialect`](crate::ErrorEnvelopeLayer::with_dialect) offers it. If a method panics, the layer writes the
/// documented JSON instead. The [module](self) has an example.
pub trait ErrorWriter: Send + Sync {
    /// The media type of the bodies that [`write`](Self::write) makes. It is compared with the `Accept` of the request
    /// ([RFC 9110 §12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)). A text that is not a media type matches
    /// no `Accept`. The dialect is then used only if it is the default.
    fn media_type(&self) -> &'static str;

    /// Writes `envelope`. Out: a response with its status, its headers, one `Content-Type`, and a body.
    ///
    /// [`response`](response()) makes one from the body. The layer always sends the status of the envelope. It removes
    /// `Content-Length` and `Content-Encoding`, because the server takes the length from the body.
    fn write(&self, envelope: &Envelope) -> Response<Bytes>;

    /// Writes `envelope` as the data of an event, or as a line, for a stream that fails after its head was sent. Default: the
    /// body of [`write`](Self::write).
    ///
    /// The layer replaces each line break by a blank, because data and lines must not have any. It adds the members `status` and
    /// `retry_after` to the envelope before it calls this.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::{write::{ErrorWriter, Problem}, Envelope};
    ///
    /// // Problem details have a member `status` already, so it is not written twice. In an event, `type` is never left out.
    /// let error = Envelope::from_status(StatusCode::GONE).with_member("status", 410);
    /// let event = Problem.write_event(&error);
    /// assert_eq!(event, r#"{"type":"about:blank","title":"Gone","status":410,"code":"clustr.exceptions.Gone"}"#);
    /// ```
    fn write_event(&self, envelope: &Envelope) -> Bytes {
        self.write(envelope).into_body()
    }

    /// The JSON Schema of the bodies that [`write`](Self::write) makes, for API documents. Default: a schema that allows
    /// anything.
    ///
    /// The features `utoipa` and `schemars` use it. Its `title` is the name of the schema in an OpenAPI document.
    ///
    /// ```
    /// use tower_error_envelope::write::{ErrorWriter, Problem};
    ///
    /// let schema = Problem.schema();
    /// assert_eq!(schema["title"], "ProblemDetails");
    /// assert_eq!(schema["required"], serde_json::json!(["title", "status"]));
    /// ```
    fn schema(&self) -> Value {
        Value::Object(Map::new())
    }
}

/// Makes a response with the status and the headers of `envelope`, this media type, and this body.
///
/// It has no `Content-Length`: servers take the length from the body.
///
/// ```
/// use http::StatusCode;
/// use tower_error_envelope::{write::response, Envelope};
///
/// let busy = Envelope::from_status(StatusCode::SERVICE_UNAVAILABLE).with_header("retry-after", 3);
/// let response = response(&busy, "text/plain", "come back later");
/// assert_eq!(response.status(), 503);
/// assert_eq!(response.headers()["retry-after"], "3");
/// assert_eq!(response.headers()["content-type"], "text/plain");
/// ```
///
/// # Panics
///
/// If `media_type` is not a valid value of a header: see [`HeaderValue::from_static`].
#[must_use]
pub fn response(
    envelope: &Envelope,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    respond(envelope, HeaderValue::from_static(media_type), body.into())
}

/// The media type of JSON. It is checked once, when the crate is compiled.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The same as [`response`](response()), for a media type that is known to be a valid value.
fn respond(envelope: &Envelope, media_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = envelope.status();
    if !envelope.headers().is_empty() {
        *response.headers_mut() = envelope.headers().clone();
    }
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

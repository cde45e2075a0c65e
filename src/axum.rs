//! Envelopes as answers of axum's handlers, with the feature `axum`.
//!
//! ```
//! use axum::extract::Path;
//! use axum::routing::get;
//! use axum::{Json, Router};
//! use http::StatusCode;
//! use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
//!
//! async fn item(Path(id): Path<u32>) -> Result<Json<u32>, Envelope> {
//!     match id {
//!         0 => Err(Envelope::new(StatusCode::NOT_FOUND, "There is no item 0")),
//!         id => Ok(Json(id)),
//!     }
//! }
//!
//! let app: Router = Router::new().route("/items/{id}", get(item)).layer(ErrorEnvelopeLayer::new().with_same_body());
//! ```
//!
//! What an extractor rejects is an envelope, too, with the same parameters that the layer reads from its text:
//!
//! ```
//! use axum::extract::rejection::JsonRejection;
//! use axum::Json;
//! use tower_error_envelope::Envelope;
//!
//! async fn create(item: Result<Json<u32>, JsonRejection>) -> Result<String, Envelope> {
//!     let Json(item) = item?;
//!     Ok(format!("{item} was created"))
//! }
//! ```
//!
//! So `axum_extra`'s `WithRejection<Json<T>, Envelope>` works, and `#[from_request(via(Json), rejection(Envelope))]`.
//!
//! Without `with_same_body` it is the same app, whose bodies axum has to box once more.

use std::error::Error;

use axum::extract::rejection::{
    BytesRejection, ExtensionRejection, FormRejection, JsonRejection, MatchedPathRejection,
    NestedPathRejection, PathRejection, QueryRejection, RawFormRejection, RawPathParamsRejection,
    StringRejection,
};
use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use crate::body::ResponseBody;
use crate::envelope::Envelope;
use crate::exchange::{Writer, Written};
use crate::raise::{ApiError, RaisedError};
use crate::read::{self, ErrorReader, Rejections};
use crate::write::{Clustr, ErrorWriter};

/// The documented JSON, with the envelope in the extensions of the response.
///
/// A layer around the handler finds it there, does not mask it, and writes it in the dialect of the request.
impl IntoResponse for Envelope {
    fn into_response(self) -> Response {
        let mut response = Clustr.write(&self).map(Body::from);
        let written = Written::new(Writer::Handler, &self);
        response.extensions_mut().insert(written);
        response.extensions_mut().insert(self);
        response
    }
}

/// As its envelope: of a server that failed, clients see the status only.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Envelope::from(self).into_response()
    }
}

/// An [`ApiError`] as such; an error of the service as one inside the server.
impl<E: Into<Box<dyn Error + Send + Sync>>> IntoResponse for RaisedError<E> {
    fn into_response(self) -> Response {
        Envelope::from(self).into_response()
    }
}

/// An envelope with the status of the rejection and what the readers make of its text.
///
/// A rejection with a 5xx is a fault of the program: it is the source, and clients see the status only.
fn from_rejection(
    status: StatusCode,
    text: String,
    rejection: impl Error + Send + Sync + 'static,
) -> Envelope {
    if status.is_server_error() {
        return Envelope::from_status(status).with_source(rejection);
    }
    let mut response = http::Response::new(Bytes::from(text));
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    let read = Rejections.read(&response);
    let envelope = read.unwrap_or_else(|| read::read(&response));
    envelope.with_source(rejection)
}

macro_rules! from_rejections {
    ($($rejection:ty)*) => {$(
        /// What an extractor of axum rejected, as the layer reads it.
        impl From<$rejection> for Envelope {
            fn from(rejection: $rejection) -> Self {
                from_rejection(rejection.status(), rejection.body_text(), rejection)
            }
        }
    )*};
}

from_rejections! {
    BytesRejection
    ExtensionRejection
    FormRejection
    JsonRejection
    MatchedPathRejection
    NestedPathRejection
    PathRejection
    QueryRejection
    RawFormRejection
    RawPathParamsRejection
    StringRejection
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
impl From<ResponseBody<Self>> for Body {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

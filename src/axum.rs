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
//! Without `with_same_body` it is the same app, whose bodies axum has to box once more.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};

use crate::body::ResponseBody;
use crate::envelope::Envelope;
use crate::exchange::{Writer, Written};
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

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
impl From<ResponseBody<Self>> for Body {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

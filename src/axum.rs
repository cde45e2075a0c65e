//! Envelopes as responses of axum's handlers, with the feature `axum`.

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
use crate::read::{self, ErrorReader, Rejections, ValidationLines};
use crate::write::{Clustr, ErrorWriter};

/// The documented JSON, with the envelope in the extensions of the response.
///
/// A layer around the handler finds it there, does not mask it, and writes it in the dialect of the request.
///
/// ```
/// use axum::extract::Path;
/// use axum::routing::get;
/// use axum::{Json, Router};
/// use http::StatusCode;
/// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
///
/// async fn item(Path(id): Path<u32>) -> Result<Json<u32>, Envelope> {
///     match id {
///         0 => Err(Envelope::new(StatusCode::NOT_FOUND, "There is no item 0")),
///         id => Ok(Json(id)),
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use tower::ServiceExt;
///
/// let app: Router = Router::new().route("/items/{id}", get(item)).layer(ErrorEnvelopeLayer::new());
/// let response = app.oneshot(http::Request::get("/items/0").body(axum::body::Body::empty())?).await?;
/// let body = axum::body::to_bytes(response.into_body(), 1024).await?;
/// assert_eq!(body, r#"{"_error_message":"There is no item 0","_error_type":"clustr.exceptions.NotFound"}"#);
/// # Ok(()) }
/// ```
impl IntoResponse for Envelope {
    fn into_response(self) -> Response {
        let mut response = Clustr.write(&self).map(Body::from);
        let written = Written::new(Writer::Handler, &self, self.status());
        response.extensions_mut().insert(written);
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers with the envelope of the error. For a 5xx of the upstream, the client gets only the status.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        Envelope::from(self).into_response()
    }
}

/// An [`ApiError`] is answered with its envelope. An error of the service is answered with a 500, and clients do not see its
/// text. It becomes the source of the envelope.
impl<E: Into<Box<dyn Error + Send + Sync>>> IntoResponse for RaisedError<E> {
    fn into_response(self) -> Response {
        Envelope::from(self).into_response()
    }
}

/// For extractors of other crates, whose rejections have the texts of axum.
impl Rejections {
    /// The envelope of a rejection, from its status and its text. A layer reads the same envelope from the response.
    ///
    /// ```
    /// use axum_extra::extract::{Form, FormRejection};
    /// use tower_error_envelope::{read::Rejections, Envelope};
    ///
    /// async fn rename(form: Result<Form<Vec<(String, u8)>>, FormRejection>) -> Result<(), Envelope> {
    ///     let rejected = |rejection: FormRejection| Rejections.envelope(rejection.status(), rejection.body_text());
    ///     let Form(sizes) = form.map_err(rejected)?;
    /// #   drop(sizes);
    ///     Ok(())
    /// }
    ///
    /// let text = "Failed to deserialize form body: x: invalid digit found in string";
    /// let error = Rejections.envelope(http::StatusCode::UNPROCESSABLE_ENTITY, text);
    /// assert_eq!(error.field_errors().get("x").collect::<Vec<_>>(), ["invalid digit found in string"]);
    /// ```
    #[must_use]
    pub fn envelope(self, status: StatusCode, text: impl Into<Bytes>) -> Envelope {
        let mut response = http::Response::new(text.into());
        *response.status_mut() = status;
        let label = HeaderValue::from_static("text/plain; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, label);
        let read = self
            .read(&response)
            .or_else(|| ValidationLines.read(&response));
        read.unwrap_or_else(|| read::read(&response))
    }
}

/// A rejection with a 5xx is a fault of the program. It becomes the source, and clients see only the status.
fn from_rejection(
    status: StatusCode,
    text: String,
    rejection: impl Error + Send + Sync + 'static,
) -> Envelope {
    let envelope = match status.is_server_error() {
        true => Envelope::from_status(status),
        false => Rejections.envelope(status, text),
    };
    envelope.with_source(rejection)
}

macro_rules! from_rejections {
    ($($rejection:ty)*) => {$(
        /// The envelope that the layer reads from this rejection of axum. It is used by `?` on a
        /// `Result<Json<T>, JsonRejection>`, by `axum_extra`'s `WithRejection<Json<T>, Envelope>`, and by
        /// `#[from_request(via(Json), rejection(Envelope))]`.
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

#[cfg(feature = "axum-multipart")]
from_rejections! {
    axum::extract::multipart::MultipartError
    axum::extract::multipart::MultipartRejection
}

#[cfg(feature = "axum-ws")]
from_rejections! {
    axum::extract::ws::rejection::WebSocketUpgradeRejection
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body): the body of a layer becomes the body of axum, in one box.
impl From<ResponseBody<Self>> for Body {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

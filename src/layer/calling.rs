//! The builder of the layer: the method for clients.
//!
//! In: a layer for clients. Out: the layer with this setting. Programs call it before or after the methods for both sides.

use super::side::Calling;
use super::ErrorEnvelopeLayer;
use crate::exchange::Normaliser;

/// For clients.
impl<Side: Calling> ErrorEnvelopeLayer<Side> {
    /// Looks for errors in successes as well: `{"ok": false, …}`, `{"error": "…"}`, GraphQL's `errors` without data,
    /// JSON-RPC, JSend, S3's and SOAP's XML (feature `xml`), or a format that an added reader knows.
    ///
    /// Such an error gets the status that it gives as a number, else the one that its type implies, else 400. Default: a
    /// success passes unread.
    ///
    /// - Only JSON and XML documents are read, up to the [limit](Self::with_body_limit). Every other body passes untouched.
    /// - A body of unknown length passes as soon as its first whole document is no error. It also passes after the first item of a
    ///   list, because it is a stream then.
    /// - The protocol of the request does not matter. A caller of Connect gets such an error in Connect.
    /// - For a streaming call of Connect, the layer also reads a stream that has only its last message. Therefore the head of each such
    ///   stream waits for the first byte of the body. Some servers of bidirectional streams send nothing before the client has sent
    ///   more. For them, leave this setting out, and use
    ///   [`RaiseErrorsLayer::with_errors_in_streams`](crate::RaiseErrorsLayer::with_errors_in_streams), which waits for nothing.
    /// - Data that resembles an error passes byte for byte: `{"error": null}`, data beside errors, a job that failed.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response, StatusCode};
    /// use http_body_util::Full;
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), http::Error> {
    /// let slack = service_fn(|_: Request<()>| async {
    ///     let body = Full::<Bytes>::from(r#"{"ok": false, "error": "channel_not_found"}"#);
    ///     Response::builder().header("content-type", "application/json").body(body)
    /// });
    /// let layer = ErrorEnvelopeLayer::client().with_errors_in_success();
    /// let client = ServiceBuilder::new().layer(layer).service(slack);
    ///
    /// let response = client.oneshot(Request::new(())).await?;
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_errors_in_success(self) -> Self {
        self.configured(Normaliser::with_errors_in_success)
    }
}

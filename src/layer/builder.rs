//! What can be said of the layer on both sides, and on that of clients.

use std::borrow::Cow;

use http::response::Parts;

use super::side::{Calling, SameBody};
use super::ErrorEnvelopeLayer;
#[cfg(doc)]
use crate::body::ResponseBody;
use crate::envelope::Envelope;
use crate::exchange::{ErrorEvent, Normaliser, RequestHead};
use crate::read::ErrorReader;

/// For both sides.
impl<Side> ErrorEnvelopeLayer<Side> {
    /// Has responses keep the body type of the service inside, instead of a [`ResponseBody`] around it.
    ///
    /// For services whose bodies are boxed anyway, as those of axum and tonic: an axum router would box a `ResponseBody`
    /// once more, for one allocation a response and some 50 instructions a frame. The type must be
    /// [`From<ResponseBody<_>>`](ResponseBody); with the features of their names axum's and tonic's are, and the boxes of
    /// `http-body-util` always.
    ///
    /// It does not compile around a layer that has a body of its own, such as tower-http's `CatchPanicLayer`,
    /// `CompressionLayer` and `TraceLayer`: leave the call out there.
    ///
    /// ```
    /// # #[cfg(feature = "axum")] {
    /// use axum::Router;
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let app: Router = Router::new().layer(ErrorEnvelopeLayer::new().with_same_body());
    /// # }
    /// ```
    pub fn with_same_body(self) -> ErrorEnvelopeLayer<SameBody<Side>> {
        ErrorEnvelopeLayer::of(self.normaliser)
    }

    /// Asks this reader before those of the crate, and after those named before it.
    ///
    /// ```
    /// use tower_error_envelope::{read::Rejections, ErrorEnvelopeLayer};
    ///
    /// // A client of an axum service that has no such layer.
    /// let layer = ErrorEnvelopeLayer::client().with_reader(Rejections);
    /// # drop(layer);
    /// ```
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|normaliser| normaliser.with_reader(reader))
    }

    /// How many bytes of an error's body are read at most. Default: 65,536.
    ///
    /// A longer body is not read; the error is then the envelope of its status. What is written of
    /// it has at most twice as many bytes. An [`Envelope`] of a handler is written whole.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|normaliser| normaliser.with_body_limit(bytes))
    }

    /// Touches only those errors for whose head `predicate` says yes. Default: all.
    ///
    /// An error that is not touched passes as it is: it is not masked, not logged, and no hook is told of it.
    ///
    /// ```
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let layer = ErrorEnvelopeLayer::new().with_predicate(|request, _response| request.uri().path() != "/health");
    /// # drop(layer);
    /// ```
    pub fn with_predicate<F>(self, predicate: F) -> Self
    where
        F: Fn(&RequestHead, &Parts) -> bool + Send + Sync + 'static,
    {
        self.configured(|normaliser| normaliser.with_predicate(predicate))
    }

    /// Leaves coded bodies unread. Default with the feature `decompression`: gzip, deflate, Brotli and zstd are decoded,
    /// in errors alone, up to the body limit.
    #[cfg(feature = "decompression")]
    pub fn without_decompression(self) -> Self {
        self.configured(Normaliser::without_decompression)
    }

    /// The namespace of the types of errors that came without one: `<namespace>.<Class>`.
    /// Default: `clustr.exceptions`.
    ///
    /// ```
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// // {"_error_message":"Not Found","_error_type":"shop.exceptions.NotFound"}
    /// let layer = ErrorEnvelopeLayer::new().with_namespace("shop.exceptions");
    /// # drop(layer);
    /// ```
    pub fn with_namespace<'a>(self, namespace: impl Into<Cow<'a, str>>) -> Self {
        self.configured(|normaliser| normaliser.with_namespace(namespace))
    }

    /// Changes each envelope before it is written, after masking.
    ///
    /// An error stays an error: if the envelope gets a status below 400, it is answered with the status that it had
    /// before.
    ///
    /// ```
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let layer = ErrorEnvelopeLayer::new().map_envelope(|error, request| {
    ///     error.with_member("instance", request.uri().path())
    /// });
    /// # drop(layer);
    /// ```
    pub fn map_envelope<F>(self, map: F) -> Self
    where
        F: Fn(Envelope, &RequestHead) -> Envelope + Send + Sync + 'static,
    {
        self.configured(|normaliser| normaliser.map_envelope(map))
    }

    /// Calls `hook` once for each error, before it is sent: with the envelope as the client gets it, the original if
    /// that was masked, the cause if there is one, and the head of the request.
    ///
    /// ```
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// let layer = ErrorEnvelopeLayer::new().on_error(|event| {
    ///     eprintln!("{} {}: {}", event.request.method(), event.request.uri().path(), event.status());
    /// });
    /// # drop(layer);
    /// ```
    pub fn on_error(self, hook: impl Fn(&ErrorEvent<'_>) + Send + Sync + 'static) -> Self {
        self.configured(|normaliser| normaliser.on_error(hook))
    }

    /// Puts the `x-request-id` of the request into each error, as the member `request_id`, if it is fit for that
    /// ([`RequestHead::request_id`]).
    pub fn with_request_id(self) -> Self {
        self.configured(Normaliser::with_request_id)
    }

    /// Answers callers of gRPC and gRPC-Web as those of HTTP. For services that have no methods of gRPC.
    pub fn without_grpc(self) -> Self {
        self.configured(Normaliser::without_grpc)
    }

    pub(super) fn configured(self, change: impl FnOnce(Normaliser) -> Normaliser) -> Self {
        Self::of(change(self.normaliser))
    }
}

/// For clients.
impl<Side: Calling> ErrorEnvelopeLayer<Side> {
    /// Looks for errors in successes as well: `{"ok": false, …}`, `{"error": "…"}`, GraphQL's `errors` without data,
    /// JSON-RPC, JSend, S3's and SOAP's XML (feature `xml`), or what a reader of the user knows.
    ///
    /// Such an error gets the status that it gives as a number, else the one that its type implies, else 400. For that
    /// documents in JSON and XML are read, up to the [limit](Self::with_body_limit); no other body is touched. A body
    /// of unknown length is given up as soon as it has one whole document that is no error, or the first item of a
    /// list: it is then a stream. To a request in Connect, a stream that is nothing but its end is looked at, too; its head
    /// waits for the first byte of its body. What only looks alike passes byte for byte: `{"error": null}`, data beside errors, a
    /// job that failed.
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

//! The builder of the layer: the methods for both sides, and those for clients.

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
    /// Makes responses keep the body type of the inner service. Default: the body type is a [`ResponseBody`] around it.
    ///
    /// Use it for services whose bodies are boxed already, such as those of axum and tonic. Without it, an axum router boxes
    /// the `ResponseBody` once more, which costs one allocation for each response and about 50 instructions for each frame.
    /// The body type must implement [`From<ResponseBody<_>>`](ResponseBody). The boxes of `http-body-util` do. So do the
    /// bodies of axum and tonic, with the features `axum` and `tonic`.
    ///
    /// It does not compile around a layer that changes the type of the body, such as tower-http's `CatchPanicLayer`,
    /// `CompressionLayer` and `TraceLayer`. Leave the call out there.
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

    /// Adds a reader for one more format. It is asked before the readers of this crate, and after the readers that were added
    /// before it.
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

    /// Changes only the errors that `predicate` selects by their head. Default: all.
    ///
    /// Any other error passes as it is: it is not masked and not logged, and no hook gets it.
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

    /// Leaves coded bodies unread. Default with the feature `decompression`: the layer decodes gzip, deflate, Brotli and
    /// zstd, in errors only, up to the body limit.
    #[cfg(feature = "decompression")]
    pub fn without_decompression(self) -> Self {
        self.configured(Normaliser::without_decompression)
    }

    /// Sets the namespace of generated types: `<namespace>.<Class>`. An error that came with a type keeps it.
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

    /// Calls `hook` once for each error, before it is sent. The hook gets the envelope as the client gets it, the original of a
    /// masked error, the cause if there is one, and the head of the request.
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

    /// Puts the `x-request-id` of the request into each error, as the member `request_id`. An id that is too long, or
    /// has unusual characters, is left out ([`RequestHead::request_id`]).
    pub fn with_request_id(self) -> Self {
        self.configured(Normaliser::with_request_id)
    }

    /// Leaves no [`Envelope`] and no [`Masked`](crate::Masked) in the extensions of responses. Each error then costs four
    /// allocations less. Default: they are there for outer layers.
    ///
    /// Another layer of this crate around this one then treats the answer like that of any service.
    ///
    /// ```
    /// # use http::{Request, Response, StatusCode};
    /// # use tower::{service_fn, Layer, ServiceExt};
    /// use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), std::convert::Infallible> {
    /// # let service = service_fn(|_: Request<()>| async {
    /// #     let mut response = Response::new("There is no printer 8".to_owned());
    /// #     *response.status_mut() = StatusCode::NOT_FOUND;
    /// #     Ok::<_, std::convert::Infallible>(response)
    /// # });
    /// let layer = ErrorEnvelopeLayer::new().without_extensions();
    /// let response = layer.layer(service).oneshot(Request::new(())).await?;
    /// assert!(response.extensions().get::<Envelope>().is_none());
    /// # Ok(())
    /// # }
    /// ```
    pub fn without_extensions(self) -> Self {
        self.configured(Normaliser::without_extensions)
    }

    /// Answers callers of gRPC and gRPC-Web like callers of HTTP. Use it for services without gRPC methods.
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

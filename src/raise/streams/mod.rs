//! Errors in streams become errors of their bodies.
//!
//! In: a response whose body is a stream. Out: the same response with a [`RaisingBody`], which passes each frame to `watch`.
//! `watch` returns the bytes that may pass and the error after them.

mod body;
mod watch;

use http::Response;
use http_body::Body;

pub use self::body::RaisingBody;
use self::watch::Watch;
use super::config::Call;
use super::watching::{Watched, Watching};
use super::RaiseErrorsLayer;
use crate::body::ResponseBody;

impl RaiseErrorsLayer {
    /// Raises errors that come in a stream, after its head, as errors of its body: [`RaisedError::Api`] for an error that the
    /// server sent, [`RaisedError::Service`] for a body that failed.
    ///
    /// | label | is an error |
    /// | --- | --- |
    /// | `text/event-stream` | an event that [`Envelope::from_event`] knows |
    /// | `application/x-ndjson` and the like, `application/json-seq` | a line that it knows |
    /// | `application/connect+…` | the message that ends the stream, if it has an error and is not compressed |
    /// | `application/grpc` | trailers with a `grpc-status` that is not 0 |
    /// | `application/grpc-web`, `grpc-web-text` | the message with such trailers (in base64 with the feature `tonic`) |
    ///
    /// All other frames pass as they come. The bytes of an event or a line are held back until it is whole, at most 65,536
    /// bytes. A longer event is data. Bytes before an error are given first, and bytes after it are dropped. The error has the
    /// status that it gives or implies, the headers of the response, and the bytes of the event as its body.
    ///
    /// A client of gRPC such as tonic's reads trailers itself; this is for callers who read bodies.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use http_body_util::{BodyExt, StreamBody};
    /// use http_body::Frame;
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::{RaiseErrorsLayer, RaisedError};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let model = service_fn(|_: Request<()>| async {
    ///     let frames = ["data: {\"token\":\"Hello\"}\n\n", "data: {\"error\":{\"code\":429,\"message\":\"Slow down\"}}\n\n"];
    ///     let frames = frames.map(|frame| Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from(frame))));
    ///     let body = StreamBody::new(futures_util::stream::iter(frames));
    ///     Response::builder().header("content-type", "text/event-stream").body(body)
    /// });
    /// let layer = RaiseErrorsLayer::new().with_errors_in_streams();
    /// let mut body = ServiceBuilder::new().layer(layer).service(model).oneshot(Request::new(())).await?.into_body();
    ///
    /// assert_eq!(body.frame().await.unwrap()?.into_data().unwrap(), "data: {\"token\":\"Hello\"}\n\n");
    /// let Some(Err(RaisedError::Api(error))) = body.frame().await else { panic!("no error") };
    /// assert!(error.is_rate_limited());
    /// assert_eq!(error.to_string(), "Slow down");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`RaisedError::Api`]: super::RaisedError::Api
    /// [`RaisedError::Service`]: super::RaisedError::Service
    /// [`Envelope::from_event`]: crate::Envelope::from_event
    pub fn with_errors_in_streams(self) -> RaiseErrorsLayer<Watched> {
        let layer = self.configured(|config| config.errors_in_streams = true);
        RaiseErrorsLayer::with_config(layer.config)
    }
}

impl<B: Body> Watching<B> for Watched {
    type Body = RaisingBody<B>;

    fn watch(call: &mut Call, response: Response<ResponseBody<B>>) -> Response<RaisingBody<B>> {
        let (parts, body) = response.into_parts();
        let watch = match call.request.is_tunnel(parts.status) {
            true => None,
            false => Watch::new(call, &parts),
        };
        let body = RaisingBody::new(body, watch.map(Box::new));
        Response::from_parts(parts, body)
    }
}

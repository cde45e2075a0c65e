//! The switch for servers that stream, and the side that it selects.
//!
//! In: a layer for servers. Out: the layer on the side [`LastFrame`], whose responses have a [`LastFrameBody`]. Programs call it.

use std::convert::Infallible;

use bytes::Bytes;
use http::Response;
use http_body::Body;
use tower::BoxError;

use super::last_frame::LastFrameBody;
use super::side::{head_of, LastFrame, Server, Side};
use super::ErrorEnvelopeLayer;
use crate::body::ResponseBody;
#[cfg(doc)]
use crate::envelope::Envelope;
use crate::exchange::{BodyHint, Caller, HeadRef, Normaliser, RequestContext};
#[cfg(doc)]
use crate::write::ErrorWriter;

/// For servers that stream.
impl ErrorEnvelopeLayer<Server> {
    /// If the body of a stream fails after its head was sent, the layer ends the stream in the protocol of its `Content-Type`:
    ///
    /// | label | last frame | then |
    /// | --- | --- | --- |
    /// | `application/grpc` | trailers | end |
    /// | `application/grpc-web`, `…-text` | the frame of trailers | end |
    /// | `application/connect+…` | the frame that ends the stream | end |
    /// | `text/event-stream` | `event: error` and the error as its data | the body's error |
    /// | `application/x-ndjson` and the like, `application/json-seq` | the error as a line | the body's error |
    /// | any other | none | the body's error |
    ///
    /// The error of the body is answered like an error of the service. An [`Envelope`] is written as it is. Any other error gets
    /// the status of its type, and is masked. [Hook](Self::on_error) and log get the error once, whatever the label is. Without
    /// this switch they get only its type. [`write_event`](ErrorWriter::write_event) writes the JSON.
    ///
    /// A half-written event or line is closed first. If half a message of Connect or gRPC-Web was sent, only the body's error
    /// follows. The layer adds nothing to a body with a known length, and nothing to a coded body.
    ///
    /// The error of the body must be `Into<BoxError>`, and the body becomes a
    /// [`LastFrameBody`]. This switch and [`with_same_body`](Self::with_same_body) exclude each other.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use http_body::Frame;
    /// use http_body_util::{BodyExt, StreamBody};
    /// use tower::{service_fn, BoxError, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::ErrorEnvelopeLayer;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), BoxError> {
    /// let printers = service_fn(|_: Request<()>| async {
    ///     let frames = [Ok(Frame::data(Bytes::from("data: 1\n\n"))), Err(BoxError::from("10.0.0.7 is gone"))];
    ///     let body = StreamBody::new(futures_util::stream::iter(frames));
    ///     Response::builder().header("content-type", "text/event-stream").body(body)
    /// });
    /// let layer = ErrorEnvelopeLayer::new().with_last_frame();
    /// let mut body = ServiceBuilder::new().layer(layer).service(printers).oneshot(Request::new(())).await?.into_body();
    ///
    /// let first = body.frame().await.expect("a frame")?.into_data().unwrap();
    /// assert_eq!(first, "data: 1\n\n");
    /// let last = body.frame().await.expect("a frame")?.into_data().unwrap();
    /// assert!(last.starts_with(b"event: error\ndata: {\"_error_message\":\"Internal Server Error\""));
    /// assert!(body.frame().await.expect("an error").is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_last_frame(self) -> ErrorEnvelopeLayer<LastFrame> {
        ErrorEnvelopeLayer::of(self.normaliser)
    }
}

impl<B, E> Side<B, E> for LastFrame
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
    E: Into<BoxError>,
{
    type Body = LastFrameBody<B>;
    type Error = Infallible;

    fn body(body: ResponseBody<B>) -> LastFrameBody<B> {
        LastFrameBody::own(body)
    }

    #[inline]
    fn watches(_: &Normaliser) -> bool {
        true
    }

    #[inline]
    fn done(
        normaliser: &Normaliser,
        caller: Caller,
        request: Option<Box<RequestContext>>,
        mut response: Response<ResponseBody<B>>,
    ) -> Response<LastFrameBody<B>> {
        if !response.body().is_inner() {
            return response.map(LastFrameBody::own);
        }
        let request = head_of(normaliser, request, &mut response);
        let hint = BodyHint::from_body(response.body());
        let last_frame = normaliser.last_frame(caller, request, HeadRef::new(&response), hint);
        response.map(|body| LastFrameBody::watched(body, last_frame))
    }

    fn intercept(error: E) -> Result<BoxError, Infallible> {
        Ok(error.into())
    }
}

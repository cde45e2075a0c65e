//! The id of the request of an [`ApiError`].
//!
//! In: an error. Out: the id that the server gave to the request. Programs call it.

use super::error::ApiError;
use crate::read;

impl ApiError {
    /// The id that the server gave to the request; `None` if the response has none. The support of an API asks for it.
    ///
    /// It is the member `request_id` of the [envelope](Self::envelope), which is read from `request_id`, `requestId`,
    /// `correlationId`, `traceId` and the like in the body. Without one it is the first of the headers `x-request-id`,
    /// `request-id`, `x-correlation-id`, `x-amzn-requestid`, `x-amz-request-id` and `x-ms-request-id`, in the order in which they
    /// came. An id has no blanks, and at most 512 bytes.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::RaiseErrorsLayer;
    /// # use http_body_util::Full;
    /// # async fn busy(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
    /// #     Ok(Response::builder().status(500).header("x-request-id", "7f3a").body(Full::default()).unwrap())
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(busy));
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert_eq!(error.request_id().as_deref(), Some("7f3a"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        read::request_id(self.headers(), self.envelope())
    }
}

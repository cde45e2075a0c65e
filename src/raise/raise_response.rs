//! Raises the error of one response, for clients that are not a tower service.
//!
//! In: a response, and the facts of its request. Out: the response, or an [`ApiError`]. The extensions for reqwest call it.

use std::future::poll_fn;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, StatusCode, Uri};
use http_body::Body;
use tower::BoxError;

use super::config::Call;
use super::error::ApiError;
use super::judgement::SentRequest;
use super::reading::{begin, FirstSight};
use super::RaiseErrorsLayer;
use crate::body::ResponseBody;

impl RaiseErrorsLayer {
    /// Whether a response with this head may be an error. If not, the caller returns the response as it is, and does not take it
    /// apart.
    #[inline]
    pub(crate) fn concerns(&self, status: StatusCode, headers: &HeaderMap) -> bool {
        self.config.concerns(status) || self.config.may_be_status(status, headers)
    }

    /// The response to this request, or its error. It waits until the body of an error is read.
    ///
    /// `method` is `None` if the client does not know it. Then an answer to HEAD is read like any other, and ends at once.
    ///
    /// # Errors
    ///
    /// The error that the response is, by the rules of this layer.
    pub(crate) async fn raise<B>(
        &self,
        method: Option<Method>,
        uri: Uri,
        response: Response<B>,
    ) -> Result<Response<ResponseBody<B>>, ApiError>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<BoxError>,
    {
        let mut call = Call {
            config: Arc::clone(&self.config),
            request: SentRequest {
                method,
                uri,
                is_grpc: false,
            },
        };
        let mut reading = match begin(&mut call, response) {
            FirstSight::Done(outcome) => return outcome,
            FirstSight::Reading(reading) => reading,
        };
        let end = poll_fn(|cx| reading.poll(&self.config, cx)).await;
        reading.finish(&mut call, end)
    }
}

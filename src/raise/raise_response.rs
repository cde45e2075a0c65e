//! Raises the error of one response, for clients that are not a tower service.
//!
//! In: a response, and the facts of its request. Out: the response, or an [`ApiError`]. The extensions for reqwest call it.

use std::future::poll_fn;

use bytes::Bytes;
use http::{Method, Response, StatusCode, Uri};
use http_body::Body;
use tower::BoxError;

use super::error::ApiError;
use super::judgement::SentRequest;
use super::reading::{begin, FirstSight};
use super::RaiseErrorsLayer;
use crate::body::ResponseBody;

impl RaiseErrorsLayer {
    /// Whether a response with this status may be an error.
    pub(crate) fn concerns(&self, method: Option<&Method>, status: StatusCode) -> bool {
        self.config.concerns(method, status)
    }

    /// The response to this request, or its error.
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
        let mut request = SentRequest {
            method,
            uri,
            is_grpc: false,
        };
        let mut reading = match begin(&self.config, &mut request, response) {
            FirstSight::Done(outcome) => return outcome,
            FirstSight::Reading(reading) => reading,
        };
        let end = poll_fn(|cx| reading.poll(&self.config, cx)).await;
        reading.finish(&self.config, &mut request, end)
    }
}

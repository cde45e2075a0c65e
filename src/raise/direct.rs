//! What the service does with a response, for clients that are no service.

use std::future::poll_fn;

use bytes::Bytes;
use http::{Method, Response, StatusCode, Uri};
use http_body::Body;
use tower::BoxError;

use super::error::{ApiError, Asked};
use super::reading::{begin, Begun};
use super::RaiseErrorsLayer;
use crate::body::ResponseBody;

impl RaiseErrorsLayer {
    /// Whether a response with this status may be an error.
    pub(crate) fn concerns(&self, method: Option<&Method>, status: StatusCode) -> bool {
        self.config.concerns(method, status)
    }

    /// The response to this request, or the error that it is.
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
        let mut asked = Asked { method, uri };
        match begin(&self.config, &mut asked, response) {
            Begun::Done(outcome) => outcome,
            Begun::Reading(mut reading) => {
                poll_fn(|cx| reading.poll(&self.config, &mut asked, cx)).await
            }
        }
    }
}

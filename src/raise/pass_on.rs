//! Passes the error of an upstream on to the client of a server.
//!
//! In: an [`ApiError`] or a [`RaisedError`]. Out: an [`Envelope`] that a handler can return. The operator `?` calls it.

use std::error::Error;

use http::StatusCode;

use super::error::ApiError;
use super::raised_error::RaisedError;
use crate::envelope::Envelope;
use crate::http::status;

/// For a service that passes on the error of an upstream with `?`.
///
/// An error below 500 is passed on with its message, its type and its parameters. Of a 5xx only the status is passed on. An error
/// that came with a success and gives no status becomes a 400. In all cases the error becomes the [`source`](Envelope::source).
///
/// ```
/// use http::{Request, Response};
/// use tower::{service_fn, ServiceBuilder, ServiceExt};
/// use tower_error_envelope::{Envelope, RaiseErrorsLayer};
/// # use http_body_util::Full;
/// # async fn upstream(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
/// #     Ok(Response::builder().status(502).body(Full::from("connect to 10.0.0.7: refused")).unwrap())
/// # }
///
/// async fn handler() -> Result<(), Envelope> {
///     let client = ServiceBuilder::new().layer(RaiseErrorsLayer::new()).service(service_fn(upstream));
///     client.oneshot(Request::new(())).await?;
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let error = handler().await.unwrap_err();
/// assert_eq!((error.status().as_u16(), error.message()), (502, "Bad Gateway"));
/// assert_eq!(error.source().unwrap().to_string(), "connect to 10.0.0.7: refused");
/// # }
/// ```
impl From<ApiError> for Envelope {
    fn from(error: ApiError) -> Self {
        error.public_envelope().with_source(error)
    }
}

impl ApiError {
    /// The envelope that a client of this server may read. Its status is that of an error.
    pub(crate) fn public_envelope(&self) -> Envelope {
        let mut envelope = self.envelope().clone();
        if !status::is_error(envelope.status()) {
            let sent = Some(self.status()).filter(|sent| status::is_error(*sent));
            envelope.set_status(sent.unwrap_or(StatusCode::BAD_REQUEST));
        }
        match status::is_server_error(envelope.status()) {
            true => envelope.status().into(),
            false => envelope,
        }
    }
}

/// An `Api` error becomes the envelope that its [`ApiError`] becomes. An error of the service becomes a 500, and clients do not
/// see its text.
impl<E: Into<Box<dyn Error + Send + Sync>>> From<RaisedError<E>> for Envelope {
    fn from(error: RaisedError<E>) -> Self {
        match error {
            RaisedError::Api(error) => error.into(),
            RaisedError::Service(error) => Self::internal(error),
        }
    }
}

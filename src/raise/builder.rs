//! The builder of a [`RaiseErrorsLayer`].
//!
//! In: a layer, and one setting. Out: the layer with this setting. Programs call it, in any order.

use std::sync::Arc;

use http::response::Parts;

use super::config::Config;
#[cfg(doc)]
use super::error::ApiError;
use super::RaiseErrorsLayer;
use crate::read::ErrorReader;

impl<W> RaiseErrorsLayer<W> {
    /// Adds a reader for one more format. It is asked before the readers of this crate, and after the readers that were added
    /// before it. It reads the envelope of an error; whether a response with an error status is an error does not depend on it.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::{read::ErrorReader, Envelope, RaiseErrorsLayer};
    /// # async fn printers(_: Request<()>) -> Result<Response<String>, std::convert::Infallible> {
    /// #     Ok(Response::builder().status(503).body("ERR 17 Out of paper".into()).unwrap())
    /// # }
    ///
    /// /// `ERR 17 Out of paper`
    /// struct Lines;
    ///
    /// impl ErrorReader for Lines {
    ///     fn name(&self) -> &'static str {
    ///         "lines"
    ///     }
    ///
    ///     fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
    ///         let line = std::str::from_utf8(response.body()).ok()?;
    ///         let (code, message) = line.strip_prefix("ERR ")?.split_once(' ')?;
    ///         Some(Envelope::new(response.status(), message.to_owned()).with_error_type(code.to_owned()))
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let layer = RaiseErrorsLayer::new().with_reader(Lines);
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(printers));
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert_eq!((error.envelope().error_type().as_str(), error.to_string()), ("17", "Out of paper".into()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_reader(self, reader: impl ErrorReader + 'static) -> Self {
        self.configured(|config| config.readers.push(Arc::new(reader)))
    }

    /// How many bytes of an error's body are read and kept at most. Default: 65,536.
    ///
    /// Of a longer body the first bytes are kept, [`is_truncated`](ApiError::is_truncated) is true, and the envelope is read from
    /// the head alone.
    ///
    /// ```
    /// # use http::{Request, Response};
    /// # use http_body_util::Full;
    /// # use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// # use tower_error_envelope::RaiseErrorsLayer;
    /// # async fn printers(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
    /// #     Ok(Response::builder().status(404).body(Full::from("There is no printer 8")).unwrap())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let layer = RaiseErrorsLayer::new().with_body_limit(5);
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(printers));
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert!(error.is_truncated());
    /// assert_eq!((error.envelope().message(), &error.body()[..]), ("Not Found", &b"There"[..]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.configured(|config| config.body_limit = bytes)
    }

    /// Raises only the errors that `predicate` selects by their head. Any other error passes as data. Default: all are raised.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::RaiseErrorsLayer;
    /// # async fn locked(_: Request<()>) -> Result<Response<String>, std::convert::Infallible> {
    /// #     Ok(Response::builder().status(409).body(String::new()).unwrap())
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // A 409 is an answer that this client expects.
    /// let layer = RaiseErrorsLayer::new().with_predicate(|parts| parts.status != 409);
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(locked));
    /// assert_eq!(client.oneshot(Request::new(())).await?.status(), 409);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_predicate(
        self,
        predicate: impl Fn(&Parts) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.configured(|config| config.predicate = Some(Arc::new(predicate)))
    }

    /// Also raises errors that come with a success status: `{"ok": false, …}`, `{"error": "…"}`, GraphQL's `errors`
    /// without data, JSON-RPC, JSend, S3's and SOAP's XML (feature `xml`), or a format that an added reader knows.
    ///
    /// Such an error has the status that it gives as a number, else the one that its type implies, else 400. The layer reads
    /// only JSON and XML for this, up to the [limit](Self::with_body_limit). A longer document is data. A stream is data as
    /// well, and at most its first item is held back. This setting has no effect on [`copr`](Self::copr).
    ///
    /// ```
    /// use http::{Request, Response};
    /// use tower::{service_fn, ServiceBuilder, ServiceExt};
    /// use tower_error_envelope::RaiseErrorsLayer;
    /// # use http_body_util::Full;
    /// # async fn slack(_: Request<()>) -> Result<Response<Full<bytes::Bytes>>, std::convert::Infallible> {
    /// #     let body = Full::from(r#"{"ok": false, "error": "channel_not_found"}"#);
    /// #     Ok(Response::builder().header("content-type", "application/json").body(body).unwrap())
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let layer = RaiseErrorsLayer::new().with_errors_in_success();
    /// let client = ServiceBuilder::new().layer(layer).service(service_fn(slack));
    ///
    /// let error = client.oneshot(Request::new(())).await.unwrap_err().into_api()?;
    /// assert!(error.is_no_result());
    /// assert_eq!((error.status().as_u16(), error.response().status().as_u16()), (404, 200));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_errors_in_success(self) -> Self {
        self.configured(|config| config.errors_in_success = true)
    }

    pub(super) fn configured(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

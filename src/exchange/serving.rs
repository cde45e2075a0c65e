//! The part of the builder of a [`Normaliser`] that is for servers: dialects, masking, errors of services, and extensions.
//!
//! In: values and hooks of the user. Out: a `Normaliser` with the changed configuration. Programs and the builder of
//! [`ErrorEnvelopeLayer`](crate::ErrorEnvelopeLayer) call these methods. They have no effect on a client.

use std::error::Error;
use std::sync::Arc;

use http::{HeaderName, StatusCode};

use super::extensions::Masking;
use super::normaliser::Normaliser;
use crate::envelope::Envelope;
use crate::write::ErrorWriter;

/// Configuration for servers.
impl Normaliser {
    /// For servers: offers a dialect. Default: [`Clustr`](crate::write::Clustr) alone. The first call replaces the default, and
    /// each further call adds a dialect.
    ///
    /// The `Accept` of the request chooses
    /// ([RFC 9110 §12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)). The first dialect answers requests without a
    /// preference, and requests that accept none of the dialects.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    /// use tower_error_envelope::write::{Clustr, Problem};
    ///
    /// let normaliser = Normaliser::server().with_dialect(Clustr).with_dialect(Problem);
    /// let mut headers = HeaderMap::new();
    /// headers.insert("accept", HeaderValue::from_static("application/problem+json"));
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &headers);
    /// let answer = normaliser.service_error(caller, None, "the disk is full".into());
    /// assert_eq!(answer.parts.headers["content-type"], "application/problem+json");
    /// assert_eq!(answer.parts.headers["vary"], "accept");
    /// ```
    pub fn with_dialect<W: ErrorWriter + 'static>(self, dialect: W) -> Self {
        self.configured(|config| config.dialects.push(dialect))
    }

    /// For servers: the status of validation errors. Default: 400.
    ///
    /// A validation error has parameters and came with the status 400 or 422.
    ///
    /// ```
    /// use http::{HeaderMap, Method, StatusCode, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    /// use tower_error_envelope::Envelope;
    ///
    /// let normaliser = Normaliser::server().with_validation_status(StatusCode::UNPROCESSABLE_ENTITY);
    /// let caller = normaliser.caller(&Method::POST, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let answer = normaliser.service_error(caller, None, Envelope::validation([("email", "is taken")]).into());
    /// assert_eq!(answer.parts.status, 422);
    /// ```
    pub fn with_validation_status(self, status: StatusCode) -> Self {
        self.configured(|config| config.validation_status = status)
    }

    /// For servers: which 5xx are masked. Default: [`Masking::All`].
    ///
    /// ```
    /// use http::{HeaderMap, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    /// use tower_error_envelope::{Envelope, Masking};
    ///
    /// for (masking, message) in [(Masking::All, "Internal Server Error"), (Masking::None, "the disk is full")] {
    ///     let normaliser = Normaliser::server().with_masking(masking);
    ///     let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    ///     let answer = normaliser.service_error(caller, None, "the disk is full".into());
    ///     assert_eq!(answer.parts.extensions.get::<Envelope>().unwrap().message(), message);
    /// }
    /// ```
    pub fn with_masking(self, masking: Masking) -> Self {
        self.configured(|config| config.masking = masking)
    }

    /// For servers: also masks a gRPC status that a gRPC service answers with the code `UNKNOWN`, `INTERNAL` or `DATA_LOSS`.
    /// Its message and its details are removed, in heads and in trailers. Default: such a status passes. It needs the feature
    /// `tonic`.
    ///
    /// ```
    /// # #[cfg(feature = "tonic")] {
    /// use http::{HeaderMap, HeaderValue, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let normaliser = Normaliser::server().with_masked_statuses();
    /// let call = HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"))]);
    /// let caller = normaliser.caller(&Method::POST, Version::HTTP_2, &Uri::from_static("/shop.Printers/Get"), &call);
    ///
    /// // 13 is INTERNAL.
    /// let mut trailers = HeaderMap::new();
    /// trailers.insert("grpc-status", HeaderValue::from_static("13"));
    /// trailers.insert("grpc-message", HeaderValue::from_static("the disk is full"));
    /// normaliser.trailers(caller, &mut trailers);
    /// assert_eq!(trailers["grpc-message"], "Internal Server Error");
    /// # }
    /// ```
    pub fn with_masked_statuses(self) -> Self {
        self.configured(|config| config.masked_statuses = true)
    }

    /// For servers: writes the errors for callers of gRPC and Connect without details: code, message and metadata alone. Default:
    /// with details. Details that a gRPC service answers itself pass.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, Method, Uri, Version};
    /// use tower_error_envelope::exchange::{AnswerBody, Normaliser};
    /// use tower_error_envelope::Envelope;
    ///
    /// let normaliser = Normaliser::server().without_grpc_details();
    /// let connect = HeaderMap::from_iter([("connect-protocol-version".parse()?, HeaderValue::from_static("1"))]);
    /// let caller = normaliser.caller(&Method::POST, Version::HTTP_11, &Uri::from_static("/shop.Printers/Get"), &connect);
    /// let error = Envelope::validation([("id", "is no number")]).with_message("The id is wrong");
    /// let AnswerBody::Full(json) = normaliser.service_error(caller, None, error.into()).body else { unreachable!() };
    /// assert_eq!(json, r#"{"code":"invalid_argument","message":"The id is wrong"}"#);
    /// # Ok::<(), http::header::InvalidHeaderName>(())
    /// ```
    pub fn without_grpc_details(self) -> Self {
        self.configured(|config| config.grpc_details = false)
    }

    /// For servers: replaces HTML pages for browsers as well. Default: a request that prefers HTML keeps the page of a 4xx.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue, Method, Response, Uri, Version};
    /// use tower_error_envelope::exchange::{BodyHint, Head, Normaliser};
    ///
    /// let browser = HeaderMap::from_iter([(http::header::ACCEPT, HeaderValue::from_static("text/html"))]);
    /// for (normaliser, passes) in [(Normaliser::server(), true), (Normaliser::server().without_pages(), false)] {
    ///     let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &browser);
    ///     let page = Response::builder().status(404).header("content-type", "text/html");
    ///     let (mut parts, ()) = page.body(())?.into_parts();
    ///     let head = normaliser.head(caller, &mut parts, BodyHint::default());
    ///     assert_eq!(matches!(head, Head::Pass), passes);
    /// }
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn without_pages(self) -> Self {
        self.configured(|config| config.keeps_pages = false)
    }

    /// For servers: sets a hook that turns an error of the service into an envelope.
    ///
    /// In: the error itself; the hook can follow its [`source`](Error::source). Out: the envelope, or `None` if the hook does not
    /// know the error. Then the type of the error decides, as
    /// [`service_error`](Self::service_error) says. A second call replaces the hook.
    ///
    /// ```
    /// use http::{HeaderMap, Method, StatusCode, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    /// use tower_error_envelope::Envelope;
    ///
    /// #[derive(Debug, thiserror::Error)]
    /// #[error("no quota is left")]
    /// struct NoQuota;
    ///
    /// let normaliser = Normaliser::server().with_service_error(|error| {
    ///     error.is::<NoQuota>().then(|| Envelope::from_status(StatusCode::TOO_MANY_REQUESTS))
    /// });
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// assert_eq!(normaliser.service_error(caller, None, NoQuota.into()).parts.status, 429);
    /// ```
    pub fn with_service_error<F>(self, map: F) -> Self
    where
        F: Fn(&(dyn Error + 'static)) -> Option<Envelope> + Send + Sync + 'static,
    {
        self.configured(|config| config.map_service_error = Some(Arc::new(map)))
    }

    /// For servers: lets the metadata `name` of a `tonic::Status` become an HTTP header. Default: only names that are always
    /// safe, such as `retry-after` and `x-request-id`. It needs the feature `tonic`. Each call adds one name.
    ///
    /// ```
    /// # #[cfg(feature = "tonic")] {
    /// use http::{HeaderMap, HeaderName, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let normaliser = Normaliser::server().with_metadata(HeaderName::from_static("x-printer"));
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let mut status = tonic::Status::unavailable("The printer warms up");
    /// status.metadata_mut().insert("x-printer", "7".parse().unwrap());
    /// assert_eq!(normaliser.service_error(caller, None, status.into()).parts.headers["x-printer"], "7");
    /// # }
    /// ```
    pub fn with_metadata(self, name: HeaderName) -> Self {
        self.configured(|config| config.metadata.push(name))
    }

    /// For servers: leaves no [`Envelope`] and no [`Masked`](super::Masked) in the extensions of responses. Default: they are there
    /// for outer layers. A client always leaves them, so that a server around it can mask a 5xx.
    ///
    /// Use it where nothing outside reads them: each error then costs four allocations less. Hooks get the error all the same.
    /// Another layer of this crate around this one treats the answer like that of any service: it reads the body again, and
    /// masks a 5xx in another dialect than the documented one.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let normaliser = Normaliser::server().without_extensions();
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let answer = normaliser.service_error(caller, None, "the disk is full".into());
    /// assert!(answer.parts.extensions.is_empty());
    /// ```
    pub fn without_extensions(self) -> Self {
        self.configured(|config| config.leaves_envelope = false)
    }
}

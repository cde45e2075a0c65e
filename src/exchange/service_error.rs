//! Answers errors of services, by their types.
//!
//! In: the error of a service or of a body. Out: an answer, or an envelope. The engine calls [`Normaliser::service_error`], and
//! `last_frame` calls [`envelope_of_shared`].

use std::error::Error;
use std::sync::Arc;

use http::{HeaderName, StatusCode};
use http_body_util::LengthLimitError;
#[cfg(feature = "layer")]
use tower::{
    buffer::error::{Closed, ServiceError},
    load_shed::error::Overloaded,
    timeout::error::Elapsed,
};

use super::answer::{empty_head, Answer, Found};
use super::caller::Caller;
use super::config::Config;
use super::error_chain::{sources, text_of, DynError};
use super::guard::guarded;
use super::hooks::RequestHead;
use super::normalise::normalise;
use super::normaliser::Normaliser;
use crate::envelope::{Envelope, Origin};
use crate::http::status;

impl Normaliser {
    /// The answer to a request whose service failed.
    ///
    /// In: the caller, the head of the request for hooks (see [`request_head`](Self::request_head)), and the error. Out: an
    /// answer with the status of the first type that is found along the [sources](Error::source):
    ///
    /// | type | status |
    /// | --- | --- |
    /// | [`Envelope`] | its own, and it is not masked |
    /// | timeout of tower (feature `layer`) or tonic (feature `tonic`) | 504 |
    /// | load shedding or a closed buffer of tower (feature `layer`), no connection of tonic (feature `tonic`) | 503 |
    /// | `http_body_util::LengthLimitError` | 413 |
    /// | `tonic::Status` (feature `tonic`) | that of its code |
    /// | any other | 500, masked |
    ///
    /// At most 32 sources are looked at. [`with_service_error`](Self::with_service_error) is asked first. Clients mostly do not
    /// call this: they return the error to the program.
    ///
    /// ```
    /// use http::{HeaderMap, Method, Uri, Version};
    /// use tower_error_envelope::exchange::Normaliser;
    ///
    /// let normaliser = Normaliser::server();
    /// let caller = normaliser.caller(&Method::GET, Version::HTTP_11, &Uri::from_static("/"), &HeaderMap::new());
    /// let answer = normaliser.service_error(caller, None, "connect to 10.0.0.7: refused".into());
    /// assert_eq!(answer.parts.status, 500);
    /// assert_eq!(answer.original.unwrap().message(), "connect to 10.0.0.7: refused");
    /// ```
    #[must_use]
    pub fn service_error(
        &self,
        caller: Caller,
        request: Option<RequestHead>,
        error: Box<dyn Error + Send + Sync>,
    ) -> Answer {
        let envelope = envelope_of(&self.config, error);
        let mut parts = empty_head(envelope.status());
        if let Some(request) = request {
            parts.extensions.insert(request);
        }
        normalise(&self.config, caller, parts, Found::known(envelope))
    }
}

/// The envelope for an error of a service. The hook of the user is asked first, then the type of the error decides.
///
/// If neither knows the error, it becomes the source of the envelope. If its status is a 5xx as well, its text becomes the message,
/// which is masked later.
fn envelope_of(config: &Config, error: Box<dyn Error + Send + Sync>) -> Envelope {
    let (mut envelope, lacks_source) = find_envelope(config, &*error);
    if lacks_source {
        envelope = envelope.with_source(error);
    }
    envelope
}

/// The same as [`envelope_of`], for an error that is shared: the body of a stream fails with it as well.
#[cfg_attr(not(feature = "layer"), allow(dead_code))]
pub(super) fn envelope_of_shared(
    config: &Config,
    error: &Arc<dyn Error + Send + Sync>,
) -> Envelope {
    let (mut envelope, lacks_source) = find_envelope(config, &**error);
    if lacks_source {
        envelope.set_shared_source(Arc::clone(error));
    }
    envelope
}

/// The envelope of an error, and whether the error has to become its source.
fn find_envelope(config: &Config, error: &DynError) -> (Envelope, bool) {
    let map = config.map_service_error.as_ref();
    let mapped = map.and_then(|map| guarded("with_service_error", || map(error)).flatten());
    let mut envelope = mapped.unwrap_or_else(|| to_envelope(error, &config.metadata));
    let is_known = envelope.origin() != Origin::Inferred;
    if !is_known && status::is_server_error(envelope.status()) {
        envelope.set_message(text_of(error).into());
    }
    let lacks_source = envelope.source().is_none() && !is_known;
    (envelope, lacks_source)
}

/// The envelope in the chain of `error`. If there is none, the envelope of the status of the first known type in the chain. Texts
/// never decide.
///
/// | type | status |
/// | --- | --- |
/// | [`Envelope`] | its own, and not masked |
/// | `tower::timeout::error::Elapsed` | 504 |
/// | `tower::load_shed::error::Overloaded` | 503 |
/// | `tower::buffer::error::Closed`, and `ServiceError` if no other type is known | 503 |
/// | [`LengthLimitError`] | 413 |
/// | with the feature `tonic`, `tonic::Status` | that of its code |
/// | with the feature `tonic`, `tonic::TimeoutExpired`, `tonic::ConnectError` | 504, 503 |
/// | any other | 500 |
fn to_envelope(error: &DynError, metadata: &[HeaderName]) -> Envelope {
    let known = sources(error).find_map(|error| known_envelope(error, metadata));
    known.unwrap_or_else(|| Envelope::inferred(status_of(error)))
}

/// The envelope that an error of this type carries; `None` for any other type.
fn known_envelope(error: &DynError, metadata: &[HeaderName]) -> Option<Envelope> {
    #[cfg(feature = "tonic")]
    if let Some(status) = error.downcast_ref() {
        return Some(crate::grpc::convert::from_tonic(status, metadata));
    }
    let _ = metadata;
    error.downcast_ref::<Envelope>().cloned()
}

/// The status of the first error in the chain whose type is known, else 500.
fn status_of(error: &DynError) -> StatusCode {
    let known = sources(error).find_map(known_status);
    let known = known.or_else(|| sources(error).find_map(buffered_status));
    known.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The status of an error of this type; `None` for any other type.
fn known_status(error: &DynError) -> Option<StatusCode> {
    #[cfg(feature = "layer")]
    if error.is::<Elapsed>() {
        return Some(StatusCode::GATEWAY_TIMEOUT);
    } else if error.is::<Overloaded>() || error.is::<Closed>() {
        return Some(StatusCode::SERVICE_UNAVAILABLE);
    }
    #[cfg(feature = "tonic")]
    if error.is::<tonic::TimeoutExpired>() {
        return Some(StatusCode::GATEWAY_TIMEOUT);
    } else if error.is::<tonic::ConnectError>() {
        return Some(StatusCode::SERVICE_UNAVAILABLE);
    }
    error
        .is::<LengthLimitError>()
        .then_some(StatusCode::PAYLOAD_TOO_LARGE)
}

/// `ServiceError` holds the error of the service behind a buffer. That error may have a known type, so this function is called last.
fn buffered_status(error: &DynError) -> Option<StatusCode> {
    #[cfg(feature = "layer")]
    if error.is::<ServiceError>() {
        return Some(StatusCode::SERVICE_UNAVAILABLE);
    }
    let _ = error;
    None
}

#[cfg(test)]
mod tests {
    use super::super::error_chain::MAX_SOURCES;
    use super::*;

    fn to_envelope(error: &DynError) -> Envelope {
        super::to_envelope(error, &[])
    }
    use std::fmt;
    use std::io;
    use std::sync::Arc;

    #[derive(Debug)]
    struct Wrapper(Box<dyn Error + Send + Sync>);

    impl fmt::Display for Wrapper {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("wrapped")
        }
    }

    impl Error for Wrapper {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&*self.0)
        }
    }

    fn nested(error: impl Error + Send + Sync + 'static) -> Wrapper {
        Wrapper(Box::new(Wrapper(Box::new(Wrapper(Box::new(error))))))
    }

    #[cfg(feature = "layer")]
    #[test]
    fn knows_the_errors_of_tower_however_deep() {
        assert_eq!(to_envelope(&nested(Elapsed::new())).status(), 504);
        assert_eq!(to_envelope(&nested(Overloaded::new())).status(), 503);
        assert_eq!(to_envelope(&nested(io::Error::other("disk"))).status(), 500);
    }

    #[test]
    fn an_envelope_is_itself() {
        let conflict = Envelope::new(StatusCode::CONFLICT, "taken");
        assert_eq!(to_envelope(&nested(conflict.clone())), conflict);
        assert_eq!(to_envelope(&nested(conflict)).origin(), Origin::Deliberate);
    }

    #[test]
    fn an_envelope_is_found_in_what_holds_it() {
        let conflict = || Envelope::new(StatusCode::CONFLICT, "taken");
        let holders: [Box<DynError>; 4] = [
            Box::new(io::Error::other(conflict())),
            Box::new(nested(io::Error::other(nested(conflict())))),
            Box::new(Arc::new(conflict())),
            Box::new(nested(Arc::new(io::Error::other(Arc::new(conflict()))))),
        ];
        for holder in holders {
            assert_eq!(to_envelope(&*holder), conflict(), "{holder:?}");
        }
    }

    #[test]
    fn an_envelope_is_found_below_thirty_errors() {
        let conflict = || Envelope::new(StatusCode::CONFLICT, "taken");
        let wrapped = (0..30).fold(Wrapper(Box::new(conflict())), |inner, _| {
            Wrapper(Box::new(inner))
        });
        assert_eq!(to_envelope(&wrapped), conflict());
    }

    #[test]
    fn words_are_not_types() {
        assert_eq!(
            to_envelope(&nested(io::Error::other("request timed out"))).status(),
            500
        );
    }

    #[test]
    fn a_circle_of_sources_is_left() {
        #[derive(Debug)]
        struct Circle;
        impl fmt::Display for Circle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("again")
            }
        }
        impl Error for Circle {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(self)
            }
        }
        assert_eq!(to_envelope(&Circle).status(), 500);
        assert_eq!(text_of(&Circle).matches("again").count(), MAX_SOURCES);
    }
}

//! Errors of services as errors of HTTP, told by their types.

use std::error::Error;

use http::StatusCode;
use http_body_util::LengthLimitError;
use tower::buffer::error::{Closed, ServiceError};
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;

use super::grpc;
use crate::envelope::{Envelope, Origin};

/// Sources after so many are not looked at: a chain may be a circle.
const MAX_SOURCES: usize = 32;

/// The envelope that `error` is, or that its type stands for, looking along its sources; never told by its text.
///
/// | type | status |
/// | --- | --- |
/// | [`Envelope`] | its own, and not masked |
/// | [`tower::timeout::error::Elapsed`] | 504 |
/// | [`tower::load_shed::error::Overloaded`] | 503 |
/// | [`tower::buffer::error::Closed`], [`ServiceError`] without a known source | 503 |
/// | [`http_body_util::LengthLimitError`] | 413 |
/// | with the feature `tonic`, `tonic::Status` | that of its code |
/// | with the feature `tonic`, `tonic::TimeoutExpired`, `tonic::ConnectError` | 504, 503 |
/// | any other | 500 |
pub(super) fn envelope_of(error: &(dyn Error + 'static)) -> Envelope {
    let is_known = |error: &(dyn Error + 'static)| {
        let envelope = error.downcast_ref::<Envelope>().cloned();
        envelope.or_else(|| grpc::envelope_of(error))
    };
    let known = sources(error).find_map(is_known);
    known.unwrap_or_else(|| {
        let mut envelope = Envelope::from_status(status_of(error));
        envelope.set_origin(Origin::Inferred);
        envelope
    })
}

/// What `error` and its sources say, for logs.
pub(super) fn text_of(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<_> = sources(error).map(ToString::to_string).collect();
    texts.join(": ")
}

fn status_of(error: &(dyn Error + 'static)) -> StatusCode {
    let status = |error: &(dyn Error + 'static)| match error {
        error if error.is::<Elapsed>() => Some(StatusCode::GATEWAY_TIMEOUT),
        error if error.is::<Overloaded>() || error.is::<Closed>() => {
            Some(StatusCode::SERVICE_UNAVAILABLE)
        }
        error if error.is::<LengthLimitError>() => Some(StatusCode::PAYLOAD_TOO_LARGE),
        error => grpc::status_of(error),
    };
    let buffered = || {
        sources(error)
            .any(|error| error.is::<ServiceError>())
            .then_some(StatusCode::SERVICE_UNAVAILABLE)
    };
    let known = sources(error).find_map(status).or_else(buffered);
    known.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn sources<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (**error).source()).take(MAX_SOURCES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

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

    #[test]
    fn knows_the_errors_of_tower_however_deep() {
        assert_eq!(envelope_of(&nested(Elapsed::new())).status(), 504);
        assert_eq!(envelope_of(&nested(Overloaded::new())).status(), 503);
        assert_eq!(
            envelope_of(&nested(std::io::Error::other("disk"))).status(),
            500
        );
    }

    #[test]
    fn an_envelope_is_itself() {
        let conflict = Envelope::new(StatusCode::CONFLICT, "taken");
        assert_eq!(envelope_of(&nested(conflict.clone())), conflict);
        assert_eq!(envelope_of(&nested(conflict)).origin(), Origin::Deliberate);
    }

    #[test]
    fn words_are_not_types() {
        assert_eq!(
            envelope_of(&nested(std::io::Error::other("request timed out"))).status(),
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
        assert_eq!(envelope_of(&Circle).status(), 500);
        assert_eq!(text_of(&Circle).matches("again").count(), MAX_SOURCES);
    }
}

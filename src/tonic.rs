//! gRPC, with the feature `tonic`: an answer in the protocol of the request, and statuses as envelopes.
//!
//! The guide `docs::grpc` describes both.

#[cfg(feature = "layer")]
use tonic::body::Body;
use tonic::Status;

#[cfg(feature = "layer")]
use crate::body::ResponseBody;
use crate::envelope::Envelope;
use crate::grpc::convert;

/// Converts a status of gRPC to an envelope.
///
/// | part of the status | part of the envelope |
/// | --- | --- |
/// | code | HTTP status; also the type, if several codes have this HTTP status and no other type was sent (`ALREADY_EXISTS`) |
/// | message | message |
/// | `ErrorInfo` | type: `error_type` of its metadata, else its reason |
/// | `BadRequest` | errors of parameters |
/// | `RetryInfo`, `grpc-retry-pushback-ms` | `Retry-After`, in whole seconds, rounded up |
/// | metadata with a safe name, see the guide | headers |
///
/// An unchanged envelope is converted back to the same status: code, message, details and all metadata.
///
/// Servers mask the envelope of `UNKNOWN`, `INTERNAL` and `DATA_LOSS` like any 5xx that was not written for the client.
///
/// ```
/// use tonic::Status;
/// use tower_error_envelope::Envelope;
///
/// let error = Envelope::from(Status::not_found("There is no printer 8"));
/// assert_eq!((error.status().as_u16(), error.message()), (404, "There is no printer 8"));
/// assert_eq!(error.error_type(), "NOT_FOUND");
/// ```
impl From<Status> for Envelope {
    fn from(status: Status) -> Self {
        convert::from_tonic(&status, &[])
    }
}

/// Converts an envelope to a status of gRPC, with its type and its parameters as details ([the richer error
/// model](https://grpc.io/docs/guides/error/#richer-error-model)) and its headers as metadata.
///
/// The code follows from the HTTP status: see the table in the guide. A type becomes an `ErrorInfo`: its `reason` is the
/// last part of the type in `UPPER_SNAKE_CASE`, and its metadata `error_type` is the whole type. There is no `ErrorInfo` if
/// no type was sent and the HTTP status of the code is that of the error. `Retry-After` becomes a `RetryInfo` as well. The
/// conversion back returns the same envelope.
///
/// ```
/// use tonic::{Code, Status};
/// use tonic_types::StatusExt;
/// use tower_error_envelope::{Envelope, FieldErrors};
///
/// let fields = FieldErrors::from_iter([("email", "is taken")]);
/// let status = Status::from(Envelope::validation(fields));
/// assert_eq!((status.code(), status.message()), (Code::InvalidArgument, "email: is taken"));
/// let details = status.get_error_details();
/// assert_eq!(details.bad_request().unwrap().field_violations[0].field, "email");
///
/// let status = Status::from(Envelope::new(http::StatusCode::CONFLICT, "Too late").with_error_type("shop.SoldOut"));
/// assert_eq!(status.get_error_details().error_info().unwrap().reason, "SOLD_OUT");
/// ```
impl From<Envelope> for Status {
    fn from(envelope: Envelope) -> Self {
        convert::to_tonic(convert::to_status(&envelope))
    }
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
#[cfg(feature = "layer")]
impl From<ResponseBody<Self>> for Body {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

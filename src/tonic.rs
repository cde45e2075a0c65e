//! gRPC, with the feature `tonic`: an answer in the protocol of the request, and statuses as envelopes.
//!
//! The guide is `docs::grpc`.

#[cfg(feature = "layer")]
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

#[cfg(feature = "layer")]
use crate::body::ResponseBody;
use crate::envelope::Envelope;
use crate::grpc::convert;

/// The error that a status of gRPC is, whatever its details hold.
///
/// | of the status | of the envelope |
/// | --- | --- |
/// | code | HTTP status; also the type, where several codes have that status and no other type was sent (`ALREADY_EXISTS`) |
/// | message | message |
/// | `ErrorInfo` | type: `error_type` of its metadata, else its reason |
/// | `BadRequest` | errors of parameters |
/// | `RetryInfo`, `grpc-retry-pushback-ms` | `Retry-After`, in whole seconds, rounded up |
/// | metadata with a [safe name](crate::docs::grpc#metadata-and-headers) | headers |
///
/// Nothing is lost on the way back: code, message, details and all metadata are those of the status, as long as nobody
/// changed what they say.
///
/// What comes of `UNKNOWN`, `INTERNAL` and `DATA_LOSS` is masked by servers like any 5xx that nobody meant.
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

/// The status of gRPC that an error is, with its type and its fields as details
/// ([the richer error model](https://grpc.io/docs/guides/error/#richer-error-model)) and its headers as metadata.
///
/// The code is that of the HTTP status, see the table in the guide. A type is the metadata `error_type` of an `ErrorInfo`, whose
/// reason is its last part in `UPPER_SNAKE_CASE`. Where no type was sent and the code has the HTTP status of the error, there
/// is no `ErrorInfo`. `Retry-After` is a `RetryInfo` as well. Nothing is lost on the way back.
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
        let status = convert::to_status(&envelope);
        Self::with_details_and_metadata(
            Code::from_i32(status.code.number().into()),
            status.message,
            status.details,
            MetadataMap::from_headers(status.metadata),
        )
    }
}

/// For [`with_same_body`](crate::ErrorEnvelopeLayer::with_same_body).
#[cfg(feature = "layer")]
impl From<ResponseBody<Self>> for Body {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

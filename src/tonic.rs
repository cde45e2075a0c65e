//! gRPC, with the feature `tonic`: an answer in the protocol of the request, and statuses as envelopes.
#![doc = include_str!("docs/grpc.md")]

use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use crate::body::ResponseBody;
use crate::envelope::Envelope;
use crate::grpc::convert;

/// The error that a status of gRPC is, whatever its details hold.
///
/// The HTTP status is that of the code, the type the reason of an `ErrorInfo` in the details, else the name of the
/// code; the violations of a `BadRequest` are the errors of parameters, and metadata that is the error's own are
/// headers. Nothing is lost on the way back: code, message, details and metadata are those of the status, as long as
/// nobody changed what they say.
///
/// What comes of `UNKNOWN`, `INTERNAL` and `DATA_LOSS` is masked by servers like any 5xx that nobody meant.
///
/// ```
/// use tonic::Status;
/// use tower_error_envelope::Envelope;
///
/// let error = Envelope::from(Status::not_found("There is no printer 8"));
/// assert_eq!((error.status().as_u16(), error.message()), (404, "There is no printer 8"));
/// assert_eq!(error.error_type().as_str(), "NOT_FOUND");
/// ```
impl From<Status> for Envelope {
    fn from(status: Status) -> Self {
        convert::from_tonic(&status, &[])
    }
}

/// The status of gRPC that an error is, with its type and its fields as details
/// ([the richer error model](https://grpc.io/docs/guides/error/#richer-error-model)) and its headers as metadata.
///
/// The code is that of the HTTP status, see [the table](self). Nothing is lost on the way back.
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
/// assert_eq!(details.error_info().unwrap().reason, "clustr.exceptions.BadRequest");
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
impl From<ResponseBody<Self>> for Body {
    fn from(body: ResponseBody<Self>) -> Self {
        Self::new(body)
    }
}

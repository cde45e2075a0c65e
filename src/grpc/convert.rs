//! [`Envelope`] to the status of an RPC, and back.
//!
//! An envelope that came from gRPC remembers its status. As long as nobody changes what the envelope says, the way back
//! gives that status byte for byte.

use bytestring::ByteString;

use super::code::{meant, GrpcCode};
use super::details;
use super::status::GrpcStatus;
use crate::envelope::{Envelope, Origin};

/// The envelope of an RPC that failed with `status`.
///
/// Its type is the reason in the details, else the name of the code.
pub(crate) fn to_envelope(status: GrpcStatus) -> Envelope {
    let mut envelope = Envelope::from_status(status.code.http_status());
    envelope.set_error_type(status.code.name().into());
    let is_sent = details::read(&mut envelope, &status);
    // A message that `text` would generate was not sent.
    if is_sent || *status.message != *text(&envelope) {
        envelope.set_message(status.message.clone());
    }
    envelope.set_origin(Origin::Wire("grpc"));
    status.remember(&mut envelope);
    envelope
}

/// The status of an error that somebody meant.
pub(crate) fn to_status(envelope: &Envelope) -> GrpcStatus {
    match GrpcStatus::remembered(envelope) {
        Some(came) if is_unchanged(envelope) => came.clone(),
        _ => with_code(envelope, code(envelope)),
    }
}

/// The status of an error whose code is known.
pub(crate) fn with_code(envelope: &Envelope, code: GrpcCode) -> GrpcStatus {
    let message = ByteString::from(text(envelope));
    let details = details::write(envelope, code, &message);
    GrpcStatus {
        code,
        message,
        details,
    }
}

/// The code of an error that somebody meant.
///
/// An error that came from gRPC keeps its code, and one whose type is the name of a code has that, as long as its
/// status fits.
pub(crate) fn code(envelope: &Envelope) -> GrpcCode {
    let status = envelope.status();
    let meant = meant(status);
    let named = || GrpcCode::from_name(envelope.sent_error_type()?.as_str());
    let own = GrpcStatus::remembered(envelope)
        .map(|came| came.code)
        .or_else(named);
    own.filter(|code| code.http_status() == status || *code == meant)
        .unwrap_or(meant)
}

/// Whether `envelope` came from gRPC, and nobody changed what it says.
pub(crate) fn is_unchanged(envelope: &Envelope) -> bool {
    let before = GrpcStatus::remembered(envelope).cloned().map(to_envelope);
    before.is_some_and(|before| {
        before.status() == envelope.status()
            && before.shown_message() == envelope.shown_message()
            && before.shown_error_type() == envelope.shown_error_type()
            && before.field_errors() == envelope.field_errors()
            && before.members() == envelope.members()
    })
}

/// The envelope of a status of tonic's. Metadata that is the error's own becomes headers.
#[cfg(feature = "tonic")]
pub(crate) fn from_tonic(status: &tonic::Status) -> Envelope {
    let number = u64::try_from(i32::from(status.code())).unwrap_or_default();
    let came = GrpcStatus {
        code: GrpcCode::from_number(number).unwrap_or(GrpcCode::UNKNOWN),
        message: status.message().into(),
        details: bytes::Bytes::copy_from_slice(status.details()),
    };
    let headers = status.metadata().as_ref().iter();
    let own = headers.filter(|(name, value)| super::status::is_metadata(name, value));
    own.fold(to_envelope(came), |envelope, (name, value)| {
        envelope.with_header(name.clone(), value.clone())
    })
}

/// The text for people: the message, else what there is to say without one.
fn text(envelope: &Envelope) -> String {
    match envelope.sent_message() {
        Some(message) => message.to_owned(),
        None => envelope.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    #[test]
    fn a_type_that_is_the_name_of_a_code_is_that_code_where_the_status_fits() {
        let exists = Envelope::from_status(StatusCode::CONFLICT).with_error_type("ALREADY_EXISTS");
        assert_eq!(code(&exists).name(), "ALREADY_EXISTS");
        let other = exists.with_status(StatusCode::NOT_FOUND);
        assert_eq!(code(&other).name(), "NOT_FOUND");
    }
}

//! Converts an [`Envelope`] to the status of an RPC, and back.
//!
//! An envelope that was converted from gRPC keeps its status. If the envelope is not changed, the conversion back returns
//! this status byte for byte.

use bytestring::ByteString;
use http::HeaderName;

use super::code::{meant, silent, GrpcCode};
use super::status::GrpcStatus;
use super::{details, metadata, retry};
use crate::envelope::{Envelope, Origin};
use crate::http::status;

/// The envelope of an RPC that failed with `status`.
///
/// Its type is the one in the details, else the name of the code. Metadata stays with the status
/// ([`metadata::to_headers`]).
pub(crate) fn to_envelope(status: GrpcStatus) -> Envelope {
    let mut envelope = Envelope::from_status(status.code.http_status());
    envelope.set_error_type(ByteString::from_static(status.code.name()));
    let is_sent = details::read(&mut envelope, &status);
    // A message that equals the result of `text` counts as not sent.
    if is_sent || *status.message != *text(&envelope) {
        envelope.set_message(status.message.clone());
    }
    if let Some(delay) = retry::advised(&status) {
        envelope.set_retry_delay(delay);
    }
    envelope.set_origin(Origin::Wire("grpc"));
    status.remember(&mut envelope);
    envelope
}

/// The status of an RPC that a server answers with `envelope`.
///
/// An error without a text has no details, with any code.
pub(crate) fn to_status(envelope: &Envelope) -> GrpcStatus {
    match GrpcStatus::remembered(envelope) {
        Some(came) if is_unchanged(envelope) => {
            let metadata = metadata::of(envelope);
            return GrpcStatus {
                metadata,
                ..came.clone()
            };
        }
        _ => {}
    }
    let mut status = match said_nothing(envelope) {
        Some(code) => GrpcStatus {
            message: text(envelope),
            metadata: metadata::of(envelope),
            ..GrpcStatus::from_code(code)
        },
        None => with_code(envelope, code(envelope)),
    };
    retry::add(&mut status, envelope.headers());
    status
}

/// The status of an error whose code is known.
pub(crate) fn with_code(envelope: &Envelope, code: GrpcCode) -> GrpcStatus {
    let message = text(envelope);
    let details = details::write(envelope, code, &message);
    GrpcStatus {
        code,
        message,
        details,
        metadata: metadata::of(envelope),
    }
}

/// The code of an error of which only the status is known, and which no method answered.
fn said_nothing(envelope: &Envelope) -> Option<GrpcCode> {
    let says_nothing = envelope.origin() == Origin::Inferred
        && envelope.sent_message().is_none()
        && envelope.sent_error_type().is_none()
        && envelope.field_errors().is_empty()
        && GrpcStatus::remembered(envelope).is_none();
    silent(envelope.status()).filter(|_| says_nothing)
}

/// The code of a deliberate error: the code that it came with, else the code of its status.
pub(crate) fn code(envelope: &Envelope) -> GrpcCode {
    sent_code(envelope).unwrap_or_else(|| meant(envelope.status()))
}

/// The code that an error came with: its status came from gRPC, or its type is the name of a code, in gRPC or in Connect. The
/// code counts only if it fits the HTTP status.
pub(crate) fn sent_code(envelope: &Envelope) -> Option<GrpcCode> {
    let named = || {
        let sent = envelope.sent_error_type()?.as_str();
        GrpcCode::from_name(sent).or_else(|| GrpcCode::from_connect_name(sent))
    };
    let came = GrpcStatus::remembered(envelope).map(|came| came.code);
    let sent = came.or_else(named);
    sent.filter(|code| code.fits(envelope.status()))
}

/// Whether `envelope` came from gRPC and was not changed since.
pub(crate) fn is_unchanged(envelope: &Envelope) -> bool {
    let before = GrpcStatus::remembered(envelope).cloned().map(to_envelope);
    before.is_some_and(|before| before.equals_without_headers(envelope))
}

/// The envelope of a status of tonic's.
///
/// Metadata that is safe or in `allowed` becomes headers, and the envelope keeps all of it.
#[cfg(feature = "tonic")]
pub(crate) fn from_tonic(status: &tonic::Status, allowed: &[HeaderName]) -> Envelope {
    let number = u64::try_from(i32::from(status.code())).unwrap_or_default();
    let came = GrpcStatus {
        code: GrpcCode::from_number(number).unwrap_or(GrpcCode::UNKNOWN),
        message: status.message().into(),
        details: bytes::Bytes::copy_from_slice(status.details()),
        metadata: metadata::own(status.metadata().as_ref()),
    };
    from_peer(&came, allowed)
}

/// The status as tonic has it.
#[cfg(feature = "tonic")]
pub(crate) fn to_tonic(status: GrpcStatus) -> tonic::Status {
    tonic::Status::with_details_and_metadata(
        tonic::Code::from_i32(status.code.number().into()),
        status.message,
        status.details,
        tonic::metadata::MetadataMap::from_headers(status.metadata),
    )
}

/// The envelope of a status that a peer sent. Metadata that is safe or in `allowed` becomes headers.
pub(crate) fn from_peer(came: &GrpcStatus, allowed: &[HeaderName]) -> Envelope {
    metadata::to_headers(came, allowed, to_envelope(came.clone()))
}

/// The envelope of an answer without a body. Its metadata are headers of the answer already. Only a delay that HTTP does
/// not know is added.
pub(crate) fn from_head(came: GrpcStatus) -> Envelope {
    let delay = retry::header(&came);
    let envelope = to_envelope(came);
    delay.into_iter().fold(envelope, |envelope, (name, value)| {
        envelope.with_header(name, value)
    })
}

/// The text for people: the message, else the parameters or the reason phrase.
fn text(envelope: &Envelope) -> ByteString {
    match envelope.sent_message() {
        Some(message) => message.into(),
        None if envelope.field_errors().is_empty() => {
            ByteString::from_static(status::reason(envelope.status()))
        }
        None => envelope.to_string().into(),
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

    #[test]
    fn a_header_that_was_added_to_a_status_is_its_metadata() {
        let came = GrpcStatus::from_code(GrpcCode::parse(b"5"));
        let envelope = from_peer(&came, &[]).with_header("x-shop", "7");
        let status = to_status(&envelope);
        assert_eq!(status.code.name(), "NOT_FOUND");
        assert_eq!(status.metadata["x-shop"], "7");
    }

    #[test]
    fn a_header_of_an_error_that_says_nothing_is_metadata() {
        let mut missing = Envelope::from_status(StatusCode::NOT_FOUND).with_header("x-shop", "7");
        missing.set_origin(Origin::Inferred);
        let status = to_status(&missing);
        assert_eq!(status.code.name(), "UNIMPLEMENTED");
        assert_eq!(status.metadata["x-shop"], "7");
    }

    fn name(envelope: &Envelope) -> &'static str {
        to_status(envelope).code.name()
    }

    #[test]
    fn an_error_that_says_nothing_is_no_answer_of_a_method() {
        let mut missing = Envelope::from_status(StatusCode::NOT_FOUND);
        assert_eq!(name(&missing), "NOT_FOUND");
        missing.set_origin(Origin::Inferred);
        assert_eq!(name(&missing), "UNIMPLEMENTED");
        assert!(to_status(&missing).details.is_empty());
        assert_eq!(to_status(&missing).message, "Not Found");
        for said in [
            missing.clone().with_message("No such printer"),
            missing.clone().with_error_type("NO_PRINTER"),
            missing.with_field("printer", "is unknown"),
        ] {
            assert_eq!(name(&said), "NOT_FOUND");
        }
        for (status, want) in [
            (StatusCode::TOO_MANY_REQUESTS, "UNAVAILABLE"),
            (StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED"),
            (StatusCode::PAYLOAD_TOO_LARGE, "RESOURCE_EXHAUSTED"),
            (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        ] {
            let mut silent = Envelope::from_status(status);
            silent.set_origin(Origin::Inferred);
            assert_eq!(name(&silent), want);
        }
    }

    #[test]
    fn a_type_that_is_a_name_of_connect_is_that_code_as_well() {
        let exists = Envelope::from_status(StatusCode::CONFLICT).with_error_type("already_exists");
        assert_eq!(name(&exists), "ALREADY_EXISTS");
    }

    #[cfg(feature = "tonic")]
    #[test]
    fn retry_after_is_a_retry_info_and_back() {
        use http::header::RETRY_AFTER;
        use std::time::Duration;

        let busy = Envelope::from_status(StatusCode::TOO_MANY_REQUESTS).with_header(RETRY_AFTER, 7);
        let status = to_status(&busy);
        assert_eq!(retry::advised(&status), Some(Duration::from_secs(7)));
        let back = from_peer(&status, &[]);
        assert_eq!(back.headers(), busy.headers());

        let typed = to_status(&busy.with_error_type("shop.Busy"));
        assert_eq!(retry::advised(&typed), Some(Duration::from_secs(7)));
        assert_eq!(to_envelope(typed).error_type().as_str(), "shop.Busy");

        let mut half = GrpcStatus::from_code(GrpcCode::UNKNOWN);
        half.details = details::with_retry(&half, Duration::from_millis(1500));
        let envelope = from_peer(&half, &[]);
        assert_eq!(envelope.headers()[RETRY_AFTER], "2");
        assert_eq!(to_status(&envelope), half);
        let other = envelope.with_message("later");
        assert_eq!(
            retry::advised(&to_status(&other)),
            Some(Duration::from_millis(1500))
        );
    }
}

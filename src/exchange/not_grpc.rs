//! The message for a client of gRPC that got an answer in another protocol.
//!
//! In: a success that is not gRPC, and the envelope that was read from it. Out: a message such as
//! `not an answer in gRPC: 200 OK, text/html: Log in`. `normalise` calls it for an answer with another label. `rpc` passes it to the
//! body of a client's layer, for an answer that has the label of gRPC and does not begin like a message of gRPC.

#[cfg(feature = "tonic")]
use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::envelope::{Envelope, ErrorType};
use crate::http::media_type;

/// Sets the message of `envelope`: the status and the label of the answer, and then the message that was read from it.
pub(super) fn explain(status: StatusCode, headers: &HeaderMap, envelope: &mut Envelope) {
    let label = media_type::content_type(headers).and_then(|label| label.to_str().ok());
    let label = label
        .and_then(|label| label.split(';').next())
        .map(str::trim);
    let label = label.filter(|label| (1..=MAX_LABEL).contains(&label.len()));
    let label = label.map_or_else(String::new, |label| format!(", {label}"));
    let name = envelope.sent_error_type().map(ErrorType::as_str);
    let said = envelope.sent_message().or(name);
    let said = said.map_or_else(String::new, |said| format!(": {said}"));
    let fields = envelope.field_errors().iter();
    let lines =
        fields.flat_map(|(name, texts)| texts.map(move |text| format!("\n- {name}: {text}")));
    let message = format!(
        "not an answer in gRPC: {status}{label}{said}{}",
        lines.collect::<String>()
    );
    envelope.set_message(message.into());
}

/// The longest label, in bytes. A longer one is left out of the message.
const MAX_LABEL: usize = 100;

/// The trailers for a body that is labelled as gRPC and is not. They have the code `UNKNOWN` and the message of [`explain`].
#[cfg(feature = "tonic")]
pub(super) fn trailers(body: Bytes) -> HeaderMap {
    use http::header::CONTENT_TYPE;
    use http::Response;

    use crate::grpc::code::GrpcCode;
    use crate::grpc::content_type::GrpcType;
    use crate::grpc::{convert, head};
    use crate::read;

    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let mut envelope = read::read(&response);
    envelope.detach();
    explain(StatusCode::OK, &HeaderMap::new(), &mut envelope);
    let mut trailers = HeaderMap::new();
    head::write(
        &mut trailers,
        [],
        GrpcType::GRPC,
        &convert::with_code(&envelope, GrpcCode::UNKNOWN),
    );
    trailers.remove(CONTENT_TYPE);
    trailers
}

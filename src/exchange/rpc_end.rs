//! Answers of gRPC and Connect that were read, because they may carry an error.
//!
//! In: the head of an answer of gRPC or of Connect, and the error that was found in its trailers or in its body. Out: an [`Answer`],
//! or the envelope in the extensions of an answer that passes. `Reading` calls it.

use bytes::Bytes;
use http::header::TRAILER;
use http::response::Parts;

use super::answer::{Answer, Found};
use super::caller::Caller;
use super::config::Config;
use super::extensions::Writer;
use super::hooks::RequestHead;
use super::normalise::{leave_in_extensions, normalise};
use super::policy;
use super::report::report;
use crate::envelope::Envelope;
use crate::grpc::status::GrpcStatus;
use crate::grpc::{connect, convert, head};
use crate::read;

/// The answer to a caller of HTTP or of Connect that got an answer of gRPC.
///
/// `status` is the error in its trailers; its head may have one as well. With `body`, the bytes that were read, it is data. Data
/// passes, and so does an error that the predicate refuses. Any other error becomes the envelope of its status, with the metadata
/// that may become headers.
pub(super) fn finish(
    config: &Config,
    caller: Caller,
    mut parts: Parts,
    status: Option<Box<GrpcStatus>>,
    body: Bytes,
) -> Answer {
    let status = status.map(|status| *status);
    let status = status.or_else(|| head::read(&parts.headers));
    let status = status.filter(|_| body.is_empty() && config.wants(&parts));
    let Some(status) = status else {
        return Answer::inner(parts, body);
    };
    parts.headers.remove(TRAILER);
    let mut envelope = convert::from_peer(&status, &config.metadata);
    if !config.is_server() {
        read::add_facts(&parts.headers, false, &mut envelope);
    }
    normalise(config, caller, parts, Found::known(envelope))
}

/// Leaves the envelope of a unary error of Connect in the extensions of its response. Other bodies are left alone.
pub(super) fn leave_unary(config: &Config, parts: &mut Parts, body: &Bytes) {
    if let Some(status) = connect::read_error(body) {
        let envelope = convert::from_peer(&status, &[]).with_status(parts.status);
        leave_envelope(config, parts, envelope, body);
    }
}

/// Leaves the envelope of an error of Connect in the extensions of its response, which passes as it is. Hook and log get the error.
pub(super) fn leave_envelope(
    config: &Config,
    parts: &mut Parts,
    mut envelope: Envelope,
    body: &Bytes,
) {
    let writer = match config.is_server() {
        true => Writer::Server,
        false => Writer::Peer,
    };
    if writer == Writer::Peer {
        read::add_facts(&parts.headers, false, &mut envelope);
    }
    let request = parts.extensions.remove::<RequestHead>();
    let request = request.as_ref();
    let applied = policy::apply(config, request, &parts.extensions, envelope);
    if applied.is_reported {
        report(config, request, &applied, body);
    }
    leave_in_extensions(config, writer, parts, applied.envelope, None, body);
}

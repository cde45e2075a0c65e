//! Turns an error into the response that is sent.
//!
//! In: the error, and the head of its response. Out: an [`Answer`]. `judge`, `reading`, `success_end`, `rpc_end` and `service_error`
//! call it.
//!
//! 1. The [`policy`] decides what the client may read.
//! 2. One writer for each protocol writes the envelope. Headers that described the old body are removed.
//! 3. Hook and log get the error. The envelope is left in the extensions of the response.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, StatusCode};

use super::answer::{Answer, Documented, Found};
use super::caller::{Caller, Reads};
use super::config::Config;
use super::extensions::{Masked, Writer, Written};
use super::guard::guarded;
use super::hooks::RequestHead;
use super::policy::{self, Applied};
use super::report::report;
use super::{not_grpc, rpc};
use crate::body::AnswerBody;
use crate::envelope::{Envelope, Origin};
use crate::grpc::protocol::Protocol;
use crate::http::entity_headers::remove_all;
use crate::http::media_type::Kind;
use crate::http::{response_head, status};
use crate::read::says_error;
use crate::write::{Clustr, ErrorWriter, JSON};

/// Answers the error of the response with the head `parts`.
pub(super) fn normalise(
    config: &Config,
    caller: Caller,
    mut parts: Parts,
    mut found: Found,
) -> Answer {
    let request = parts.extensions.remove::<RequestHead>();
    let request = request.as_ref();
    if caller.got_other(config.side, parts.status) {
        not_grpc::explain(parts.status, &parts.headers, &mut found.envelope);
    }
    settle_status(&parts, &mut found.envelope);
    let mut applied = policy::apply(config, request, &parts.extensions, found.envelope);
    let unchanged = found.documented.filter(|_| !applied.is_changed);
    let body = match unchanged.filter(|_| may_keep_body(config, caller, &parts)) {
        Some(documented) => keep(
            caller,
            &mut parts,
            &applied.envelope,
            documented,
            &found.body,
        ),
        None => write(config, caller, &mut parts, &mut applied),
    };
    if applied.is_reported {
        report(config, request, &applied, &found.body);
    }
    let Applied {
        envelope, original, ..
    } = applied;
    let (writer, original_of) = (config.as_writer(), original.as_ref());
    leave_in_extensions(
        config,
        writer,
        &mut parts,
        envelope,
        original_of,
        &found.body,
    );
    Answer {
        parts,
        body,
        original,
    }
}

/// Leaves the error in the extensions of the response, for outer layers. A client always leaves it, so that a server around the client
/// can mask a 5xx.
pub(super) fn leave_in_extensions(
    config: &Config,
    writer: Writer,
    parts: &mut Parts,
    envelope: Envelope,
    original: Option<&Envelope>,
    body: &Bytes,
) {
    if config.is_server() && !config.leaves_envelope {
        return Written::remove(&mut parts.extensions);
    }
    let written = Written::new(writer, &envelope, parts.status);
    parts.extensions.insert(written);
    parts.extensions.insert(envelope);
    if let Some(original) = original {
        let masked = Masked::new(original.clone(), body);
        parts.extensions.insert(masked);
    }
}

/// Makes sure that the envelope has an error status. If the response has one, the envelope gets it.
fn settle_status(parts: &Parts, envelope: &mut Envelope) {
    if status::is_error(parts.status) {
        // An envelope that was read has it already. A client inside may have written the error with a status of Connect.
        if envelope.status() != parts.status
            && !Written::is_of(&parts.extensions, envelope, parts.status)
        {
            envelope.set_status(parts.status);
        }
    } else if !status::is_error(envelope.status()) {
        // A client of gRPC got a success that is not in gRPC.
        envelope.set_status(StatusCode::INTERNAL_SERVER_ERROR);
    }
}

/// Whether a body that is the documented JSON may be sent without being written again.
fn may_keep_body(config: &Config, caller: Caller, parts: &Parts) -> bool {
    caller.protocol == Protocol::Http
        && config.writer(caller.choice).is_none()
        && Kind::from_headers(&parts.headers) == Kind::Json
}

/// Sends a documented body as it is, and adapts the head to it.
fn keep(
    caller: Caller,
    parts: &mut Parts,
    envelope: &Envelope,
    documented: Documented,
    body: &Bytes,
) -> AnswerBody {
    let body = match documented {
        Documented::Unread => {
            response_head::set_status(parts, envelope.status());
            return AnswerBody::Inner(Bytes::new());
        }
        Documented::Read => {
            response_head::keep_body(parts, envelope.status());
            body.clone()
        }
        Documented::Coded(coded) => {
            response_head::keep_coded_body(parts, envelope.status());
            coded
        }
    };
    if caller.reads_head_only() {
        return AnswerBody::HeadOnly;
    }
    AnswerBody::Full(body)
}

/// Writes the envelope in the protocol of the caller.
///
/// The body of an error that was read has at most twice the body limit and [`OVERHEAD`] bytes. If it is longer, for example by
/// escapes, it is written again as the envelope of its status.
fn write(config: &Config, caller: Caller, parts: &mut Parts, applied: &mut Applied) -> AnswerBody {
    let body = write_all(config, caller, parts, applied);
    let most = config.body_limit.saturating_mul(2).saturating_add(OVERHEAD);
    match &body {
        AnswerBody::Full(bytes) if bytes.len() > most && was_read(&applied.envelope) => {}
        _ => return body,
    }
    applied.degrade();
    write_all(config, caller, parts, applied)
}

/// The bytes of an answer that are not texts of the error: names, quotes and braces.
const OVERHEAD: usize = 512;

/// Whether a peer sent the error.
fn was_read(envelope: &Envelope) -> bool {
    matches!(envelope.origin(), Origin::Wire(_))
}

fn write_all(
    config: &Config,
    caller: Caller,
    parts: &mut Parts,
    applied: &mut Applied,
) -> AnswerBody {
    if config.is_server() && status::is_server_error(parts.status) {
        // The reason phrase of an upstream may contain the masked text.
        response_head::forget_reason(parts);
    }
    if applied.is_masked {
        // These headers may contain the masked text.
        remove_all(&mut parts.headers, says_error);
        response_head::forget_status(&mut parts.extensions);
    }
    match caller.protocol {
        Protocol::Http => write_http(config, caller, parts, applied),
        Protocol::Grpc(media) => rpc::write_grpc(config, media, parts, &mut applied.envelope),
        Protocol::ConnectUnary => rpc::write_connect(config, parts, &applied.envelope),
        Protocol::ConnectStream(media) => {
            rpc::write_connect_stream(config, media, parts, &applied.envelope)
        }
    }
}

fn write_http(config: &Config, caller: Caller, parts: &mut Parts, applied: &Applied) -> AnswerBody {
    let envelope = &applied.envelope;
    let was_page = Kind::from_headers(&parts.headers) == Kind::Page;
    let keeps_words = applied.original.is_none() && envelope.sent_message().is_some();
    let bytes = match config.writer(caller.choice) {
        None => {
            response_head::replace(parts, envelope.status(), envelope.headers(), keeps_words);
            response_head::set_content_type(&mut parts.headers, JSON);
            (caller.reads != Reads::Head).then(|| Clustr::to_json(envelope))
        }
        Some(writer) => write_dialect(writer, parts, envelope, keeps_words),
    };
    if config.is_server() {
        mark(config, &mut parts.headers, envelope, was_page);
    }
    match bytes {
        Some(bytes) if caller.reads != Reads::Head => AnswerBody::Full(bytes),
        _ => AnswerBody::HeadOnly,
    }
}

/// Writes the envelope in a dialect. If the writer of the user panics, the documented JSON is written instead.
fn write_dialect(
    writer: &dyn ErrorWriter,
    parts: &mut Parts,
    envelope: &Envelope,
    keeps_words: bool,
) -> Option<Bytes> {
    let written = guarded("ErrorWriter", || writer.write(envelope));
    let (mut new, bytes) = written
        .unwrap_or_else(|| Clustr.write(envelope))
        .into_parts();
    // A writer may set any headers. The server takes the length from the body.
    response_head::remove_framing(&mut new.headers);
    parts.headers.remove(CONTENT_TYPE);
    response_head::replace(parts, envelope.status(), &new.headers, keeps_words);
    Some(bytes)
}

/// Adds headers for caches and browsers.
fn mark(config: &Config, headers: &mut HeaderMap, envelope: &Envelope, was_page: bool) {
    response_head::add_nosniff(headers);
    let was_page = was_page && !status::is_server_error(envelope.status());
    if config.dialects.are_several() || (config.keeps_pages && was_page) {
        response_head::add_vary(headers);
    }
    if policy::is_internal(envelope) {
        response_head::add_no_store(headers);
    }
}

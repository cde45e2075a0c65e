//! From an error as it was to the response that it becomes.

use std::error::Error;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::response::Parts;
use http::{HeaderMap, Response, StatusCode};

use super::config::{Config, ServerConfig};
use super::extension::Masked;
use super::facts::{Caller, Facts};
use super::{grpc, head, log, service_error};
use crate::envelope::{Envelope, Form, Origin};
use crate::grpc::status::GrpcStatus;
use crate::http::media_type::Kind;
use crate::http::status;
use crate::read;
use crate::write::Clustr;

/// The body of the response that an error becomes.
pub(super) enum Answer {
    /// The one that the error came with.
    Same,
    /// These bytes.
    New(Bytes),
    /// None: only the head was asked for, and how long a body would be is not known.
    HeadOnly,
}

impl Config {
    /// Answers the error that a response carries in these bytes.
    pub(super) fn answer_bytes(&self, facts: Facts, parts: Parts, bytes: Bytes) -> (Parts, Answer) {
        let response = Response::from_parts(parts, bytes);
        let envelope = read::read_with(self.readers(), &response).envelope;
        let (mut parts, bytes) = response.into_parts();
        let answer = self.answer_read(facts, &mut parts, bytes, envelope);
        (parts, answer)
    }

    /// Answers the error that a success carries in these bytes; gives back its head if there is none.
    pub(super) fn answer_success(
        &self,
        facts: Facts,
        parts: Parts,
        bytes: &Bytes,
    ) -> Result<(Parts, Answer), Parts> {
        let response = Response::from_parts(parts, bytes.clone());
        let envelope = read::read_success(self.readers(), &response);
        let (mut parts, bytes) = response.into_parts();
        let Some(envelope) = envelope else {
            return Err(parts);
        };
        head::set_status(&mut parts, envelope.status());
        let answer = self.answer_read(facts, &mut parts, bytes, envelope);
        Ok((parts, answer))
    }

    /// Answers the error that was read from these bytes.
    fn answer_read(
        &self,
        facts: Facts,
        parts: &mut Parts,
        bytes: Bytes,
        envelope: Envelope,
    ) -> Answer {
        match self.answer(facts, parts, envelope) {
            Answer::Same => {
                head::remove_framing(&mut parts.headers);
                Answer::New(bytes)
            }
            answer => answer,
        }
    }

    /// Answers an error of the service.
    pub(super) fn answer_service_error(
        &self,
        facts: Facts,
        error: &(dyn Error + 'static),
    ) -> (Parts, Answer) {
        let map = self
            .server
            .as_ref()
            .and_then(|server| server.service_error.as_ref());
        let known = map.and_then(|map| map(error));
        let mut envelope = known.unwrap_or_else(|| service_error::envelope_of(error));
        if envelope.origin() == Origin::Inferred && status::is_server_error(envelope.status()) {
            envelope.set_message(service_error::text_of(error).into());
        }
        envelope.set_form(Form::Value);
        let (mut parts, ()) = Response::new(()).into_parts();
        parts.status = envelope.status();
        let answer = self.answer(facts, &mut parts, envelope);
        (parts, answer)
    }

    /// Answers an error whose envelope is known.
    pub(super) fn answer(&self, facts: Facts, parts: &mut Parts, mut envelope: Envelope) -> Answer {
        if status::is_error(parts.status) {
            envelope.set_status(parts.status);
        } else if !status::is_error(envelope.status()) {
            // What a client of gRPC got was no error, but no gRPC either.
            envelope.set_status(StatusCode::INTERNAL_SERVER_ERROR);
            if envelope.sent_message().is_none() && envelope.field_errors().is_empty() {
                envelope.set_message(parts.status.to_string().into());
            }
        }
        let (mut envelope, original) = self.apply_policy(envelope);
        let answer = self.write(facts, parts, &mut envelope, original.is_some());

        envelope.set_form(self.written());
        if let Some(hook) = &self.on_error {
            hook(envelope.status(), &envelope, original.as_ref());
        }
        if let Some(original) = original {
            log::masked(envelope.status(), &original);
            parts.extensions.insert(Masked::new(original));
        }
        parts.extensions.insert(envelope);
        answer
    }

    /// What of the error may be said to the client, and what it really said if that was masked.
    fn apply_policy(&self, mut envelope: Envelope) -> (Envelope, Option<Envelope>) {
        let mut original = None;
        if let Some(server) = &self.server {
            if is_validation(&envelope) {
                envelope.set_status(server.validation_status);
            }
            if server.masks && is_internal(&envelope) {
                let masked = generic(&envelope);
                original = Some(std::mem::replace(&mut envelope, masked)).filter(says_something);
            }
        }
        if let Some(namespace) = &self.namespace {
            envelope.set_namespace(namespace);
        }
        if let Some(map) = &self.map {
            envelope = map(envelope);
        }
        (envelope, original)
    }

    fn write(
        &self,
        facts: Facts,
        parts: &mut Parts,
        envelope: &mut Envelope,
        masked: bool,
    ) -> Answer {
        if let Some(answer) = grpc::write(self, facts.caller, parts, envelope) {
            return answer;
        }
        let kind = Kind::from_headers(&parts.headers);
        let was_page = kind == Kind::Page && !status::is_server_error(parts.status);
        let writer = self.writer(facts.choice);
        let verbatim = !masked && envelope.sent_message().is_some();
        let answer = match writer {
            None if kind == Kind::Json && envelope.form() == Form::Documented => {
                head::set_status(parts, envelope.status());
                Answer::Same
            }
            None => {
                head::replace_documented(parts, envelope, verbatim);
                facts.caller.answer(parts, || Clustr::to_json(envelope))
            }
            Some(writer) => {
                let (new, bytes) = writer.write(envelope).into_parts();
                head::replace(parts, envelope.status(), new.headers, verbatim);
                facts.caller.answer(parts, || bytes)
            }
        };
        if let Some(server) = &self.server {
            server.mark(&mut parts.headers, &answer, envelope, was_page);
        }
        answer
    }
}

impl Caller {
    fn answer(self, parts: &mut Parts, bytes: impl FnOnce() -> Bytes) -> Answer {
        match self {
            Self::Http => Answer::New(bytes()),
            Self::Head => Answer::HeadOnly,
            Self::Grpc(_) | Self::Other => {
                parts.headers.remove(CONTENT_TYPE);
                Answer::New(Bytes::new())
            }
        }
    }
}

impl ServerConfig {
    /// Tells caches and browsers what the answer depends on and how to take it.
    fn mark(&self, headers: &mut HeaderMap, answer: &Answer, envelope: &Envelope, was_page: bool) {
        if !matches!(answer, Answer::Same) {
            head::add_nosniff(headers);
        }
        if self.dialects.are_several() || (self.keeps_pages && was_page) {
            head::add_vary(headers);
        }
        if is_internal(envelope) {
            head::add_no_store(headers);
        }
    }
}

/// Whether this is an error of the server that nobody meant for the client.
fn is_internal(envelope: &Envelope) -> bool {
    let meant = match (envelope.origin(), GrpcStatus::remembered(envelope)) {
        (Origin::Deliberate | Origin::Wire("clustr"), _) => true,
        (Origin::Wire("grpc"), Some(came)) => !came.code.is_internal(),
        _ => false,
    };
    status::is_server_error(envelope.status()) && !meant
}

fn is_validation(envelope: &Envelope) -> bool {
    let is_status = matches!(
        envelope.status(),
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY
    );
    is_status && !envelope.field_errors().is_empty()
}

/// What is said where nothing may be said.
fn generic(original: &Envelope) -> Envelope {
    let mut envelope = Envelope::from_status(original.status());
    envelope.set_origin(Origin::Inferred);
    if let Some(came) = GrpcStatus::remembered(original) {
        envelope.set_protocol_status(GrpcStatus::from_code(came.code));
    }
    envelope
}

/// Whether there is anything to be masked.
fn says_something(envelope: &Envelope) -> bool {
    envelope.origin() != Origin::Inferred || envelope.sent_message().is_some()
}

//! One response of Envoy: its head, and its body if it has to be read.

use std::sync::Arc;

use bytes::Bytes;
use envoy_types::pb::envoy::extensions::filters::http::ext_proc::v3::processing_mode::{
    BodySendMode, HeaderSendMode,
};
use envoy_types::pb::envoy::extensions::filters::http::ext_proc::v3::ProcessingMode;
use envoy_types::pb::envoy::service::ext_proc::v3::common_response::ResponseStatus;
use envoy_types::pb::envoy::service::ext_proc::v3::processing_request::Request as Message;
use envoy_types::pb::envoy::service::ext_proc::v3::processing_response::Response as Answering;
use envoy_types::pb::envoy::service::ext_proc::v3::{
    BodyResponse, CommonResponse, HeadersResponse, HttpBody, ProcessingRequest, ProcessingResponse,
    TrailersResponse,
};
use http::header::{HeaderMap, CONTENT_LENGTH};
use settings::Settings;
use tower_error_envelope::exchange::{Answer, AnswerBody, BodyHint, Head, Reading};

use crate::message;

/// The known part of the response.
pub(crate) struct Exchange {
    settings: Arc<Settings>,
    held: Option<Held>,
}

/// An error whose body has not arrived.
struct Held {
    /// The headers as Envoy has them.
    headers: HeaderMap,
    reading: Reading,
}

impl Exchange {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            held: None,
        }
    }

    /// Exactly one message for each of Envoy's.
    pub(crate) fn answer(&mut self, request: ProcessingRequest) -> ProcessingResponse {
        match request.request {
            Some(Message::ResponseHeaders(head)) => {
                let ended = head.end_of_stream;
                let Some(parts) = message::parts(head, &request.attributes) else {
                    return on_head(CommonResponse::default());
                };
                let caller = message::caller(&self.settings.normaliser, &request.attributes);
                self.head(caller, parts, ended)
            }
            Some(Message::ResponseBody(body)) => self.body(body),
            Some(Message::RequestBody(_)) => request_body(),
            Some(Message::RequestTrailers(_)) => {
                respond(Answering::RequestTrailers(TrailersResponse::default()))
            }
            Some(Message::ResponseTrailers(_)) => {
                respond(Answering::ResponseTrailers(TrailersResponse::default()))
            }
            Some(Message::RequestHeaders(_)) => {
                respond(Answering::RequestHeaders(HeadersResponse::default()))
            }
            None => ProcessingResponse::default(),
        }
    }

    fn head(
        &mut self,
        caller: tower_error_envelope::exchange::Caller,
        mut parts: http::response::Parts,
        ended: bool,
    ) -> ProcessingResponse {
        if parts.status.as_u16() >= 400 && !self.settings.covers(parts.status.as_u16()) {
            return on_head(CommonResponse::default());
        }
        let headers = parts.headers.clone();
        let length = headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        match self
            .settings
            .normaliser
            .head(caller, &mut parts, BodyHint { ended, length })
        {
            Head::Pass => on_head(message::common(message::mutation(&headers, &parts), None)),
            Head::Read(reading) if ended => known(&headers, &reading.end(Ok(())), true),
            Head::Read(reading) => {
                self.held = Some(Held { headers, reading });
                ProcessingResponse {
                    mode_override: Some(with_body()),
                    ..on_head(CommonResponse::default())
                }
            }
            Head::Answer(answer) => known(&headers, &answer, ended),
        }
    }

    /// The whole body, or as much of it as Envoy's buffer holds.
    fn body(&mut self, body: HttpBody) -> ProcessingResponse {
        let Some(Held {
            headers,
            mut reading,
        }) = self.held.take()
        else {
            return on_body(CommonResponse::default());
        };
        let whole = body.end_of_stream;
        // Without the end of the stream, trailers or bytes beyond the buffer follow. In both cases the received bytes are
        // read, and the rest must not follow the answer.
        let known = reading.push(Bytes::from(body.body));
        let answer = known.unwrap_or_else(|| reading.end(Ok(())));
        match &answer.body {
            AnswerBody::Full(bytes) if whole => on_body(message::common(
                message::mutation(&headers, &answer.parts),
                Some(bytes),
            )),
            AnswerBody::Full(bytes) => message::immediate(&answer.parts, bytes),
            AnswerBody::EndsWithHead => message::immediate(&answer.parts, &[]),
            AnswerBody::HeadOnly | AnswerBody::Inner(_) => on_body(message::common(
                message::mutation(&headers, &answer.parts),
                None,
            )),
        }
    }
}

/// An answer that is known without the body.
fn known(headers: &HeaderMap, answer: &Answer, ended: bool) -> ProcessingResponse {
    let mutation = message::mutation(headers, &answer.parts);
    match &answer.body {
        AnswerBody::Full(bytes) if ended => on_head(CommonResponse {
            status: ResponseStatus::ContinueAndReplace.into(),
            ..message::common(mutation, Some(bytes))
        }),
        AnswerBody::Full(bytes) => message::immediate(&answer.parts, bytes),
        AnswerBody::EndsWithHead if !ended => message::immediate(&answer.parts, &[]),
        AnswerBody::EndsWithHead | AnswerBody::HeadOnly | AnswerBody::Inner(_) => {
            on_head(message::common(mutation, None))
        }
    }
}

/// Only errors cost a second message.
fn with_body() -> ProcessingMode {
    ProcessingMode {
        request_header_mode: HeaderSendMode::Skip.into(),
        response_header_mode: HeaderSendMode::Send.into(),
        response_body_mode: BodySendMode::BufferedPartial.into(),
        ..ProcessingMode::default()
    }
}

fn respond(response: Answering) -> ProcessingResponse {
    ProcessingResponse {
        response: Some(response),
        ..ProcessingResponse::default()
    }
}

fn on_head(response: CommonResponse) -> ProcessingResponse {
    respond(Answering::ResponseHeaders(HeadersResponse {
        response: Some(response),
    }))
}

fn on_body(response: CommonResponse) -> ProcessingResponse {
    respond(Answering::ResponseBody(BodyResponse {
        response: Some(response),
    }))
}

fn request_body() -> ProcessingResponse {
    respond(Answering::RequestBody(BodyResponse::default()))
}

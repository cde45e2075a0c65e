//! The end of a body that fails after its head was sent.
//!
//! In: the head of a success, the frames that pass, and the error of the body. Out: an [`Ending`]. The body of the layer calls
//! it, if [`with_last_frame`](crate::ErrorEnvelopeLayer::with_last_frame) is set.
//!
//! The label of the response (its `Content-Type`) decides the form of the end:
//!
//! | label | last frame | then |
//! | --- | --- | --- |
//! | `application/grpc`, to a caller of gRPC | trailers | end |
//! | `application/grpc-web`, `…-text` | a frame of trailers, for `-text` in base64 | end |
//! | `application/connect+…` | the frame that ends a stream | end |
//! | `text/event-stream` | an event `error` | the body's error |
//! | lines of JSON, `application/json-seq` | a line | the body's error |
//! | any other | none | the body's error |
//!
//! Only for gRPC, the request matters as well. The policy decides what the client may read, as for errors of services. Hook and
//! log get the error.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Extensions, HeaderMap};

use super::caller::Caller;
use super::config::Config;
use super::event_head::{shortened, with_head};
use super::extensions::{Passthrough, ResponseOrigin};
use super::guard::guarded;
use super::normaliser::Normaliser;
use super::place::Place;
use super::policy::{self, Applied};
use super::report::{hook_gets, report_others};
use super::response_head::{BodyHint, HeadRef};
use super::stream_label::{Notes, StreamLabel};
use super::{rpc, service_error};
use crate::body::{Reported, RequestContext};
use crate::envelope::Envelope;
use crate::grpc::protocol::Protocol;
use crate::http::{header_list, header_lookup, status};
use crate::write::Clustr;

/// Watches a body, and makes its end if it fails.
#[derive(Debug)]
pub(crate) struct LastFrame {
    config: Arc<Config>,
    caller: Caller,
    request: Option<Box<RequestContext>>,
    origin: Option<ResponseOrigin>,
    label: StreamLabel,
    notes: Notes,
    place: Place,
    /// Whether the response has a [`Passthrough`].
    passes: bool,
}

/// What follows the frames that a body has given.
#[derive(Debug)]
pub(crate) enum Ending {
    /// The error, and nothing before it. Hook and log have got it.
    Error,
    /// These bytes, then the error.
    DataThenError(Bytes),
    /// These bytes, then the end.
    Data(Bytes),
    /// These trailers, then the end.
    Trailers(HeaderMap),
}

impl Normaliser {
    /// A watch over the body of a response with this head. It knows how to end the body if the body fails.
    pub(crate) fn last_frame(
        &self,
        caller: Caller,
        request: Option<Box<RequestContext>>,
        head: HeadRef<'_>,
        hint: BodyHint,
    ) -> LastFrame {
        LastFrame::new(&self.config, caller, request, head, hint)
    }
}

impl LastFrame {
    /// Watches the body of a response with this head.
    ///
    /// Nothing can be added to a body that is coded, or whose length was announced, or whose status forbids content.
    pub(super) fn new(
        config: &Arc<Config>,
        caller: Caller,
        request: Option<Box<RequestContext>>,
        head: HeadRef<'_>,
        hint: BodyHint,
    ) -> Self {
        let label = match StreamLabel::of(head.headers, config.answers_grpc()) {
            _ if status::is_error(head.status) || status::has_no_content(head.status) => {
                StreamLabel::Other
            }
            // HTTP/1.1 may drop trailers. Then the failed stream looks complete. Callers of gRPC speak HTTP/2.
            StreamLabel::Grpc(_) if !matches!(caller.protocol, Protocol::Grpc(_)) => {
                StreamLabel::Other
            }
            label if label.is_data() && is_closed(head.headers, hint) => StreamLabel::Other,
            label => label,
        };
        Self {
            config: Arc::clone(config),
            caller,
            request,
            origin: head.extensions.get().copied(),
            label,
            notes: Notes::of(label),
            place: Place::default(),
            passes: head.extensions.get::<Passthrough>().is_some(),
        }
    }

    /// Takes note of the data of a frame that passes.
    #[inline]
    pub(crate) fn see(&mut self, data: &[u8]) {
        if matches!(self.notes, Notes::Text) {
            self.place.see_text(data);
        } else if !matches!(self.notes, Notes::None) {
            self.see_messages(data);
        }
    }

    /// The same, for messages. It is not inlined: otherwise the compiler makes a jump table, which costs more for each frame.
    #[cold]
    fn see_messages(&mut self, data: &[u8]) {
        match self.notes {
            Notes::Base64 => self.place.see_base64(data),
            _ => self.place.see_messages(data),
        }
    }

    /// Takes note of trailers that pass. Nothing can be added after them.
    pub(crate) fn see_trailers(&mut self) {
        self.label = StreamLabel::Other;
        self.notes = Notes::None;
    }

    /// The end of a body that failed with this error. Hook and log get the error, unless the response has a
    /// [`Passthrough`] or an inner layer reported the failure.
    pub(crate) fn fail(
        &mut self,
        error: &Arc<dyn Error + Send + Sync>,
        reported: Reported,
    ) -> (Ending, Reported) {
        if self.passes {
            return (Ending::Error, reported);
        }
        let mut envelope = service_error::envelope_of_shared(&self.config, error);
        if !status::is_error(envelope.status()) {
            envelope.set_status(http::StatusCode::INTERNAL_SERVER_ERROR);
        }
        let mut extensions = Extensions::new();
        if let Some(origin) = self.origin {
            extensions.insert(origin);
        }
        let request = self.request.take();
        let request = request.as_ref().map(|request| &request.head);
        let writes = self.label != StreamLabel::Other && !reported.client;
        let applied = policy::apply_to(
            &self.config,
            request,
            &extensions,
            envelope,
            writes || hook_gets(&self.config, reported),
        );
        let ending = self.ending(&applied);
        let reported = if applied.is_reported {
            report_others(&self.config, request, &applied, &Bytes::new(), reported)
        } else {
            reported
        };
        (ending, reported)
    }

    /// The end in the form of the label. If no error can be added, it is the error of the body alone.
    fn ending(&self, applied: &Applied) -> Ending {
        let envelope = &applied.envelope;
        let is_open = self.place.is_open_for_message();
        match self.label {
            StreamLabel::Grpc(media) => {
                Ending::Trailers(rpc::trailers(&self.config, media, envelope))
            }
            StreamLabel::GrpcWeb(media) if is_open => {
                Ending::Data(rpc::web_trailers(&self.config, media, envelope))
            }
            StreamLabel::GrpcWebText(media) if self.place.is_open_for_base64() => {
                Ending::Data(rpc::web_text_trailers(&self.config, media, envelope))
            }
            StreamLabel::Connect if is_open => {
                Ending::Data(rpc::end_of_stream(&self.config, envelope))
            }
            StreamLabel::Events => {
                let close = self.place.close_event();
                let parts = [close, "event: error\ndata: ", &self.event(applied), "\n\n"];
                Ending::DataThenError(parts.concat().into())
            }
            StreamLabel::Lines => {
                let parts = [self.place.close_line(), &self.event(applied), "\n"];
                Ending::DataThenError(parts.concat().into())
            }
            StreamLabel::Sequence => {
                let close = self.place.close_line();
                let parts = [close, "\u{1e}", &self.event(applied), "\n"];
                Ending::DataThenError(parts.concat().into())
            }
            // A half-written message can neither be completed nor be removed.
            _ => Ending::Error,
        }
    }

    /// The error as one line, in the dialect of this caller. It has at most [`MAX_LINE`] bytes, unless the dialect adds more.
    fn event(&self, applied: &Applied) -> String {
        let line = self.line(&applied.envelope);
        match line.len() > MAX_LINE {
            true => self.line(&shortened(&applied.envelope)),
            false => line,
        }
    }

    fn line(&self, envelope: &Envelope) -> String {
        let dialect = self.config.writer(self.caller.choice);
        // Many types of the documented dialect imply the status.
        let implied = envelope.shown_error_type();
        let implied = implied.and_then(|name| name.documented_status());
        let is_implied = dialect.is_none() && implied == Some(envelope.status());
        let envelope = with_head(envelope, is_implied);
        let writer = dialect.unwrap_or(&Clustr);
        let written = guarded("ErrorWriter", || writer.write_event(&envelope));
        let bytes = written.unwrap_or_else(|| Clustr::to_json(&envelope));
        String::from_utf8_lossy(&bytes).replace(['\r', '\n'], " ")
    }
}

/// Bytes of the line of an error. Clients take an event or a line of more than 64 KiB for data.
const MAX_LINE: usize = 60 * 1024;

/// Whether no bytes can be added to a body.
fn is_closed(headers: &HeaderMap, hint: BodyHint) -> bool {
    hint.length.is_some()
        || header_lookup::has(headers, &CONTENT_LENGTH)
        || header_list::is_coded(headers)
}

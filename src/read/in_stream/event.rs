//! The error that an event of a stream is, or a line of JSON.
//!
//! ```text
//! event: error
//! data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}
//! ```
//!
//! 1. An event with the name `error` is an error, with any data.
//! 2. Of any other, `part` finds the part of the JSON that tells the error. Most have none, and are data.
//! 3. `status` finds the status that it should have had.
//! 4. The readers of responses read the part.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::error_object::Part;
use super::status::ERROR;
use super::surrogates::without_halves;
use super::{own, part, status};
use crate::envelope::{Envelope, DETAILS_KEY};
use crate::grpc::metadata;
use crate::read::document::{parse_json, Value};
use crate::read::reader::ErrorReader;

impl Envelope {
    /// The error that an event of a stream is: `event` is its name, if it has one, and `data` its data. `None` if the event
    /// is data.
    ///
    /// It is for users of a reader of events
    /// ([HTML §9.2](https://html.spec.whatwg.org/multipage/server-sent-events.html)) or of lines: a line of
    /// [NDJSON](https://github.com/ndjson/ndjson-spec) is an event without a name. It knows what these send after an
    /// answer has begun: OpenAI (`error`, `response.failed`), Anthropic, Gemini, Ollama, vLLM and their like, JSON-RPC and
    /// MCP, Kubernetes (a watch's `ERROR`), docker (`errorDetail`), the end of a stream of Connect, grpc-gateway, GraphQL,
    /// problem details with a `type`, and the documented envelope. An event with the name `error` is an error whatever it says.
    ///
    /// The status is the one that the error gives as a number or as the name of a code, else the one that its type
    /// implies, else 500: who fails after the answer has begun is the server.
    ///
    /// Data that only resembles an error is data: `{"error": null}`, a line of a log, a job that failed.
    ///
    /// ```
    /// use std::time::Duration;
    /// use tower_error_envelope::{Envelope, ErrorKind};
    ///
    /// let data = r#"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}"#;
    /// let error = Envelope::from_event(Some("error"), data).expect("an error");
    /// assert_eq!((error.kind(), error.message()), (ErrorKind::RateLimited, "Slow down"));
    ///
    /// let line = r#"{"error":{"code":8,"message":"quota exceeded"}}"#;
    /// assert_eq!(Envelope::from_event(None, line).expect("an error").status(), 429);
    ///
    /// assert_eq!(Envelope::from_event(None, r#"{"token":"Hello","error":null}"#), None);
    /// assert_eq!(Envelope::from_event(None, "[DONE]"), None);
    /// ```
    #[must_use]
    pub fn from_event(event: Option<&str>, data: &str) -> Option<Self> {
        read_event([], event, data)
    }
}

/// The error in an event. These readers are asked first. The cost is linear in the bytes of `data`.
pub(super) fn read_event<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    event: Option<&str>,
    data: &str,
) -> Option<Envelope> {
    let is_named = event == Some(ERROR);
    if !is_named && !may_tell(data.as_bytes()) {
        return None;
    }
    let data = data.trim_start_matches('\u{feff}').trim();
    let whole = without_halves(data);
    let document = parse_json(&whole);
    let root = document.as_ref().map(|document| document.root());
    let part = root.and_then(|root| part::find(event, root));
    if part.is_none() && !is_named {
        return None;
    }
    let (told, text) = match part {
        Some(Part { status, text }) => (Some(status), Some(text)),
        None => (root, root),
    };
    let status = told.and_then(status::given);
    // To write a document into memory cannot fail.
    let json = text.and_then(|text| serde_json::to_vec(&text).ok());
    let body = json.unwrap_or_else(|| data.into()).into();
    let mut envelope = read_body(readers, status, body, root.is_some());
    if let Some(root) = root {
        envelope = with_metadata(envelope, root);
    }
    let mut envelope = with_delay(envelope);
    let is_own = |root: Value<'_>| root.get(DETAILS_KEY).is_some() || own::problem(root).is_some();
    if root.is_some_and(is_own) {
        own::forget_head(&mut envelope);
    }
    Some(envelope)
}

/// Whether a unit or its data may be an error. Every error has one of these letters in a name or in a value. They rule out most
/// data.
pub(super) fn may_tell(unit: &[u8]) -> bool {
    let mut letters = unit.windows(4);
    letters.any(|four| matches!(four, b"rror" | b"RROR" | b"\"tit" | b"lure"))
}

/// Reads an error as if it were the body of a response.
fn read_body<'a>(
    readers: impl IntoIterator<Item = &'a dyn ErrorReader>,
    status: Option<StatusCode>,
    body: Bytes,
    is_json: bool,
) -> Envelope {
    let label = if is_json {
        "application/json"
    } else {
        "text/plain"
    };
    let mut response = Response::new(body);
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let label = HeaderValue::from_static(label);
    response.headers_mut().insert(CONTENT_TYPE, label);
    let mut envelope = crate::read::read_with(readers, &response).envelope;
    if let (None, Some(implied)) = (status, status::of_type(envelope.sent_error_type())) {
        envelope.set_status(implied);
    }
    if let (None, Some(named)) = (status, status::of_number(envelope.sent_error_type())) {
        envelope.set_status(named);
        envelope.set_error_type("".into());
    }
    envelope
}

/// A delay that stands in the event is the one that would stand in the head of a response.
fn with_delay(envelope: Envelope) -> Envelope {
    let seconds: Option<f64> = envelope.members().get_as("retry_after");
    match seconds.filter(|seconds| !envelope.headers().contains_key(RETRY_AFTER) && *seconds >= 0.0)
    {
        Some(seconds) => envelope.with_header(RETRY_AFTER, seconds.ceil().min(MAX_DELAY) as u64),
        None => envelope,
    }
}

/// Longer delays, in seconds, are as long as this: a year.
const MAX_DELAY: f64 = 365.0 * 24.0 * 60.0 * 60.0;

/// Adds the metadata at the end of a stream of Connect, as far as it may become headers: `{"retry-after": ["7"]}`.
fn with_metadata(envelope: Envelope, root: Value<'_>) -> Envelope {
    let entries = root.get("metadata").into_iter().flat_map(Value::members);
    let values = entries.flat_map(|(name, list)| list.items().map(move |value| (name, value)));
    values
        .take(MAX_METADATA)
        .fold(envelope, |envelope, (name, value)| {
            let name = HeaderName::try_from(name).ok().filter(metadata::is_safe);
            match name.zip(value.as_text()) {
                Some((name, text)) => envelope.with_header(name, text),
                None => envelope,
            }
        })
}

/// Values of metadata after so many are not read.
const MAX_METADATA: usize = 64;

//! The part of an event's JSON that tells an error.
//!
//! One rule for each kind of stream. A rule asks for the whole form, because data may have any member: a job that failed, a
//! line of a log, a measured error.

use bytes::Bytes;
use serde::ser::{Serialize, Serializer};

use super::own::{detailed, details, documented, problem};
use super::status::ERROR;
use crate::envelope::DETAILS_KEY;
use crate::read::document::{Number, Value};
use crate::read::formats::json_rpc;
use crate::read::{any_json, in_success};

/// Where an event tells its error.
pub(super) struct Part<'d> {
    /// What tells the status.
    pub(super) status: Value<'d>,
    /// The response that the readers get.
    pub(super) text: Value<'d>,
}

/// The part of `root` that tells the error, if there is one.
pub(super) fn find<'d>(event: Option<&str>, root: Value<'d>) -> Option<Part<'d>> {
    if let Some((status, text)) = docker(root) {
        return Some(Part { status, text });
    }
    let part = find_whole(event, root)?;
    Some(Part {
        status: part,
        text: part,
    })
}

fn find_whole<'d>(event: Option<&str>, root: Value<'d>) -> Option<Value<'d>> {
    let rules = [
        documented, detailed, json_rpc, watch, chunk, typed, connect, problem, alone,
    ];
    let rule = || rules.iter().find_map(|rule| rule(root));
    failed(event, root).or_else(rule)
}

/// The JSON of `value` for the readers, without what tells the place of an event in its stream.
pub(super) fn to_json(value: Value<'_>) -> Bytes {
    let json = match value.is_object() {
        true => serde_json::to_vec(&Placeless(value)),
        false => serde_json::to_vec(&value),
    };
    // To write a document into memory cannot fail.
    json.unwrap_or_default().into()
}

struct Placeless<'d>(Value<'d>);

impl Serialize for Placeless<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let members = self.0.members();
        let has_details = details(self.0).is_some();
        let is_of_place =
            |name: &str| PLACES.contains(&name) || (has_details && name == DETAILS_KEY);
        serializer.collect_map(members.filter(|(name, _)| !is_of_place(name)))
    }
}

/// Members that tell where in which stream an event stands, and nothing of its error.
const PLACES: [&str; 5] = [
    "conversation_id",
    "created_at",
    "message_id",
    "sequence_number",
    "task_id",
];

/// The metadata at the end of a stream of Connect, one value a name.
pub(super) fn metadata(root: Value<'_>) -> Option<impl Iterator<Item = (&str, &str)>> {
    let metadata = root.get("metadata")?;
    metadata.as_object()?;
    let entries = metadata.members();
    let values = entries.flat_map(|(name, values)| values.items().map(move |value| (name, value)));
    Some(
        values
            .filter_map(|(name, value)| Some((name, value.as_text()?)))
            .take(MAX_METADATA),
    )
}

/// Values of metadata after so many are not read.
const MAX_METADATA: usize = 64;

/// [JSON-RPC](https://www.jsonrpc.org/specification#response_object) and MCP: the response to a call.
fn json_rpc(root: Value<'_>) -> Option<Value<'_>> {
    let is_response =
        root.get("method").is_none() && root.get("result").map_or(true, Value::is_null);
    json_rpc::error(root).filter(|_| is_response).map(|_| root)
}

/// A watch of [Kubernetes](https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes):
/// `{"type": "ERROR", "object": {"kind": "Status", …}}`.
fn watch(root: Value<'_>) -> Option<Value<'_>> {
    let object = root.get("object")?;
    let is_failure =
        object.text("kind") == Some("Status") && object.text("status") != Some("Success");
    (root.text("type") == Some("ERROR") && is_failure).then_some(object)
}

/// [docker](https://docs.docker.com/reference/api/engine/): `{"errorDetail": {"message": "…"}, "error": "…"}`. Its `code` is
/// a status of HTTP or of a process, and no type.
fn docker(root: Value<'_>) -> Option<(Value<'_>, Value<'_>)> {
    let detail = root.get("errorDetail")?;
    let message = detail.get("message")?;
    let says = message
        .as_text()
        .is_some_and(|text| !text.trim().is_empty());
    says.then_some((detail, message))
}

/// OpenAI's Responses: the whole response failed. An item of it that failed (`response.mcp_call.failed`) is data.
fn failed<'d>(event: Option<&str>, root: Value<'d>) -> Option<Value<'d>> {
    let is_failed = [event, root.text("type")].contains(&Some("response.failed"));
    let error = root.get("response")?.get(ERROR)?;
    (is_failed && is_error_object(error)).then_some(error)
}

/// A chunk of a completion that broke off: OpenRouter's, with the error beside the choices.
fn chunk(root: Value<'_>) -> Option<Value<'_>> {
    let object = root.text("object")?;
    let is_chunk = object.ends_with(".chunk") || object == "text_completion";
    let error = root.get(ERROR)?;
    (is_chunk && is_error_object(error)).then_some(error)
}

/// Anthropic's, OpenAI's, Mistral's and Dify's event that says of itself that it is an error.
///
/// `{"type": "error", "message": "…"}` alone is a line of a log.
fn typed(root: Value<'_>) -> Option<Value<'_>> {
    let says = |key: &&str| root.text(key) == Some(ERROR);
    if !["type", "object", "event"].iter().any(says) {
        return None;
    }
    let inner = root.get(ERROR).filter(|error| is_error_object(*error));
    if inner.is_some() {
        return Some(root);
    }
    let has_message = root
        .text("message")
        .is_some_and(|text| !text.trim().is_empty());
    let has_code = ["code", "status"].iter().any(|key| root.get(key).is_some());
    let is_whole = root.members().all(|(name, _)| OF_TYPED.contains(&name));
    (has_message && has_code && is_whole).then_some(root)
}

/// The end of a stream of [Connect](https://connectrpc.com/docs/protocol#error-end-stream): its error, and metadata.
fn connect(root: Value<'_>) -> Option<Value<'_>> {
    let error = root.get(ERROR)?;
    let is_metadata = |(name, value): (&str, Value<'_>)| {
        let is_list = |(_, value): (&str, Value<'_>)| value.as_list().is_some();
        name == ERROR || (name == "metadata" && value.members().all(is_list))
    };
    let code = error
        .text("code")
        .and_then(crate::grpc::code::GrpcCode::from_connect_name);
    (code.is_some() && root.members().all(is_metadata)).then_some(root)
}

/// Ollama, OpenAI and its like, Gemini, grpc-gateway, GraphQL: nothing is there but the error.
fn alone(root: Value<'_>) -> Option<Value<'_>> {
    // With one it is a line of a log.
    let is_alone = root.get("timestamp").is_none() && in_success::is_alone(root);
    let told = root.get(ERROR).is_some_and(|error| tells(root, error));
    let listed = || root.get("errors").is_some_and(lists_errors);
    (is_alone && (told || listed())).then_some(root)
}

fn tells(root: Value<'_>, error: Value<'_>) -> bool {
    if let Some(text) = error.as_text() {
        return text.trim().parse::<f64>().is_err() && in_success::tells(error);
    }
    let has_message = || {
        root.text("message")
            .is_some_and(|text| !text.trim().is_empty())
    };
    is_error_object(error) || (error.as_bool() == Some(true) && has_message())
}

fn lists_errors(errors: Value<'_>) -> bool {
    let mut items = errors.items();
    !items.is_empty() && items.all(is_error_object)
}

/// Whether an object has a message, or a code of gRPC or of HTTP, and does not say that nothing happened.
fn is_error_object(error: Value<'_>) -> bool {
    let code = error.get("code").or(error.get("status"));
    let number = code.and_then(Value::as_number);
    let is_code = |number: i64| (1..=16).contains(&number) || (400..600).contains(&number);
    let has_code = number.and_then(Number::as_integer).is_some_and(is_code);
    let has_message = error
        .text("message")
        .is_some_and(|text| !text.trim().is_empty());
    let is_fine = number.is_some_and(Number::is_zero);
    error.is_object() && !is_fine && (has_message || has_code || any_json::says_why(error))
}

/// Members of an event that says of itself that it is an error.
const OF_TYPED: [&str; 15] = [
    "code",
    "conversation_id",
    "created_at",
    "details",
    "event",
    "message",
    "message_id",
    "object",
    "param",
    "request_id",
    "sequence_number",
    "status",
    "status_code",
    "task_id",
    "type",
];

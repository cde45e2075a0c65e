//! The part of an event's JSON that tells an error.
//!
//! One rule for each kind of stream. A rule asks for the whole form, because data may have any member: a job that failed, a
//! line of a log, a measured error.

use super::error_object::{is_error_object, lists_errors, says, Part};
use super::own::{detailed, documented, problem};
use super::status::ERROR;
use super::typed::typed;
use crate::read::document::Value;
use crate::read::formats::json_rpc;
use crate::read::in_success;

/// The part of `root` that tells the error, if there is one.
pub(super) fn find<'d>(event: Option<&str>, root: Value<'d>) -> Option<Part<'d>> {
    let rules = [
        documented,
        detailed,
        json_rpc,
        first_json_rpc,
        watch,
        state,
        chunk,
        finished,
        connect,
        problem,
        coded,
        alone,
    ];
    let whole = |part| Part {
        status: part,
        text: part,
    };
    failed(event, root)
        .or_else(|| rules.iter().find_map(|rule| rule(root)))
        .map(whole)
        .or_else(|| docker(root))
        .or_else(|| typed(root))
}

/// [JSON-RPC](https://www.jsonrpc.org/specification#response_object) and MCP: the response to a call.
fn json_rpc(root: Value<'_>) -> Option<Value<'_>> {
    let is_response =
        root.get("method").is_none() && root.get("result").map_or(true, Value::is_null);
    json_rpc::error(root).filter(|_| is_response).map(|_| root)
}

/// [JSON-RPC 1.0](https://www.jsonrpc.org/specification_v1#a1.2Response): a response has three members, and one of `result` and
/// `error` is null.
fn first_json_rpc(root: Value<'_>) -> Option<Value<'_>> {
    let has_nothing = root.get("result")?.is_null() && root.get("id").is_some();
    let error = root.get(ERROR)?;
    let is_error = error.get("code")?.as_integer().is_some() && says(error, "message");
    let is_response = has_nothing && is_error && root.members().count() == 3;
    is_response.then_some(root)
}

/// A watch of [Kubernetes](https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes):
/// `{"type": "ERROR", "object": {"kind": "Status", …}}`.
fn watch(root: Value<'_>) -> Option<Value<'_>> {
    let object = root.get("object")?;
    let is_failure =
        object.text("kind") == Some("Status") && object.text("status") != Some("Success");
    (root.text("type") == Some("ERROR") && is_failure).then_some(object)
}

/// An object `Status` of Kubernetes on its own, as it ends logs.
fn state(root: Value<'_>) -> Option<Value<'_>> {
    let is_failure = root.text("kind") == Some("Status") && root.text("status") == Some("Failure");
    (is_failure && root.get("apiVersion").is_some()).then_some(root)
}

/// [docker](https://docs.docker.com/reference/api/engine/): `{"errorDetail": {"message": "…"}, "error": "…"}`. Its `code` is
/// a status of HTTP or of a process, and no type.
fn docker(root: Value<'_>) -> Option<Part<'_>> {
    let status = root
        .get("errorDetail")
        .filter(|detail| says(*detail, "message"))?;
    let text = status.get("message")?;
    Some(Part { status, text })
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

/// The end of a completion that broke off: Cohere's, with the error beside the reason.
fn finished(root: Value<'_>) -> Option<Value<'_>> {
    let delta = root.get("delta")?;
    let reason = delta.text("finish_reason")?;
    let error = delta.get(ERROR)?;
    let is_told = in_success::tells(error) || is_error_object(error);
    (reason.eq_ignore_ascii_case(ERROR) && is_told).then_some(delta)
}

/// The end of a stream of [Connect](https://connectrpc.com/docs/protocol#error-end-stream): its error, and metadata.
fn connect(root: Value<'_>) -> Option<Value<'_>> {
    let error = root.get(ERROR)?;
    let is_metadata = |(name, value): (&str, Value<'_>)| {
        let is_list = |(_, value): (&str, Value<'_>)| value.is_list();
        name == ERROR || (name == "metadata" && value.members().all(is_list))
    };
    let code = error
        .text("code")
        .and_then(crate::grpc::code::GrpcCode::from_connect_name);
    (code.is_some() && root.members().all(is_metadata)).then_some(root)
}

/// A number and its text under the names of an error, with nothing beside them but an id: Qianfan's.
fn coded(root: Value<'_>) -> Option<Value<'_>> {
    let code = root.get("error_code")?;
    let is_told = code.is_nonzero() && (says(root, "error_msg") || says(root, "error_message"));
    let belongs = |(name, value): (&str, Value<'_>)| {
        ["id", "log_id"].contains(&name) || in_success::is_companion(name, value)
    };
    (is_told && root.members().all(belongs)).then_some(root)
}

/// Ollama, OpenAI and its like, Gemini, grpc-gateway, GraphQL, ksqlDB: nothing is there but the error.
fn alone(root: Value<'_>) -> Option<Value<'_>> {
    // With one it is a line of a log.
    let has_time = root.get("timestamp").is_some();
    let succeeded = |name: &&str| root.get(name).and_then(Value::as_bool) == Some(true);
    if has_time || ["ok", "success"].iter().any(succeeded) {
        return None;
    }
    // `"done": true` and `"hasNext": false` say how the stream goes on, and `"retryable": true` whether the call may.
    let says_no_more = |(name, value): (&str, Value<'_>)| {
        in_success::is_companion(name, value)
            || in_success::is_empty(value)
            || (value.as_bool().is_some() && name != ERROR)
            || TRACES.contains(&name)
    };
    if !root.members().all(says_no_more) {
        return None;
    }
    if root.get(ERROR).is_some_and(|error| tells(root, error))
        || root.get("errors").is_some_and(lists_errors)
    {
        return Some(root);
    }
    root.get("errorMessage")
        .filter(|error| is_error_object(*error))
}

/// Members that name the call to which an error belongs.
const TRACES: [&str; 4] = ["correlation_id", "span_id", "trace_id", "traceId"];

fn tells(root: Value<'_>, error: Value<'_>) -> bool {
    if let Some(text) = error.as_text() {
        return text.trim().parse::<f64>().is_err() && in_success::tells(error);
    }
    is_error_object(error) || (error.as_bool() == Some(true) && says(root, "message"))
}

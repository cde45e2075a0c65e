//! Events that name themselves errors: `{"type": "error", …}`.
//!
//! In: the JSON of an event. Out: what tells the status, and what tells the text; `None` if the event is data. `part` calls it.

use super::error_object::{is_error_object, lists_errors, says, Part};
use super::status::ERROR;
use crate::read::document::Value;

/// OpenAI's, Anthropic's, Mistral's, Dify's, the AI SDK's, AG-UI's, Gradio's, ksqlDB's and GraphQL's errors.
///
/// A line of a log names itself `error` as well, and so does the step of a build. So the event must have nothing but members of an
/// error: `{"type": "error", "message": "…"}` alone is a line of a log.
pub(super) fn typed(root: Value<'_>) -> Option<Part<'_>> {
    let names = KINDS.iter().filter_map(|key| root.text(key));
    let is_error = names.clone().any(|name| name == ERROR);
    let is_of_stream = |name: &str| OF_STREAM.iter().any(|of| of.eq_ignore_ascii_case(name));
    let fails_stream = names.clone().any(is_of_stream);
    if !is_error && !fails_stream {
        return None;
    }
    let part = |text| Part { status: root, text };
    if root.get(ERROR).is_some_and(is_error_object) {
        return Some(part(root));
    }
    let mut lists = LISTS.iter().filter_map(|name| root.get(name));
    if let Some(list) = lists.find(|list| lists_errors(*list)) {
        return Some(part(list));
    }
    let has_code = ["code", "status"].iter().any(|key| root.get(key).is_some());
    let told = match fails_stream {
        true => says(root, "message"),
        false => (says(root, "message") && has_code) || says(root, "errorText"),
    };
    let belongs = |name: &str| MEMBERS.contains(&name) || (fails_stream && MORE.contains(&name));
    (told && root.members().all(|(name, _)| belongs(name))).then(|| part(root))
}

/// Members in which the name of an event stands.
const KINDS: [&str; 5] = ["type", "object", "event", "@type", "msg"];

/// Names of errors of the whole stream, in any case. A log has no lines of these names.
const OF_STREAM: [&str; 6] = [
    "generic_error", // ksqlDB
    "run_error",     // AG-UI
    "server_error",
    "statement_error", // ksqlDB
    "stream_error",
    "unexpected_error", // Gradio
];

/// Members that list the errors.
const LISTS: [&str; 2] = ["payload", "errors"];

/// Members of an error.
const MEMBERS: [&str; 12] = [
    "code",
    "errorText",
    "event",
    "message",
    "message_id",
    "object",
    "param",
    "request_id",
    "sequence_number",
    "status",
    "task_id",
    "type",
];

/// Members of an error of the whole stream. A line of a log has some of them.
const MORE: [&str; 8] = [
    "@type",
    "entities",
    "error_code",
    "msg",
    "stackTrace",
    "statementText",
    "success",
    "timestamp",
];

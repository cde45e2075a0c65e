//! Events and lines of 30 more systems, as their documentation or their source shows them, and 22 that only look alike.

use tower_error_envelope::Envelope;

/// The system, the name of its event, its data, and the status and the message of the error.
type Sample = (
    &'static str,
    Option<&'static str>,
    &'static str,
    u16,
    &'static str,
);

#[rustfmt::skip]
const ERRORS: [Sample; 33] = [
    ("ksqlDB, /query-stream", None, r#"{"@type":"generic_error","error_code":50000,"message":"Exception while executing query","stackTrace":[]}"#,
        500, "Exception while executing query"),
    ("ksqlDB, /query", None, r#"{"row":null,"errorMessage":{"@type":"generic_error","error_code":50000,"message":"Query was terminated","entities":null},"finalMessage":null}"#,
        500, "Query was terminated"),
    ("Vercel's AI SDK", None, r#"{"type":"error","errorText":"The model is overloaded"}"#,
        500, "The model is overloaded"),
    ("AG-UI", None, r#"{"type":"RUN_ERROR","message":"The thread is busy","code":"THREAD_BUSY","timestamp":1764259200}"#,
        500, "The thread is busy"),
    ("X, filtered stream", None, r#"{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"This stream has been disconnected upstream for operational reasons.","type":"https://api.twitter.com/2/problems/operational-disconnect"}]}"#,
        500, "This stream has been disconnected upstream for operational reasons."),
    ("llama.cpp", None, r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}"#,
        400, "the request exceeds the available context size"),
    ("LiteLLM", None, r#"{"error":{"message":"litellm.RateLimitError: Rate limit reached","type":"throttling_error","param":null,"code":"429"}}"#,
        429, "litellm.RateLimitError: Rate limit reached"),
    ("LangGraph", Some("error"), r#"{"error":"ValueError","message":"This node always fails"}"#,
        500, "This node always fails"),
    ("podman pull", None, r#"{"error":"Error initializing source docker://quay.io/containers/1podman:latest: unauthorized: access to the requested resource is not authorized"}"#,
        500, "Error initializing source docker://quay.io/containers/1podman:latest: unauthorized: access to the requested resource is not authorized"),
    ("ollama pull", None, r#"{"error":"pull model manifest: file does not exist"}"#,
        500, "pull model manifest: file does not exist"),
    ("CouchDB, _changes", None, r#"{"error":"timeout","reason":"The request could not be processed in a reasonable amount of time."}"#,
        504, "The request could not be processed in a reasonable amount of time."),
    ("OpenAI, Realtime", None, r#"{"type":"error","event_id":"event_890","error":{"type":"invalid_request_error","code":"invalid_event","message":"The 'type' field is missing.","param":null,"event_id":"event_567"}}"#,
        400, "The 'type' field is missing."),
    ("Azure OpenAI, limit", None, r#"{"error":{"code":"429","message":"Requests have exceeded the call rate limit"}}"#,
        429, "Requests have exceeded the call rate limit"),
    ("Azure OpenAI, filter", None, r#"{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter","status":400}}"#,
        400, "The response was filtered"),
    ("Mistral", None, r#"{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","param":null,"code":"3505"}"#,
        500, "Service tier capacity exceeded for this model."),
    ("graphql-transport-ws over SSE", None, r#"{"id":"1","type":"error","payload":[{"message":"Cannot query field \"x\"","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}"#,
        500, "Cannot query field \"x\""),
    ("MCP", Some("message"), r#"{"jsonrpc":"2.0","id":"server-error","error":{"code":-32600,"message":"Session terminated"}}"#,
        400, "Session terminated"),
    ("A2A", None, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Task not found"}}"#,
        500, "Task not found"),
    ("etcd, the old gateway", None, r#"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: leader changed","http_status":"Service Unavailable"}}"#,
        503, "etcdserver: leader changed"),
    ("etcd, a watch", None, r#"{"error":{"code":11,"message":"etcdserver: mvcc: required revision has been compacted","details":[]}}"#,
        400, "etcdserver: mvcc: required revision has been compacted"),
    ("Kubernetes, logs", None, r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"container \"app\" is waiting to start","reason":"BadRequest","code":400}"#,
        400, "container \"app\" is waiting to start"),
    ("Prometheus, VictoriaMetrics", None, r#"{"status":"error","errorType":"execution","error":"query processing would load too many samples"}"#,
        500, "query processing would load too many samples"),
    ("Elasticsearch, a line", None, r#"{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [x]"}],"type":"index_not_found_exception","reason":"no such index [x]"},"status":404}"#,
        404, "no such index [x]"),
    ("NATS JetStream", None, r#"{"type":"io.nats.jetstream.api.v1.stream_info_response","error":{"code":404,"err_code":10059,"description":"stream not found"}}"#,
        404, "stream not found"),
    ("Gradio", None, r#"{"msg":"unexpected_error","message":"Session not found","success":false}"#,
        500, "Session not found"),
    ("Cohere", Some("message-end"), r#"{"type":"message-end","delta":{"finish_reason":"ERROR","error":"an internal failure","usage":null}}"#,
        500, "an internal failure"),
    ("TGI, chat", None, r#"{"error":{"message":"Request failed during generation","http_status_code":422}}"#,
        422, "Request failed during generation"),
    ("SGLang", None, r#"{"error":{"object":"error","message":"The input is longer than the context length","type":"BadRequestError","param":null,"code":400}}"#,
        400, "The input is longer than the context length"),
    ("Groq", None, r#"{"error":{"message":"Failed to call a function","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"x","status_code":400}}"#,
        400, "Failed to call a function"),
    ("Workers AI", None, r#"{"errors":[{"message":"AiError: Capacity temporarily exceeded, please try again.","code":3040}],"success":false,"result":{},"messages":[]}"#,
        500, "AiError: Capacity temporarily exceeded, please try again."),
    ("Qianfan", None, r#"{"error_code":336003,"error_msg":"the max input characters is 20000","id":"as-1"}"#,
        500, "the max input characters is 20000"),
    ("DashScope", Some("error"), r#"{"code":"InvalidParameter","message":"The model is not supported","request_id":"x-1"}"#,
        500, "The model is not supported"),
    ("Neo4j", None, r#"{"errors":[{"code":"Neo.ClientError.Statement.SyntaxError","message":"Invalid input"}]}"#,
        500, "Invalid input"),
];

#[rustfmt::skip]
const DATA: [(&str, Option<&str>, &str); 22] = [
    ("Typesense, one document", None, r#"{"success":false,"error":"Bad JSON.","document":"{bad"}"#),
    ("Elasticsearch, one item of a bulk", None, r#"{"index":{"_index":"x","_id":"1","status":400,"error":{"type":"mapper_parsing_exception","reason":"failed to parse"}}}"#),
    ("zap, a line of a log", None, r#"{"level":"error","ts":"2026-01-01T00:00:00Z","caller":"x.go:1","msg":"failed to query","error":"context canceled"}"#),
    ("BuildKit, a step", None, r#"{"vertexes":[{"digest":"sha256:a","name":"RUN false","error":"process did not complete successfully: exit code: 1"}]}"#),
    ("docker build, output", None, r#"{"stream":"ERROR: failed to solve: process did not complete\n"}"#),
    ("Kubernetes, an event", None, r#"{"type":"ADDED","object":{"kind":"Event","apiVersion":"v1","type":"Warning","reason":"Failed","message":"Error: ImagePullBackOff"}}"#),
    ("cargo", None, r#"{"reason":"compiler-message","message":{"level":"error","message":"mismatched types","code":{"code":"E0308"}}}"#),
    ("Anthropic, a tool", Some("content_block_start"), r#"{"type":"content_block_start","index":1,"content_block":{"type":"web_search_tool_result","tool_use_id":"x","content":{"type":"web_search_tool_result_error","error_code":"max_uses_exceeded"}}}"#),
    ("OpenAI, a response that is cut", Some("response.incomplete"), r#"{"type":"response.incomplete","response":{"id":"r","status":"incomplete","error":null,"incomplete_details":{"reason":"max_output_tokens"}}}"#),
    ("MCP, a notification", Some("message"), r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"an error in the client"}}"#),
    ("a sensor", None, r#"{"sensor":"a","value":1.2,"error":0.03}"#),
    ("a training", None, r#"{"error":{"rate":0.02},"epoch":3,"loss":0.1}"#),
    ("Sentry, an event", None, r#"{"event_id":"a","type":"error","message":"x y","platform":"python","code":5}"#),
    ("Vespa, one document", None, r#"{"id":"id:a:b::1","success":false,"message":"timed out","error":"timeout"}"#),
    ("GitHub, a check", None, r#"{"action":"completed","check_run":{"conclusion":"failure","output":{"title":"error"}}}"#),
    ("a question", None, r#"{"title":"How to fix error 500?","status":"open","type":"question"}"#),
    ("a catalogue of problems", None, r#"{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","description":"an error of the shop"}"#),
    ("ClickHouse, a row", None, r#"{"exception":"java.lang.NullPointerException: an error","count":42}"#),
    ("AG-UI, a tool", None, r#"{"type":"TOOL_CALL_RESULT","messageId":"m","toolCallId":"t","content":"error: not found"}"#),
    ("Vercel's AI SDK, a tool", None, r#"{"type":"tool-output-error","toolCallId":"call_1","errorText":"no such tool"}"#),
    ("InfluxDB, two statements", None, r#"{"results":[{"statement_id":0,"series":[{"name":"cpu"}]},{"statement_id":1,"error":"measurement not found"}]}"#),
    ("Alertmanager", None, r#"{"status":"firing","labels":{"alertname":"HighErrorRate"},"annotations":{"error":"5% of requests"}}"#),
];

/// Three more of each kind that these systems showed.
#[rustfmt::skip]
const MORE: [Sample; 21] = [
    ("a name of the stream", None, r#"{"type":"stream_error","message":"the upstream closed","request_id":"r-1"}"#, 500, "the upstream closed"),
    ("a name of the stream", None, r#"{"event":"server_error","message":"out of memory"}"#, 500, "out of memory"),
    ("a name of the stream", None, r#"{"type":"RUN_ERROR","error":{"message":"no model is left","code":"gone"},"runId":"r-1","timestamp":1}"#, 500, "no model is left"),
    ("an empty row", None, r#"{"token":null,"generated_text":null,"error":{"message":"out of memory"}}"#, 500, "out of memory"),
    ("an empty row", None, r#"{"row":null,"error":"the query was killed","final":null}"#, 500, "the query was killed"),
    ("an empty row", None, r#"{"choices":[],"usage":null,"error":{"message":"Provider returned error","code":502}}"#, 502, "Provider returned error"),
    ("a list", None, r#"{"id":"7","type":"error","errors":[{"message":"the field is gone"}]}"#, 500, "the field is gone"),
    ("a list", None, r#"{"type":"error","payload":[{"message":"log in first","extensions":{"code":"UNAUTHENTICATED"}}]}"#, 500, "log in first"),
    ("a list", None, r#"{"object":"error","errors":[{"message":"too long","code":400}],"status":400}"#, 400, "too long"),
    ("no success", None, r#"{"success":false,"errors":[{"code":10000,"message":"Authentication failed"}],"result":null,"messages":[]}"#, 500, "Authentication failed"),
    ("no success", None, r#"{"ok":false,"error":"the channel is closed","items":[]}"#, 500, "the channel is closed"),
    ("no success", None, r#"{"success":false,"error":{"message":"no GPU is free"},"outputs":{}}"#, 500, "no GPU is free"),
    ("the end of a completion", None, r#"{"delta":{"finish_reason":"error","error":{"message":"the provider left","code":502}}}"#, 502, "the provider left"),
    ("the end of a completion", None, r#"{"type":"message-end","id":"m","delta":{"finish_reason":"ERROR","error":"out of tokens"}}"#, 500, "out of tokens"),
    ("the end of a completion", None, r#"{"event":"end","delta":{"finish_reason":"Error","error":"no GPU is free"}}"#, 500, "no GPU is free"),
    ("a code and a text", None, r#"{"error_code":110,"error_msg":"Access token invalid or no longer valid"}"#, 500, "Access token invalid or no longer valid"),
    ("a code and a text", None, r#"{"error_code":17,"error_msg":"Open api daily request limit reached","log_id":7}"#, 500, "Open api daily request limit reached"),
    ("a code and a text", None, r#"{"error_code":40401,"error_message":"no such topic","id":"t-1"}"#, 500, "no such topic"),
    ("a state of Kubernetes", None, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"pods \"a\" not found","reason":"NotFound","code":404}"#, 404, "pods \"a\" not found"),
    ("a state of Kubernetes", None, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"the server is currently unable to handle the request","reason":"ServiceUnavailable","code":503}"#, 503, "the server is currently unable to handle the request"),
    ("a state of Kubernetes", None, r#"{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"The resourceVersion is too old","code":410}"#, 410, "The resourceVersion is too old"),
];

/// Three that only look alike, for each of these kinds.
#[rustfmt::skip]
const MORE_DATA: [(&str, Option<&str>, &str); 21] = [
    ("a name of the stream", None, r#"{"type":"compile_error","message":"mismatched types","file":"a.rs"}"#),
    ("a name of the stream", None, r#"{"type":"server_error","message":"the printer is on fire","host":"a"}"#),
    ("a name of the stream", None, r#"{"type":"error","message":"disk is full"}"#),
    ("an empty row", None, r#"{"row":{"a":1},"errorMessage":{"message":"x y"}}"#),
    ("an empty row", None, r#"{"row":null,"errorMessage":null,"finalMessage":"Limit Reached"}"#),
    ("an empty row", None, r#"{"token":"a","error":{"message":"x y"}}"#),
    ("a list", None, r#"{"type":"error","payload":["a.rs","b.rs"]}"#),
    ("a list", None, r#"{"type":"error_report","errors":[{"message":"x y"}],"page":1}"#),
    ("a list", None, r#"{"type":"error","payload":{"line":7}}"#),
    ("no success", None, r#"{"success":true,"errors":[{"message":"x y"}],"result":{}}"#),
    ("no success", None, r#"{"ok":true,"error":"x y"}"#),
    ("no success", None, r#"{"success":false,"error":"the tray is empty","job":7}"#),
    ("the end of a completion", None, r#"{"type":"message-end","delta":{"finish_reason":"COMPLETE","error":null}}"#),
    ("the end of a completion", None, r#"{"delta":{"finish_reason":"ERROR","error":null}}"#),
    ("the end of a completion", None, r#"{"delta":{"finish_reason":"stop","error":"x y"}}"#),
    ("a code and a text", None, r#"{"error_code":0,"error_msg":"success","id":"as-1"}"#),
    ("a code and a text", None, r#"{"error_code":7,"error_msg":"x y","device":"a"}"#),
    ("a code and a text", None, r#"{"error_code":7,"count":3}"#),
    ("a state of Kubernetes", None, r#"{"kind":"Status","apiVersion":"v1","status":"Success","message":"Failure"}"#),
    ("a state of Kubernetes", None, r#"{"kind":"Pod","apiVersion":"v1","status":"Failure","message":"x y"}"#),
    ("a state of Kubernetes", None, r#"{"kind":"Status","status":"Failure","message":"x y"}"#),
];

/// Errors that no rule tells from data: the row of a table, an article, the line of a log have the same form.
#[rustfmt::skip]
const UNKNOWN: [(&str, Option<&str>, &str); 3] = [
    ("ClickHouse", None, r#"{"exception":"Code: 395. DB::Exception: Value passed to 'throwIf' function is non-zero. (FUNCTION_THROW_IF_VALUE_IS_NON_ZERO)"}"#),
    ("X, too many connections", None, r#"{"title":"ConnectionException","detail":"This stream is currently at the maximum allowed connection limit.","connection_issue":"TooManyConnections","type":"https://api.twitter.com/2/problems/streaming-connection"}"#),
    ("Druid, a scan", None, r#"{"error":"Query timeout","errorMessage":"Query [x] timed out","errorClass":"org.apache.druid.query.QueryTimeoutException","host":"a:8083"}"#),
];

#[test]
fn errors_of_more_systems_are_read() {
    let mut wrong = Vec::new();
    for (system, event, data, status, message) in ERRORS.into_iter().chain(MORE) {
        let read = Envelope::from_event(event, data);
        let seen = read
            .as_ref()
            .map(|read| (read.status().as_u16(), read.message()));
        if seen != Some((status, message)) {
            wrong.push(format!("{system}: {seen:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        ERRORS.len() + MORE.len() - wrong.len(),
        ERRORS.len() + MORE.len()
    );
}

#[test]
fn what_looks_alike_in_more_systems_is_data() {
    let data = [&DATA[..], &MORE_DATA, &UNKNOWN].concat();
    let is_error = |(_, event, data): &&(&str, Option<&str>, &str)| {
        Envelope::from_event(*event, data).is_some()
    };
    let wrong: Vec<_> = DATA
        .iter()
        .filter(is_error)
        .map(|(system, ..)| system)
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}: {wrong:#?}",
        data.len() - wrong.len(),
        data.len()
    );
}

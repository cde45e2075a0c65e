//! Events and lines of streams: which are errors, and their status, type and message.

use http::StatusCode;
use tower_error_envelope::{Envelope, ErrorKind, RetryAdvice};

/// The name of an event, its data, and the status, type and message of the error.
type Sample = (
    Option<&'static str>,
    &'static str,
    u16,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const ERRORS: &[Sample] = &[
    // OpenAI: chat completions, and the Responses API
    (None, r#"{"error":{"message":"The server had an error while processing your request","type":"server_error","param":null,"code":null}}"#,
        500, "server_error", "The server had an error while processing your request"),
    (None, r#"{"error":{"message":"Rate limit reached for tokens","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
        429, "rate_limit_exceeded", "Rate limit reached for tokens"),
    (Some("error"), r#"{"type":"error","code":"server_error","message":"Something went wrong","param":null,"sequence_number":3}"#,
        500, "server_error", "Something went wrong"),
    (None, r#"{"type":"error","code":"rate_limit_exceeded","message":"Slow down","param":null,"sequence_number":3}"#,
        429, "rate_limit_exceeded", "Slow down"),
    (Some("response.failed"), r#"{"type":"response.failed","sequence_number":9,"response":{"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error","message":"The model failed to generate a response."},"output":[]}}"#,
        500, "server_error", "The model failed to generate a response."),
    (None, r#"{"type":"response.failed","response":{"id":"resp_1","status":"failed","error":{"code":"invalid_prompt","message":"The prompt is too odd."}}}"#,
        400, "invalid_prompt", "The prompt is too odd."),
    // Anthropic
    (Some("error"), r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        529, "overloaded_error", "Overloaded"),
    (None, r#"{"type":"error","error":{"type":"rate_limit_error","message":"Number of tokens exceeded"},"request_id":"req_1"}"#,
        429, "rate_limit_error", "Number of tokens exceeded"),
    (Some("error"), r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long"}}"#,
        400, "invalid_request_error", "prompt is too long"),
    (Some("error"), r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
        401, "authentication_error", "invalid x-api-key"),
    // Gemini
    (None, r#"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#,
        503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    // Ollama
    (None, r#"{"error":"an error was encountered while running the model: unexpected EOF"}"#,
        500, "clustr.exceptions.ServerError", "an error was encountered while running the model: unexpected EOF"),
    // vLLM, before and since 0.10; Hugging Face's TGI; OpenRouter; Dify
    (None, r#"{"object":"error","message":"This model's maximum context length is 4096 tokens","type":"BadRequestError","param":null,"code":400}"#,
        400, "BadRequestError", "This model's maximum context length is 4096 tokens"),
    (None, r#"{"error":{"message":"EngineCore encountered an issue","type":"InternalServerError","param":null,"code":500}}"#,
        500, "InternalServerError", "EngineCore encountered an issue"),
    (None, r#"{"error":"Request failed during generation: Server error: out of memory","error_type":"generation"}"#,
        500, "generation", "Request failed during generation: Server error: out of memory"),
    (None, r#"{"id":"gen-1","object":"chat.completion.chunk","created":1,"model":"x/y","error":{"code":502,"message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}"#,
        502, "clustr.exceptions.BadGateway", "Provider disconnected"),
    (None, r#"{"event":"error","task_id":"5ad4cb98-f0c7-4085-b384-88c403be6290","message_id":"9da23599-e713-473b-982c-4328d4f5c78a","status":429,"code":"rate_limit_error","message":"Too busy now"}"#,
        429, "rate_limit_error", "Too busy now"),
    // members that say how the stream goes on, and which call failed
    (None, r#"{"error":"The tray is empty","done":true}"#,
        500, "clustr.exceptions.ServerError", "The tray is empty"),
    (None, r#"{"error":{"message":"The tray is empty","code":503},"retryable":true,"final":true}"#,
        503, "clustr.exceptions.ServiceUnavailable", "The tray is empty"),
    (None, r#"{"errors":[{"message":"The tray is empty"}],"data":null,"hasNext":false}"#,
        500, "clustr.exceptions.ServerError", "The tray is empty"),
    (None, r#"{"error":"The tray is empty","trace_id":"4bf92f3577b34da6"}"#,
        500, "clustr.exceptions.ServerError", "The tray is empty"),
    // a small number is a code of gRPC in the form of gRPC only
    (None, r#"{"error":{"code":5,"message":"no such tray","details":[]}}"#,
        404, "NOT_FOUND", "no such tray"),
    (None, r#"{"type":"error","error":{"code":1,"msg":"The URL of the socket has expired"}}"#,
        500, "1", "The URL of the socket has expired"),
    (None, r#"{"error":{"code":5,"message":"The disk is full","device":"sda"}}"#,
        500, "5", "The disk is full"),
    // half of a surrogate pair, where a text was cut
    (None, r#"{"error":{"code":429,"message":"Slow down, please \ud83d"}}"#,
        429, "clustr.exceptions.Throttled", "Slow down, please \u{fffd}"),
    (Some("error"), r#"{"message":"\ude00 no paper left"}"#,
        500, "clustr.exceptions.ServerError", "\u{fffd} no paper left"),
    // JSON in the text
    (None, r#"{"error":"{\"error\":{\"code\":429,\"message\":\"Slow down please\"}}"}"#,
        429, "clustr.exceptions.Throttled", "Slow down please"),
    (None, r#"{"error":"The model has too much to do","error_type":"overloaded"}"#,
        503, "overloaded", "The model has too much to do"),
    (None, r#"{"@type":"statement_error","error_code":40001,"message":"line 1: no such stream","statementText":"SELECT","entities":[]}"#,
        500, "40001", "line 1: no such stream"),
    // JSON-RPC and MCP
    (None, r#"{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":1}"#,
        500, "-8", "Block height out of range"),
    (Some("message"), r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error"}}"#,
        500, "-32603", "Internal error"),
    // a whole number, as languages without integers write it
    (None, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601.0,"message":"There is no such tool"}}"#,
        404, "-32601", "There is no such tool"),
    (None, r#"{"error":{"code":429.0,"message":"Slow down please"}}"#,
        429, "clustr.exceptions.Throttled", "Slow down please"),
    (None, r#"{"error":{"code":4.2e1,"message":"The tray is empty"}}"#,
        500, "42", "The tray is empty"),
    (None, r#"{"jsonrpc":"2.0","id":1,"error":{"code":1.5,"message":"The tray is empty"}}"#,
        500, "1.5", "The tray is empty"),
    (None, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: print"}}"#,
        400, "-32602", "Unknown tool: print"),
    (None, r#"{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}"#,
        404, "-32601", "Method not found"),
    // Kubernetes
    (None, r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (2)","reason":"Expired","code":410}}"#,
        410, "Expired", "too old resource version: 1 (2)"),
    // docker
    (None, r#"{"errorDetail":{"message":"pull access denied for x, repository does not exist"},"error":"pull access denied for x, repository does not exist"}"#,
        500, "clustr.exceptions.ServerError", "pull access denied for x, repository does not exist"),
    (None, r#"{"errorDetail":{"code":2,"message":"The command '/bin/sh' returned a non-zero code: 2"},"error":"The command '/bin/sh' returned a non-zero code: 2"}"#,
        500, "clustr.exceptions.ServerError", "The command '/bin/sh' returned a non-zero code: 2"),
    (None, r#"{"errorDetail":{"code":401,"message":"authentication required first"},"error":"authentication required first"}"#,
        401, "clustr.exceptions.NotAuthenticated", "authentication required first"),
    // Connect
    (None, r#"{"error":{"code":"resource_exhausted","message":"no paper left"},"metadata":{"retry-after":["7"],"set-cookie":["a=b"]}}"#,
        429, "resource_exhausted", "no paper left"),
    (None, r#"{"error":{"code":"deadline_exceeded"}}"#, 504, "deadline_exceeded", "Gateway Timeout"),
    // grpc-gateway, version 2 and 1
    (None, r#"{"error":{"code":8,"message":"quota exceeded","details":[]}}"#, 429, "RESOURCE_EXHAUSTED", "quota exceeded"),
    (None, r#"{"error":{"code":8}}"#, 429, "RESOURCE_EXHAUSTED", "Too Many Requests"),
    (None, r#"{"error":{"grpc_code":5,"http_code":404,"message":"no such printer","http_status":"Not Found"}}"#,
        404, "clustr.exceptions.NotFound", "no such printer"),
    // GraphQL
    (Some("next"), r#"{"errors":[{"message":"Cannot query field \"x\".","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}"#,
        500, "GRAPHQL_VALIDATION_FAILED", "Cannot query field \"x\"."),
    // The documented envelope
    (None, r#"{"_error_message":"There is no printer 8","_error_type":"clustr.exceptions.NotFound"}"#,
        404, "clustr.exceptions.NotFound", "There is no printer 8"),
    // Whatever its name says
    (Some("error"), "the printer is on fire", 500, "clustr.exceptions.ServerError", "the printer is on fire"),
    (Some("error"), "", 500, "clustr.exceptions.ServerError", "Internal Server Error"),
    (Some("error"), r#"{"status_code":503,"message":"no printer is free"}"#, 503, "clustr.exceptions.ServiceUnavailable", "no printer is free"),
    (Some("error"), r#"{"level":"error","msg":"disk is full","timestamp":1}"#, 500, "clustr.exceptions.ServerError", "disk is full"),
];

/// Three or more of each kind that look similar and are data.
#[rustfmt::skip]
const DATA: &[(Option<&str>, &str)] = &[
    // `error` without an error, or beside data
    (None, r#"{"token":"Hello","error":null}"#),
    (None, r#"{"error":null}"#),
    (None, r#"{"error":""}"#),
    (None, r#"{"error":false,"message":"all is well"}"#),
    (None, r#"{"error":"none"}"#),
    (None, r#"{"error":"0.03"}"#),
    (None, r#"{"error":0.03}"#),
    (None, r#"{"error":{"count":3}}"#),
    (None, r#"{"error":{"code":0,"message":"no error occurred"}}"#),
    (None, r#"{"errors":3}"#),
    (None, r#"{"errors":[]}"#),
    (None, r#"{"errors":["a.rs","b.rs"]}"#),
    (None, r#"{"data":{"me":{"name":"x"}},"errors":[{"message":"no such field"}]}"#),
    (None, r#"{"error":{"code":8},"data":{"page":1}}"#),
    (None, r#"{"result":{"page":1},"error":null}"#),
    (None, r#"{"error":{"message":"the tray is empty"},"passed":false,"name":"tray"}"#),
    (None, r#"{"result":null,"error":{"code":7,"message":"the tray is empty"},"id":1,"name":"job"}"#),
    (None, r#"{"result":{"page":1},"error":{"code":7,"message":"the tray is empty"},"id":1}"#),
    (None, r#"{"error":true,"done":true}"#),
    // lines of a log
    (None, r#"{"type":"error","message":"disk is full","timestamp":"2026-01-01T00:00:00Z"}"#),
    (None, r#"{"level":"error","msg":"connection reset","error":"EOF"}"#),
    (None, r#"{"timestamp":1,"error":"connection reset by peer"}"#),
    (None, r#"{"type":"error","data":"no such package"}"#),
    (Some("log"), r#"{"type":"error","code":"E17","message":"x y","host":"a"}"#),
    (None, r#"{"type":"error","message":"disk is full"}"#),
    (None, r#"{"type":"error","code":"E17"}"#),
    (None, r#"{"type":"error","code":"E17","message":"x y","timestamp":"2026-01-01T00:00:00Z"}"#),
    // a code and its text that say that nothing happened, or that stand in other data
    (None, r#"{"error_code":0,"error_msg":"no error"}"#),
    (None, r#"{"error_code":7}"#),
    (None, r#"{"error_code":7,"error_msg":"the tray is empty","job":3}"#),
    (None, r#"{"message_type":"error","error":{"message":"permission denied"},"during":"archival","item":"/etc/shadow"}"#),
    // jobs and steps that failed
    (None, r#"{"id":"job-7","status":"failed","error":{"message":"the tray is empty"}}"#),
    (Some("response.mcp_call.failed"), r#"{"type":"response.mcp_call.failed","item_id":"x","sequence_number":1,"error":{"message":"no such tool"}}"#),
    (Some("job.failed"), r#"{"type":"job.failed","response":{"id":"j","error":{"code":"x","message":"the tray is empty"}}}"#),
    (Some("response.completed"), r#"{"type":"response.completed","response":{"id":"resp_1","status":"completed","error":null}}"#),
    (Some("response.failed"), r#"{"type":"response.failed","response":{"id":"resp_1","error":null}}"#),
    // chunks of completions
    (None, r#"{"id":"1","object":"chat.completion.chunk","choices":[{"delta":{"content":"{\"error\":{\"message\":\"x y\"}}"}}]}"#),
    (None, r#"{"id":"1","object":"chat.completion.chunk","error":null,"choices":[{"delta":{"content":"error"}}]}"#),
    (Some("content_block_delta"), r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"an error occurred"}}"#),
    (None, r#"{"type":"message-end","delta":{"finish_reason":"ERROR","error":""}}"#),
    (None, r#"{"type":"message-end","delta":{"finish_reason":"COMPLETE","error":"the tray is empty"}}"#),
    (Some("ping"), r#"{"type": "ping"}"#),
    (None, "[DONE]"),
    // JSON-RPC and MCP
    (None, r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"an error"}],"isError":true}}"#),
    (None, r#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"x"}}"#),
    (None, r#"{"jsonrpc":"2.0","id":1,"method":"log","error":{"code":1,"message":"x y"}}"#),
    (None, r#"{"jsonrpc":"2.0","id":1,"result":{"error":{"code":-32603,"message":"Internal error"}}}"#),
    // Kubernetes
    (None, r#"{"type":"ADDED","object":{"kind":"Status","apiVersion":"v1","status":"Failure","message":"error","code":410}}"#),
    (None, r#"{"type":"ERROR","object":{"kind":"Pod","apiVersion":"v1","status":{"phase":"Failed"}}}"#),
    (None, r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Success"}}"#),
    (None, r#"{"type":"MODIFIED","object":{"kind":"Pod","status":{"phase":"Failed","reason":"Error"}}}"#),
    (None, r#"{"kind":"Status","apiVersion":"v1","status":"Success","message":"no error"}"#),
    (None, r#"{"kind":"Job","apiVersion":"v1","status":"Failure","message":"error"}"#),
    (None, r#"{"kind":"Status","status":"Failure","message":"error"}"#),
    // docker
    (None, r#"{"stream":"error: could not compile `printer`\n"}"#),
    (None, r#"{"status":"Pulling","errorDetail":null}"#),
    (None, r#"{"status":"error","progressDetail":{},"id":"7f"}"#),
    (None, r#"{"errorDetail":{"message":""},"error":""}"#),
    // Connect and grpc-gateway
    (None, r#"{"metadata":{"x-error":["a"]}}"#),
    (None, r#"{"error":null,"metadata":{}}"#),
    (None, r#"{"result":{"text":"error"}}"#),
    (None, r#"{"error":{"code":"not_found","message":"x y"},"metadata":{},"page":1}"#),
    // the documented envelope
    (None, r#"{"_error_message":"","_error_type":""}"#),
    (None, r#"{"_error_message":"the tray is empty","id":7}"#),
    (None, r#"{"log":{"_error_message":"the tray is empty"}}"#),
    // names that only begin like it
    (Some("errors"), r#"{"count":3}"#),
    (Some("error_rate"), "0.03"),
    (Some("Error"), r#"{"count":3}"#),
    // no JSON
    (None, "error: something failed"),
    (None, ""),
    (None, "null"),
    (None, r#""error""#),
    (None, r#"[{"error":{"code":8}}]"#),
];

#[test]
fn an_error_is_read_with_its_status_type_and_message() {
    for (event, data, status, error_type, message) in ERRORS {
        let error = Envelope::from_event(*event, data).unwrap_or_else(|| panic!("data: {data}"));
        let read = (
            error.status().as_u16(),
            error.error_type().as_str(),
            error.message(),
        );
        assert_eq!(read, (*status, *error_type, *message), "{data}");
    }
}

#[test]
fn data_that_looks_like_an_error_is_data() {
    for (event, data) in DATA {
        assert_eq!(Envelope::from_event(*event, data), None, "{data}");
    }
}

#[test]
fn any_data_is_an_error_under_the_name_of_one() {
    for (_, data) in DATA {
        let error = Envelope::from_event(Some("error"), data).unwrap();
        assert!(error.status().as_u16() >= 400, "{data}");
    }
}

#[test]
fn blanks_around_the_data_do_not_count() {
    for (event, data, status, ..) in ERRORS {
        let error = Envelope::from_event(*event, &format!(" \n{data}\r\n")).unwrap();
        assert_eq!(error.status(), *status, "{data}");
    }
}

#[test]
fn metadata_of_connect_is_kept_as_far_as_it_may_be_a_header() {
    let end =
        r#"{"error":{"code":"unavailable"},"metadata":{"retry-after":["7"],"set-cookie":["a=b"]}}"#;
    let error = Envelope::from_event(None, end).unwrap();
    assert_eq!(error.headers()["retry-after"], "7");
    assert!(!error.headers().contains_key("set-cookie"));
    let seven = std::time::Duration::from_secs(7);
    assert_eq!(error.retry_advice(), RetryAdvice::After(seven));
}

#[test]
fn an_overloaded_server_may_be_asked_again() {
    let data = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let error = Envelope::from_event(Some("error"), data).unwrap();
    assert_eq!(error.kind(), ErrorKind::Server);
    assert_eq!(error.retry_advice(), RetryAdvice::Backoff);
}

#[test]
fn a_delay_in_an_event_is_advice() {
    for (data, seconds) in [
        (
            r#"{"error":{"code":429,"message":"Slow down"},"retry_after":6.5}"#,
            6.5,
        ),
        (
            r#"{"error":{"code":429,"message":"Slow down","retry_after":7}}"#,
            7.0,
        ),
        (
            r#"{"_error_message":"Slow down","_error_type":"Busy","_error_details":{"status":429,"retry_after":7}}"#,
            7.0,
        ),
    ] {
        let error = Envelope::from_event(Some("error"), data).unwrap();
        assert_eq!(error.status(), 429, "{data}");
        let advice = RetryAdvice::After(std::time::Duration::from_secs_f64(seconds));
        assert_eq!(error.retry_advice(), advice, "{data}");
    }
}

/// Reading the JSON for a stream gives the error that was written.
#[test]
fn the_lines_of_all_dialects_are_errors_of_a_stream() {
    use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, Problem};

    let error = Envelope::new(StatusCode::CONFLICT, "The printer is busy").with_error_type("Busy");
    let writers: [&dyn ErrorWriter; 3] = [&Clustr, &Copr, &Problem];
    for writer in writers {
        let body = writer.write(&error).into_body();
        let data = std::str::from_utf8(&body).unwrap();
        let read = Envelope::from_event(Some("error"), data).unwrap();
        assert_eq!(read.message(), error.message(), "{data}");
    }
}

#[test]
fn nesting_and_length_are_no_problem() {
    let deep = "[".repeat(100_000);
    let long = format!(r#"{{"error":"{}"}}"#, "x y ".repeat(100_000));
    for data in [
        &*deep,
        &*long,
        &format!("error{deep}"),
        &"error".repeat(100_000),
    ] {
        let _ = Envelope::from_event(None, data);
        assert!(Envelope::from_event(Some("error"), data).is_some());
    }
}

#[test]
fn a_byte_order_mark_before_the_data_is_left_out() {
    for data in [
        "\u{feff}{\"error\":{\"code\":429,\"message\":\"Slow down\"}}",
        "\u{feff} {\"_error_message\":\"Slow down\",\"_error_details\":{\"status\":429}}",
        "\u{feff}{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":429,\"message\":\"Slow down\"}}",
    ] {
        let error = Envelope::from_event(None, data).expect(data);
        assert_eq!(
            (error.status().as_u16(), error.message()),
            (429, "Slow down")
        );
    }
    let named = Envelope::from_event(Some("error"), "\u{feff}Slow down").unwrap();
    assert_eq!(named.message(), "Slow down");
    assert_eq!(Envelope::from_event(None, "\u{feff}{\"error\":null}"), None);
}

/// `_error_details` has the members whose names a dialect needs for itself.
#[test]
fn a_line_of_a_dialect_keeps_its_message_beside_members_of_any_name() {
    use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, OpenAi, Problem};
    let dialects: [&dyn ErrorWriter; 4] = [&Clustr, &Copr, &OpenAi, &Problem];
    for name in ["code", "detail", "errors", "title", "type", "x"] {
        for dialect in dialects {
            let error = Envelope::new(StatusCode::NOT_FOUND, "There is no printer 8");
            let error = error.with_member("status", 404).with_member(name, 7);
            let line = String::from_utf8(dialect.write_event(&error).into()).unwrap();
            let read = Envelope::from_event(None, &line).expect(&line);
            assert_eq!(read.message(), "There is no printer 8", "{line}");
            assert_eq!(read.members().get(name), Some(7.into()), "{line}");
        }
    }
}

#[test]
fn a_line_with_a_status_in_its_details_is_an_error_with_any_text() {
    for text in ["null", "none", "false", "ok", "0", "No paper"] {
        let line = format!(r#"{{"error":"{text}","_error_details":{{"status":409}}}}"#);
        let read = Envelope::from_event(None, &line);
        assert_eq!(read.expect(&line).status(), StatusCode::CONFLICT);
    }
}

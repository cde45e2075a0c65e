//! The request chooses the dialect of the answer.

mod support;

use std::convert::Infallible;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use serde_json::{json, Value};
use support::{collect, text, values};
use tower::{Layer, ServiceExt};
use tower_error_envelope::read::{read, ErrorReader};
use tower_error_envelope::write::{response, Clustr, Copr, ErrorWriter, OpenAi, Problem};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer, FieldErrors};

/// The answer to a request with this `Accept`, for a 422 with this envelope.
async fn answered(
    layer: &ErrorEnvelopeLayer,
    method: Method,
    accept: Option<&str>,
    envelope: Envelope,
) -> Response<Bytes> {
    let service = tower::service_fn(move |_: Request<()>| {
        let mut response = Response::new(Full::<Bytes>::from("replaced"));
        *response.status_mut() = envelope.status();
        response.extensions_mut().insert(envelope.clone());
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let request = accept
        .into_iter()
        .fold(Request::builder().method(method), |request, accept| {
            request.header("accept", accept)
        });
    collect(
        layer
            .layer(service)
            .oneshot(request.body(()).unwrap())
            .await
            .unwrap(),
    )
    .await
}

fn sold_out() -> Envelope {
    Envelope::new(StatusCode::CONFLICT, "The item is sold out").with_error_type("shop.SoldOut")
}

#[tokio::test]
async fn the_request_chooses_among_the_offers() {
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem);
    let clustr = r#"{"_error_message":"The item is sold out","_error_type":"shop.SoldOut"}"#;
    let problem = r#"{"title":"Conflict","status":409,"detail":"The item is sold out","code":"shop.SoldOut"}"#;
    let cases = [
        (None, clustr),
        (Some("*/*"), clustr),
        (Some("application/json"), clustr),
        (Some("application/problem+json"), problem),
        (Some("application/json;q=0, */*"), problem),
        (Some("application/problem+json, application/json"), clustr),
        (Some("image/png"), clustr),
        (Some("text/html"), clustr),
        (Some("text/event-stream"), clustr),
        (Some(""), clustr),
        (
            Some("application/json;q=broken, application/problem+json;q=0.1"),
            problem,
        ),
    ];
    for (accept, want) in cases {
        let answer = answered(&layer, Method::GET, accept, sold_out()).await;
        assert_eq!(
            (answer.status().as_u16(), text(&answer)),
            (409, want),
            "{accept:?}"
        );
        let media_type = if want == problem {
            "application/problem+json"
        } else {
            "application/json"
        };
        assert_eq!(values(&answer, "content-type"), [media_type], "{accept:?}");
        assert_eq!(values(&answer, "vary"), ["accept"], "{accept:?}");
    }
}

#[test]
fn each_dialect_labels_its_bodies() {
    let json = "application/json";
    let labels: [(&dyn ErrorWriter, &str); 4] = [
        (&Clustr, json),
        (&Copr, json),
        (&OpenAi, json),
        (&Problem, "application/problem+json"),
    ];
    for (dialect, label) in labels {
        let written = dialect.write(&sold_out());
        assert_eq!(dialect.media_type(), label);
        assert_eq!(written.headers()["content-type"], label);
    }
}

#[test]
fn a_member_with_a_name_of_the_dialect_is_in_the_details_and_no_name_occurs_twice() {
    let error = sold_out()
        .with_member("error", 1)
        .with_member("_error_details", 2)
        .with_member("stock", 0);
    let details = [
        r#""stock":0,"_error_details":{"error":1,"_error_details":2}}"#,
        r#""_error_details":{"error":1,"_error_details":2,"stock":0}}"#,
    ];
    for (dialect, details) in [&Copr as &dyn ErrorWriter, &OpenAi]
        .into_iter()
        .zip(details)
    {
        let body = dialect.write(&error).into_body();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(
            body.starts_with(r#"{"error":"#) && body.ends_with(details),
            "{body}"
        );
    }
}

fn text_of(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

/// Members and messages of any name and value are read back, from a response and from a stream.
#[test]
fn members_with_names_of_other_formats_are_read_back() {
    let names = [
        "__type",
        "_error_message",
        "balance",
        "cause",
        "code",
        "data",
        "detail",
        "developerMessage",
        "errcode",
        "errmsg",
        "error",
        "errorCode",
        "error_message",
        "errors",
        "fields",
        "message",
        "msg",
        "param",
        "reason",
        "result",
        "status_code",
        "success",
        "type",
        "violations",
    ];
    let values = [
        json!("a value"),
        json!("WORD"),
        json!(7),
        json!({"message": "x y"}),
        json!(["x y"]),
        json!(null),
    ];
    let dialects: [&dyn ErrorWriter; 4] = [&Clustr, &Copr, &OpenAi, &Problem];
    for (name, dialect) in names
        .iter()
        .flat_map(|name| dialects.map(|dialect| (name, dialect)))
    {
        let messages = ["It is taken", "taken", "null"];
        let pairs = values
            .iter()
            .flat_map(|value| messages.map(|message| (message, value)));
        for (message, value) in pairs {
            let sent =
                Envelope::new(StatusCode::CONFLICT, message).with_member(*name, value.clone());
            let written = dialect.write(&sent);
            let got = read(&written);
            let said = (got.message(), got.members().get(name));
            // A single word without `_error_details` is a type for most APIs.
            let is_word = !message.contains(' ') && !text_of(&written).contains("_error_details");
            if !is_word || dialect.media_type().contains("problem") {
                assert_eq!(said, (message, Some(value.clone())), "{name} {sent:?}");
            }
            let event = dialect.write_event(&sent.clone().with_member("status", 409));
            let got = Envelope::from_event(None, std::str::from_utf8(&event).unwrap());
            let got = got.unwrap_or_else(|| panic!("{name} {event:?}"));
            assert_eq!(
                (got.message(), got.status().as_u16()),
                (message, 409),
                "{event:?}"
            );
            assert_eq!(got.members(), sent.members(), "{event:?}");
        }
    }
}

/// A proxy that reads problem details and writes them loses nothing of them.
#[test]
fn the_title_of_a_problem_goes_there_and_back() {
    for (kind, title, kept) in [
        (
            "https://shop.example/credit",
            "You do not have enough credit.",
            true,
        ),
        ("/probs/credit", "Credit", true),
        ("about:blank", "No credit", true),
        ("https://shop.example/credit", "Forbidden", false),
        ("https://shop.example/credit", "forbidden", false),
        ("https://shop.example/credit", "Your balance is 30", false),
    ] {
        let problem =
            json!({"type": kind, "title": title, "status": 403, "detail": "Your balance is 30"});
        let response = Response::builder().status(403);
        let response = response.header("content-type", "application/problem+json");
        let response = response.body(Bytes::from(problem.to_string())).unwrap();
        let error = read(&response);
        assert_eq!(error.message(), "Your balance is 30");
        assert_eq!(error.members().contains("title"), kept, "{problem}");
        let again = Problem.write(&error);
        assert_eq!(read(&again).members(), error.members(), "{problem}");
        let again: Value = serde_json::from_slice(again.body()).unwrap();
        assert!(!kept || again["title"] == title, "{again}");
    }
}

/// Other APIs use these names for the whole.
#[test]
fn parameters_of_any_name_are_read_from_problem_details() {
    for name in [
        "message",
        "data",
        "detail",
        "error",
        "errors",
        "base",
        "root",
        "schema",
        "all",
        "general",
        "global",
        "n/a",
        "items.0.message",
    ] {
        let sent = Envelope::validation([(name, "is too long"), ("email", "is taken")]);
        let got = read(&Problem.write(&sent));
        assert_eq!(got.field_errors(), sent.field_errors(), "{name}");
        let event = Problem.write_event(&sent.clone().with_member("status", 400));
        let got = Envelope::from_event(None, std::str::from_utf8(&event).unwrap()).unwrap();
        assert_eq!(got.field_errors(), sent.field_errors(), "{name}");
    }
    // The document of JSON:API, and the whole body.
    for pointer in ["/data", "#", "#/", ""] {
        let body = json!({"type": "about:blank", "title": "Bad Request", "status": 400, "errors": [{"detail": "is too long", "pointer": pointer}]});
        let response = Response::builder().status(400);
        let response = response.header("content-type", "application/problem+json");
        let error = read(&response.body(Bytes::from(body.to_string())).unwrap());
        assert!(error.field_errors().is_empty(), "{pointer}: {error:?}");
        assert_eq!(error.message(), "is too long", "{pointer}");
    }
}

#[test]
fn an_error_of_openai_names_its_only_parameter() {
    for (fields, want) in [
        (
            &[("email", "is taken")][..],
            r#"{"message":"is taken","type":"invalid_request_error","param":"email","code":null}"#,
        ),
        (
            &[("email", "is taken"), ("name", "is too long")],
            r#"{"message":"email: is taken\nname: is too long","type":"invalid_request_error","param":null,"code":null}"#,
        ),
    ] {
        let sent = Envelope::validation(fields.iter().copied().collect::<FieldErrors>());
        let written = OpenAi.write(&sent);
        assert_eq!(written.body(), &format!("{{\"error\":{want}}}"));
        let event = OpenAi.write_event(&sent.clone().with_member("status", 400));
        let got = Envelope::from_event(None, std::str::from_utf8(&event).unwrap()).unwrap();
        assert_eq!(got.field_errors(), sent.field_errors());
    }
}

#[test]
fn the_type_in_the_errors_of_openai_is_that_of_the_status() {
    for (status, want) in [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (409, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "server_error"),
        (503, "server_error"),
    ] {
        let error = Envelope::from_status(StatusCode::from_u16(status).unwrap());
        let body: Value = serde_json::from_slice(OpenAi.write(&error).body()).unwrap();
        assert_eq!(body["error"]["type"], want, "{status}");
    }
}

#[tokio::test]
async fn nothing_is_copied_from_accept() {
    let answer = answered(
        &ErrorEnvelopeLayer::new(),
        Method::GET,
        Some("text/evil"),
        sold_out(),
    )
    .await;
    assert_eq!(values(&answer, "content-type"), ["application/json"]);
}

#[tokio::test]
async fn head_is_negotiated_like_get() {
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(Clustr)
        .with_dialect(Problem);
    let answer = answered(
        &layer,
        Method::HEAD,
        Some("application/problem+json"),
        sold_out(),
    )
    .await;
    assert_eq!(
        values(&answer, "content-type"),
        ["application/problem+json"]
    );
    assert_eq!(text(&answer), "");
}

#[tokio::test]
async fn the_first_dialect_named_is_the_default() {
    let layer = ErrorEnvelopeLayer::new()
        .with_dialect(Copr)
        .with_dialect(Problem);
    assert_eq!(
        text(&answered(&layer, Method::GET, None, sold_out()).await),
        r#"{"error":"The item is sold out"}"#
    );
    let alone = ErrorEnvelopeLayer::new().with_dialect(Problem);
    let answer = answered(&alone, Method::GET, Some("application/json"), sold_out()).await;
    assert_eq!(
        values(&answer, "content-type"),
        ["application/problem+json"]
    );
    assert!(values(&answer, "vary").is_empty());
}

#[tokio::test]
async fn the_status_in_a_problem_is_that_of_the_response() {
    let layer = ErrorEnvelopeLayer::new().with_dialect(Problem);
    for code in (400..500).chain([600, 999]) {
        let envelope = Envelope::from_status(StatusCode::from_u16(code).unwrap());
        let answer = answered(&layer, Method::GET, None, envelope).await;
        let body: Value = serde_json::from_slice(answer.body()).unwrap();
        assert_eq!(
            (answer.status().as_u16(), &body["status"]),
            (code, &serde_json::json!(code))
        );
    }
}

#[tokio::test]
async fn validation_errors_have_the_status_of_the_layer() {
    let fields = || FieldErrors::from_iter([("name", "is empty")]);
    let unprocessable =
        ErrorEnvelopeLayer::new().with_validation_status(StatusCode::UNPROCESSABLE_ENTITY);
    for (layer, sent, want) in [
        (ErrorEnvelopeLayer::new(), 400, 400),
        (ErrorEnvelopeLayer::new(), 422, 400),
        (ErrorEnvelopeLayer::new(), 409, 409),
        (unprocessable.clone(), 400, 422),
        (unprocessable.clone(), 422, 422),
        (unprocessable, 409, 409),
    ] {
        let envelope =
            Envelope::validation(fields()).with_status(StatusCode::from_u16(sent).unwrap());
        assert_eq!(
            answered(&layer, Method::GET, None, envelope)
                .await
                .status()
                .as_u16(),
            want
        );
    }
    let no_fields = Envelope::new(StatusCode::UNPROCESSABLE_ENTITY, "not so");
    assert_eq!(
        answered(&ErrorEnvelopeLayer::new(), Method::GET, None, no_fields)
            .await
            .status(),
        422
    );
}

#[tokio::test]
async fn a_namespace_is_used_if_no_type_was_sent() {
    let layer = ErrorEnvelopeLayer::new().with_namespace("shop.exceptions");
    let missing = answered(
        &layer,
        Method::GET,
        None,
        Envelope::from_status(StatusCode::NOT_FOUND),
    )
    .await;
    assert_eq!(
        text(&missing),
        r#"{"_error_message":"Not Found","_error_type":"shop.exceptions.NotFound"}"#
    );
    assert!(text(&answered(&layer, Method::GET, None, sold_out()).await).contains("shop.SoldOut"));
}

#[tokio::test]
async fn envelopes_can_be_changed_before_they_are_written() {
    let layer = ErrorEnvelopeLayer::new()
        .map_envelope(|envelope, _| envelope.with_field("help", "https://shop.example/help"));
    let answer = answered(&layer, Method::GET, None, sold_out()).await;
    assert!(text(&answer).ends_with(r#""help":["https://shop.example/help"]}"#));
}

/// `ERR 409 The item is sold out`
struct Line;

impl ErrorWriter for Line {
    fn media_type(&self) -> &'static str {
        "text/x-line"
    }

    fn write(&self, envelope: &Envelope) -> Response<Bytes> {
        response(
            envelope,
            self.media_type(),
            format!("ERR {} {}", envelope.status().as_u16(), envelope.message()),
        )
    }
}

impl ErrorReader for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    fn read(&self, response: &Response<Bytes>) -> Option<Envelope> {
        let line = std::str::from_utf8(response.body())
            .ok()?
            .strip_prefix("ERR ")?;
        Some(Envelope::new(
            response.status(),
            line.split_once(' ')?.1.to_owned(),
        ))
    }
}

#[tokio::test]
async fn a_dialect_of_the_users_is_written_and_read() {
    let answer = answered(
        &ErrorEnvelopeLayer::new().with_dialect(Line),
        Method::GET,
        None,
        sold_out(),
    )
    .await;
    assert_eq!(text(&answer), "ERR 409 The item is sold out");
    assert_eq!(values(&answer, "content-type"), ["text/x-line"]);

    let answer = answer.map(Full::new);
    let service = tower::service_fn(move |_: Request<()>| {
        std::future::ready(Ok::<_, Infallible>(answer.clone()))
    });
    let client = ErrorEnvelopeLayer::client()
        .with_reader(Line)
        .layer(service);
    let response = client.oneshot(Request::new(())).await.unwrap();
    assert_eq!(
        response.extensions().get::<Envelope>().unwrap().message(),
        "The item is sold out"
    );
}

#[test]
fn copr_lines_are_split_again() {
    let fields = FieldErrors::from_iter([
        ("name", "must contain only letters"),
        ("name", "is taken"),
        ("chroots", "at least one"),
    ]);
    let written = Copr.write(&Envelope::validation(fields.clone()));
    assert_eq!(
        text(&written),
        r#"{"error":"name: must contain only letters\nname: is taken\nchroots: at least one"}"#
    );
    assert_eq!(read(&written).field_errors(), &fields);
}

#[test]
fn every_dialect_reads_what_it_wrote() {
    let fields = FieldErrors::from_iter([
        ("items.0.name", "is empty"),
        ("age", "too low"),
        ("age", "no number"),
    ]);
    let envelopes = [
        Envelope::from_status(StatusCode::NOT_FOUND),
        Envelope::new(
            StatusCode::CONFLICT,
            "The \"item\" is <gone> \u{2028} & more",
        ),
        sold_out(),
        Envelope::validation(fields.clone()),
        Envelope::validation(fields)
            .with_message("The form is incomplete")
            .with_error_type("form.Incomplete"),
    ];
    for envelope in envelopes {
        assert_eq!(read(&Clustr.write(&envelope)), envelope);
        assert_eq!(read(&Problem.write(&envelope)), envelope);
    }
}

#[test]
fn a_dialect_sets_its_content_type() {
    let dialects: [&dyn ErrorWriter; 3] = [&Clustr, &Copr, &Problem];
    for dialect in dialects {
        let written = dialect.write(&sold_out());
        assert_eq!(written.headers()["content-type"], dialect.media_type());
    }
}

/// Names that readers of errors know, with values of each kind.
#[test]
fn a_member_is_read_back_whatever_its_name_and_its_value_are() {
    let names = [
        "data",
        "error",
        "errors",
        "message",
        "messages",
        "msg",
        "details",
        "detail",
        "reason",
        "description",
        "code",
        "type",
        "title",
        "status",
        "instance",
        "path",
        "timestamp",
        "trace",
        "cause",
        "fault",
        "exception",
        "error_description",
        "error_code",
        "errorCode",
        "errorMessage",
        "_error_message",
        "_error_type",
        "_error_details",
        "request_id",
        "help",
        "hint",
        "result",
        "response",
        "info",
        "meta",
        "success",
        "ok",
        "field",
        "fields",
        "param",
        "violations",
        "items",
        "non_field_errors",
        "loc",
    ];
    let values = [
        "\"two words\"",
        "\"word\"",
        "7",
        "true",
        "false",
        "null",
        "{\"a\":1}",
        "{\"message\":\"x y\"}",
        "[\"x y\"]",
        "[]",
        "{}",
        "[{\"message\":\"x y\"}]",
    ];
    let mut lost = Vec::new();
    for name in names {
        for json in values {
            let value: Value = serde_json::from_str(json).unwrap();
            let envelope =
                Envelope::new(StatusCode::CONFLICT, "The order is closed").with_member(name, value);
            for (dialect, response) in [
                ("clustr", Clustr.write(&envelope)),
                ("problem", Problem.write(&envelope)),
            ] {
                let back = read(&response);
                // A title is that of the problem, and no extension member.
                let is_title = (dialect, name) == ("problem", "title") && json.starts_with('"');
                let is_lost =
                    back.members() != envelope.members() || back.message() != envelope.message();
                if is_lost && !is_title {
                    lost.push(format!("{dialect} {name} {json}"));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{}: {lost:#?}", lost.len());
}

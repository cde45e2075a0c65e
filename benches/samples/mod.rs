//! Error responses, each with the expected result. Those of 64 KiB are generated.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

/// Bytes of a large document.
const LARGE: usize = 64 * 1024;

/// A response and its expected result.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) response: Response<Bytes>,
    /// The message about the whole.
    pub(crate) message: &'static str,
    /// The number of parameters with errors.
    pub(crate) fields: usize,
}

/// Typical errors of APIs: about 200 bytes.
pub(crate) fn small() -> [Sample; 6] {
    [
        json(
            "problem",
            403,
            r#"{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","status":403,"detail":"Your current balance is 30, but that costs 50.","instance":"/account/12345/msgs/abc"}"#,
            ("Your current balance is 30, but that costs 50.", 0),
        ),
        json(
            "django",
            400,
            r#"{"username":["This field is required."],"email":["Enter a valid email address.","Ensure this field has no more than 254 characters."],"non_field_errors":["The two password fields did not match."]}"#,
            ("The two password fields did not match.", 2),
        ),
        json(
            "fastapi",
            422,
            r#"{"detail":[{"type":"missing","loc":["body","items",0,"price"],"msg":"Field required","input":{}},{"type":"int_parsing","loc":["query","page"],"msg":"Input should be a valid integer","input":"x"}]}"#,
            ("Unprocessable Entity", 2),
        ),
        json(
            "google",
            400,
            r#"{"error":{"code":400,"message":"The request has invalid fields.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"FIELD_INVALID","domain":"x.example"}]}}"#,
            ("The request has invalid fields.", 0),
        ),
        json(
            "stripe",
            402,
            r#"{"error":{"code":"card_declined","decline_code":"insufficient_funds","doc_url":"https://docs.stripe.com/error-codes/card-declined","message":"The card was declined.","param":"source","type":"card_error"}}"#,
            ("The card was declined.", 1),
        ),
        json(
            "spring",
            404,
            r#"{"timestamp":"2026-01-31T12:00:00.000+00:00","status":404,"error":"Not Found","message":"No static resource nothing/here.","path":"/nothing/here","requestId":"a1b2c3d4-17","trace":"none"}"#,
            ("No static resource nothing/here.", 0),
        ),
    ]
}

/// 64 KiB: of parameters, of a page, of escapes, and of members without meaning.
pub(crate) fn large() -> [Sample; 4] {
    let fields = (0..1000).map(|number| {
        format!(r#""field_{number:04}":["This value is not a valid email address {number:04}."]"#)
    });
    let fields = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
    let page = "<!DOCTYPE html><html><head><title>Down for maintenance</title></head><body>\n";
    let page = filled(page, "<p>The server is down.</p>\n", "</body></html>");
    let escapes = filled(
        r#"{"title":"Too many","detail":"x"#,
        r#"\u00e9\n\"\\\t\/"#,
        r#""}"#,
    );
    let noise = filled(
        r#"{"message":"It is broken now","context":["#,
        r#"{"a":17,"b":[1,2,true]},"#,
        "null]}",
    );
    let mut page = json("page", 503, page, ("Down for maintenance", 0));
    let label = HeaderValue::from_static("text/html; charset=utf-8");
    page.response.headers_mut().insert(CONTENT_TYPE, label);
    [
        json("fields", 400, fields, ("Bad Request", 1000)),
        page,
        json("escapes", 400, escapes, ("xé\n\"\\\t/", 0)),
        json("noise", 400, noise, ("It is broken now", 0)),
    ]
}

/// Nested arrays without meaning.
pub(crate) fn nested() -> [Sample; 2] {
    let nested = |name, depth| {
        let body = "[".repeat(depth) + &"]".repeat(depth);
        json(name, 500, body, ("Internal Server Error", 0))
    };
    [
        nested("10,000 arrays", 10_000),
        nested("100,000 arrays", 100_000),
    ]
}

/// `(message, fields)`: the message as it begins.
fn json(
    name: &'static str,
    status: u16,
    body: impl Into<Bytes>,
    (message, fields): (&'static str, usize),
) -> Sample {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    let label = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, label);
    Sample {
        name,
        response,
        message,
        fields,
    }
}

fn filled(start: &str, filler: &str, end: &str) -> String {
    let count = (LARGE - start.len() - end.len()) / filler.len();
    [start, &filler.repeat(count), end].concat()
}

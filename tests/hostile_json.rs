//! Unusual and hostile JSON is read in bounded time and memory.

use std::convert::Infallible;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tower::{service_fn, Layer, ServiceExt};
use tower_error_envelope::{Envelope, ErrorEnvelopeLayer};

/// The envelope and the JSON that a client gets for a 400 with this body.
async fn read(body: impl Into<Bytes>) -> (Envelope, String) {
    let body = body.into();
    let service = service_fn(move |_: Request<()>| {
        let mut response = Response::new(Full::from(body.clone()));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        async { Ok::<_, Infallible>(response) }
    });
    let layer = ErrorEnvelopeLayer::client().with_body_limit(16 * 1024 * 1024);
    let response = layer
        .layer(service)
        .oneshot(Request::new(()))
        .await
        .unwrap();
    let envelope = response.extensions().get().cloned().unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (
        envelope,
        String::from_utf8(body.into()).expect("UTF-8, whatever came"),
    )
}

const NOTHING: &str =
    r#"{"_error_message":"Bad Request","_error_type":"clustr.exceptions.BadRequest"}"#;

#[tokio::test]
async fn invalid_json_is_not_read_as_json() {
    let bodies: [&[u8]; 21] = [
        b"{",
        b"[",
        b"{\"message\"",
        b"{\"message\":",
        b"{\"message\": \"cut",
        b"{\"message\": \"x y\"",
        b"{\"message\": \"x y\"}}",
        b"{\"message\": \"x y\"} {}",
        b"{\"message\": \"x y\",}",
        b"{'message': 'x y'}",
        b"{message: \"x y\"}",
        b"{\"message\": \"x y\" // comment\n}",
        b"{\"message\": \"tab\there\"}",
        b"{\"message\": \"nul\0here\"}",
        b"{\"message\": \"\\ud800\"}",
        b"{\"message\": \"\\u12\"}",
        b"{\"message\": \"\\x41\"}",
        b"{\"message\": \"\xff\xfe\"}",
        b"{\"message\": \"\xed\xa0\x80\"}",
        b"{\"code\": 01}",
        b"[NaN]",
    ];
    for body in bodies {
        assert_eq!(
            read(body).await.1,
            NOTHING,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

#[tokio::test]
async fn unusual_json_is_read() {
    #[rustfmt::skip]
    let cases = [
        (r#"{}"#, NOTHING),
        (r#"[]"#, NOTHING),
        (r#""""#, NOTHING),
        (r#"null"#, NOTHING),
        (r#"{"": ""}"#, NOTHING),
        (r#"{"message": ""}"#, NOTHING),
        (r#"{"message": null}"#, NOTHING),
        (r#"{"message": [[[[]]]]}"#, NOTHING),
        (r#"{"error": {"error": {"error": {}}}}"#, NOTHING),
        ("\u{feff}{\"message\": \"x y\"}", r#"{"_error_message":"x y","_error_type":"clustr.exceptions.BadRequest"}"#),
        (")]}',\n{\"message\": \"x y\"}", r#"{"_error_message":"x y","_error_type":"clustr.exceptions.BadRequest"}"#),
        // Of equal names the first counts; messages are joined.
        (r#"{"message": "a b", "message": "c d"}"#, r#"{"_error_message":"a b","_error_type":"clustr.exceptions.BadRequest"}"#),
        (r#"{"_error_message": "a", "_error_message": "b"}"#, r#"{"_error_message":"a","_error_type":"clustr.exceptions.BadRequest"}"#),
        (r#"{"a": ["1 x"], "b": ["2 x"], "a": ["3 x"]}"#, r#"{"a":["1 x","3 x"],"b":["2 x"]}"#),
        // Numbers beyond every type.
        (r#"{"message": "x y", "code": 1e308}"#, r#"{"_error_message":"x y","_error_type":"clustr.exceptions.BadRequest"}"#),
        (r#"{"message": "x y", "code": 99999999999999999999999999}"#, r#"{"_error_message":"x y","_error_type":"clustr.exceptions.BadRequest"}"#),
        (r#"{"message": "x y", "code": -9223372036854775808}"#, r#"{"_error_message":"x y","_error_type":"-9223372036854775808"}"#),
        (r#"{"message": "x y", "code": -0}"#, r#"{"_error_message":"x y","_error_type":"clustr.exceptions.BadRequest"}"#),
        // Characters that are dangerous elsewhere.
        (r#"{"message": "nul \u0000 here"}"#, "{\"_error_message\":\"nul \\u0000 here\",\"_error_type\":\"clustr.exceptions.BadRequest\"}"),
        ("{\"message\": \"line\u{2028}and \u{2029} x\"}", r#"{"_error_message":"line\u2028and \u2029 x","_error_type":"clustr.exceptions.BadRequest"}"#),
        (r#"{"message": "</script><script>alert(1)</script> x"}"#, r#"{"_error_message":"\u003c/script\u003e\u003cscript\u003ealert(1)\u003c/script\u003e x","_error_type":"clustr.exceptions.BadRequest"}"#),
        (r#"{"message": "\ud83d\ude00 x"}"#, "{\"_error_message\":\"😀 x\",\"_error_type\":\"clustr.exceptions.BadRequest\"}"),
        (r#"{"message": "a\r\nSet-Cookie: x=1"}"#, r#"{"_error_message":"a\r\nSet-Cookie: x=1","_error_type":"clustr.exceptions.BadRequest"}"#),
        // Names with a meaning in other languages.
        (r#"{"__proto__": ["x y"], "constructor": ["z"], "a\"b": ["c"]}"#, r#"{"__proto__":["x y"],"constructor":["z"],"a\"b":["c"]}"#),
        (r#"{"errors": {"_error_message": ["x y"], "_error_type": ["z"]}}"#, r#"{"_error_message":"_error_message: x y\n_error_type: z"}"#),
        (r#"{"errors": [null, 1, true, [], {}, "x y", [["z"]]]}"#, r#"{"_error_message":"x y","_error_type":"clustr.exceptions.BadRequest"}"#),
    ];
    for (body, want) in cases {
        assert_eq!(read(body).await.1, want, "{body}");
    }
}

#[tokio::test]
async fn nesting_without_end_costs_only_the_message() {
    for depth in [65, 1_000, 1_000_000] {
        for (open, close) in [
            ("[", "]"),
            ("{\"a\":", "}"),
            ("{\"errors\":[", "]}"),
            ("{\"error\":{\"details\":[", "]}}"),
        ] {
            let body = open.repeat(depth) + "\"x y\"" + &close.repeat(depth);
            assert_eq!(read(body).await.1, NOTHING, "{depth} {open}");
            assert_eq!(read(open.repeat(depth)).await.1, NOTHING, "{depth} {open}");
        }
    }
}

#[tokio::test]
async fn nesting_within_the_bound_is_read_to_its_end() {
    let open = "{\"a\":".repeat(60);
    let (envelope, _) = read(format!("{{\"errors\":{open}[\"x y\"]{}}}", "}".repeat(60))).await;
    let name = vec!["a"; 60].join(".");
    assert_eq!(
        envelope.field_errors().get(&name).collect::<Vec<_>>(),
        ["x y"]
    );
}

#[tokio::test]
async fn fields_and_messages_are_bounded_and_the_cut_is_marked() {
    let fields: Vec<_> = (0..100_000)
        .map(|number| format!("\"f{number}\": [\"x y\"]"))
        .collect();
    for body in [
        format!("{{{}}}", fields.join(",")),
        format!("{{\"errors\": {{{}}}}}", fields.join(",")),
    ] {
        let (envelope, _) = read(body).await;
        let names: Vec<_> = envelope
            .field_errors()
            .iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!((names.len(), names[0], names[1024]), (1025, "f0", "…"));
    }

    let messages: Vec<_> = (0..100_000)
        .map(|number| format!("\"m {number}\""))
        .collect();
    let (envelope, _) = read(format!(
        "{{\"errors\": {{\"a\": [{}]}}}}",
        messages.join(",")
    ))
    .await;
    let kept: Vec<_> = envelope.field_errors().get("a").collect();
    assert_eq!((kept.len(), kept[0], kept[64]), (65, "m 0", "…"));

    let (envelope, _) = read(format!("{{\"errors\": [{}]}}", messages.join(","))).await;
    let lines: Vec<_> = envelope.message().lines().collect();
    assert_eq!((lines.len(), lines[0], lines[64]), (65, "m 0", "…"));
}

#[tokio::test]
async fn texts_and_names_are_bounded_and_the_cut_is_marked() {
    let long = "ä ".repeat(1_000_000);
    let (envelope, _) = read(format!(
        "{{\"message\": \"{long}\", \"code\": \"E_{long}\"}}"
    ))
    .await;
    assert!(envelope.message().len() <= 64 * 1024 + '…'.len_utf8());
    assert!(envelope.message().ends_with('…'));
    let (envelope, _) = read(format!("{{\"{long}\": [\"x y\"]}}")).await;
    let (name, _) = envelope.field_errors().iter().next().unwrap();
    assert!(name.len() <= 256 + '…'.len_utf8() && name.ends_with('…'));
}

/// Quadratic work would take minutes here.
#[tokio::test]
async fn long_names_above_many_messages_are_not_copied_for_each() {
    let name = "n".repeat(4 * 1024 * 1024);
    let items = vec!["{\"message\":\"x y\"}"; 200_000].join(",");
    let (envelope, _) = read(format!("{{\"errors\": {{\"{name}\": [{items}]}}}}")).await;
    assert_eq!(envelope.field_errors().len(), 1);
    let items = vec!["{\"a\":[\"x y\"]}"; 200_000].join(",");
    read(format!("{{\"errors\": {{\"{name}\": [{items}]}}}}")).await;
    let names: Vec<_> = (0..200_000)
        .map(|number| format!("{{\"field\":\"f{number}\",\"message\":\"x y\"}}"))
        .collect();
    read(format!("{{\"errors\": [{}]}}", names.join(","))).await;
}

/// One message for many parameters is written once for each: all texts together are bounded.
#[tokio::test]
async fn output_is_bounded_however_often_a_message_is_told() {
    let message = "m ".repeat(24_500);
    let names: Vec<_> = (0..1500).map(|number| format!("\"a{number}\"")).collect();
    let list = names.join(",");
    let repeated: Vec<_> = names
        .iter()
        .map(|name| format!("\"field\":{name}"))
        .collect();
    let path = names
        .iter()
        .map(|name| format!("{name}:\"{}\"", "x ".repeat(20)));
    let bodies = [
        format!("{{\"errors\":[{{\"fields\":[{list}],\"message\":\"{message}\"}}]}}"),
        format!("{{{},\"message\":\"{message}\"}}", repeated.join(",")),
        format!("{{\"errors\":{{{}}}}}", path.collect::<Vec<_>>().join(",")),
        format!("{{\"resourceType\":\"OperationOutcome\",\"issue\":[{{\"expression\":[{list}],\"diagnostics\":\"{message}\"}}]}}"),
    ];
    for body in bodies {
        let start = body[..40].to_owned();
        let (_, json) = read(body).await;
        assert!(
            json.len() <= 2 * 128 * 1024,
            "{} bytes of {start}",
            json.len()
        );
    }
}

#[test]
fn an_envelope_does_not_keep_a_large_body_in_memory() {
    let filler = "x".repeat(1024 * 1024);
    let body = Bytes::from(format!(
        "{{\"message\":\"It is broken\",\"filler\":\"{filler}\"}}"
    ));
    let response = Response::builder().status(500).body(body).unwrap();
    let envelope = tower_error_envelope::read::read(&response);
    assert_eq!(envelope.message(), "It is broken");
    let body = response.into_body();
    assert!(body.is_unique(), "the envelope shares the body");
}

/// A name of 32 KB above thousands of others is not copied for each of them.
#[tokio::test]
async fn a_long_name_above_many_names_is_not_copied_whole() {
    let name = "n".repeat(1024 * 1024);
    let members: Vec<_> = (0..100_000)
        .map(|number| format!("\"a{number}\":[\"m\"]"))
        .collect();
    let (envelope, _) = read(format!("{{\"{name}\":{{{}}}}}", members.join(","))).await;
    // The name, cut; the name, cut at the limit of all texts; and the mark for the rest.
    assert!(envelope.field_errors().len() <= 3);
}

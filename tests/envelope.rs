//! The envelope as a value, and its documented JSON.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{header, HeaderName, HeaderValue, Response, StatusCode};
use indexmap::IndexMap;
use serde_json::{json, Value};
use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, Problem};
use tower_error_envelope::{Envelope, ErrorKind, ErrorType, FieldErrors, Origin, RetryAdvice};

/// The example of the documentation: a too long address, and a name with two errors.
const DOCUMENTED: &str = r#"{
    "email": ["contains 300 characters, max. is 255."],
    "username": ["only alphanumberic charaters with '_', '-' and '.' without spaces is allowed.", "contains 300 characters, max. is 255."]
}"#;

fn documented() -> Envelope {
    serde_json::from_str(DOCUMENTED).unwrap()
}

fn json(envelope: &Envelope) -> String {
    serde_json::to_string(envelope).unwrap()
}

fn text(writer: &impl ErrorWriter, envelope: &Envelope) -> String {
    String::from_utf8(writer.write(envelope).into_body().to_vec()).unwrap()
}

#[test]
fn the_client_algorithm_gives_the_text_of_the_documentation() {
    let username = "username - only alphanumberic charaters with '_', '-' and '.' without spaces is allowed.\nusername - contains 300 characters, max. is 255.";
    assert_eq!(documented().message_for(&["username"]), username);
    let all = format!("{username}\nemail - contains 300 characters, max. is 255.");
    assert_eq!(documented().message_for(&["username", "email"]), all);
}

#[test]
fn the_client_algorithm_ignores_other_fields() {
    assert_eq!(documented().message_for(&["phone"]), "");
    assert_eq!(documented().message_for(&[]), "");
}

#[test]
fn a_message_about_the_whole_wins() {
    let both = documented().with_message("The form is incomplete");
    assert_eq!(both.message_for(&["username"]), "The form is incomplete");
    let empty: Envelope =
        serde_json::from_str(r#"{"_error_message": "", "email": ["is taken"]}"#).unwrap();
    assert_eq!(empty.message_for(&["email"]), "email - is taken");
}

#[test]
fn the_documented_json_is_read_and_written() {
    assert_eq!(documented().status(), StatusCode::BAD_REQUEST);
    assert_eq!(documented().origin(), Origin::Wire("clustr"));
    let compact: Value = serde_json::from_str(DOCUMENTED).unwrap();
    assert_eq!(serde_json::to_value(documented()).unwrap(), compact);
    let texts = [
        r#"{"_error_message":"Gone fishing","_error_type":"clustr.exceptions.NotFound"}"#,
        r#"{"_error_message":"Both","email":["is taken"]}"#,
        r#"{"_error_message":"Both","_error_type":"a.B","email":["is taken"],"name":["a","b"]}"#,
    ];
    for text in texts {
        assert_eq!(json(&serde_json::from_str(text).unwrap()), text);
    }
}

#[test]
fn an_unknown_status_is_that_of_the_documented_class() {
    let cases = [
        (r#"{"_error_type": "clustr.exceptions.Throttled"}"#, 429),
        (r#"{"_error_type": "shop.SoldOut"}"#, 500),
        (r#"{"email": ["is taken"]}"#, 400),
        ("{}", 500),
    ];
    for (text, status) in cases {
        assert_eq!(
            serde_json::from_str::<Envelope>(text)
                .unwrap()
                .status()
                .as_u16(),
            status,
            "{text}"
        );
    }
}

#[test]
fn members_that_are_not_documented_are_ignored() {
    let text = r#"{"_error_message": "x", "_error_type": 7, "trace": {"id": 1}, "n": 1, "email": ["a", 2, null]}"#;
    let envelope: Envelope = serde_json::from_str(text).unwrap();
    assert_eq!(json(&envelope), r#"{"_error_message":"x","email":["a"]}"#);
    assert!(serde_json::from_str::<Envelope>("[]")
        .unwrap_err()
        .to_string()
        .contains("an error envelope"));
}

#[test]
fn a_parameter_with_a_reserved_name_overwrites_nothing() {
    let fields = FieldErrors::from_iter([
        ("_error_message", "is too long"),
        ("email", "is taken"),
        ("_error_details", "is no list"),
        ("_error_type", "is odd"),
    ]);
    let envelope = Envelope::validation(fields);
    let lines = "_error_message: is too long\\n_error_type: is odd\\n_error_details: is no list";
    assert_eq!(
        json(&envelope),
        format!(r#"{{"_error_message":"{lines}","email":["is taken"]}}"#)
    );
    assert_eq!(
        json(&envelope.with_message("Invalid")),
        format!(r#"{{"_error_message":"Invalid\n{lines}","email":["is taken"]}}"#)
    );
}

#[test]
fn order_is_kept() {
    let fields = FieldErrors::from_iter([("z", "1"), ("a", "2"), ("m", "3"), ("a", "4")]);
    assert_eq!(
        json(&Envelope::validation(fields)),
        r#"{"z":["1"],"a":["2","4"],"m":["3"]}"#
    );
}

#[test]
fn odd_names_are_ordinary_keys() {
    let fields = FieldErrors::from_iter([
        ("__proto__", "a"),
        ("constructor", "b"),
        ("", "c"),
        ("a.b", "d"),
        ("\0", "e"),
        ("\u{202e}", "f"),
    ]);
    let value = serde_json::to_value(Envelope::validation(fields.clone())).unwrap();
    for (name, messages) in &fields {
        assert_eq!(value[name], serde_json::json!(messages.collect::<Vec<_>>()));
    }
}

#[test]
fn a_status_alone_is_an_error() {
    let gone = Envelope::from_status(StatusCode::GONE);
    assert_eq!((gone.message(), gone.sent_message()), ("Gone", None));
    assert_eq!(
        (gone.error_type().as_str(), gone.sent_error_type()),
        ("clustr.exceptions.Gone", None)
    );
}

#[test]
fn several_messages_are_bullets() {
    assert_eq!(
        Envelope::new(StatusCode::CONFLICT, "is taken").to_string(),
        "is taken"
    );
    assert_eq!(
        Envelope::new(StatusCode::CONFLICT, "one\ntwo").to_string(),
        "- one\n- two"
    );
    let one = Envelope::validation([("email", "is taken")]);
    assert_eq!(one.to_string(), "email: is taken");
    assert_eq!(
        one.with_field("name", "is empty").to_string(),
        "- email: is taken\n- name: is empty"
    );
}

#[test]
fn equality_compares_the_content_not_the_origin() {
    let made = Envelope::from_status(StatusCode::NOT_FOUND);
    let read: Envelope = serde_json::from_str(&json(&made)).unwrap();
    assert_ne!(made.origin(), read.origin());
    assert_eq!(made, read);
    assert_ne!(made, read.with_status(StatusCode::GONE));
    assert_ne!(made, made.clone().with_message("else"));
    assert_ne!(made, made.clone().with_field("a", "b"));
    assert_ne!(
        made,
        made.clone()
            .with_header(header::RETRY_AFTER, HeaderValue::from(1))
    );
}

#[test]
fn debugging_shows_the_names_of_headers_only() {
    let error = Envelope::new(StatusCode::UNAUTHORIZED, "no").with_header(
        header::SET_COOKIE,
        HeaderValue::from_static("session=hunter2"),
    );
    let debug = format!("{error:?}");
    assert!(
        debug.contains("set-cookie") && !debug.contains("hunter2"),
        "{debug}"
    );
}

#[test]
fn types_are_verbatim() {
    let envelope = Envelope::new(StatusCode::PAYMENT_REQUIRED, "no")
        .with_error_type(ErrorType::new("card_declined"));
    assert_eq!(envelope.error_type().to_string(), "card_declined");
}

#[test]
fn an_envelope_is_an_error_one_word_big() {
    fn is_error<E: Error + Send + Sync + 'static>() {}
    is_error::<Envelope>();
    assert_eq!(size_of::<Envelope>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Envelope>>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Envelope>>(), size_of::<usize>());
}

#[test]
fn an_error_that_is_no_validation_error_has_message_and_type_beside_its_parameters() {
    for status in [StatusCode::CONFLICT, StatusCode::INTERNAL_SERVER_ERROR] {
        let error = Envelope::from_status(status).with_field("help", "https://shop.example/help");
        let written: Value = serde_json::from_str(&json(&error)).unwrap();
        assert_eq!(written["_error_message"], error.message());
        assert_eq!(written["_error_type"], error.error_type().as_str());
        assert_eq!(written["help"], json!(["https://shop.example/help"]));
    }
    for status in [StatusCode::BAD_REQUEST, StatusCode::UNPROCESSABLE_ENTITY] {
        let error = Envelope::from_status(status).with_field("email", "is taken");
        assert_eq!(json(&error), r#"{"email":["is taken"]}"#);
    }
}

#[test]
fn the_client_algorithm_prefers_parameters_to_a_message_that_was_only_generated() {
    let taken = Envelope::from_status(StatusCode::CONFLICT).with_field("email", "is taken");
    let read: Envelope = serde_json::from_str(&json(&taken)).unwrap();
    for error in [taken.clone(), read.with_status(StatusCode::CONFLICT)] {
        assert_eq!(error.message_for(&["email"]), "email - is taken");
        assert_eq!(error.message_for(&["phone"]), "Conflict");
    }
    let said = taken.with_message("Pick another");
    assert_eq!(said.message_for(&["email"]), "Pick another");
}

#[test]
fn members_stand_in_an_object_of_their_own_in_order() {
    let error = Envelope::new(StatusCode::FORBIDDEN, "no")
        .with_error_type("shop.Credit")
        .with_field("amount", "is too high")
        .with_member("request_id", "7f3a")
        .with_member("balance", 30)
        .with_member("accounts", json!([{"id": 1}]));
    let want = concat!(
        r#"{"_error_message":"no","_error_type":"shop.Credit","amount":["is too high"],"#,
        r#""_error_details":{"request_id":"7f3a","balance":30,"accounts":[{"id":1}]}}"#,
    );
    assert_eq!(json(&error), want);
    assert_eq!(text(&Clustr, &error), want);
    let read: Envelope = serde_json::from_str(want).unwrap();
    assert_eq!(read.with_status(StatusCode::FORBIDDEN), error);
}

#[test]
fn a_member_replaces_one_of_the_same_name() {
    let error = Envelope::from_status(StatusCode::GONE)
        .with_member("a", 1)
        .with_member("b", 2)
        .with_member("a", 3);
    let members: Vec<_> = error.members().iter().collect();
    assert_eq!(members, [("a", json!(3)), ("b", json!(2))]);
}

#[test]
fn members_stand_beside_the_error_of_copr() {
    let error = Envelope::new(StatusCode::GONE, "no")
        .with_member("error", "<b>")
        .with_member("id", 7);
    let want = r#"{"error":"no","id":7,"_error_details":{"error":"\u003cb\u003e"}}"#;
    assert_eq!(text(&Copr, &error), want);
}

#[test]
fn errors_that_differ_in_members_differ() {
    let error = Envelope::from_status(StatusCode::GONE);
    let one = error.clone().with_member("id", 1);
    assert_ne!(one, error);
    assert_ne!(one, error.clone().with_member("id", "1"));
    assert_eq!(one, error.with_member("id", 1));
}

/// An error with a secret in its text and in its `Debug`.
#[derive(Debug)]
struct Secret;

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://admin:hunter2@db.internal")
    }
}

impl Error for Secret {}

#[test]
fn the_cause_is_available_and_never_written() {
    let error = Envelope::internal(Secret);
    assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(error.source().unwrap().is::<Secret>());
    assert!(Error::source(&error).unwrap().is::<Secret>());
    let shown = [
        json(&error),
        text(&Clustr, &error),
        text(&Copr, &error),
        text(&Problem, &error),
        error.to_string(),
        format!("{error:?} {error:#?}"),
    ];
    for shown in shown {
        assert!(
            !shown.contains("hunter2") && !shown.contains("Secret"),
            "{shown}"
        );
    }
    let busy = Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "busy").with_source("text");
    assert_eq!(busy.source().unwrap().to_string(), "text");
    assert_eq!(busy, Envelope::new(StatusCode::SERVICE_UNAVAILABLE, "busy"));
}

#[test]
fn an_empty_type_is_none() {
    let error = Envelope::new(StatusCode::GONE, "").with_error_type("");
    assert_eq!(error, Envelope::from_status(StatusCode::GONE));
    assert_eq!(error.sent_error_type(), None);
}

#[test]
fn headers_of_the_body_and_the_connection_are_left_out() {
    let names = [
        "Content-Length",
        "transfer-encoding",
        "content-encoding",
        "content-type",
        "content-range",
        "content-language",
        "content-location",
        "content-disposition",
        "content-md5",
        "content-digest",
        "repr-digest",
        "digest",
        "etag",
        "last-modified",
        "accept-ranges",
        "trailer",
        "connection",
        "keep-alive",
        "proxy-connection",
        "upgrade",
        "te",
        "http2-settings",
    ];
    for name in names {
        let error = Envelope::from_status(StatusCode::GONE).with_header(name, "x");
        assert!(error.headers().is_empty(), "{name}");
    }
}

#[test]
fn headers_are_built_from_texts_and_numbers_and_invalid_ones_are_left_out() {
    let error = Envelope::from_status(StatusCode::GONE)
        .with_header("Retry-After", 3)
        .with_header(header::WWW_AUTHENTICATE, "Basic")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        .with_header(HeaderName::from_static("x-a"), String::from("b"));
    assert_eq!(error.headers().len(), 4);
    let split = "1\r\nset-cookie: a=b";
    let same = error
        .clone()
        .with_header("x-a", split)
        .with_header(split, "x")
        .with_header("", "x");
    assert_eq!(same, error);
}

#[test]
fn a_status_and_a_status_with_a_text_are_errors() {
    fn fails(text: bool) -> Result<(), Envelope> {
        if text {
            Err((StatusCode::CONFLICT, format!("{} is taken", 7)))?;
        }
        Err(StatusCode::GONE)?
    }
    assert_eq!(
        fails(false).unwrap_err(),
        Envelope::from_status(StatusCode::GONE)
    );
    assert_eq!(
        fails(true).unwrap_err(),
        Envelope::new(StatusCode::CONFLICT, "7 is taken")
    );
}

#[test]
fn field_errors_are_made_of_arrays_lists_maps_and_iterators() {
    let want: FieldErrors = [("a", "1"), ("a", "2"), ("b", "3")].into_iter().collect();
    let owned = |name: &str, list: &[&str]| {
        (
            name.to_owned(),
            list.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    };
    let both = || [owned("a", &["1", "2"]), owned("b", &["3"])];
    let made = [
        FieldErrors::from([("a", "1"), ("a", "2"), ("b", "3")]),
        FieldErrors::from([("a", vec!["1", "2"]), ("b", vec!["3"])]),
        FieldErrors::from(vec![("a", "1"), ("a", "2"), ("b", "3")]),
        FieldErrors::from(BTreeMap::from(both())),
        FieldErrors::from(HashMap::from(both())),
        IndexMap::from(both()).into_iter().collect(),
        want.clone().into_iter().collect(),
        want.clone().into_iter().collect::<Vec<_>>().into(),
    ];
    for made in made {
        assert_eq!(made, want);
        assert_eq!(Envelope::validation(made.clone()), Envelope::from(made));
    }
    let mut extended = FieldErrors::from([("a", "1")]);
    extended.extend([("a", ["2"]), ("b", ["3"])]);
    assert_eq!(extended, want);
}

#[test]
fn a_parameter_can_be_removed_and_the_order_of_the_others_stays() {
    let mut fields = FieldErrors::from([("a", "1"), ("b", "2"), ("c", "3"), ("a", "4")]);
    assert_eq!(fields.remove("a"), ["1", "4"]);
    assert_eq!(fields.remove("a"), Vec::<String>::new());
    assert_eq!(fields, FieldErrors::from([("b", "2"), ("c", "3")]));
}

#[test]
fn field_errors_and_types_are_json() {
    let text = r#"{"b":["1","2"],"a":["3"]}"#;
    let fields: FieldErrors = serde_json::from_str(text).unwrap();
    assert_eq!(
        fields,
        FieldErrors::from([("b", ["1", "2"].to_vec()), ("a", vec!["3"])])
    );
    assert_eq!(serde_json::to_string(&fields).unwrap(), text);
    let lenient: FieldErrors =
        serde_json::from_str(r#"{"a":"1","b":[2,"3"],"c":null,"d":[]}"#).unwrap();
    assert_eq!(lenient, FieldErrors::from([("a", "1"), ("b", "3")]));
    let error_type: ErrorType = serde_json::from_str(r#""a.B""#).unwrap();
    assert_eq!(serde_json::to_string(&error_type).unwrap(), r#""a.B""#);
}

#[test]
fn a_type_is_compared_with_a_text() {
    let error = Envelope::from_status(StatusCode::GONE);
    assert!(error.error_type() == "clustr.exceptions.Gone");
    assert!(*error.error_type() == "clustr.exceptions.Gone" && "a" != *error.error_type());
    assert_eq!(error.error_type().as_ref(), "clustr.exceptions.Gone");
}

#[test]
fn equal_errors_have_one_hash() {
    let error = || {
        Envelope::validation([("a", "1")])
            .with_member("x", 1)
            .with_member("y", 2)
    };
    let other = Envelope::validation([("a", "1")])
        .with_member("y", 2)
        .with_member("x", 1);
    let set = HashSet::from([error(), other, error().with_message("else")]);
    assert_eq!(set.len(), 2);
}

#[test]
fn advises_on_retries_by_what_the_error_says() {
    let advice = |code, header: Option<(&'static str, &'static str)>| {
        let error = Envelope::from_status(StatusCode::from_u16(code).unwrap());
        let (name, value) = header.unwrap_or(("x-none", ""));
        error.with_header(name, value).retry_advice()
    };
    let after = |seconds| RetryAdvice::After(Duration::from_secs(seconds));
    let cases = [
        (503, None, RetryAdvice::Backoff),
        (429, None, RetryAdvice::Backoff),
        (425, None, RetryAdvice::Backoff),
        // The request decides whether these may be sent twice.
        (500, None, RetryAdvice::No),
        (504, None, RetryAdvice::No),
        (404, None, RetryAdvice::No),
        (404, Some(("retry-after", "2")), after(2)),
        (429, Some(("x-ratelimit-reset", "4")), after(4)),
        (503, Some(("retry-after", "9999")), RetryAdvice::No),
        (503, Some(("x-should-retry", "false")), RetryAdvice::No),
        (500, Some(("x-should-retry", "true")), RetryAdvice::Backoff),
    ];
    for (code, header, want) in cases {
        assert_eq!(advice(code, header), want, "{code} {header:?}");
    }
}

#[cfg(feature = "tonic")]
#[test]
fn the_delay_of_a_grpc_error_is_advice() {
    use tonic_types::{ErrorDetails, StatusExt};
    let delay = Duration::from_millis(1500);
    let details = ErrorDetails::with_retry_info(Some(delay));
    let busy = tonic::Status::with_error_details(tonic::Code::Unavailable, "busy", details);
    assert_eq!(
        Envelope::from(busy).retry_advice(),
        RetryAdvice::After(delay)
    );
    let busy = Envelope::from(tonic::Status::unavailable("busy"));
    assert_eq!(busy.retry_advice(), RetryAdvice::Backoff);
    let odd = Envelope::from(tonic::Status::not_found("no"));
    assert_eq!(odd.retry_advice(), RetryAdvice::No);
}

#[test]
fn kinds_have_names_for_people() {
    let kind = Envelope::from_status(StatusCode::UNAUTHORIZED).kind();
    assert_eq!(
        (kind, kind.to_string().as_str()),
        (ErrorKind::NotAuthenticated, "not authenticated")
    );
}

#[test]
fn the_delay_in_a_body_counts() {
    let read = |body: &'static str| {
        let response = Response::builder().status(429);
        let response = response.body(Bytes::from_static(body.as_bytes())).unwrap();
        tower_error_envelope::read::read(&response).retry_advice()
    };
    for (body, seconds) in [
        (
            r#"{"message":"You are being rate limited.","retry_after":64.5,"global":false}"#,
            64.5,
        ),
        (
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 35","parameters":{"retry_after":35}}"#,
            35.0,
        ),
        (
            r#"{"error":{"message":"Slow down please","retry_after":"7"}}"#,
            7.0,
        ),
    ] {
        let want = RetryAdvice::After(Duration::from_secs_f64(seconds));
        assert_eq!(read(body), want, "{body}");
    }
    for body in [
        r#"{"message":"Slow down please","retry_after":"soon"}"#,
        r#"{"message":"Slow down please","retry_after":-3}"#,
        r#"{"message":"Slow down please","retry_after":null}"#,
    ] {
        assert_eq!(read(body), RetryAdvice::Backoff, "{body}");
    }
}

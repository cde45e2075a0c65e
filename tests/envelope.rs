//! The envelope as a value, and its documented JSON.

use http::{header, HeaderValue, StatusCode};
use tower_error_envelope::{Envelope, ErrorType, FieldErrors, Origin};

/// The example of the documentation: an over-long address, and a name with two faults.
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

#[test]
fn the_client_algorithm_shows_what_the_documentation_shows() {
    let username = "username - only alphanumberic charaters with '_', '-' and '.' without spaces is allowed.\nusername - contains 300 characters, max. is 255.";
    assert_eq!(documented().message_for(&["username"]), username);
    let all = format!("{username}\nemail - contains 300 characters, max. is 255.");
    assert_eq!(documented().message_for(&["username", "email"]), all);
}

#[test]
fn the_client_algorithm_has_nothing_to_say_of_other_fields() {
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
    let compact: serde_json::Value = serde_json::from_str(DOCUMENTED).unwrap();
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
fn the_status_is_that_of_the_documented_class_where_none_is_known() {
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
fn a_parameter_with_a_reserved_name_hijacks_nothing() {
    let fields = FieldErrors::from_iter([
        ("_error_message", "is too long"),
        ("email", "is taken"),
        ("_error_type", "is odd"),
    ]);
    let envelope = Envelope::validation(fields);
    let lines = "_error_message: is too long\\n_error_type: is odd";
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
    let one = Envelope::validation(FieldErrors::from_iter([("email", "is taken")]));
    assert_eq!(one.to_string(), "email: is taken");
    assert_eq!(
        one.with_field("name", "is empty").to_string(),
        "- email: is taken\n- name: is empty"
    );
}

#[test]
fn equality_is_what_is_written_not_where_it_came_from() {
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
    fn is_error<E: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Envelope>();
    assert_eq!(size_of::<Envelope>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Envelope>>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Envelope>>(), size_of::<usize>());
}

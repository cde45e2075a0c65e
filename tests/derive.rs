//! `#[derive(IntoEnvelope)]`.
#![cfg(all(feature = "derive", feature = "validator"))]

use tower_error_envelope::{Envelope, FieldErrors, IntoEnvelope};
use validator::Validate;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
#[envelope(namespace = "printer")]
enum PrinterError {
    /// There is no such printer.
    #[error("There is no printer {id}")]
    #[envelope(status = 404, members(id, names))]
    NotFound { id: u32, names: Vec<String> },
    #[error("The job was refused")]
    #[envelope(validation)]
    Invalid(#[from] validator::ValidationErrors),
    #[error("The store is busy")]
    #[envelope(status = 503, retry_after = 5)]
    Busy,
    #[error("The upstream said: {0}")]
    #[envelope(status = 502, exposed)]
    Upstream(#[source] std::fmt::Error),
    #[error(transparent)]
    #[envelope(internal)]
    Store(#[from] std::io::Error),
    #[error("Paper jam")]
    #[envelope(status = 409, error_type = "urn:printer:jam", members(r#type))]
    Jam { r#type: Option<u8> },
}

#[derive(Debug, thiserror::Error, IntoEnvelope)]
#[error("The shop is closed")]
#[envelope(status = 410)]
struct Closed;

#[derive(Debug, thiserror::Error, IntoEnvelope)]
#[error("wrong")]
#[envelope(validation, status = 422)]
struct Wrong(FieldErrors);

/// The JSON that a client gets.
fn sent(error: impl Into<Envelope>) -> Envelope {
    let envelope = error.into();
    let json = serde_json::to_string(&envelope).unwrap();
    let read: Envelope = serde_json::from_str(&json).unwrap();
    read.with_status(envelope.status())
}

fn not_found() -> PrinterError {
    PrinterError::NotFound {
        id: 8,
        names: vec!["a".into()],
    }
}

#[test]
fn a_variant_has_its_status_its_type_its_text_and_its_members() {
    let error = Envelope::from(not_found());
    assert_eq!(error.status().as_u16(), 404);
    assert_eq!(
        serde_json::to_string(&error).unwrap(),
        r#"{"_error_message":"There is no printer 8","_error_type":"printer.NotFound","_error_details":{"id":8,"names":["a"]}}"#,
    );
}

#[test]
fn a_variant_comes_back_by_its_type_and_its_members() {
    match PrinterError::from_envelope(&sent(not_found())) {
        Some(PrinterError::NotFound { id: 8, names }) => assert_eq!(names, ["a"]),
        other => panic!("{other:?}"),
    }
    let back = |error: PrinterError| PrinterError::from_envelope(&sent(error));
    assert!(matches!(back(PrinterError::Busy), Some(PrinterError::Busy)));
    let jam = back(PrinterError::Jam { r#type: Some(3) });
    assert!(matches!(jam, Some(PrinterError::Jam { r#type: Some(3) })));
    assert!(Closed::from_envelope(&sent(Closed)).is_some());
    assert!(Closed::from_envelope(&sent(PrinterError::Busy)).is_none());
}

#[test]
fn an_envelope_without_a_member_of_the_right_form_is_not_converted_back() {
    let missing =
        Envelope::from_status(http::StatusCode::NOT_FOUND).with_error_type("printer.NotFound");
    assert!(PrinterError::from_envelope(&missing).is_none());
    let odd = missing.with_member("id", "eight").with_member("names", 1);
    assert!(PrinterError::from_envelope(&odd).is_none());
}

#[test]
fn an_internal_error_is_logged_and_never_sent() {
    let error = PrinterError::from(std::io::Error::other("postgres://hunter2@db"));
    let error = Envelope::from(error);
    assert_eq!(
        error,
        Envelope::from_status(http::StatusCode::INTERNAL_SERVER_ERROR)
    );
    assert_eq!(error.source().unwrap().to_string(), "postgres://hunter2@db");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[test]
fn an_exposed_error_is_sent_and_keeps_its_cause() {
    let error = Envelope::from(PrinterError::Upstream(std::fmt::Error));
    assert!(error.message().starts_with("The upstream said: "));
    assert!(error
        .source()
        .unwrap()
        .source()
        .unwrap()
        .is::<std::fmt::Error>());
}

#[test]
fn a_delay_is_a_header() {
    let busy = Envelope::from(PrinterError::Busy);
    assert_eq!(busy.headers()["retry-after"], "5");
    assert_eq!(busy.message(), "The store is busy");
}

#[derive(Validate)]
struct Job {
    #[validate(range(min = 1, message = "is too small"))]
    copies: u8,
}

#[test]
fn a_validation_error_lists_the_messages_of_each_parameter() {
    let invalid = Job { copies: 0 }.validate().unwrap_err();
    let error = Envelope::from(PrinterError::from(invalid));
    assert_eq!(error, Envelope::validation([("copies", "is too small")]));
}

#[test]
fn field_errors_come_back() {
    let fields = FieldErrors::from([("a", "b")]);
    let error = sent(Wrong(fields.clone()));
    assert_eq!(error.status().as_u16(), 422);
    assert_eq!(Wrong::from_envelope(&error).unwrap().0, fields);
    assert!(Wrong::from_envelope(&sent(Closed)).is_none());
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn a_handler_of_axum_returns_it() {
    use axum::response::IntoResponse;
    let response = not_found().into_response();
    assert_eq!(response.status(), 404);
    assert_eq!(
        response.extensions().get::<Envelope>(),
        Some(&not_found().into())
    );
}

#[cfg(feature = "tonic")]
#[test]
fn grpc_carries_it_to_the_client() {
    let status = tonic::Status::from(not_found());
    assert_eq!(
        (status.code(), status.message()),
        (tonic::Code::NotFound, "There is no printer 8")
    );
    let back = PrinterError::from_envelope(&Envelope::from(status));
    assert!(
        matches!(back, Some(PrinterError::NotFound { id: 8, .. })),
        "{back:?}"
    );
    let store = tonic::Status::from(PrinterError::from(std::io::Error::other("hunter2")));
    assert!(!format!("{status:?} {status}", status = store).contains("hunter2"));
}

#[cfg(feature = "utoipa")]
#[test]
fn each_status_is_documented_with_its_variants() {
    use utoipa::IntoResponses;
    let responses = serde_json::to_value(PrinterError::responses()).unwrap();
    let described = |status: &str| {
        responses[status]["description"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(described("404"), "There is no such printer.");
    assert_eq!(described("503"), "The store is busy");
    assert_eq!(described("500"), "Internal Server Error");
    assert!(responses["409"]["content"]["application/json"]["schema"].is_object());
}

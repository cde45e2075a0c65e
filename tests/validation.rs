//! The errors of `validator` and `garde`, as values and as responses of `axum-valid`.
#![cfg(all(
    feature = "axum",
    feature = "validator",
    feature = "validator-0_20",
    feature = "garde"
))]

use std::borrow::Cow;

use tower_error_envelope::{Envelope, FieldErrors};

mod by_validator {
    use super::*;
    use validator::{Validate, ValidationError};

    #[derive(Validate)]
    #[validate(schema(function = "differ", skip_on_field_errors = false))]
    struct Account {
        #[validate(email)]
        email: String,
        #[validate(
            length(min = 8, message = "is too short"),
            must_match(other = "email", message = " ")
        )]
        password: String,
        #[validate(nested)]
        address: Address,
        #[validate(nested)]
        items: Vec<Item>,
    }

    #[derive(Validate)]
    #[validate(schema(function = "odd", skip_on_field_errors = false))]
    struct Address {
        #[validate(length(min = 1))]
        street: String,
    }

    #[derive(Validate)]
    struct Item {
        #[validate(range(min = 1, message = "must be positive"))]
        count: u8,
    }

    fn differ(_: &Account) -> Result<(), ValidationError> {
        Err(ValidationError::new("whole").with_message(Cow::Borrowed("The account is odd")))
    }

    fn odd(_: &Address) -> Result<(), ValidationError> {
        Err(ValidationError::new("no_address"))
    }

    fn account() -> Account {
        let item = |count| Item { count };
        Account {
            email: "x".into(),
            password: "hunter2".into(),
            address: Address {
                street: String::new(),
            },
            items: vec![item(1), item(0), item(0)],
        }
    }

    #[test]
    fn names_are_nested_and_messages_are_those_of_the_rules_or_their_codes() {
        let error = Envelope::from(account().validate().unwrap_err());
        let want = Envelope::validation([
            ("address", "no_address"),
            ("address.street", "length"),
            ("email", "email"),
            ("items.1.count", "must be positive"),
            ("items.2.count", "must be positive"),
            ("password", "is too short"),
            ("password", "must_match"),
        ]);
        assert_eq!(error, want.with_message("The account is odd"));
    }

    #[test]
    fn submitted_values_are_never_sent() {
        let error = Envelope::from(account().validate().unwrap_err());
        let json = serde_json::to_string(&error).unwrap();
        assert!(!json.contains("hunter2"), "{json}");
    }

    #[test]
    fn a_handler_may_use_the_question_mark() {
        fn create() -> Result<(), Envelope> {
            account().validate()?;
            Ok(())
        }
        assert!(!create().unwrap_err().field_errors().is_empty());
        let fields = FieldErrors::from(account().validate().unwrap_err());
        assert_eq!(fields.get("__all__").next(), Some("The account is odd"));
    }
}

mod by_garde {
    use super::*;
    use garde::Validate;

    #[derive(Validate)]
    #[garde(custom(odd))]
    struct Account {
        #[garde(email)]
        email: String,
        #[garde(dive)]
        items: Vec<Item>,
        #[garde(inner(length(min = 2)))]
        tags: Vec<String>,
    }

    fn odd(_: &Account, _: &()) -> garde::Result {
        Err(garde::Error::new("The account is odd"))
    }

    #[derive(Validate)]
    struct Item {
        #[garde(range(min = 1))]
        count: u8,
    }

    #[test]
    fn names_are_nested_in_order_and_the_whole_has_the_message() {
        let account = Account {
            email: "x".into(),
            items: vec![Item { count: 1 }, Item { count: 0 }],
            tags: vec!["a".into()],
        };
        let error = Envelope::from(account.validate().unwrap_err());
        assert_eq!(error.message(), "The account is odd");
        let names: Vec<_> = error.field_errors().iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["email", "items.1.count", "tags.0"]);
        assert_eq!(
            error.field_errors().get("items.1.count").next(),
            Some("lower than 1")
        );
    }
}

/// `axum-valid` has validator 0.20, so its errors are read as values by the feature `validator-0_20`.
mod by_axum_valid {
    use super::*;
    use axum::body::Body;
    use axum::response::IntoResponse;
    use axum::routing::post;
    use axum::{Json, Router};
    use axum_valid::{Garde, GardeRejection, Valid, ValidRejection, VALIDATION_ERROR_STATUS};
    use http::Request;
    use std::fmt::Display;
    use tower::ServiceExt;
    use tower_error_envelope::ErrorEnvelopeLayer;
    use validator_0_20::{Validate, ValidationErrors, ValidationErrorsKind};

    /// The errors are built by hand, because the derive macro of 0.20 needs a crate with the name `validator`.
    #[derive(serde::Deserialize)]
    struct Account {
        email: String,
        password: String,
    }

    impl Validate for Account {
        fn validate(&self) -> Result<(), ValidationErrors> {
            let mut errors = ValidationErrors::new();
            if !self.email.contains('@') {
                let mut error = validator_0_20::ValidationError::new("email");
                error.add_param("value".into(), &self.email);
                errors.add("email", error);
            }
            if self.password.len() < 8 {
                let mut error = validator_0_20::ValidationError::new("length");
                error.add_param("value".into(), &self.password);
                errors.add("password", error.with_message("is too short".into()));
            }
            match errors.is_empty() {
                true => Ok(()),
                false => Err(errors),
            }
        }
    }

    #[derive(serde::Deserialize, garde::Validate)]
    struct Order {
        #[garde(email)]
        email: String,
        #[garde(range(min = 1))]
        count: u8,
    }

    type Rejected = ValidRejection<axum::extract::rejection::JsonRejection>;
    type GardeRejected = GardeRejection<axum::extract::rejection::JsonRejection>;

    /// The answer of axum-valid without its feature `into_json`.
    fn in_text(rejection: impl Display) -> impl IntoResponse {
        (VALIDATION_ERROR_STATUS, rejection.to_string())
    }

    async fn text(account: Result<Valid<Json<Account>>, Rejected>) -> impl IntoResponse {
        account.map(drop).map_err(in_text)
    }

    async fn garde_text(order: Result<Garde<Json<Order>>, GardeRejected>) -> impl IntoResponse {
        order.map(drop).map_err(in_text)
    }

    async fn value(account: Result<Valid<Json<Account>>, Rejected>) -> Result<(), Envelope> {
        match account {
            Ok(_) => Ok(()),
            Err(Rejected::Valid(errors)) => Err(errors.into()),
            Err(Rejected::Inner(rejection)) => Err(rejection.into()),
        }
    }

    async fn ask(path: &str, body: &str) -> String {
        let app = Router::new()
            .route("/json", post(|_: Valid<Json<Account>>| async {}))
            .route("/garde/json", post(|_: Garde<Json<Order>>| async {}))
            .route("/text", post(text))
            .route("/garde/text", post(garde_text))
            .route("/value", post(value))
            .layer(ErrorEnvelopeLayer::new());
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 400, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 1024).await;
        String::from_utf8(body.unwrap().into()).unwrap()
    }

    #[tokio::test]
    async fn text_and_json_give_the_errors_of_the_value_and_echo_no_input() {
        let both = r#"{"email": "hunter2", "password": "hunter2"}"#;
        let one = r#"{"email": "hunter2", "password": "12345678"}"#;
        for path in ["/json", "/text", "/value"] {
            // validator keeps no order.
            let answer: std::collections::BTreeMap<String, Vec<String>> =
                serde_json::from_str(&ask(path, both).await).unwrap();
            let want = [("email", "email"), ("password", "is too short")];
            let want = want.map(|(name, said)| (name.to_owned(), vec![said.to_owned()]));
            assert_eq!(answer, want.into(), "{path}");
            assert_eq!(ask(path, one).await, r#"{"email":["email"]}"#, "{path}");
        }
    }

    #[tokio::test]
    async fn gardes_text_and_json_say_the_same() {
        let both = r#"{"email": "hunter2", "count": 0}"#;
        let want =
            r#"{"count":["lower than 1"],"email":["not a valid email: value is missing `@`"]}"#;
        for path in ["/garde/json", "/garde/text"] {
            assert_eq!(ask(path, both).await, want, "{path}");
        }
    }

    #[tokio::test]
    async fn rejections_of_the_inner_extractor_are_read_as_before() {
        for path in ["/json", "/text", "/value", "/garde/json", "/garde/text"] {
            let answer = ask(path, r#"{"email": 5}"#).await;
            assert!(
                answer.starts_with(r#"{"email":["invalid type: integer `5`"#),
                "{path}: {answer}"
            );
        }
    }

    #[test]
    fn nested_errors_of_0_20_have_the_names_of_0_21() {
        let mut items = ValidationErrors::new();
        items.add("count", validator_0_20::ValidationError::new("range"));
        let list = [(1, Box::new(items))].into();
        let mut errors = ValidationErrors::new();
        errors
            .errors_mut()
            .insert("items".into(), ValidationErrorsKind::List(list));
        errors.add("__all__", validator_0_20::ValidationError::new("odd"));
        let want = Envelope::validation([("items.1.count", "range")]).with_message("odd");
        assert_eq!(Envelope::from(errors), want);
    }
}

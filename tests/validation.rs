//! What `validator` and `garde` find, as values.
#![cfg(all(feature = "validator", feature = "garde"))]

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
    fn what_was_submitted_is_never_told() {
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

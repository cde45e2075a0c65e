//! What the crate `validator` finds, with the feature `validator`.
//!
//! ```
//! use axum::Json;
//! use tower_error_envelope::Envelope;
//! use validator::Validate;
//!
//! #[derive(serde::Deserialize, Validate)]
//! struct Account {
//!     #[validate(email(message = "is no address"))]
//!     email: String,
//!     #[validate(length(min = 1))]
//!     name: String,
//! }
//!
//! async fn create(Json(account): Json<Account>) -> Result<(), Envelope> {
//!     account.validate()?;
//!     Ok(())
//! }
//!
//! let account = Account { email: "x".into(), name: String::new() };
//! let error = Envelope::from(account.validate().unwrap_err());
//! assert_eq!(serde_json::to_string(&error)?, r#"{"email":["is no address"],"name":["length"]}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! - A message is that of the rule, else the code of the rule.
//! - Names stand in alphabetical order, as `validator` keeps none. Those of nested values are joined by dots:
//!   `items.0.name`.
//! - The `params` of a rule are left out: they echo what was submitted.
//! - What is wrong with the whole (`#[validate(schema(…))]`) is the message of the [`Envelope`].

use bytestring::ByteString;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::envelope::{Envelope, FieldErrors};

/// The name that `validator` has for the whole.
const WHOLE: &str = "__all__";

/// See [the module](self). What is wrong with the whole is the parameter `__all__`.
impl From<ValidationErrors> for FieldErrors {
    fn from(errors: ValidationErrors) -> Self {
        Self::from(&errors)
    }
}

/// See [the module](self). What is wrong with the whole is the parameter `__all__`.
impl From<&ValidationErrors> for FieldErrors {
    fn from(errors: &ValidationErrors) -> Self {
        let mut fields = Self::new();
        // What comes first is on top.
        let mut open = Vec::new();
        push_all(&mut open, "", errors);
        while let Some((name, kind)) = open.pop() {
            match kind {
                ValidationErrorsKind::Field(errors) => {
                    let name = ByteString::from(name);
                    for error in errors {
                        fields.push_read(name.clone(), message(error).into());
                    }
                }
                ValidationErrorsKind::Struct(errors) => push_all(&mut open, &name, errors),
                ValidationErrorsKind::List(items) => {
                    for (position, errors) in items.iter().rev() {
                        push_all(&mut open, &format!("{name}.{position}"), errors);
                    }
                }
            }
        }
        fields
    }
}

/// A validation error. See [the module](self).
impl From<ValidationErrors> for Envelope {
    fn from(errors: ValidationErrors) -> Self {
        Self::from(&errors)
    }
}

/// A validation error. See [the module](self).
impl From<&ValidationErrors> for Envelope {
    fn from(errors: &ValidationErrors) -> Self {
        let mut fields = FieldErrors::from(errors);
        let whole = fields.remove(WHOLE);
        Self::validation(fields).with_message(whole.join("\n"))
    }
}

type Open<'e> = Vec<(String, &'e ValidationErrorsKind)>;

fn push_all<'e>(open: &mut Open<'e>, parent: &str, errors: &'e ValidationErrors) {
    let mut list: Vec<_> = errors.errors().iter().collect();
    list.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    open.extend(
        list.into_iter()
            .map(|(name, kind)| (join(parent, name), kind)),
    );
}

/// What is wrong with a nested value as a whole is wrong with the parameter that holds it.
fn join(parent: &str, name: &str) -> String {
    match (parent, name) {
        ("", name) => name.to_owned(),
        (parent, WHOLE) => parent.to_owned(),
        (parent, name) => format!("{parent}.{name}"),
    }
}

fn message(error: &ValidationError) -> String {
    let message = error.message.as_deref().map(str::trim);
    let message = message.filter(|message| !message.is_empty());
    message.unwrap_or(&error.code).to_owned()
}

//! Converts the errors of the crate [`validator`](https://docs.rs/validator): version 0.21 with the feature `validator`, and
//! version 0.20, which axum-valid uses, with the feature `validator-0_20`.
//!
//! In: `ValidationErrors`. Out: an [`Envelope`](crate::Envelope) with the status 400, or [`FieldErrors`](crate::FieldErrors).
//! Handlers call the conversions with `?` or `From`.
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
//! - The message of a rule is used. If it has none, the code of the rule is used.
//! - Names are in alphabetical order, because `validator` keeps no order. Names of nested values are joined by dots:
//!   `items.0.name`.
//! - The `params` of a rule are left out, because they repeat the values that the client has sent.
//! - Errors of the value as a whole (`#[validate(schema(…))]`) become the message of the [`Envelope`](crate::Envelope). In
//!   [`FieldErrors`](crate::FieldErrors) they are the parameter `__all__`.

mod tree;

// Two versions of a crate have different types of the same form, so one file is compiled for each of them.
#[cfg(feature = "validator-0_20")]
#[path = "."]
mod v0_20 {
    use validator_0_20 as validator;
    #[allow(clippy::duplicate_mod)]
    mod version;
}
#[cfg(feature = "validator")]
#[path = "."]
mod v0_21 {
    use ::validator;
    #[allow(clippy::duplicate_mod)]
    mod version;
}

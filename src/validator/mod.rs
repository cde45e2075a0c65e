//! What the crate `validator` finds: 0.21 with the feature `validator`, 0.20, which axum-valid uses, with the feature
//! `validator-0_20`.
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
//! - What is wrong with the whole (`#[validate(schema(…))]`) is the message of the [`Envelope`](crate::Envelope).

mod tree;
#[cfg(feature = "validator-0_20")]
mod v0_20;
#[cfg(feature = "validator")]
mod v0_21;

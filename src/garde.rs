//! Converts the reports of the crate [`garde`](https://docs.rs/garde) 0.23, with the feature `garde`.
//!
//! ```
//! use axum::Json;
//! use garde::Validate;
//! use tower_error_envelope::Envelope;
//!
//! #[derive(serde::Deserialize, Validate)]
//! struct Account {
//!     #[garde(length(min = 3))]
//!     name: String,
//!     #[garde(inner(range(min = 1)))]
//!     sizes: Vec<u8>,
//! }
//!
//! async fn create(Json(account): Json<Account>) -> Result<(), Envelope> {
//!     account.validate()?;
//!     Ok(())
//! }
//!
//! let account = Account { name: "x".into(), sizes: vec![1, 0] };
//! let error = Envelope::from(account.validate().unwrap_err());
//! assert_eq!(
//!     serde_json::to_string(&error)?,
//!     r#"{"name":["length is lower than 3"],"sizes.1":["lower than 1"]}"#,
//! );
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Names are in garde's order. Names of nested values are joined by dots: `items[0].name` is `items.0.name`. Errors of the
//! value as a whole become the message of the [`Envelope`]. In [`FieldErrors`] they are the parameter `__all__`.

use garde::Report;

use crate::envelope::{Envelope, FieldErrors};
use crate::http::json_pointer;

/// The name for the whole, as the crate `validator` has it.
const WHOLE: &str = "__all__";

/// See [the module](self). What is wrong with the whole is the parameter `__all__`.
impl From<Report> for FieldErrors {
    fn from(report: Report) -> Self {
        Self::from(&report)
    }
}

/// See [the module](self). What is wrong with the whole is the parameter `__all__`.
impl From<&Report> for FieldErrors {
    fn from(report: &Report) -> Self {
        let mut fields = Self::new();
        for (path, error) in report.iter() {
            let path = match path.is_empty() {
                true => WHOLE.to_owned(),
                false => path.to_string(),
            };
            let name = json_pointer::dotted(&path).into_owned();
            fields.push_read(name.into(), error.message().into());
        }
        fields
    }
}

/// A validation error. See [the module](self).
impl From<Report> for Envelope {
    fn from(report: Report) -> Self {
        Self::from(&report)
    }
}

/// A validation error. See [the module](self).
impl From<&Report> for Envelope {
    fn from(report: &Report) -> Self {
        let mut fields = FieldErrors::from(report);
        let whole = fields.remove(WHOLE);
        Self::validation(fields).with_message(whole.join("\n"))
    }
}

//! The items that generated code uses. They are not part of the public interface.

pub use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::envelope::{Envelope, ErrorKind};

/// A status that the macro has checked.
#[must_use]
pub fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The JSON of a field; null if it cannot be serialised.
pub fn value(field: &impl Serialize) -> Value {
    serde_json::to_value(field).unwrap_or_default()
}

/// Whether an envelope is a validation error.
#[must_use]
pub fn is_validation(envelope: &Envelope) -> bool {
    envelope.kind() == ErrorKind::Validation
}

#[cfg(feature = "axum")]
pub mod axum {
    //! For `IntoResponse`.
    pub use axum_core::response::{IntoResponse, Response};
}

#[cfg(feature = "tonic")]
pub mod tonic {
    //! For `From<…> for Status`.
    pub use tonic::Status;
}

#[cfg(feature = "utoipa")]
pub mod utoipa {
    //! For `IntoResponses`.
    pub use crate::utoipa::{responses, Responses};
    pub use utoipa::IntoResponses;
}

#[cfg(feature = "schemars")]
pub mod schemars {
    //! For `JsonSchema`.
    pub use schemars::{JsonSchema, Schema, SchemaGenerator};
}

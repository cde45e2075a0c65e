//! The JSON Schema of the documented envelope, with the feature `schemars`: for aide and other users of schemars.
//!
//! ```
//! use tower_error_envelope::Envelope;
//!
//! let schema = schemars::schema_for!(Envelope);
//! assert_eq!(schema.get("title").unwrap(), "Envelope");
//! assert_eq!(schema.pointer("/properties/_error_message/type").unwrap(), "string");
//! ```
//!
//! With aide (from 0.16 on), one line documents the errors of all operations:
//!
//! ```
//! use aide::axum::{routing::get, ApiRouter};
//! use aide::openapi::OpenApi;
//! use axum::Json;
//! use tower_error_envelope::Envelope;
//!
//! async fn item() -> Json<u32> {
//!     Json(1)
//! }
//!
//! let mut document = OpenApi::default();
//! let router: axum::Router = ApiRouter::new()
//!     .api_route("/items/1", get(item))
//!     .finish_api_with(&mut document, |api| api.default_response::<Json<Envelope>>());
//!
//! let document = serde_json::to_value(document)?;
//! assert!(document.pointer("/components/schemas/Envelope/properties/_error_type").is_some());
//! assert!(document.pointer("/paths/~1items~11/get/responses/default").is_some());
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! [`ErrorWriter::schema`] has the schemas of other dialects.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::envelope::Envelope;
use crate::write::{Clustr, ErrorWriter};

/// See [the module](self).
impl JsonSchema for Envelope {
    fn schema_name() -> Cow<'static, str> {
        "Envelope".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Clustr.schema().try_into().unwrap_or_default()
    }
}

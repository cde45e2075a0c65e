//! The schema of a dialect, and the content of a response.

use serde_json::Value;
use utoipa::openapi::{Content, ContentBuilder, Object, Ref, RefOr, Response, Schema};
use utoipa::PartialSchema;

use crate::envelope::Envelope;
use crate::write::ErrorWriter;

pub(super) fn content(dialect: &dyn ErrorWriter, example: &[u8]) -> Content {
    let example: Option<Value> = serde_json::from_slice(example).ok();
    let schema = match title(dialect) {
        Some(name) => Ref::from_schema_name(name).into(),
        None => schema(dialect),
    };
    ContentBuilder::new()
        .schema(Some(schema))
        .example(example)
        .build()
}

pub(super) fn title(dialect: &dyn ErrorWriter) -> Option<String> {
    let schema = dialect.schema();
    schema.get("title")?.as_str().map(str::to_owned)
}

pub(super) fn schema(dialect: &dyn ErrorWriter) -> RefOr<Schema> {
    let schema = serde_json::from_value::<Schema>(dialect.schema());
    schema.unwrap_or_else(|_| Object::new().into()).into()
}

/// The schema itself where there may be no components to refer to.
pub(super) fn inline(response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response {
        for content in response.content.values_mut() {
            content.schema = Some(Envelope::schema());
        }
    }
}

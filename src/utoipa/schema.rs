//! The schema of a dialect, and the content of a response.
//!
//! In: a dialect, and the bytes that it wrote. Out: the objects of an OpenAPI document. The other files of this folder call it.

use serde_json::Value;
use utoipa::openapi::{Content, ContentBuilder, Object, Ref, RefOr, Response, Schema};
use utoipa::PartialSchema;

use crate::envelope::Envelope;
use crate::write::ErrorWriter;

/// The content of one media type: a reference to the schema if this has a title, else the schema, and the example as JSON.
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

/// The title of the schema of a dialect. It is the name among the components of the document.
pub(super) fn title(dialect: &dyn ErrorWriter) -> Option<String> {
    let schema = dialect.schema();
    schema.get("title")?.as_str().map(str::to_owned)
}

/// The schema of a dialect. If utoipa does not understand it, the schema allows any object.
pub(super) fn schema(dialect: &dyn ErrorWriter) -> RefOr<Schema> {
    let schema = serde_json::from_value::<Schema>(dialect.schema());
    schema.unwrap_or_else(|_| Object::new().into()).into()
}

/// Replaces the references of a response by the schema itself, because the document may have no such component.
pub(super) fn inline(response: &mut RefOr<Response>) {
    if let RefOr::T(response) = response {
        for content in response.content.values_mut() {
            content.schema = Some(Envelope::schema());
        }
    }
}

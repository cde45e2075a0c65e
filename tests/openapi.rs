//! OpenAPI documents with the errors of operations.
#![cfg(all(feature = "utoipa", feature = "schemars"))]

use http::StatusCode;
use serde_json::{json, Value};
use tower_error_envelope::utoipa::ErrorResponses;
use tower_error_envelope::write::{Clustr, Copr, ErrorWriter, OpenAi, Problem};
use tower_error_envelope::Envelope;
use utoipa::{Modify, OpenApi};

#[utoipa::path(get, path = "/items", responses((status = 200, body = u32), Envelope))]
#[allow(dead_code)]
async fn items() {}

#[utoipa::path(post, path = "/items", responses((status = 201, body = u32), (status = "4XX", description = "own")))]
#[allow(dead_code)]
async fn create() {}

fn errors() -> ErrorResponses {
    ErrorResponses::new()
        .with_dialect(Problem)
        .with_namespace("shop.exceptions")
        .with_validation_status(StatusCode::UNPROCESSABLE_ENTITY)
}

#[derive(OpenApi)]
#[openapi(paths(items, create))]
struct Document;

fn document() -> Value {
    let mut document = Document::openapi();
    errors().modify(&mut document);
    serde_json::to_value(document).unwrap()
}

#[test]
fn every_operation_has_errors_as_configured() {
    let document = document();
    let responses = &document["paths"]["/items"]["post"]["responses"];
    assert_eq!(responses["4XX"]["description"], "own");
    let server = &responses["5XX"]["content"];
    assert_eq!(
        server["application/json"]["example"],
        json!({"_error_message": "Internal Server Error", "_error_type": "shop.exceptions.ServerError"}),
    );
    assert_eq!(
        server["application/problem+json"]["example"]["title"],
        "Internal Server Error"
    );
    let invalid = &responses["422"]["content"]["application/json"];
    assert_eq!(invalid["example"], json!({"email": ["is taken"]}));
    assert_eq!(invalid["schema"]["$ref"], "#/components/schemas/Envelope");
    assert!(document["components"]["schemas"]["ProblemDetails"].is_object());
}

#[test]
fn the_document_is_one_for_other_tools() {
    let text = document().to_string();
    let spec = oas3::from_json(&text).unwrap();
    for (path, method, operation) in spec.operations() {
        for (status, response) in operation.responses(&spec) {
            for media in response.content.values() {
                let schema = media.schema(&spec);
                assert!(schema.is_ok(), "{method} {path} {status}: {schema:?}");
            }
        }
    }
}

#[test]
fn the_schema_of_a_dialect_names_every_member_that_it_writes() {
    let error = Envelope::new(StatusCode::FORBIDDEN, "no")
        .with_error_type("a_b")
        .with_field("p", "q");
    let own = error
        .clone()
        .with_error_type("/a")
        .with_member("_error_details", 1);
    for error in [error, own] {
        for dialect in [&Clustr as &dyn ErrorWriter, &Copr, &OpenAi, &Problem] {
            let written: Value = serde_json::from_slice(dialect.write(&error).body()).unwrap();
            let schema = dialect.schema();
            assert!(schema["title"].is_string(), "{schema}");
            for name in written.as_object().unwrap().keys() {
                let known = schema["properties"].get(name).is_some();
                let further = schema["additionalProperties"] != json!(false);
                assert!(known || further, "{name}");
            }
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            assert!(required
                .iter()
                .all(|name| written.get(name.as_str().unwrap()).is_some()));
        }
    }
}

#[test]
fn a_dialect_without_a_schema_may_write_anything() {
    struct Own;

    impl ErrorWriter for Own {
        fn media_type(&self) -> &'static str {
            "text/plain"
        }

        fn write(&self, envelope: &Envelope) -> http::Response<bytes::Bytes> {
            tower_error_envelope::write::response(envelope, self.media_type(), "own")
        }
    }

    assert_eq!(Own.schema(), json!({}));
}

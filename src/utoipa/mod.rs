//! The errors of each operation in an OpenAPI document, with the feature `utoipa`.
//!
//! ```
//! use tower_error_envelope::utoipa::ErrorResponses;
//! use tower_error_envelope::Envelope;
//! use utoipa::{Modify, OpenApi};
//!
//! /// One operation: `Envelope` among its responses documents its errors.
//! #[utoipa::path(get, path = "/items/{id}", params(("id" = u32, Path)), responses((status = 200, body = u32), Envelope))]
//! async fn item() -> Result<String, Envelope> {
//!     Ok("1".into())
//! }
//!
//! #[utoipa::path(get, path = "/health", responses((status = 200, body = String)))]
//! async fn health() -> String {
//!     "ok".into()
//! }
//!
//! #[derive(OpenApi)]
//! #[openapi(paths(item, health))]
//! struct Document;
//!
//! // All operations: a modifier, which knows what the layer was told.
//! let mut document = Document::openapi();
//! ErrorResponses::new().with_namespace("shop.exceptions").modify(&mut document);
//! let document = serde_json::to_value(document)?;
//! let example = "/paths/~1health/get/responses/4XX/content/application~1json/example/_error_type";
//! assert_eq!(document.pointer(example).unwrap(), "shop.exceptions.NotFound");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod schema;

use std::collections::BTreeMap;
use std::fmt;

use http::header::CONTENT_TYPE;
use http::StatusCode;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, ContentBuilder, OpenApi, PathItem, RefOr, Response, Schema};
use utoipa::{IntoResponses, Modify, PartialSchema, ToSchema};

use self::schema::{content, inline, schema, title};
use crate::envelope::{Envelope, Namespace};
use crate::http::status;
use crate::write::{Clustr, ErrorWriter};

/// Responses by status, or by class of statuses such as `4XX`.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// The errors that a layer answers with, for an OpenAPI document: validation errors, 4XX and 5XX, each with the schema of
/// each dialect, and with an example that the dialect has written.
///
/// As [`Modify`], it adds them to every operation that does not have them. Give it what the layer was given.
pub struct ErrorResponses {
    /// The default first.
    dialects: Vec<Box<dyn ErrorWriter>>,
    namespace: Option<Namespace>,
    validation_status: StatusCode,
}

impl ErrorResponses {
    /// Those of the layer as it is by default.
    #[must_use]
    pub fn new() -> Self {
        Self {
            dialects: vec![Box::new(Clustr)],
            namespace: None,
            validation_status: StatusCode::BAD_REQUEST,
        }
    }

    /// As [`ErrorEnvelopeLayer::with_dialect`](crate::ErrorEnvelopeLayer::with_dialect): one more dialect, and the
    /// default. Of several with one media type, an OpenAPI document has room for the default.
    #[must_use]
    pub fn with_dialect(mut self, dialect: impl ErrorWriter + 'static) -> Self {
        self.dialects.insert(0, Box::new(dialect));
        self
    }

    /// As [`ErrorEnvelopeLayer::with_namespace`](crate::ErrorEnvelopeLayer::with_namespace).
    #[must_use]
    pub fn with_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(Namespace::new(namespace));
        self
    }

    /// As [`ErrorEnvelopeLayer::with_validation_status`](crate::ErrorEnvelopeLayer::with_validation_status).
    #[must_use]
    pub fn with_validation_status(mut self, status: StatusCode) -> Self {
        self.validation_status = status;
        self
    }

    /// The responses of one operation.
    #[must_use]
    pub fn responses(&self) -> Responses {
        let invalid = Envelope::validation([("email", "is taken")]);
        let mut invalid = invalid.with_status(self.validation_status);
        invalid.set_validation_status(self.validation_status);
        let validation = self.validation_status.as_str();
        let examples = [
            (validation, "A parameter is invalid", invalid),
            ("4XX", "The request failed", StatusCode::NOT_FOUND.into()),
            (
                "5XX",
                "The server failed",
                StatusCode::INTERNAL_SERVER_ERROR.into(),
            ),
        ];
        let responses = examples
            .into_iter()
            .map(|(name, description, mut envelope)| {
                if let Some(namespace) = &self.namespace {
                    envelope.set_namespace(namespace);
                }
                (
                    name.to_owned(),
                    self.response(description, &envelope).into(),
                )
            });
        responses.collect()
    }

    fn response(&self, description: &str, envelope: &Envelope) -> Response {
        let mut response = Response::new(description);
        for dialect in &self.dialects {
            let written = dialect.write(envelope);
            let label = written.headers().get(CONTENT_TYPE);
            let label = label.and_then(|label| label.to_str().ok());
            let label = label.unwrap_or(dialect.media_type()).to_owned();
            let content = || content(dialect.as_ref(), written.body());
            response.content.entry(label).or_insert_with(content);
        }
        response
    }

    /// The schemas with names, as the responses refer to them.
    fn schemas(&self) -> impl Iterator<Item = (String, RefOr<Schema>)> + '_ {
        let dialects = self.dialects.iter();
        dialects.filter_map(|dialect| Some((title(dialect.as_ref())?, schema(dialect.as_ref()))))
    }
}

impl Default for ErrorResponses {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ErrorResponses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dialects = self.dialects.iter().map(|dialect| dialect.media_type());
        f.debug_struct("ErrorResponses")
            .field("dialects", &dialects.collect::<Vec<_>>())
            .field("validation_status", &self.validation_status)
            .finish_non_exhaustive()
    }
}

/// Adds the responses to every operation, and the schemas to the components. What is there already stays.
impl Modify for ErrorResponses {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_with(Components::new);
        for (name, schema) in self.schemas() {
            components.schemas.entry(name).or_insert(schema);
        }
        let responses = self.responses();
        let operations = document.paths.paths.values_mut().flat_map(operations);
        for operation in operations {
            let own = &mut operation.responses.responses;
            for (name, response) in &responses {
                own.entry(name.clone()).or_insert_with(|| response.clone());
            }
        }
    }
}

/// The errors of the layer as it is by default: `400`, `4XX` and `5XX`.
impl IntoResponses for Envelope {
    fn responses() -> Responses {
        let mut responses = ErrorResponses::new().responses();
        responses.values_mut().for_each(inline);
        responses
    }
}

impl PartialSchema for Envelope {
    fn schema() -> RefOr<Schema> {
        schema(&Clustr)
    }
}

/// `Envelope`: the documented JSON.
impl ToSchema for Envelope {}

/// The documented JSON for each status, with what is said of all its errors.
#[must_use]
pub fn responses(errors: &[(u16, &str)]) -> Responses {
    let mut descriptions = BTreeMap::<u16, Vec<&str>>::new();
    for (code, description) in errors {
        let all = descriptions.entry(*code).or_default();
        all.extend(Some(*description).filter(|text| !text.is_empty()));
    }
    let response = |(code, descriptions): (u16, Vec<&str>)| {
        let phrase = || StatusCode::from_u16(code).map_or("", status::reason);
        let description = match descriptions.as_slice() {
            [] => phrase().to_owned(),
            all => all.join("; "),
        };
        let mut response = Response::new(description);
        let body = ContentBuilder::new().schema(Some(Envelope::schema()));
        let media_type = Clustr.media_type().to_owned();
        response.content.insert(media_type, body.build());
        (code.to_string(), response.into())
    };
    descriptions.into_iter().map(response).collect()
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut path.get,
        &mut path.put,
        &mut path.post,
        &mut path.delete,
        &mut path.options,
        &mut path.head,
        &mut path.patch,
        &mut path.trace,
    ];
    all.into_iter().flatten()
}

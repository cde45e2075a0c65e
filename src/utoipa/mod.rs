//! Documents the errors of each operation in an OpenAPI document, with the feature `utoipa`.
//!
//! In: the settings of a layer. Out: responses with schemas and examples, which the dialects have written. There are three ways
//! to add them:
//!
//! - [`Envelope`] among the `responses` of one operation, for the layer with its defaults;
//! - [`ErrorResponses`] as a modifier, for all operations and for a configured layer;
//! - [`responses`](responses()), for the statuses of one operation.
//!
//! ```
//! use tower_error_envelope::utoipa::ErrorResponses;
//! use tower_error_envelope::Envelope;
//! use utoipa::{Modify, OpenApi};
//!
//! // One operation: `Envelope` is one of its responses.
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
//! // All operations: a modifier with the settings of the layer.
//! let mut document = Document::openapi();
//! ErrorResponses::new().with_namespace("shop.exceptions").modify(&mut document);
//! let document = serde_json::to_value(document)?;
//! let example = "/paths/~1health/get/responses/4XX/content/application~1json/example/_error_type";
//! assert_eq!(document.pointer(example).unwrap(), "shop.exceptions.NotFound");
//! # Ok::<(), serde_json::Error>(())
//! ```

mod by_status;
mod schema;

use std::fmt;

use http::header::CONTENT_TYPE;
use http::StatusCode;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Components, OpenApi, PathItem, RefOr, Response, Schema};
use utoipa::{IntoResponses, Modify};

pub use self::by_status::{responses, Responses};
use self::schema::{content, inline, schema, title};
use crate::envelope::{Envelope, Namespace};
use crate::write::{Clustr, ErrorWriter};

/// The errors that a layer answers with, for an OpenAPI document.
///
/// There are three responses: validation errors (`400`), `4XX` and `5XX`
/// ([OpenAPI 3.1, Responses Object](https://spec.openapis.org/oas/v3.1.0#responses-object)). Each has the schema of each dialect,
/// and an example that the dialect has written.
///
/// As [`Modify`], it adds them to every operation that does not have them. Give it the settings of the layer.
pub struct ErrorResponses {
    /// The default first.
    dialects: Vec<Box<dyn ErrorWriter>>,
    namespace: Option<Namespace>,
    validation_status: StatusCode,
}

impl ErrorResponses {
    /// The errors of a layer with its defaults: the documented JSON, the namespace `clustr.exceptions`, and 400 for validation
    /// errors.
    #[must_use]
    pub fn new() -> Self {
        Self {
            dialects: vec![Box::new(Clustr)],
            namespace: None,
            validation_status: StatusCode::BAD_REQUEST,
        }
    }

    /// Adds a dialect. It becomes the default, and the documented JSON stays. For several dialects with one media type, the document
    /// shows only the default.
    ///
    /// ```
    /// use tower_error_envelope::{utoipa::ErrorResponses, write::Problem};
    ///
    /// let responses = ErrorResponses::new().with_dialect(Problem).responses();
    /// let client = serde_json::to_value(&responses["4XX"])?;
    /// let problem = &client["content"]["application/problem+json"];
    /// assert_eq!(problem["schema"]["$ref"], "#/components/schemas/ProblemDetails");
    /// assert_eq!(problem["example"]["title"], "Not Found");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn with_dialect(mut self, dialect: impl ErrorWriter + 'static) -> Self {
        self.dialects.insert(0, Box::new(dialect));
        self
    }

    /// Sets the namespace of generated types in the examples, as
    /// [`ErrorEnvelopeLayer::with_namespace`](crate::ErrorEnvelopeLayer::with_namespace) does. Default: `clustr.exceptions`.
    #[must_use]
    pub fn with_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(Namespace::new(namespace));
        self
    }

    /// Sets the status of validation errors, as
    /// [`ErrorEnvelopeLayer::with_validation_status`](crate::ErrorEnvelopeLayer::with_validation_status) does. Default: 400.
    #[must_use]
    pub fn with_validation_status(mut self, status: StatusCode) -> Self {
        self.validation_status = status;
        self
    }

    /// The responses of one operation: one each for validation errors, `4XX` and `5XX`. Schemas with a title are references into the
    /// components of the document; the modifier adds these components.
    ///
    /// ```
    /// use http::StatusCode;
    /// use tower_error_envelope::utoipa::ErrorResponses;
    ///
    /// let responses = ErrorResponses::new().with_validation_status(StatusCode::UNPROCESSABLE_ENTITY).responses();
    /// assert_eq!(responses.keys().collect::<Vec<_>>(), ["422", "4XX", "5XX"]);
    /// ```
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

    /// One response, with the content of each dialect. The first of several with one media type stays.
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

    /// The schemas with a title, by their titles. The responses refer to them.
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

/// Adds the responses to every operation, and the schemas to the components. Responses and schemas that are there already stay.
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

/// The errors of a layer with its defaults: `400`, `4XX` and `5XX`. The schemas are inline.
impl IntoResponses for Envelope {
    fn responses() -> Responses {
        let mut responses = ErrorResponses::new().responses();
        responses.values_mut().for_each(inline);
        responses
    }
}

/// The operations of one path, of all eight methods that OpenAPI knows.
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

//! The documented JSON as a schema, and as the responses of single statuses.
//!
//! In: statuses with descriptions. Out: responses for an OpenAPI document. Programs call it, and the code that `IntoEnvelope`
//! generates.

use std::collections::BTreeMap;

use http::StatusCode;
use utoipa::openapi::{ContentBuilder, RefOr, Response, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::schema::schema;
use crate::envelope::Envelope;
use crate::http::status;
use crate::write::{Clustr, ErrorWriter};

/// Responses by status, or by class of statuses such as `4XX`.
pub type Responses = BTreeMap<String, RefOr<Response>>;

/// The documented JSON for each status of one operation.
///
/// In: pairs of a status and a description. Out: one response for each status. Several descriptions of one status are joined by
/// `; `. If all are empty, the description is the reason phrase. `IntoEnvelope` (feature `derive`) calls it.
///
/// ```
/// use tower_error_envelope::utoipa::responses;
///
/// let responses = responses(&[(404, "There is no such printer"), (404, "It was removed"), (409, "")]);
/// let not_found = serde_json::to_value(&responses["404"])?;
/// assert_eq!(not_found["description"], "There is no such printer; It was removed");
/// assert_eq!(serde_json::to_value(&responses["409"])?["description"], "Conflict");
/// # Ok::<(), serde_json::Error>(())
/// ```
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

/// The JSON Schema of the documented JSON.
impl PartialSchema for Envelope {
    fn schema() -> RefOr<Schema> {
        schema(&Clustr)
    }
}

/// Its name among the components is `Envelope`.
impl ToSchema for Envelope {}
